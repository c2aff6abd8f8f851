#include "engine/files/partitions.h"

#include <strings.h>

#include <algorithm>
#include <limits>

#include "engine/text/parse.h"

namespace hearth::engine {

using plan::DataType;
using plan::TypeKind;
using plan::TypePtr;

namespace {

struct DirectoryColumn {
  std::string name;
  std::optional<std::string> value;
};

// The k=v parts between the base directory and the file.
std::vector<DirectoryColumn> ColumnsOf(const FoundFile& file) {
  std::vector<DirectoryColumn> columns;
  const std::string prefix = file.base == "/" ? file.base : file.base + "/";
  if (file.path.rfind(prefix, 0) != 0) return columns;
  size_t start = prefix.size();
  for (size_t slash = file.path.find('/', start); slash != std::string::npos;
       slash = file.path.find('/', start)) {
    const std::string part = file.path.substr(start, slash - start);
    start = slash + 1;
    const size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    const std::string value = UnescapePathName(part.substr(equals + 1));
    columns.push_back({UnescapePathName(part.substr(0, equals)),
                       value == kNullPartition ? std::nullopt : std::optional<std::string>(value)});
  }
  return columns;
}

bool IsWholeNumberText(const std::string& text) {
  size_t i = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  if (i == text.size()) return false;
  for (; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return true;
}

// Dates here have all their digits.
bool IsDateText(const std::string& text) { return text.size() == 10 && ParseDate(text).has_value(); }
bool IsTimestampText(const std::string& text) {
  return text.size() >= 19 && text[4] == '-' && text[10] == ' ' && ParseTimestampNtz(text, false).has_value();
}

TypePtr TypeOf(const std::optional<std::string>& value) {
  if (!value) return DataType::Null();
  const std::string& text = *value;
  if (IsWholeNumberText(text)) {
    if (ParseInteger(text, false, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max())) {
      return DataType::Integer();
    }
    if (ParseInteger(text, false, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max())) {
      return DataType::Long();
    }
    const int digits = static_cast<int>(text.size()) - (text[0] == '+' || text[0] == '-' ? 1 : 0);
    if (digits <= DataType::kMaxPrecision) return DataType::Decimal(digits, 0);
  }
  if (ParseDouble(text)) return DataType::Double();
  if (IsTimestampText(text)) return DataType::Timestamp();
  if (IsDateText(text)) return DataType::Date();
  return DataType::String();
}

// The type that holds both, a string where Spark would lose digits.
TypePtr Wider(const TypePtr& left, const TypePtr& right) {
  if (*left == *right || right->Is(TypeKind::kNull)) return left;
  if (left->Is(TypeKind::kNull)) return right;
  const auto is = [&](TypeKind a, TypeKind b) {
    return (left->Is(a) && right->Is(b)) || (left->Is(b) && right->Is(a));
  };
  if (is(TypeKind::kInteger, TypeKind::kLong)) return DataType::Long();
  if (is(TypeKind::kInteger, TypeKind::kDouble)) return DataType::Double();
  if (is(TypeKind::kDate, TypeKind::kTimestamp)) return DataType::Timestamp();
  const auto digits = [](const TypePtr& type) -> int {
    if (type->Is(TypeKind::kInteger)) return 10;
    if (type->Is(TypeKind::kLong)) return 20;
    return type->Is(TypeKind::kDecimal) ? type->precision() : 0;
  };
  if (digits(left) > 0 && digits(right) > 0) {
    return DataType::Decimal(std::max(digits(left), digits(right)), 0);
  }
  return DataType::String();
}

const plan::Field* FindField(const TypePtr& schema, const std::string& name) {
  if (!schema) return nullptr;
  for (const auto& field : schema->fields()) {
    if (strcasecmp(field.name.c_str(), name.c_str()) == 0) return &field;
  }
  return nullptr;
}

bool SameNames(const std::vector<DirectoryColumn>& left, const std::vector<DirectoryColumn>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const auto& a, const auto& b) {
    return strcasecmp(a.name.c_str(), b.name.c_str()) == 0;
  });
}

}  // namespace

std::string EscapePathName(const std::string& name) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == 0x7F ||
        std::string_view("\"#%'*/:=?\\{[]^").find(c) != std::string_view::npos) {
      escaped.push_back('%');
      escaped.push_back(kHex[byte >> 4]);
      escaped.push_back(kHex[byte & 15]);
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

std::string UnescapePathName(const std::string& name) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string plain;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%' && i + 2 < name.size() && digit(name[i + 1]) >= 0 && digit(name[i + 2]) >= 0) {
      plain.push_back(static_cast<char>(digit(name[i + 1]) * 16 + digit(name[i + 2])));
      i += 2;
    } else {
      plain.push_back(name[i]);
    }
  }
  return plain;
}

base::Result<Partitions> DiscoverPartitions(const std::vector<FoundFile>& files, const TypePtr& schema,
                                            bool infer_types) {
  Partitions partitions;
  std::vector<DirectoryColumn> first;
  std::vector<TypePtr> types;
  for (size_t i = 0; i < files.size(); ++i) {
    auto columns = ColumnsOf(files[i]);
    if (i == 0) {
      first = columns;
      types.assign(columns.size(), DataType::Null());
    } else if (!SameNames(first, columns)) {
      return base::MakeError(base::ErrorKind::kRuntime, "CONFLICTING_PARTITION_COLUMN_NAMES",
                             "The directories of " + PrintedPath(files[0].path) + " and " +
                                 PrintedPath(files[i].path) + " name different partition columns.");
    }
    auto& values = partitions.values.emplace_back();
    for (size_t k = 0; k < columns.size(); ++k) {
      if (infer_types) types[k] = Wider(types[k], TypeOf(columns[k].value));
      values.push_back(std::move(columns[k].value));
    }
  }
  for (size_t k = 0; k < first.size(); ++k) {
    plan::Field field;
    field.name = first[k].name;
    field.type = infer_types && !types[k]->Is(TypeKind::kNull) ? types[k] : DataType::String();
    if (const auto* given = FindField(schema, field.name)) field = *given;
    field.nullable = true;
    partitions.columns.push_back(std::move(field));
  }
  return partitions;
}

}  // namespace hearth::engine
