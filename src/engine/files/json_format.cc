// JSON lines: one object a line, or an array of objects, which gives several rows.
#include <fmt/format.h>
#include <strings.h>

#include "engine/errors.h"
#include "engine/files/charset.h"
#include "engine/files/csv_options.h"
#include "engine/files/row_format.h"
#include "engine/json/json_value.h"

namespace hearth::engine {
namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;

struct JsonOptions {
  JsonValueOptions values;
  JsonSyntax syntax;
  TextRules text_rules;
  ParseMode mode = ParseMode::kPermissive;
  std::string corrupt_column = "_corrupt_record";
};

class JsonParser : public RowParser {
 public:
  JsonParser(const plan::FileSource& source, const JsonOptions& options, std::vector<size_t> columns)
      : source_(source), options_(options), columns_(std::move(columns)) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      const auto& field = source_.columns[columns_[i]];
      if (strcasecmp(field.name.c_str(), options_.corrupt_column.c_str()) == 0 && field.type->IsString()) {
        corrupt_ = static_cast<int>(i);
      }
    }
  }

  void Start(std::string_view line) override {
    line_ = line;
    cursor_.emplace(line, options_.syntax);
    in_array_ = false;
    done_ = cursor_->AtEnd();
    begun_ = false;
  }

  bool Next(std::vector<Vector*>& vectors, idx_t row) override {
    while (!done_) {
      if (!begun_) {
        begun_ = true;
        // An array that is broken anywhere gives no row of its own.
        std::string_view whole;
        if (cursor_->Peek() == JsonKind::kArray) {
          const JsonCursor start = *cursor_;
          if (!JsonCursor(start).Skip(&whole) || !FitsArray(vectors, row))
            return Malformed(vectors, row, true);
          cursor_ = start;
          in_array_ = cursor_->EnterArray();
        }
      }
      if (in_array_) {
        bool more = true;
        if (!cursor_->NextElement(&more)) return Malformed(vectors, row, true);
        if (!more) {
          done_ = true;
          return false;
        }
      } else {
        done_ = true;
      }
      for (auto* vector : vectors) SetNullDeep(*vector, row);
      if (in_array_ && cursor_->Peek() == JsonKind::kNull && cursor_->ReadWord("null")) return true;
      if (cursor_->Peek() != JsonKind::kObject) return Malformed(vectors, row, true);
      auto read = ReadRecord(vectors, row);
      if (read == JsonRead::kInvalid) return Malformed(vectors, row, true);
      if (read == JsonRead::kMismatch && !Malformed(vectors, row, false)) continue;
      return true;
    }
    return false;
  }

 private:
  // Do all records of the array have values of the schema? Reads them into one row, to be written over.
  bool FitsArray(std::vector<Vector*>& vectors, idx_t row) {
    bool more = true;
    cursor_->EnterArray();
    while (cursor_->NextElement(&more)) {
      if (!more) return true;
      for (auto* vector : vectors) SetNullDeep(*vector, row);
      if (cursor_->Peek() == JsonKind::kNull && cursor_->ReadWord("null")) continue;
      if (cursor_->Peek() != JsonKind::kObject || ReadRecord(vectors, row) != JsonRead::kOk) return false;
    }
    return false;
  }

  JsonRead ReadRecord(std::vector<Vector*>& vectors, idx_t row) {
    if (!cursor_->EnterObject()) return JsonRead::kInvalid;
    JsonRead result = JsonRead::kOk;
    std::string key;
    bool more = true;
    while (true) {
      if (!cursor_->NextKey(&key, &more)) return JsonRead::kInvalid;
      if (!more) return result;
      size_t place = 0;
      while (place < columns_.size() && source_.columns[columns_[place]].name != key) ++place;
      if (place == columns_.size()) {
        std::string_view raw;
        if (!cursor_->Skip(&raw)) return JsonRead::kInvalid;
        continue;
      }
      auto& vector = *vectors[place];
      FlatVector::Validity(vector).SetValid(row);
      const auto& type = *source_.columns[columns_[place]].type;
      auto read = ReadJsonValue(*cursor_, type, options_.values, vector, row);
      if (read == JsonRead::kInvalid) return read;
      if (read == JsonRead::kMismatch) {
        // Structs keep what did fit.
        if (!type.Is(plan::TypeKind::kStruct)) SetNullDeep(vector, row);
        result = read;
      }
    }
  }

  // By mode: an error, no row, or a row of nulls (of what was read, for a mismatch) with the text in the
  // corrupt column.
  bool Malformed(std::vector<Vector*>& vectors, idx_t row, bool whole_line) {
    if (options_.mode == ParseMode::kFailFast) {
      ThrowSpark(base::ErrorKind::kSpark, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                 fmt::format("The record '{}' is no JSON of the schema, and the mode is FAILFAST.",
                             line_.substr(0, 200)),
                 {{"badRecord", std::string(line_.substr(0, 200))}, {"failFastMode", "FAILFAST"}});
    }
    if (whole_line) done_ = true;
    if (options_.mode == ParseMode::kDropMalformed) return false;
    if (whole_line) {
      for (auto* vector : vectors) SetNullDeep(*vector, row);
    }
    if (corrupt_ >= 0) {
      auto& vector = *vectors[static_cast<size_t>(corrupt_)];
      FlatVector::Validity(vector).SetValid(row);
      FlatVector::GetData<duckdb::string_t>(vector)[row] =
          duckdb::StringVector::AddString(vector, line_.data(), line_.size());
    }
    return true;
  }

  const plan::FileSource& source_;
  const JsonOptions& options_;
  std::vector<size_t> columns_;
  int corrupt_ = -1;
  std::string_view line_;
  std::optional<JsonCursor> cursor_;
  bool begun_ = false;
  bool in_array_ = false;
  bool done_ = true;
};

