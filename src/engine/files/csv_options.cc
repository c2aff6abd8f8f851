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
      ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.BOOLEAN",
      fmt::format("The {} option {} is '{}'; true or false is expected.", source.format, key, text),
      {{"parameter", key}, {"value", text}});
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

Result<CsvOptions> ReadCsvOptions(const plan::FileSource& source) {
  CsvOptions options;
  HEARTH_RETURN_IF_ERROR(RefuseOptions(
      source,
      {"linesep", "dateformat", "timestampformat", "timestampntzformat", "locale",
       "chartoescapequoteescaping", "emptyvalue", "maxcolumns", "unescapedquotehandling", "samplingratio"}));
  HEARTH_ASSIGN(bool multi_line, BooleanOption(source, "multiline", false));
  if (multi_line) return base::NotImplemented("the csv option multiLine");
  auto encoding = Lower(OptionOf(source, "encoding", OptionOf(source, "charset", "utf-8")));
  if (encoding != "utf-8" && encoding != "utf8" && encoding != "us-ascii") {
    return base::NotImplemented(fmt::format("the csv option encoding '{}'", encoding));
  }
  HEARTH_ASSIGN(char delimiter, CharacterOption(source, "delimiter", ','));
  HEARTH_ASSIGN(options.separator, CharacterOption(source, "sep", delimiter));
  HEARTH_ASSIGN(options.quote, CharacterOption(source, "quote", '"'));
  HEARTH_ASSIGN(options.escape, CharacterOption(source, "escape", '\\'));
  HEARTH_ASSIGN(options.comment, CharacterOption(source, "comment", '\0'));
  HEARTH_ASSIGN(options.header, BooleanOption(source, "header", false));
  HEARTH_ASSIGN(options.ignore_leading_space, BooleanOption(source, "ignoreleadingwhitespace", false));
  HEARTH_ASSIGN(options.ignore_trailing_space, BooleanOption(source, "ignoretrailingwhitespace", false));
  HEARTH_ASSIGN(options.infer_schema, BooleanOption(source, "inferschema", false));
  HEARTH_ASSIGN(options.prefer_date, BooleanOption(source, "preferdate", true));
  options.null_value = OptionOf(source, "nullvalue", "");
  options.nan_value = OptionOf(source, "nanvalue", "NaN");
  options.positive_infinity = OptionOf(source, "positiveinf", "Inf");
  options.negative_infinity = OptionOf(source, "negativeinf", "-Inf");
  options.mode = ParseModeOf(source);
  options.corrupt_column = OptionOf(source, "columnnameofcorruptrecord", "_corrupt_record");
  HEARTH_ASSIGN(options.zone, FindTimeZone(OptionOf(source, "timezone", "UTC")));
  return options;
}

const std::vector<CsvField>& CsvTokenizer::Split(std::string_view line) {
  fields_.clear();
  undone_.clear();
  size_t position = 0;
  while (true) {
    if (options_.ignore_leading_space) {
      while (position < line.size() && line[position] != options_.separator && line[position] <= ' ' &&
             line[position] >= 0) {
        ++position;
      }
    }
    bool quoted = options_.quote != 0 && position < line.size() && line[position] == options_.quote;
    position = quoted ? ReadQuoted(line, position) : ReadPlain(line, position);
    if (position >= line.size()) break;
    ++position;  // the separator
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
    while (after < line.size() && line[after] != options_.separator &&
           (line[after] == ' ' || line[after] == '\t'))
      ++after;
    if (after < line.size() && line[after] != options_.separator) return ReadPlain(line, from);
    if (!changed) {
      fields_.push_back({line.substr(from + 1, position - from - 1), true});
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
