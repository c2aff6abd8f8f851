// Spark's options of the CSV source, read and checked.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/datetime/pattern.h"
#include "engine/files/line_reader.h"
#include "engine/time_zone.h"
#include "plan/catalog.h"

namespace hearth::engine {

enum class ParseMode : uint8_t { kPermissive, kDropMalformed, kFailFast };

// The mode option in any case; anything unknown is PERMISSIVE, as in Spark.
ParseMode ParseModeOf(const plan::FileSource& source);
// An option's value, or the default. Keys are lower case.
std::string OptionOf(const plan::FileSource& source, const std::string& key, const std::string& otherwise);
base::Result<bool> BooleanOption(const plan::FileSource& source, const std::string& key, bool otherwise);
// kUnsupported for a present option that is not in `served`; unknown names are ignored as Spark ignores them.
base::Status RefuseOptions(const plan::FileSource& source, std::initializer_list<std::string_view> refused);

// How values of dates and times are written, where an option says so; null: as casts take them.
struct MomentPatterns {
  std::optional<DateTimePattern> date;
  std::optional<DateTimePattern> timestamp;
  std::optional<DateTimePattern> timestamp_ntz;
};
base::Result<MomentPatterns> ReadMomentPatterns(const plan::FileSource& source);
// Microseconds (timestamps) or days (dates); nullopt for text that does not fit the pattern.
std::optional<int64_t> ParseMoment(const DateTimePattern& pattern, const plan::DataType& type,
                                   const TimeZone& zone, std::string_view text);

// The options lineSep, encoding and charset, and `whole_file` as given.
base::Result<TextRules> ReadTextRules(const plan::FileSource& source, bool whole_file);

// samplingRatio: kUnsupported for less than all.
base::Status CheckSamplingRatio(const plan::FileSource& source);

struct CsvOptions {
  std::string separator = ",";
  char quote = '"';    // 0: none
  char escape = '\\';  // 0: none
  char comment = 0;    // 0: none
  bool header = false;
  bool ignore_leading_space = false;
  bool ignore_trailing_space = false;
  bool infer_schema = false;
  bool prefer_date = true;
  bool multi_line = false;
  bool enforce_schema = true;
  std::string null_value;
  std::string empty_value;  // what "" in quotes means
  std::string nan_value = "NaN";
  std::string positive_infinity = "Inf";
  std::string negative_infinity = "-Inf";
  ParseMode mode = ParseMode::kPermissive;
  std::string corrupt_column = "_corrupt_record";
  TimeZone zone;
  MomentPatterns patterns;
  TextRules text_rules;
};
base::Result<CsvOptions> ReadCsvOptions(const plan::FileSource& source);

// One field of a line.
struct CsvField {
  std::string_view text;  // into the line, or into the tokenizer's own text where escapes were undone
  bool was_quoted = false;
};

// Is there nothing in the line, or a comment?
bool IsSkippedCsvLine(std::string_view line, const CsvOptions& options);

// The records of a text in which quoted fields may hold line ends.
class CsvRecords {
 public:
  CsvRecords(const CsvOptions& options, std::string_view text) : options_(options), rest_(text) {}
  // Without its line end; neither blank nor a comment. nullopt after the last.
  std::optional<std::string_view> Next();

 private:
  size_t QuotedEnd(size_t from) const;

  const CsvOptions& options_;
  std::string_view rest_;
};

// Cuts lines into fields as Spark's parser does: a quoted field may hold separators; what follows a closing
// quote turns the whole field into plain text.
class CsvTokenizer {
 public:
  explicit CsvTokenizer(const CsvOptions& options) : options_(options) {}
  // Valid until the next call, as long as `line` is.
  const std::vector<CsvField>& Split(std::string_view line);

 private:
  size_t ReadQuoted(std::string_view line, size_t from);
  size_t ReadPlain(std::string_view line, size_t from);
  bool AtSeparator(std::string_view line, size_t position) const {
    return line.compare(position, options_.separator.size(), options_.separator) == 0;
  }

  const CsvOptions& options_;
  std::vector<CsvField> fields_;
  std::deque<std::string> undone_;  // texts that differ from the line; their addresses stay
};

}  // namespace hearth::engine
