#include "engine/write/line_format.h"

#include <strings.h>

#include <algorithm>
#include <deque>

#include "engine/text/json_text.h"
#include "engine/text/value_text.h"
#include "engine/text/value_writer.h"
#include "engine/write/write_plan.h"

namespace hearth::engine {

using duckdb::idx_t;
using plan::TypeKind;

namespace {

// What every character has the same form in, whatever stands around it.
base::Status CheckEncoding(const plan::FileSink& sink) {
  const std::string given = WriteOption(sink, "encoding", WriteOption(sink, "charset", "UTF-8"));
  for (const char* served : {"UTF-8", "UTF8", "ISO-8859-1", "latin1", "US-ASCII", "ASCII"}) {
    if (strcasecmp(given.c_str(), served) == 0) return {};
  }
  return base::NotImplemented("encoding " + given + " when writing " + sink.format);
}

base::Result<TimePatterns> ReadPatterns(const plan::FileSink& sink, const std::string& time_zone) {
  TimePatterns patterns;
  patterns.zone_id = WriteOption(sink, "timezone", time_zone);
  HEARTH_ASSIGN(patterns.zone, FindTimeZone(patterns.zone_id));
  const auto read = [&](const char* name, std::optional<DateTimePattern>* pattern) -> base::Status {
    const auto found = sink.options.find(name);
    if (found == sink.options.end()) return {};
    HEARTH_ASSIGN(*pattern, DateTimePattern::Read(found->second, DateTimePattern::Purpose::kPrint));
    return {};
  };
  HEARTH_RETURN_IF_ERROR(read("dateformat", &patterns.date));
  HEARTH_RETURN_IF_ERROR(read("timestampformat", &patterns.timestamp));
  HEARTH_RETURN_IF_ERROR(read("timestampntzformat", &patterns.local_timestamp));
  return patterns;
}

bool IsTrue(const plan::FileSink& sink, const char* name, bool otherwise) {
  return strcasecmp(WriteOption(sink, name, otherwise ? "true" : "false").c_str(), "true") == 0;
}

class TextFormat : public LineFormat {
 public:
  TextFormat(const plan::DataType& type, std::string line_end)
      : writer_(type, {}), line_end_(std::move(line_end)) {}
  void Bind(duckdb::DataChunk& chunk) override { writer_.Bind(chunk.data[0], chunk.size()); }
  void Append(idx_t row, std::string* out) const override {
    if (!writer_.IsNull(row)) writer_.Append(row, out);
    out->append(line_end_);
  }

 private:
  ValueWriter writer_;
  std::string line_end_;
};

class JsonFormat : public LineFormat {
 public:
  JsonFormat(const std::vector<plan::Column>& columns, JsonStyle style, std::string line_end)
      : columns_(columns),
        style_(std::move(style)),
        line_end_(std::move(line_end)),
        formats_(columns.size()) {}
  void Bind(duckdb::DataChunk& chunk) override {
    for (size_t i = 0; i < columns_.size(); ++i) {
      formats_[i] = NestedFormat();
      duckdb::Vector::RecursiveToUnifiedFormat(chunk.data[i], chunk.size(), formats_[i]);
    }
  }
  void Append(idx_t row, std::string* out) const override {
    out->push_back('{');
    bool first = true;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool is_null = columns_[i].type->Is(TypeKind::kNull) || IsNullAt(formats_[i], row);
      if (style_.ignore_null_fields && is_null) continue;
      if (!first) out->push_back(',');
      first = false;
      AppendJsonString(columns_[i].name, out);
      out->push_back(':');
      AppendJson(*columns_[i].type, formats_[i], row, style_, out);
    }
    out->push_back('}');
    out->append(line_end_);
  }

 private:
  const std::vector<plan::Column>& columns_;
  JsonStyle style_;
  std::string line_end_;
  std::vector<NestedFormat> formats_;
};

struct CsvStyle {
  std::string separator = ",";
  char quote = '"';
  char escape = '\\';
  char escape_of_escape = '\0';  // before an escape character inside quotes; none when zero
  bool escape_quotes = true;
  bool quote_all = false;
  bool header = false;
  bool trim_start = true;
  bool trim_end = true;
  std::string null_value;
  std::string empty_value = "\"\"";
  std::string line_end = "\n";
};

class CsvFormat : public LineFormat {
 public:
  CsvFormat(const std::vector<plan::Column>& columns, CsvStyle style, TimePatterns times)
      : columns_(columns), style_(std::move(style)), times_(std::move(times)) {
    TextStyle text;
    text.zone = times_.zone;
    text.plain_decimals = false;
    for (const auto& column : columns) writers_.emplace_back(*column.type, text);
    times_of_.resize(columns.size());
  }

  std::string Header() const override {
    std::string line;
    if (!style_.header) return line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line += style_.separator;
      AppendField(columns_[i].name, &line, i == 0);
    }
    return line + style_.line_end;
  }

  void Bind(duckdb::DataChunk& chunk) override {
    for (size_t i = 0; i < columns_.size(); ++i) {
      writers_[i].Bind(chunk.data[i], chunk.size());
      chunk.data[i].ToUnifiedFormat(chunk.size(), times_of_[i]);
    }
  }

