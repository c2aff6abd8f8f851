#include "engine/regex/regex.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <memory>

#include "engine/errors.h"
#include "engine/regex/java_pattern.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

namespace {

// Backtracking steps of one match, and memory of the interpreter when the machine stack does not suffice.
constexpr uint32_t kMatchLimit = 20'000'000;
constexpr uint32_t kHeapLimitKilobytes = 64 * 1024;

base::Error CompileError(int code, std::string_view pattern) {
  PCRE2_UCHAR message[256] = {};
  pcre2_get_error_message(code, message, sizeof(message));
  // 125: lookbehind of no fixed length; 147: unknown property or script name.
  if (code == 125) return base::NotImplemented("regular expressions that look behind for no fixed length");
  return base::MakeError(
      base::ErrorKind::kIllegalArgument, "",
      fmt::format("'{}' is no regular expression: {}.", pattern, reinterpret_cast<char*>(message)));
}

base::Result<pcre2_code*> CompileOne(const std::string& text, std::string_view pattern) {
  int code = 0;
  PCRE2_SIZE offset = 0;
  auto* compiled =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY, &code, &offset, nullptr);
  if (!compiled) return CompileError(code, pattern);
  pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);  // without it the interpreter runs
  return compiled;
}

}  // namespace

base::Result<std::shared_ptr<const Regex>> Regex::Compile(std::string_view java_pattern) {
  HEARTH_ASSIGN(auto translated, TranslateJavaPattern(java_pattern));
  std::shared_ptr<Regex> regex(new Regex());
  regex->pattern_ = java_pattern;
  HEARTH_ASSIGN(regex->unicode_code_, CompileOne(translated.text, java_pattern));
  if (!translated.ascii_text.empty()) {
    HEARTH_ASSIGN(regex->ascii_code_, CompileOne(translated.ascii_text, java_pattern));
  }
  auto* code = static_cast<pcre2_code*>(regex->unicode_code_);
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &regex->group_count_);
  uint32_t name_count = 0;
  uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &name_count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  for (uint32_t i = 0; i < name_count; ++i, table += entry_size) {
    regex->names_[reinterpret_cast<const char*>(table + 2)] = static_cast<uint32_t>(table[0] << 8 | table[1]);
  }
  return std::shared_ptr<const Regex>(std::move(regex));
}

Regex::~Regex() {
  pcre2_code_free(static_cast<pcre2_code*>(unicode_code_));
  pcre2_code_free(static_cast<pcre2_code*>(ascii_code_));
}

uint32_t Regex::GroupNumber(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? 0 : found->second;
}

RegexMatcher::RegexMatcher(std::shared_ptr<const Regex> regex) : regex_(std::move(regex)) {
  match_data_ = pcre2_match_data_create(regex_->group_count_ + 1, nullptr);
  auto* context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(context, kMatchLimit);
  pcre2_set_heap_limit(context, kHeapLimitKilobytes);
  match_context_ = context;
}

RegexMatcher::~RegexMatcher() {
  pcre2_match_data_free(static_cast<pcre2_match_data*>(match_data_));
  pcre2_match_context_free(static_cast<pcre2_match_context*>(match_context_));
}

void RegexMatcher::Reset(std::string_view subject, size_t start) {
  subject_ = subject;
  is_ascii_ = IsAscii(subject);
  next_ = start;
  done_ = start > subject.size();
}

bool RegexMatcher::Find() {
  if (done_) return false;
  const auto* code = static_cast<const pcre2_code*>(is_ascii_ && regex_->ascii_code_ ? regex_->ascii_code_
                                                                                     : regex_->unicode_code_);
  auto* data = static_cast<pcre2_match_data*>(match_data_);
  auto* context = static_cast<pcre2_match_context*>(match_context_);
  // An empty view may have no address; PCRE2 wants one.
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(subject_.data() ? subject_.data() : "");
  const uint32_t options = is_ascii_ ? PCRE2_NO_UTF_CHECK : 0;
  int found = pcre2_match(code, subject, subject_.size(), next_, options, data, context);
  if (found == PCRE2_ERROR_JIT_STACKLIMIT) {
    found = pcre2_match(code, subject, subject_.size(), next_, options | PCRE2_NO_JIT, data, context);
  }
  if (found == PCRE2_ERROR_NOMATCH) {
    done_ = true;
    return false;
  }
  if (found < 0) {
    ThrowSpark(base::ErrorKind::kResourceExhausted, "INTERNAL_ERROR",
               fmt::format("The regular expression '{}' took too many steps.", regex_->pattern()));
  }
  if (end() > start()) {
    next_ = end();
  } else if (end() >= subject_.size()) {
    done_ = true;
  } else {
    next_ = NextCharacter(subject_, end());
  }
  return true;
}

size_t RegexMatcher::Offset(size_t index) const {
  return pcre2_get_ovector_pointer(static_cast<pcre2_match_data*>(match_data_))[index];
}

bool RegexMatcher::HasGroup(uint32_t group) const { return Offset(2 * group) != PCRE2_UNSET; }

std::string_view RegexMatcher::Group(uint32_t group) const {
  if (!HasGroup(group)) return {};
  const size_t from = Offset(2 * group);
  const size_t to = Offset(2 * group + 1);
  return to > from ? subject_.substr(from, to - from) : std::string_view();
}

base::Result<RegexReplacement> RegexReplacement::Parse(std::string_view text, const Regex& regex) {
  const auto wrong = [&](std::string_view what) {
    return base::MakeError(base::ErrorKind::kIllegalArgument, "",
                           fmt::format("The replacement '{}' {}.", text, what));
  };
  RegexReplacement result;
  const auto literal = [&]() -> std::string& {
    if (result.parts_.empty() || result.parts_.back().group >= 0) result.parts_.emplace_back();
    return result.parts_.back().text;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (++i == text.size()) return wrong("ends within an escape");
      const size_t next = NextCharacter(text, i);
      literal().append(text.substr(i, next - i));
      i = next - 1;
    } else if (text[i] != '$') {
      literal().push_back(text[i]);
    } else if (i + 1 < text.size() && text[i + 1] == '{') {
      const auto close = text.find('}', i);
      if (close == std::string_view::npos) return wrong("has a group name without end");
      const auto group = regex.GroupNumber(text.substr(i + 2, close - i - 2));
      if (group == 0) return wrong("names a group that the pattern lacks");
      result.parts_.push_back({{}, group});
      i = close;
    } else {
      if (i + 1 == text.size() || text[i + 1] < '0' || text[i + 1] > '9')
        return wrong("has a $ without a group");
      uint32_t group = static_cast<uint32_t>(text[++i] - '0');
      if (group > regex.group_count()) return wrong("refers to a group that the pattern lacks");
      while (i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') {
        const uint32_t longer = group * 10 + static_cast<uint32_t>(text[i + 1] - '0');
        if (longer > regex.group_count()) break;
        group = longer;
        ++i;
      }
      result.parts_.push_back({{}, group});
    }
  }
  return result;
}

void RegexReplacement::Append(const RegexMatcher& match, std::string* out) const {
  for (const auto& part : parts_)
    out->append(part.group < 0 ? std::string_view(part.text) : match.Group(part.group));
}

}  // namespace hearth::engine
