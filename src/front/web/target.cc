#include "front/web/target.h"

#include <fmt/format.h>

#include <cctype>

namespace hearth::front::web {
namespace {

int DigitOf(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

bool ParseQuery(std::string_view text, std::map<std::string, std::string>* query) {
  while (!text.empty()) {
    const size_t end = text.find('&');
    const std::string_view item = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (item.empty()) continue;
    const size_t equals = item.find('=');
    const auto name = PercentDecode(item.substr(0, equals), true);
    const auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                        : PercentDecode(item.substr(equals + 1), true);
    if (!name || !value) return false;
    (*query)[*name] = *value;
  }
  return true;
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[at] != '%') {
      decoded += text[at];
    } else {
      const bool is_whole = at + 2 < text.size();
      const int high = is_whole ? DigitOf(text[at + 1]) : -1;
      const int low = is_whole ? DigitOf(text[at + 2]) : -1;
      if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  return decoded;
}

std::string PercentEncode(std::string_view text) {
  std::string encoded;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::isalnum(byte) != 0 || character == '-' || character == '.' || character == '_' ||
        character == '~') {
      encoded += character;
    } else {
      encoded += fmt::format("%{:02X}", byte);
    }
  }
  return encoded;
}

std::optional<Target> ParseTarget(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const size_t slash = text.find('/', scheme.size());
    text = slash == std::string_view::npos ? std::string_view("/") : text.substr(slash);
    break;
  }
  if (!text.starts_with('/')) return std::nullopt;
  const size_t question = text.find('?');
  Target target;
  target.path = std::string(text.substr(0, question));
  if (question != std::string_view::npos && !ParseQuery(text.substr(question + 1), &target.query))
    return std::nullopt;
  return target;
}

}  // namespace hearth::front::web