  void Append(idx_t row, std::string* out) const override {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out->append(style_.separator);
      if (columns_[i].type->Is(TypeKind::kNull) || writers_[i].IsNull(row)) {
        if (style_.quote_all) out->push_back(style_.quote);
        out->append(style_.null_value);
        if (style_.quote_all) out->push_back(style_.quote);
        continue;
      }
      field_.clear();
      AppendText(i, row);
      AppendField(field_, out, i == 0);
    }
    out->append(style_.line_end);
  }

 private:
  void AppendText(size_t column, idx_t row) const {
    const TypeKind kind = columns_[column].type->kind();
    const auto& format = times_of_[column];
    const idx_t index = format.sel->get_index(row);
    switch (kind) {
      case TypeKind::kDate:
        return times_.AppendDay(duckdb::UnifiedVectorFormat::GetData<int32_t>(format)[index], &field_);
      case TypeKind::kTimestamp:
        return times_.AppendInstant(duckdb::UnifiedVectorFormat::GetData<int64_t>(format)[index], &field_);
      case TypeKind::kTimestampNtz:
        return times_.AppendLocal(duckdb::UnifiedVectorFormat::GetData<int64_t>(format)[index], &field_);
      default:
        writers_[column].Append(row, &field_);
    }
  }

  bool NeedsQuotes(std::string_view text) const {
    if (style_.quote_all) return true;
    if (text.find(style_.separator) != std::string_view::npos) return true;
    if (text.find_first_of("\n\r") != std::string_view::npos) return true;
    return style_.escape_quotes && style_.quote != '\0' && text.find(style_.quote) != std::string_view::npos;
  }

  void AppendField(std::string_view text, std::string* out, bool is_first) const {
    const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (style_.trim_start && !text.empty() && blank(text.front())) text.remove_prefix(1);
    while (style_.trim_end && !text.empty() && blank(text.back())) text.remove_suffix(1);
    if (text.empty()) {
      out->append(style_.empty_value);
      return;
    }
    // A line that would start like a comment is quoted, whatever the option comment says.
    if (!NeedsQuotes(text) && !(is_first && text.front() == '#')) {
      out->append(text);
      return;
    }
    out->push_back(style_.quote);
    for (const char c : text) {
      if (c == style_.quote && style_.escape_quotes) {
        out->push_back(style_.escape);
      } else if (c == style_.escape && style_.escape_of_escape != '\0') {
        out->push_back(style_.escape_of_escape);
      }
      out->push_back(c);
    }
    out->push_back(style_.quote);
  }

  const std::vector<plan::Column>& columns_;
  CsvStyle style_;
  TimePatterns times_;
  std::deque<ValueWriter> writers_;
  std::vector<duckdb::UnifiedVectorFormat> times_of_;
  mutable std::string field_;
};

base::Result<char> OneCharacter(const plan::FileSink& sink, const char* name, std::string otherwise) {
  const std::string text = WriteOption(sink, name, std::move(otherwise));
  if (text.empty()) return '\0';
  if (text.size() == 1) return text[0];
  return base::MakeError(base::ErrorKind::kRuntime, "_LEGACY_ERROR_TEMP_2140",
                         std::string("The option ") + name + " takes one character, not " + text + ".");
}

base::Result<std::unique_ptr<LineFormat>> MakeCsv(const std::vector<plan::Column>& columns,
                                                  const plan::FileSink& sink, TimePatterns times,
                                                  std::string line_end) {
  CsvStyle style;
  style.separator = WriteOption(sink, "sep", WriteOption(sink, "delimiter", ","));
  if (style.separator == "\\t") style.separator = "\t";
  HEARTH_ASSIGN(style.quote, OneCharacter(sink, "quote", "\""));
  HEARTH_ASSIGN(style.escape, OneCharacter(sink, "escape", "\\"));
  HEARTH_ASSIGN(style.escape_of_escape,
                OneCharacter(sink, "chartoescapequoteescaping",
                             style.escape != style.quote ? std::string(1, style.escape) : ""));
  if (sink.options.count("comment") > 0) return base::NotImplemented("option comment when writing csv");
  style.escape_quotes = IsTrue(sink, "escapequotes", true);
  style.quote_all = IsTrue(sink, "quoteall", false);
  style.header = IsTrue(sink, "header", false);
  style.trim_start = IsTrue(sink, "ignoreleadingwhitespace", true);
  style.trim_end = IsTrue(sink, "ignoretrailingwhitespace", true);
  style.null_value = WriteOption(sink, "nullvalue", "");
  style.empty_value = WriteOption(sink, "emptyvalue", "\"\"");
  style.line_end = std::move(line_end);
  return std::unique_ptr<LineFormat>(
      std::make_unique<CsvFormat>(columns, std::move(style), std::move(times)));
}

}  // namespace

base::Result<std::unique_ptr<LineFormat>> MakeLineFormat(const std::vector<plan::Column>& columns,
                                                         const plan::FileSink& sink,
                                                         const std::string& time_zone) {
  HEARTH_RETURN_IF_ERROR(CheckEncoding(sink));
  HEARTH_ASSIGN(TimePatterns times, ReadPatterns(sink, time_zone));
  std::string line_end = WriteOption(sink, "linesep", "\n");
  if (sink.format == "csv") return MakeCsv(columns, sink, std::move(times), std::move(line_end));
  if (sink.format == "json") {
    JsonStyle style;
    style.times = std::move(times);
    style.ignore_null_fields = IsTrue(sink, "ignorenullfields", true);
    return std::unique_ptr<LineFormat>(
        std::make_unique<JsonFormat>(columns, std::move(style), std::move(line_end)));
  }
  return std::unique_ptr<LineFormat>(std::make_unique<TextFormat>(*columns[0].type, std::move(line_end)));
}

}  // namespace hearth::engine
