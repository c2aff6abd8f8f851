// Java regular expressions over UTF-8 bytes, run by PCRE2's just-in-time compiler.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::engine {

// A compiled pattern: immutable, shared between threads.
class Regex {
 public:
  // Errors as TranslateJavaPattern: kIllegalArgument without a condition for a wrong pattern, kUnsupported.
  static base::Result<std::shared_ptr<const Regex>> Compile(std::string_view java_pattern);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  const std::string& pattern() const { return pattern_; }
  uint32_t group_count() const { return group_count_; }
  // The number of a named group, or 0.
  uint32_t GroupNumber(std::string_view name) const;

 private:
  friend class RegexMatcher;
  Regex() = default;

  std::string pattern_;
  void* unicode_code_ = nullptr;  // pcre2_code
  void* ascii_code_ = nullptr;    // for ASCII subjects; null when the other serves both
  uint32_t group_count_ = 0;
  std::map<std::string, uint32_t, std::less<>> names_;
};

// Finds matches of one pattern in one subject after the other. For one thread.
class RegexMatcher {
 public:
  explicit RegexMatcher(std::shared_ptr<const Regex> regex);
  ~RegexMatcher();
  RegexMatcher(const RegexMatcher&) = delete;
  RegexMatcher& operator=(const RegexMatcher&) = delete;

  const Regex& regex() const { return *regex_; }
  // The subject must outlive the finds. The first find starts at byte `start`.
  void Reset(std::string_view subject, size_t start = 0);
  // The next match, as Java's Matcher.find: behind an empty match the search moves on by one character.
  // Throws a Spark error when a limit is reached.
  bool Find();
  // Of the last match. A group that took no part is empty, and `HasGroup` is false.
  size_t start() const { return Offset(0); }
  size_t end() const { return Offset(1); }
  bool HasGroup(uint32_t group) const;
  std::string_view Group(uint32_t group) const;

 private:
  size_t Offset(size_t index) const;

  std::shared_ptr<const Regex> regex_;
  void* match_data_;
  void* match_context_;
  std::string_view subject_;
  bool is_ascii_ = false;
  bool done_ = false;
  size_t next_ = 0;
};

// A replacement as Java reads it: $1, ${name}, \$.
class RegexReplacement {
 public:
  // kIllegalArgument when the text names no group of the pattern or ends within an escape.
  static base::Result<RegexReplacement> Parse(std::string_view text, const Regex& regex);
  void Append(const RegexMatcher& match, std::string* out) const;

 private:
  struct Part {
    std::string text;
    int64_t group = -1;  // -1: the text
  };
  std::vector<Part> parts_;
};

}  // namespace hearth::engine
