// CSV rows: fields into typed columns. A field that is no value of its column's type makes the record
// malformed.
#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <limits>

#include "engine/decimal.h"
#include "engine/errors.h"
#include "engine/files/csv_options.h"
#include "engine/files/row_format.h"
#include "engine/text/parse.h"

namespace hearth::engine {
namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;
using plan::TypeKind;

template <typename T>
bool Store(Vector& vector, idx_t row, std::optional<T> value) {
  if (!value) return false;
  FlatVector::GetData<T>(vector)[row] = *value;
  return true;
}

template <typename T>
bool StoreInteger(Vector& vector, idx_t row, std::string_view text) {
  auto value = ParseInteger(text, false, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  return Store<T>(vector, row, value ? std::optional<T>(static_cast<T>(*value)) : std::nullopt);
}

// Java's number parsers take no surrounding blanks.
bool HasBlanks(std::string_view text) { return !text.empty() && (text.front() <= ' ' || text.back() <= ' '); }

class CsvParser : public RowParser {
 public:
  CsvParser(const plan::FileSource& source, const CsvOptions& options, std::vector<size_t> columns)
      : source_(source), options_(options), tokenizer_(options), columns_(std::move(columns)) {
    // The corrupt record column is no field of the line: later fields move up.
    size_t place = 0;
    for (const auto& field : source_.columns) {
      bool is_corrupt =
          strcasecmp(field.name.c_str(), options_.corrupt_column.c_str()) == 0 && field.type->IsString();
      places_.push_back(is_corrupt ? kCorrupt : place++);
    }
    width_ = place;
  }

  void StartRange(LineReader& reader) override {
    if (!options_.header || !reader.at_file_start()) return;
    while (auto line = reader.Next()) {
      if (!Skips(*line)) break;
    }
  }

  void Start(std::string_view line) override {
    line_ = line;
    done_ = Skips(line);
  }

  bool Next(std::vector<Vector*>& vectors, idx_t row) override {
    if (done_) return false;
    done_ = true;
    const auto& fields = tokenizer_.Split(line_);
    bool malformed = fields.size() != width_;
    for (size_t i = 0; i < columns_.size(); ++i) {
      auto& vector = *vectors[i];
      const size_t place = places_[columns_[i]];
      if (place == kCorrupt) continue;
      const auto& field = source_.columns[columns_[i]];
      bool is_null = place >= fields.size() || fields[place].text == options_.null_value;
      bool stored = !is_null && Convert(fields[place].text, *field.type, vector, row);
      if (!stored) FlatVector::SetNull(vector, row, true);
      malformed |= !is_null && !stored;
    }
    if (malformed && options_.mode == ParseMode::kDropMalformed) return false;
    if (malformed && options_.mode == ParseMode::kFailFast) {
      ThrowSpark(base::ErrorKind::kSpark, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                 fmt::format("The record '{}' does not fit the schema, and the mode is FAILFAST.",
                             line_.substr(0, 200)),
                 {{"badRecord", std::string(line_.substr(0, 200))}, {"failFastMode", "FAILFAST"}});
    }
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (places_[columns_[i]] != kCorrupt) continue;
      if (malformed) {
        FlatVector::GetData<duckdb::string_t>(*vectors[i])[row] =
            duckdb::StringVector::AddString(*vectors[i], line_.data(), line_.size());
      } else {
        FlatVector::SetNull(*vectors[i], row, true);
      }
    }
    return true;
  }

 private:
  static constexpr size_t kCorrupt = std::numeric_limits<size_t>::max();

  bool Skips(std::string_view line) const {
    bool blank = std::all_of(line.begin(), line.end(), [](char c) { return c == ' ' || c == '\t'; });
    return blank || (options_.comment != 0 && line.front() == options_.comment);
  }

  bool Convert(std::string_view text, const plan::DataType& type, Vector& vector, idx_t row) const {
    switch (type.kind()) {
      case TypeKind::kString:
      case TypeKind::kChar:
      case TypeKind::kVarchar:
        FlatVector::GetData<duckdb::string_t>(vector)[row] =
            duckdb::StringVector::AddString(vector, text.data(), text.size());
        return true;
      case TypeKind::kBoolean:
        if (text.size() == 4 && strncasecmp(text.data(), "true", 4) == 0)
          return Store<bool>(vector, row, true);
        return text.size() == 5 && strncasecmp(text.data(), "false", 5) == 0 &&
               Store<bool>(vector, row, false);
      case TypeKind::kByte:
        return !HasBlanks(text) && StoreInteger<int8_t>(vector, row, text);
      case TypeKind::kShort:
        return !HasBlanks(text) && StoreInteger<int16_t>(vector, row, text);
      case TypeKind::kInteger:
        return !HasBlanks(text) && StoreInteger<int32_t>(vector, row, text);
      case TypeKind::kLong:
        return !HasBlanks(text) && StoreInteger<int64_t>(vector, row, text);
      case TypeKind::kFloat:
        if (auto special = Special(text)) return Store<float>(vector, row, static_cast<float>(*special));
        return Store<float>(vector, row, ParseFloat(text));
      case TypeKind::kDouble:
        if (auto special = Special(text)) return Store<double>(vector, row, *special);
        return Store<double>(vector, row, ParseDouble(text));
      case TypeKind::kDecimal:
        return StoreDecimal(text, type, vector, row);
      case TypeKind::kDate:
        return Store<int32_t>(vector, row, ParseDate(text));
      case TypeKind::kTimestamp:
        return Store<int64_t>(vector, row, ParseTimestamp(text, options_.zone));
      case TypeKind::kTimestampNtz:
        return Store<int64_t>(vector, row, ParseTimestampNtz(text, false));
      default:
        return false;
    }
  }

  std::optional<double> Special(std::string_view text) const {
    if (text == options_.nan_value) return std::numeric_limits<double>::quiet_NaN();
    if (text == options_.positive_infinity) return std::numeric_limits<double>::infinity();
    if (text == options_.negative_infinity) return -std::numeric_limits<double>::infinity();
    return std::nullopt;
  }

  static bool StoreDecimal(std::string_view text, const plan::DataType& type, Vector& vector, idx_t row) {
    plan::Int128 unscaled = 0;
    if (HasBlanks(text) || ParseDecimal(text, type.precision(), type.scale(), &unscaled) != DecimalParse::kOk)
      return false;
    WithDecimalStorage(type.precision(), [&](auto tag) {
      FlatVector::GetData<decltype(tag)>(vector)[row] = Narrow<decltype(tag)>(unscaled);
    });
    return true;
  }

  const plan::FileSource& source_;
  const CsvOptions& options_;
  CsvTokenizer tokenizer_;
  std::vector<size_t> columns_;
  std::vector<size_t> places_;
  size_t width_ = 0;
  std::string_view line_;
  bool done_ = true;
};

class CsvFormat : public RowFormat {
 public:
  CsvFormat(const plan::FileSource& source, CsvOptions options)
      : source_(source), options_(std::move(options)) {}
  std::unique_ptr<RowParser> NewParser(std::vector<size_t> columns) const override {
    return std::make_unique<CsvParser>(source_, options_, std::move(columns));
  }

