#include "engine/text/java_uri.h"

#include <algorithm>

namespace hearth::engine {

namespace {

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
bool IsOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

constexpr std::string_view kUnreservedMarks = "_-!.~'()*";

// Letters, digits, marks, escapes of two hexadecimal digits, characters beyond ASCII, and `also`.
bool AreAllowed(std::string_view text, std::string_view also) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) return false;
      i += 2;
      continue;
    }
    const bool other = static_cast<unsigned char>(c) >= 0x80;
    if (!IsAlpha(c) && !IsDigit(c) && !other && !IsOneOf(c, kUnreservedMarks) && !IsOneOf(c, also))
      return false;
  }
  return true;
}

constexpr std::string_view kPathCharacters = ":@&=+$,;/";
constexpr std::string_view kUriCharacters = ";/?:@&=+$,[]";

bool IsInternetAddress(std::string_view host) {
  int parts = 0;
  while (!host.empty()) {
    const auto end = std::min(host.find('.'), host.size());
    const auto part = host.substr(0, end);
    if (part.empty() || part.size() > 3 || !std::all_of(part.begin(), part.end(), IsDigit)) return false;
    int value = 0;
    for (const char c : part) value = value * 10 + (c - '0');
    if (value > 255) return false;
    ++parts;
    host.remove_prefix(std::min(end + 1, host.size()));
  }
  return parts == 4;
}

// Labels of letters, digits and inner hyphens; the last starts with a letter.
bool IsHostName(std::string_view host) {
  if (host.ends_with(".")) host.remove_suffix(1);
  if (host.empty()) return false;
  std::string_view last;
  while (true) {
    const auto end = std::min(host.find('.'), host.size());
    last = host.substr(0, end);
    const bool fits =
        !last.empty() && last.front() != '-' && last.back() != '-' &&
        std::all_of(last.begin(), last.end(), [](char c) { return IsAlpha(c) || IsDigit(c) || c == '-'; });
    if (!fits) return false;
    if (end == host.size()) break;
    host.remove_prefix(end + 1);
  }
  return IsAlpha(last.front());
}

// user@host:port; an authority of another form has no host.
void SplitAuthority(std::string_view authority, JavaUri* uri) {
  auto rest = authority;
  std::optional<std::string_view> user;
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    user = rest.substr(0, at);
    if (!AreAllowed(*user, ";:&=+$,")) return;
    rest.remove_prefix(at + 1);
  }
  std::string_view host;
  if (rest.starts_with("[")) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos) return;
    host = rest.substr(0, close + 1);
    const auto inside = host.substr(1, close - 1);
    if (!std::all_of(inside.begin(), inside.end(),
                     [](char c) { return IsHex(c) || c == ':' || c == '.' || c == '%'; }))
      return;
  } else {
    host = rest.substr(0, std::min(rest.find(':'), rest.size()));
    if (!IsInternetAddress(host) && !IsHostName(host)) return;
  }
  rest.remove_prefix(host.size());
  if (!rest.empty()) {
    if (rest[0] != ':' || !std::all_of(rest.begin() + 1, rest.end(), IsDigit)) return;
  }
  uri->user_info = user;
  uri->host = host;
}

}  // namespace

std::optional<JavaUri> JavaUri::Parse(std::string_view text) {
  JavaUri uri;
  auto rest = text;
  if (const auto hash = rest.find('#'); hash != std::string_view::npos) {
    uri.fragment = rest.substr(hash + 1);
    if (!AreAllowed(*uri.fragment, kUriCharacters)) return std::nullopt;
    rest = rest.substr(0, hash);
  }
  const auto delimiter = rest.find_first_of("/?:");
  if (delimiter != std::string_view::npos && rest[delimiter] == ':') {
    const auto scheme = rest.substr(0, delimiter);
    const bool fits = !scheme.empty() && IsAlpha(scheme[0]) &&
                      std::all_of(scheme.begin(), scheme.end(),
                                  [](char c) { return IsAlpha(c) || IsDigit(c) || IsOneOf(c, "+-."); });
    if (!fits) return std::nullopt;
    uri.scheme = scheme;
    rest.remove_prefix(delimiter + 1);
    if (rest.empty()) return std::nullopt;
    if (rest[0] != '/') {  // opaque
      if (!AreAllowed(rest, kUriCharacters)) return std::nullopt;
      return uri;
    }
  }
  if (const auto question = rest.find('?'); question != std::string_view::npos) {
    uri.query = rest.substr(question + 1);
    if (!AreAllowed(*uri.query, kUriCharacters)) return std::nullopt;
    rest = rest.substr(0, question);
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const auto end = std::min(rest.find('/'), rest.size());
    const auto authority = rest.substr(0, end);
    if (authority.empty() && end == rest.size()) return std::nullopt;
    if (!authority.empty()) {
      if (!AreAllowed(authority, "$,;:@&=+[]")) return std::nullopt;
      uri.authority = authority;
      SplitAuthority(authority, &uri);
    }
    rest.remove_prefix(end);
  }
  if (!AreAllowed(rest, kPathCharacters)) return std::nullopt;
  uri.path = rest;
  return uri;
}

}  // namespace hearth::engine
