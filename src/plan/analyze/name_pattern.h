// The regular expression of df.colRegex.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::plan {

class NamePattern {
 public:
  // Null when the text is no regular expression.
  static std::optional<NamePattern> Compile(std::string_view pattern, bool case_sensitive);

  // The whole name, as Java's String.matches. A pattern that takes too long does not match.
  bool Matches(std::string_view name) const;

 private:
  explicit NamePattern(std::shared_ptr<const void> code) : code_(std::move(code)) {}

  std::shared_ptr<const void> code_;
};

}  // namespace hearth::plan
