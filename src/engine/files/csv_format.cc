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
bool Put(Vector& vector, idx_t row, std::optional<T> value) {
  if (!value) return false;
  FlatVector::GetData<T>(vector)[row] = *value;
  return true;
}

template <typename T>
bool StoreInteger(Vector& vector, idx_t row, std::string_view text) {
  auto value = ParseInteger(text, false, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  return Put<T>(vector, row, value ? std::optional<T>(static_cast<T>(*value)) : std::nullopt);
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
    header_ = options_.header && reader.at_file_start();
    if (!header_ || options_.multi_line) return;
    while (auto line = reader.Next()) {
      if (IsSkippedCsvLine(*line, options_)) continue;
      TakeHeader(*line);
      return;
    }
  }

  void Start(std::string_view line) override {
    records_.reset();
    if (options_.multi_line) {
      records_.emplace(options_, line);
      if (std::exchange(header_, false)) {
        if (const auto header = records_->Next()) TakeHeader(*header);
      }
      return;
    }
    line_ = line;
    done_ = IsSkippedCsvLine(line, options_);
  }

  bool Next(std::vector<Vector*>& vectors, idx_t row) override {
    if (!records_) return !std::exchange(done_, true) && Store(vectors, row);
    while (const auto record = records_->Next()) {
      line_ = *record;
      if (Store(vectors, row)) return true;
    }
    return false;
  }

 private:
  static constexpr size_t kCorrupt = std::numeric_limits<size_t>::max();

  // Names of the header in other places than the schema's are an error where the option asks for it.
  void TakeHeader(std::string_view line) {
    header_ = false;
    if (options_.enforce_schema || !source_.schema_is_given) return;
    const auto& fields = tokenizer_.Split(line);
    bool same = fields.size() == width_;
    for (size_t i = 0; same && i < places_.size(); ++i) {
      if (places_[i] == kCorrupt) continue;
      const auto text = fields[places_[i]].text;
      const auto& name = source_.columns[i].name;
      same = text.size() == name.size() && strncasecmp(text.data(), name.data(), name.size()) == 0;
    }
    if (same) return;
    ThrowSpark(base::ErrorKind::kSpark, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
               "The header of the file does not name the columns of the schema in their order.",
               {{"badRecord", std::string(line.substr(0, 200))}, {"failFastMode", "FAILFAST"}});
  }

  bool Store(std::vector<Vector*>& vectors, idx_t row) {
    const auto& fields = tokenizer_.Split(line_);
    // Where columns are left out nobody counts the fields.
    const bool all_columns = columns_.size() == source_.columns.size();
    bool malformed = all_columns && fields.size() != width_;
    for (size_t i = 0; i < columns_.size(); ++i) {
      auto& vector = *vectors[i];
      const size_t place = places_[columns_[i]];
      if (place == kCorrupt) continue;
      const auto& field = source_.columns[columns_[i]];
      std::string_view text;
      bool is_null = place >= fields.size();
      if (!is_null) {
        text = fields[place].text;
        if (text.empty()) {
          is_null = !fields[place].was_quoted;
          text = options_.empty_value;
        }
        is_null = is_null || text == options_.null_value;
      }
      bool stored = !is_null && Convert(text, *field.type, vector, row);
      FlatVector::SetNull(vector, row, !stored);
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
      FlatVector::SetNull(*vectors[i], row, !malformed);
      if (malformed) {
        FlatVector::GetData<duckdb::string_t>(*vectors[i])[row] =
            duckdb::StringVector::AddString(*vectors[i], line_.data(), line_.size());
      }
    }
    return true;
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
        if (text.size() == 4 && strncasecmp(text.data(), "true", 4) == 0) return Put<bool>(vector, row, true);
        return text.size() == 5 && strncasecmp(text.data(), "false", 5) == 0 && Put<bool>(vector, row, false);
      case TypeKind::kByte:
        return !HasBlanks(text) && StoreInteger<int8_t>(vector, row, text);
      case TypeKind::kShort:
        return !HasBlanks(text) && StoreInteger<int16_t>(vector, row, text);
      case TypeKind::kInteger:
        return !HasBlanks(text) && StoreInteger<int32_t>(vector, row, text);
      case TypeKind::kLong:
        return !HasBlanks(text) && StoreInteger<int64_t>(vector, row, text);
      case TypeKind::kFloat:
        if (auto special = Special(text)) return Put<float>(vector, row, static_cast<float>(*special));
        return Put<float>(vector, row, ParseFloat(text));
      case TypeKind::kDouble:
        if (auto special = Special(text)) return Put<double>(vector, row, *special);
        return Put<double>(vector, row, ParseDouble(text));
      case TypeKind::kDecimal:
        return StoreDecimal(text, type, vector, row);
      case TypeKind::kDate: {
        if (!options_.patterns.date) return Put<int32_t>(vector, row, ParseDate(text));
        const auto days = ParseMoment(*options_.patterns.date, type, options_.zone, text);
        return days && Put<int32_t>(vector, row, static_cast<int32_t>(*days));
      }
      case TypeKind::kTimestamp:
        if (options_.patterns.timestamp)
          return Put<int64_t>(vector, row,
                              ParseMoment(*options_.patterns.timestamp, type, options_.zone, text));
        return Put<int64_t>(vector, row, ParseTimestamp(text, options_.zone));
      case TypeKind::kTimestampNtz:
        if (options_.patterns.timestamp_ntz)
          return Put<int64_t>(vector, row,
                              ParseMoment(*options_.patterns.timestamp_ntz, type, options_.zone, text));
        return Put<int64_t>(vector, row, ParseTimestampNtz(text, false));
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
  bool header_ = false;
  std::optional<CsvRecords> records_;  // of the whole text, with multiLine
  std::string_view line_;
  bool done_ = true;
};

class CsvFormat : public RowFormat {
 public:
  CsvFormat(const plan::FileSource& source, CsvOptions options)
      : RowFormat(options.text_rules), source_(source), options_(std::move(options)) {}
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
  explicit TextFormat(TextRules rules) : RowFormat(std::move(rules)) {}
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
  if (source.columns.size() > 1) {
    return base::MakeError(base::ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1290",
                           fmt::format("Text files hold one column, not {}.", source.columns.size()),
                           {{"schemaSize", std::to_string(source.columns.size())}});
  }
  HEARTH_ASSIGN(bool whole, BooleanOption(source, "wholetext", false));
  HEARTH_ASSIGN(TextRules rules, ReadTextRules(source, whole));
  return std::unique_ptr<RowFormat>(std::make_unique<TextFormat>(std::move(rules)));
}

}  // namespace hearth::engine
