#include "engine/files/csv_options.h"

#include <fmt/format.h>

#include <algorithm>

namespace hearth::engine {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// One character, with \t and its like spelled out; empty is none.
Result<char> CharacterOption(const plan::FileSource& source, const std::string& key, char otherwise) {
  auto found = source.options.find(key);
  if (found == source.options.end()) return otherwise;
  const auto& text = found->second;
  if (text.empty()) return '\0';
  if (text.size() == 1) return text[0];
  if (text == "\\t") return '\t';
  if (text == "\\\\") return '\\';
  if (text == "\\\"") return '"';
  if (text == "\\'") return '\'';
  if (text == "\\0" || text == std::string("\\u0000") || text == "\u0000") return '\0';
  return base::NotImplemented(
      fmt::format("the {} option {} '{}': one ASCII character is served", source.format, key, text));
}

// The separator may be several characters, each of which may be spelled out.
std::string Separator(const std::string& text) {
  std::string separator;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      separator.push_back(text[i]);
      continue;
    }
    const char next = text[++i];
    separator.push_back(next == 't'   ? '\t'
                        : next == 'r' ? '\r'
                        : next == 'n' ? '\n'
                        : next == 'b' ? '\b'
                        : next == 'f' ? '\f'
                        : next == '0' ? '\0'
                                      : next);
  }
  return separator;
}

}  // namespace

std::string OptionOf(const plan::FileSource& source, const std::string& key, const std::string& otherwise) {
  auto found = source.options.find(key);
  return found == source.options.end() ? otherwise : found->second;
}

Result<bool> BooleanOption(const plan::FileSource& source, const std::string& key, bool otherwise) {
  auto text = Lower(OptionOf(source, key, otherwise ? "true" : "false"));
  if (text == "true") return true;
  if (text == "false") return false;
  return MakeError(
      ErrorKind::kSpark, "_LEGACY_ERROR_TEMP_2147",
      fmt::format("The {} option {} is '{}'; true or false is expected.", source.format, key, text),
      {{"paramName", key}});
}

ParseMode ParseModeOf(const plan::FileSource& source) {
  auto mode = Lower(OptionOf(source, "mode", "permissive"));
  if (mode == "failfast") return ParseMode::kFailFast;
  return mode == "dropmalformed" ? ParseMode::kDropMalformed : ParseMode::kPermissive;
}

base::Status RefuseOptions(const plan::FileSource& source, std::initializer_list<std::string_view> refused) {
  for (auto key : refused) {
    if (!source.options.contains(std::string(key))) continue;
    return base::NotImplemented(fmt::format("the {} option {}", source.format, key));
  }
  return {};
}

Result<MomentPatterns> ReadMomentPatterns(const plan::FileSource& source) {
  MomentPatterns patterns;
  const auto read = [&](const char* key, std::optional<DateTimePattern>* pattern) -> base::Status {
    const auto found = source.options.find(key);
    if (found == source.options.end()) return {};
    HEARTH_ASSIGN(*pattern, DateTimePattern::Read(found->second, DateTimePattern::Purpose::kParse));
    return {};
  };
  HEARTH_RETURN_IF_ERROR(read("dateformat", &patterns.date));
  HEARTH_RETURN_IF_ERROR(read("timestampformat", &patterns.timestamp));
  HEARTH_RETURN_IF_ERROR(read("timestampntzformat", &patterns.timestamp_ntz));
  return patterns;
}

std::optional<int64_t> ParseMoment(const DateTimePattern& pattern, const plan::DataType& type,
                                   const TimeZone& zone, std::string_view text) {
  DateTimePattern::Parsed parsed;
  if (!pattern.Parse(text, &parsed, nullptr)) return std::nullopt;
  if (type.Is(plan::TypeKind::kTimestampNtz)) return parsed.local;
  if (type.Is(plan::TypeKind::kDate)) return FloorDivide(parsed.local, kMicrosecondsPerDay);
  return (parsed.zone ? *parsed.zone : zone).FromLocal(parsed.local);
}