 private:
  const plan::FileSource& source_;
  const CsvOptions options_;
};

class TextParser : public RowParser {
 public:
  explicit TextParser(bool wanted) : wanted_(wanted) {}
  void Start(std::string_view line) override {
    line_ = line;
    done_ = false;
  }
  bool Next(std::vector<Vector*>& vectors, idx_t row) override {
    if (done_) return false;
    done_ = true;
    if (wanted_) {
      FlatVector::GetData<duckdb::string_t>(*vectors[0])[row] =
          duckdb::StringVector::AddString(*vectors[0], line_.data(), line_.size());
    }
    return true;
  }

 private:
  const bool wanted_;
  std::string_view line_;
  bool done_ = true;
};

class TextFormat : public RowFormat {
 public:
  std::unique_ptr<RowParser> NewParser(std::vector<size_t> columns) const override {
    return std::make_unique<TextParser>(!columns.empty());
  }
};

}  // namespace

base::Result<std::unique_ptr<RowFormat>> OpenCsvFormat(const plan::FileSource& source) {
  for (const auto& field : source.columns) {
    bool served = field.type->IsAtomic() && !field.type->IsInterval() && !field.type->Is(TypeKind::kBinary) &&
                  !field.type->Is(TypeKind::kTime);
    if (!served && !field.type->Is(TypeKind::kNull)) {
      return base::MakeError(
          base::ErrorKind::kAnalysis, "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
          fmt::format("The CSV source has no columns of type \"{}\" ({}).", field.type->Sql(), field.name),
          {{"columnName", plan::QuoteIdentifier(field.name)},
           {"columnType", fmt::format("\"{}\"", field.type->Sql())},
           {"format", "CSV"}});
    }
  }
  HEARTH_ASSIGN(auto options, ReadCsvOptions(source));
  return std::unique_ptr<RowFormat>(std::make_unique<CsvFormat>(source, std::move(options)));
}

base::Result<std::unique_ptr<RowFormat>> OpenTextFormat(const plan::FileSource& source) {
  HEARTH_RETURN_IF_ERROR(RefuseOptions(source, {"linesep"}));
  HEARTH_ASSIGN(bool whole, BooleanOption(source, "wholetext", false));
  if (whole) return base::NotImplemented("the text option wholetext");
  return std::unique_ptr<RowFormat>(std::make_unique<TextFormat>());
}

}  // namespace hearth::engine
