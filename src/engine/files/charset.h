// Text in other charsets than UTF-8, by the names that iconv knows.
#pragma once

#include <string>
#include <string_view>

namespace hearth::engine {

// The charset of JSON files nobody names one for: what their first bytes say, UTF-8, UTF-16 or UTF-32.
constexpr const char* kDetectUnicode = "unicode";
// Empty for UTF-8.
std::string DetectUnicode(std::string_view bytes);

// To UTF-8; what is no text of the charset becomes U+FFFD, as Java decodes. Throws (engine/errors.h) for an
// unknown charset.
std::string DecodeText(const std::string& bytes, const std::string& charset);
// From UTF-8; what the charset has not becomes a question mark.
std::string EncodeText(const std::string& text, const std::string& charset);

}  // namespace hearth::engine
