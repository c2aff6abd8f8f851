#include "plan/analyze/name_pattern.h"

#include <pcre2.h>

namespace hearth::plan {

std::optional<NamePattern> NamePattern::Compile(std::string_view pattern, bool case_sensitive) {
  uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED;
  if (!case_sensitive) options |= PCRE2_CASELESS;
  int error = 0;
  PCRE2_SIZE place = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options,
                                   &error, &place, nullptr);
  if (code == nullptr) return std::nullopt;
  return NamePattern(std::shared_ptr<const void>(code, [](const void* compiled) {
    pcre2_code_free(static_cast<pcre2_code*>(const_cast<void*>(compiled)));
  }));
}

bool NamePattern::Matches(std::string_view name) const {
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  pcre2_match_data* data = pcre2_match_data_create_from_pattern(code, nullptr);
  const int count =
      pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(name.data()), name.size(), 0, 0, data, nullptr);
  pcre2_match_data_free(data);
  return count >= 0;
}

}  // namespace hearth::plan
