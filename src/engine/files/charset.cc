#include "engine/files/charset.h"

#include <iconv.h>

#include <cerrno>

#include "engine/errors.h"
#include "engine/text/utf8.h"

namespace hearth::engine {
namespace {

// `replacement` stands for what cannot be converted; `step` is how many bytes of it are left out.
template <typename Step>
std::string Convert(const std::string& from_text, const char* from, const char* to,
                    std::string_view replacement, Step step) {
  iconv_t converter = iconv_open(to, from);
  if (converter == reinterpret_cast<iconv_t>(-1)) {
    ThrowSpark(base::ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.CHARSET",
               std::string("There is no charset ") + from + ".", {{"charset", from}});
  }
  std::string result(from_text.size() * 2 + 16, '\0');
  char* next = const_cast<char*>(from_text.data());
  size_t left = from_text.size();
  size_t written = 0;
  while (left > 0) {
    char* out = result.data() + written;
    size_t room = result.size() - written;
    const size_t outcome = iconv(converter, &next, &left, &out, &room);
    written = static_cast<size_t>(out - result.data());
    if (outcome != static_cast<size_t>(-1)) break;
    if (errno == E2BIG || room < replacement.size()) {
      result.resize(result.size() * 2);
      continue;
    }
    result.replace(written, replacement.size(), replacement);
    written += replacement.size();
    const size_t skipped = std::min(left, step(next));
    next += skipped;
    left -= skipped;
  }
  iconv_close(converter);
  result.resize(written);
  return result;
}

}  // namespace

// Empty for UTF-8. Zeros around the first character tell the wide forms.
std::string DetectUnicode(std::string_view bytes) {
  const auto starts = [&](std::string_view mark) { return bytes.substr(0, mark.size()) == mark; };
  using namespace std::string_view_literals;
  if (starts("\xFF\xFE\0\0"sv)) return "UTF-32LE";
  if (starts("\0\0\xFE\xFF"sv)) return "UTF-32BE";
  if (starts("\xFF\xFE"sv) || starts("\xFE\xFF"sv)) return "UTF-16";
  if (bytes.size() < 4) return {};
  if (bytes[0] == 0) return bytes[1] == 0 ? "UTF-32BE" : "UTF-16BE";
  if (bytes[1] == 0) return bytes[2] == 0 ? "UTF-32LE" : "UTF-16LE";
  return {};
}

std::string DecodeText(const std::string& bytes, const std::string& charset) {
  return Convert(bytes, charset.c_str(), "UTF-8", "\xEF\xBF\xBD", [](const char*) { return size_t{1}; });
}

std::string EncodeText(const std::string& text, const std::string& charset) {
  return Convert(text, "UTF-8", charset.c_str(), "?", [](const char* at) { return SequenceLength(*at); });
}

}  // namespace hearth::engine
