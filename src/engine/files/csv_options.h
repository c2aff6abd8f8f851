// Spark's options of the CSV source, read and checked.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
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

struct CsvOptions {
  char separator = ',';
  char quote = '"';    // 0: none
  char escape = '\\';  // 0: none
  char comment = 0;    // 0: none
  bool header = false;
  bool ignore_leading_space = false;
  bool ignore_trailing_space = false;
  bool infer_schema = false;
  bool prefer_date = true;
  std::string null_value;
  std::string nan_value = "NaN";
  std::string positive_infinity = "Inf";
  std::string negative_infinity = "-Inf";
  ParseMode mode = ParseMode::kPermissive;
  std::string corrupt_column = "_corrupt_record";
  TimeZone zone;
};
base::Result<CsvOptions> ReadCsvOptions(const plan::FileSource& source);

// One field of a line.
struct CsvField {
  std::string_view text;  // into the line, or into the tokenizer's own text where escapes were undone
  bool was_quoted = false;
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

  const CsvOptions& options_;
  std::vector<CsvField> fields_;
  std::deque<std::string> undone_;  // texts that differ from the line; their addresses stay
};

}  // namespace hearth::engine