class JsonFormat : public RowFormat {
 public:
  JsonFormat(const plan::FileSource& source, JsonOptions options)
      : RowFormat(options.text_rules), source_(source), options_(std::move(options)) {}
  std::unique_ptr<RowParser> NewParser(std::vector<size_t> columns) const override {
    return std::make_unique<JsonParser>(source_, options_, std::move(columns));
  }

 private:
  const plan::FileSource& source_;
  const JsonOptions options_;
};

base::Result<JsonOptions> ReadJsonOptions(const plan::FileSource& source) {
  JsonOptions options;
  HEARTH_RETURN_IF_ERROR(RefuseOptions(source, {"locale"}));
  HEARTH_ASSIGN(bool multi_line, BooleanOption(source, "multiline", false));
  HEARTH_ASSIGN(options.text_rules, ReadTextRules(source, multi_line));
  if (multi_line && !source.options.contains("encoding") && !source.options.contains("charset")) {
    options.text_rules.charset = kDetectUnicode;
  }
  HEARTH_ASSIGN(options.syntax, ReadJsonSyntax(source));
  HEARTH_ASSIGN(options.values.primitives_as_string, BooleanOption(source, "primitivesasstring", false));
  HEARTH_ASSIGN(options.values.zone, FindTimeZone(OptionOf(source, "timezone", "UTC")));
  HEARTH_ASSIGN(MomentPatterns patterns, ReadMomentPatterns(source));
  options.values.date_pattern = std::move(patterns.date);
  options.values.timestamp_pattern = std::move(patterns.timestamp);
  options.values.timestamp_ntz_pattern = std::move(patterns.timestamp_ntz);
  options.mode = ParseModeOf(source);
  options.corrupt_column = OptionOf(source, "columnnameofcorruptrecord", "_corrupt_record");
  return options;
}

}  // namespace

base::Result<JsonSyntax> ReadJsonSyntax(const plan::FileSource& source) {
  JsonSyntax syntax;
  HEARTH_ASSIGN(syntax.single_quotes, BooleanOption(source, "allowsinglequotes", true));
  HEARTH_ASSIGN(syntax.comments, BooleanOption(source, "allowcomments", false));
  HEARTH_ASSIGN(syntax.unquoted_names, BooleanOption(source, "allowunquotedfieldnames", false));
  HEARTH_ASSIGN(syntax.leading_zeros, BooleanOption(source, "allownumericleadingzeros", false));
  HEARTH_ASSIGN(syntax.non_numeric_numbers, BooleanOption(source, "allownonnumericnumbers", true));
  HEARTH_ASSIGN(syntax.any_escape, BooleanOption(source, "allowbackslashescapinganycharacter", false));
  HEARTH_ASSIGN(syntax.control_characters, BooleanOption(source, "allowunquotedcontrolchars", false));
  return syntax;
}

base::Result<std::unique_ptr<RowFormat>> OpenJsonFormat(const plan::FileSource& source) {
  HEARTH_ASSIGN(auto options, ReadJsonOptions(source));
  return std::unique_ptr<RowFormat>(std::make_unique<JsonFormat>(source, std::move(options)));
}

}  // namespace hearth::engine
