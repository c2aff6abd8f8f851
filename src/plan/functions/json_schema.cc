#include "plan/functions/json_schema.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

namespace hearth::plan {
namespace {

TypePtr Merge(const TypePtr& left, const TypePtr& right);

TypePtr MergeStructs(const DataType& left, const DataType& right) {
  std::map<std::string, TypePtr> fields;
  for (const auto& field : left.fields()) fields[field.name] = field.type;
  for (const auto& field : right.fields()) {
    auto& type = fields[field.name];
    type = type ? Merge(type, field.type) : field.type;
  }
  std::vector<Field> merged;
  for (auto& [name, type] : fields) merged.push_back({name, type, true, {}});
  return DataType::Struct(std::move(merged));
}

TypePtr MergeNumbers(const DataType& left, const DataType& right) {
  if (left.Is(TypeKind::kDouble) || right.Is(TypeKind::kDouble)) return DataType::Double();
  const int left_digits = left.Is(TypeKind::kLong) ? 20 : left.precision();
  const int right_digits = right.Is(TypeKind::kLong) ? 20 : right.precision();
  return DataType::Decimal(std::max(left_digits, right_digits), 0);
}

TypePtr Merge(const TypePtr& left, const TypePtr& right) {
  if (left->Is(TypeKind::kNull)) return right;
  if (right->Is(TypeKind::kNull)) return left;
  if (left->Is(TypeKind::kStruct) && right->Is(TypeKind::kStruct)) return MergeStructs(*left, *right);
  if (left->Is(TypeKind::kArray) && right->Is(TypeKind::kArray)) {
    return DataType::Array(Merge(left->element(), right->element()), true);
  }
  if (*left == *right) return left;
  if (left->IsNumeric() && right->IsNumeric()) return MergeNumbers(*left, *right);
  return DataType::String();
}

// What never met a type is a string; structs without fields, and arrays of them, vanish.
TypePtr Settle(const TypePtr& type) {
  if (type->Is(TypeKind::kNull)) return DataType::String();
  if (type->Is(TypeKind::kArray)) {
    auto element = Settle(type->element());
    return element ? DataType::Array(std::move(element), true) : nullptr;
  }
  if (!type->Is(TypeKind::kStruct)) return type;
  std::vector<Field> fields;
  for (const auto& field : type->fields()) {
    if (auto settled = Settle(field.type)) fields.push_back({field.name, std::move(settled), true, {}});
  }
  return fields.empty() ? nullptr : DataType::Struct(std::move(fields));
}

// Collects types while nlohmann's parser walks the text, so that long numbers keep their digits.
class TypeCollector {
 public:
  bool null() { return Put(DataType::Null()); }
  bool boolean(bool) { return Put(DataType::Boolean()); }
  bool number_integer(int64_t) { return Put(DataType::Long()); }
  bool number_unsigned(uint64_t value) {
    return Put(value > INT64_MAX ? DataType::Decimal(20, 0) : DataType::Long());
  }
  bool number_float(double, const std::string& text) {
    if (text.find_first_of(".eE") != std::string::npos) return Put(DataType::Double());
    const auto digits = static_cast<int>(text.size()) - (text[0] == '-' ? 1 : 0);
    return Put(digits <= DataType::kMaxPrecision ? DataType::Decimal(digits, 0) : DataType::Double());
  }
  bool string(std::string&) { return Put(DataType::String()); }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(size_t) {
    levels_.push_back({true, {}, {}, DataType::Null()});
    return true;
  }
  bool key(std::string& name) {
    levels_.back().key = name;
    return true;
  }
  bool end_object() {
    std::vector<Field> fields;
    for (auto& [name, type] : levels_.back().fields) fields.push_back({name, type, true, {}});
    levels_.pop_back();
    return Put(DataType::Struct(std::move(fields)));
  }
  bool start_array(size_t) {
    levels_.push_back({false, {}, {}, DataType::Null()});
    return true;
  }
  bool end_array() {
    auto element = levels_.back().element;
    levels_.pop_back();
    return Put(DataType::Array(std::move(element), true));
  }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception&) { return false; }

  const TypePtr& result() const { return result_; }

 private:
  struct Level {
    bool is_object;
    std::string key;
    std::map<std::string, TypePtr> fields;
    TypePtr element;
  };

  bool Put(TypePtr type) {
    if (levels_.empty()) {
      result_ = std::move(type);
    } else if (auto& level = levels_.back(); level.is_object) {
      level.fields[level.key] = std::move(type);
    } else {
      level.element = Merge(level.element, type);
    }
    return levels_.size() < 1000;
  }

  std::vector<Level> levels_;
  TypePtr result_;
};

}  // namespace

std::optional<TypePtr> InferJsonType(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return DataType::String();
  TypeCollector collector;
  if (!nlohmann::json::sax_parse(text, &collector) || !collector.result()) return std::nullopt;
  auto settled = Settle(collector.result());
  return settled ? settled : DataType::Struct({});
}

}  // namespace hearth::plan
