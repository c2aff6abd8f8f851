// JSON lines: one object a line, or an array of objects, which gives several rows.
#include <fmt/format.h>
#include <strings.h>

#include "engine/errors.h"
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
  bool single_quotes = true;
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
    cursor_.emplace(line, options_.single_quotes);
    in_array_ = false;
    done_ = cursor_->AtEnd();
    begun_ = false;
  }

  bool Next(std::vector<Vector*>& vectors, idx_t row) override {
    while (!done_) {
      if (!begun_) {
        begun_ = true;
        in_array_ = cursor_->Peek() == JsonKind::kArray && cursor_->EnterArray();
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
      if (cursor_->Peek() != JsonKind::kObject) return Malformed(vectors, row, true);
      auto read = ReadRecord(vectors, row);
      if (read == JsonRead::kInvalid) return Malformed(vectors, row, true);
      if (read == JsonRead::kMismatch && !Malformed(vectors, row, false)) continue;
      return true;
    }
    return false;
  }

 private:
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
      : source_(source), options_(std::move(options)) {}
  std::unique_ptr<RowParser> NewParser(std::vector<size_t> columns) const override {
    return std::make_unique<JsonParser>(source_, options_, std::move(columns));
  }

 private:
  const plan::FileSource& source_;
  const JsonOptions options_;
};

base::Result<JsonOptions> ReadJsonOptions(const plan::FileSource& source) {
  JsonOptions options;
  HEARTH_RETURN_IF_ERROR(
      RefuseOptions(source, {"linesep", "dateformat", "timestampformat", "timestampntzformat", "locale",
                             "allowcomments", "allowunquotedfieldnames", "allownumericleadingzeros",
                             "allowbackslashescapinganycharacter", "allowunquotedcontrolchars",
                             "samplingratio", "prefersdecimal", "infertimestamp", "dropfieldifallnull"}));
  HEARTH_ASSIGN(bool multi_line, BooleanOption(source, "multiline", false));
  if (multi_line) return base::NotImplemented("the json option multiLine");
  HEARTH_ASSIGN(options.single_quotes, BooleanOption(source, "allowsinglequotes", true));
  HEARTH_ASSIGN(options.values.primitives_as_string, BooleanOption(source, "primitivesasstring", false));
  HEARTH_ASSIGN(options.values.zone, FindTimeZone(OptionOf(source, "timezone", "UTC")));
  options.mode = ParseModeOf(source);
  options.corrupt_column = OptionOf(source, "columnnameofcorruptrecord", "_corrupt_record");
  return options;
}

}  // namespace

base::Result<std::unique_ptr<RowFormat>> OpenJsonFormat(const plan::FileSource& source) {
  HEARTH_ASSIGN(auto options, ReadJsonOptions(source));
  return std::unique_ptr<RowFormat>(std::make_unique<JsonFormat>(source, std::move(options)));
}

}  // namespace hearth::engine