Result<TextRules> ReadTextRules(const plan::FileSource& source, bool whole_file) {
  TextRules rules;
  rules.whole_file = whole_file;
  if (!whole_file) rules.line_end = OptionOf(source, "linesep", "");
  if (whole_file && source.options.contains("linesep") && source.format != "text") {
    return base::NotImplemented(fmt::format("the {} option lineSep together with multiLine", source.format));
  }
  const auto charset = Lower(OptionOf(source, "encoding", OptionOf(source, "charset", "utf-8")));
  if (charset == "utf-8" || charset == "utf8" || charset == "us-ascii") return rules;
  const bool wide = charset.starts_with("utf-16") || charset.starts_with("utf-32");
  if (wide && !whole_file && rules.line_end.empty()) {
    return base::NotImplemented(
        fmt::format("the {} option encoding '{}' without multiLine", source.format, charset));
  }
  rules.charset = charset;
  return rules;
}

base::Status CheckSamplingRatio(const plan::FileSource& source) {
  const auto found = source.options.find("samplingratio");
  if (found == source.options.end() || std::strtod(found->second.c_str(), nullptr) >= 1.0) return {};
  return base::NotImplemented(fmt::format("the {} option samplingRatio below 1", source.format));
}

Result<CsvOptions> ReadCsvOptions(const plan::FileSource& source) {
  CsvOptions options;
  HEARTH_RETURN_IF_ERROR(
      RefuseOptions(source, {"locale", "chartoescapequoteescaping", "unescapedquotehandling"}));
  HEARTH_RETURN_IF_ERROR(CheckSamplingRatio(source));
  HEARTH_ASSIGN(options.multi_line, BooleanOption(source, "multiline", false));
  HEARTH_ASSIGN(options.text_rules, ReadTextRules(source, options.multi_line));
  HEARTH_ASSIGN(options.patterns, ReadMomentPatterns(source));
  HEARTH_ASSIGN(options.enforce_schema, BooleanOption(source, "enforceschema", true));
  options.separator = Separator(OptionOf(source, "sep", OptionOf(source, "delimiter", ",")));
  if (options.separator.empty()) {
    return MakeError(ErrorKind::kIllegalArgument, "INVALID_DELIMITER_VALUE.EMPTY_STRING",
                     "The separator of CSV must not be empty.");
  }
  HEARTH_ASSIGN(options.quote, CharacterOption(source, "quote", '"'));
  HEARTH_ASSIGN(options.escape, CharacterOption(source, "escape", '\\'));
  HEARTH_ASSIGN(options.comment, CharacterOption(source, "comment", '\0'));
  HEARTH_ASSIGN(options.header, BooleanOption(source, "header", false));
  HEARTH_ASSIGN(options.ignore_leading_space, BooleanOption(source, "ignoreleadingwhitespace", false));
  HEARTH_ASSIGN(options.ignore_trailing_space, BooleanOption(source, "ignoretrailingwhitespace", false));
  HEARTH_ASSIGN(options.infer_schema, BooleanOption(source, "inferschema", false));
  HEARTH_ASSIGN(options.prefer_date, BooleanOption(source, "preferdate", true));
  options.null_value = OptionOf(source, "nullvalue", "");
  options.empty_value = OptionOf(source, "emptyvalue", "");
  options.nan_value = OptionOf(source, "nanvalue", "NaN");
  options.positive_infinity = OptionOf(source, "positiveinf", "Inf");
  options.negative_infinity = OptionOf(source, "negativeinf", "-Inf");
  options.mode = ParseModeOf(source);
  options.corrupt_column = OptionOf(source, "columnnameofcorruptrecord", "_corrupt_record");
  HEARTH_ASSIGN(options.zone, FindTimeZone(OptionOf(source, "timezone", "UTC")));
  return options;
}

bool IsSkippedCsvLine(std::string_view line, const CsvOptions& options) {
  const bool blank = std::all_of(line.begin(), line.end(), [](char c) { return c == ' ' || c == '\t'; });
  return blank || (options.comment != 0 && line.front() == options.comment);
}

// Behind the closing quote of the field that opens at `from`; npos when it is never closed.
size_t CsvRecords::QuotedEnd(size_t from) const {
  for (size_t i = from + 1; i < rest_.size(); ++i) {
    const bool has_next = i + 1 < rest_.size();
    if (options_.escape != 0 && rest_[i] == options_.escape && has_next &&
        (rest_[i + 1] == options_.quote || rest_[i + 1] == options_.escape)) {
      ++i;
    } else if (rest_[i] == options_.quote) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

std::optional<std::string_view> CsvRecords::Next() {
  while (!rest_.empty()) {
    size_t end = 0;
    bool field_starts = true;
    const bool comment = options_.comment != 0 && rest_.front() == options_.comment;
    while (end < rest_.size() && rest_[end] != '\n' && rest_[end] != '\r') {
      if (!comment && field_starts && options_.quote != 0 && rest_[end] == options_.quote) {
        const size_t closed = QuotedEnd(end);
        end = closed == std::string_view::npos ? rest_.size() : closed;
        field_starts = false;
        continue;
      }
      if (rest_.compare(end, options_.separator.size(), options_.separator) == 0) {
        field_starts = true;
        end += options_.separator.size();
        continue;
      }
      field_starts = field_starts && options_.ignore_leading_space && rest_[end] == ' ';
      ++end;
    }
    const auto record = rest_.substr(0, end);
    size_t next = std::min(end + 1, rest_.size());
    if (next < rest_.size() && rest_[end] == '\r' && rest_[next] == '\n') ++next;
    rest_.remove_prefix(next);
    if (!IsSkippedCsvLine(record, options_)) return record;
  }
  return std::nullopt;
}

const std::vector<CsvField>& CsvTokenizer::Split(std::string_view line) {
  fields_.clear();
  undone_.clear();
  size_t position = 0;
  while (true) {
    if (options_.ignore_leading_space) {
      while (position < line.size() && !AtSeparator(line, position) && line[position] <= ' ' &&
             line[position] >= 0) {
        ++position;
      }
    }
    bool quoted = options_.quote != 0 && position < line.size() && line[position] == options_.quote;
    position = quoted ? ReadQuoted(line, position) : ReadPlain(line, position);
    if (position >= line.size()) break;
    position += options_.separator.size();
    if (position == line.size()) {
      fields_.push_back({line.substr(position), false});
      break;
    }
  }
  return fields_;
}

size_t CsvTokenizer::ReadPlain(std::string_view line, size_t from) {
  auto end = std::min(line.find(options_.separator, from), line.size());
  auto text = line.substr(from, end - from);
  if (options_.ignore_trailing_space) {
    while (!text.empty() && text.back() <= ' ' && text.back() >= 0) text.remove_suffix(1);
  }
  fields_.push_back({text, false});
  return end;
}

size_t CsvTokenizer::ReadQuoted(std::string_view line, size_t from) {
  std::string text;
  bool changed = false;
  size_t position = from + 1;
  size_t plain_begin = position;
  for (; position < line.size(); ++position) {
    char c = line[position];
    bool has_next = position + 1 < line.size();
    char next = has_next ? line[position + 1] : '\0';
    if (options_.escape != 0 && c == options_.escape && has_next &&
        (next == options_.quote || next == options_.escape)) {
      text.append(line.substr(plain_begin, position - plain_begin));
      text.push_back(next);
      changed = true;
      plain_begin = position + 2;
      ++position;
      continue;
    }
    if (c != options_.quote) continue;
    // The closing quote: blanks may follow, then the separator or the end. Anything else and the field was no
    // quoted one.
    size_t after = position + 1;
    while (after < line.size() && !AtSeparator(line, after) && (line[after] == ' ' || line[after] == '\t'))
      ++after;
    if (after < line.size() && !AtSeparator(line, after)) return ReadPlain(line, from);
    const auto inner = line.substr(from + 1, position - from - 1);
    if (!changed && inner.find("\r\n") != std::string_view::npos) {
      // Line ends inside quotes read as \n.
      for (size_t i = 0; i < inner.size(); ++i) {
        if (inner.substr(i, 2) != "\r\n") text.push_back(inner[i]);
        if (inner.substr(i, 2) == "\r\n") text.push_back(inner[++i]);
      }
      undone_.push_back(std::move(text));
      fields_.push_back({undone_.back(), true});
    } else if (!changed) {
      fields_.push_back({inner, true});
    } else {
      text.append(line.substr(plain_begin, position - plain_begin));
      undone_.push_back(std::move(text));
      fields_.push_back({undone_.back(), true});
    }
    return after;
  }
  // Never closed: the rest of the line.
  text.append(line.substr(std::min(plain_begin, line.size())));
  undone_.push_back(std::move(text));
  fields_.push_back({undone_.back(), true});
  return line.size();
}

}  // namespace hearth::engine
