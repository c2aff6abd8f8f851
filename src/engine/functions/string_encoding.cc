// Text forms of bytes: base64, base32, hexadecimal, character sets.
#include <algorithm>
#include <array>
#include <cctype>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/row_kernels.h"
#include "engine/functions/string_families.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

constexpr string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr size_t kBase64Line = 76;

constexpr std::array<int8_t, 256> MakeDigits(string_view alphabet) {
  std::array<int8_t, 256> digits{};
  digits.fill(-1);
  for (size_t i = 0; i < alphabet.size(); ++i)
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<int8_t>(i);
  return digits;
}
constexpr auto kBase64Digits = MakeDigits(kBase64);
constexpr auto kBase32Digits = MakeDigits(kBase32);

[[noreturn]] void ThrowIllegal(std::string message) {
  ThrowSpark(base::ErrorKind::kIllegalArgument, "", std::move(message));
}

// MIME form: lines of 76 characters, parted by CR LF.
void EncodeBase64(std::string& out, string_view bytes) {
  for (size_t i = 0; i < bytes.size(); i += 3) {
    if (i > 0 && i % (kBase64Line / 4 * 3) == 0) out.append("\r\n");
    const size_t left = std::min<size_t>(bytes.size() - i, 3);
    uint32_t block = 0;
    for (size_t j = 0; j < 3; ++j)
      block = block << 8 | (j < left ? static_cast<unsigned char>(bytes[i + j]) : 0);
    for (size_t j = 0; j < 4; ++j) out.push_back(j <= left ? kBase64[block >> (18 - 6 * j) & 63] : '=');
  }
}

// MIME form: characters outside the alphabet are skipped.
void DecodeBase64(std::string& out, string_view text) {
  uint32_t block = 0;
  int count = 0;
  size_t i = 0;
  for (; i < text.size() && text[i] != '='; ++i) {
    const int digit = kBase64Digits[static_cast<unsigned char>(text[i])];
    if (digit < 0) continue;
    block = block << 6 | static_cast<uint32_t>(digit);
    if (++count < 4) continue;
    out.push_back(static_cast<char>(block >> 16));
    out.push_back(static_cast<char>(block >> 8));
    out.push_back(static_cast<char>(block));
    block = 0;
    count = 0;
  }
  const bool padded = i < text.size();
  if (count == 1) ThrowIllegal("The base64 text ends within a byte.");
  if (count == 2) {
    out.push_back(static_cast<char>(block >> 4));
  } else if (count == 3) {
    out.push_back(static_cast<char>(block >> 10));
    out.push_back(static_cast<char>(block >> 2));
  }
  if (!padded) return;
  // "xx==" and "xxx=", then nothing that counts.
  if (count == 0) ThrowIllegal("The base64 text has padding in a wrong place.");
  ++i;
  if (count == 2) {
    while (i < text.size() && kBase64Digits[static_cast<unsigned char>(text[i])] < 0 && text[i] != '=') ++i;
    if (i == text.size() || text[i] != '=') ThrowIllegal("The base64 text has too little padding.");
    ++i;
  }
  for (; i < text.size(); ++i) {
    if (kBase64Digits[static_cast<unsigned char>(text[i])] >= 0 || text[i] == '=') {
      ThrowIllegal("The base64 text goes on behind its padding.");
    }
  }
}

void EncodeBase32(std::string& out, string_view bytes) {
  for (size_t i = 0; i < bytes.size(); i += 5) {
    const size_t left = std::min<size_t>(bytes.size() - i, 5);
    uint64_t block = 0;
    for (size_t j = 0; j < 5; ++j)
      block = block << 8 | (j < left ? static_cast<unsigned char>(bytes[i + j]) : 0);
    const size_t digits = (left * 8 + 4) / 5;
    for (size_t j = 0; j < 8; ++j) out.push_back(j < digits ? kBase32[block >> (35 - 5 * j) & 31] : '=');
  }
}

void DecodeBase32(std::string& out, string_view text) {
  uint32_t block = 0;
  int bits = 0;
  bool any = false;
  for (const char c : text) {
    if (c == '=') break;
    const int digit = kBase32Digits[static_cast<unsigned char>(std::toupper(static_cast<unsigned char>(c)))];
    if (digit < 0) continue;
    any = true;
    block = block << 5 | static_cast<uint32_t>(digit);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<char>(block >> bits));
    block &= (1U << bits) - 1;
  }
  // A lone digit still gives the byte it starts.
  if (any && out.empty()) out.push_back(static_cast<char>(block << (8 - bits)));
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// An odd first digit stands alone. False when the text is no number.
bool DecodeHex(std::string& out, string_view text) {
  size_t i = 0;
  if (text.size() % 2 == 1) {
    const int digit = HexDigit(text[i++]);
    if (digit < 0) return false;
    out.push_back(static_cast<char>(digit));
  }
  for (; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return true;
}

// ---- Character sets
// ----------------------------------------------------------------------------------------

enum class Charset { kAscii, kLatin1, kUtf8, kUtf16, kUtf16Be, kUtf16Le, kUtf32 };

Charset FindCharset(string_view name, const char* function) {
  static constexpr std::array<std::pair<string_view, Charset>, 7> kCharsets = {
      {{"iso-8859-1", Charset::kLatin1},
       {"us-ascii", Charset::kAscii},
       {"utf-16", Charset::kUtf16},
       {"utf-16be", Charset::kUtf16Be},
       {"utf-16le", Charset::kUtf16Le},
       {"utf-32", Charset::kUtf32},
       {"utf-8", Charset::kUtf8}}};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& [known, charset] : kCharsets) {
    if (known == lower) return charset;
  }
  ThrowSpark(base::ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.CHARSET",
             "The character set " + std::string(name) + " is not known.",
             {{"functionName", std::string("`") + function + "`"},
              {"parameter", "`charset`"},
              {"charset", std::string(name)},
              {"charsets", "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8"}});
}

[[noreturn]] void ThrowMalformed(const char* function, string_view charset) {
  ThrowSpark(base::ErrorKind::kRuntime, "MALFORMED_CHARACTER_CODING",
             std::string("A character does not fit the character set ") + std::string(charset) + ".",
             {{"function", std::string("`") + function + "`"}, {"charset", std::string(charset)}});
}

void AppendUnit16(std::string& out, uint32_t unit, bool little) {
  const char high = static_cast<char>(unit >> 8);
  const char low = static_cast<char>(unit);
  out.push_back(little ? low : high);
  out.push_back(little ? high : low);
}

void Encode(std::string& out, string_view text, string_view name) {
  const Charset charset = FindCharset(name, "encode");
  if (charset == Charset::kUtf8) {
    out.append(text);
    return;
  }
  if (charset == Charset::kUtf16 && !text.empty()) out.append("\xFE\xFF");
  const bool little = charset == Charset::kUtf16Le;
  for (size_t i = 0; i < text.size();) {
    const uint32_t code_point = ReadCodePoint(text, i);
    if (charset == Charset::kAscii || charset == Charset::kLatin1) {
      if (code_point > (charset == Charset::kAscii ? 0x7FU : 0xFFU)) ThrowMalformed("encode", name);
      out.push_back(static_cast<char>(code_point));
    } else if (charset == Charset::kUtf32) {
      AppendUnit16(out, code_point >> 16, false);
      AppendUnit16(out, code_point & 0xFFFF, false);
    } else if (code_point < 0x10000) {
      AppendUnit16(out, code_point, little);
    } else {
      AppendUnit16(out, 0xD800 + ((code_point - 0x10000) >> 10), little);
      AppendUnit16(out, 0xDC00 + ((code_point - 0x10000) & 0x3FF), little);
    }
  }
}

void DecodeUnits16(std::string& out, string_view bytes, bool little, string_view name) {
  if (bytes.size() % 2 != 0) ThrowMalformed("decode", name);
  const auto unit = [&](size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<uint32_t>(little ? second << 8 | first : first << 8 | second);
  };
  for (size_t i = 0; i < bytes.size(); i += 2) {
    uint32_t code_point = unit(i);
    if (code_point >= 0xDC00 && code_point < 0xE000) ThrowMalformed("decode", name);
    if (code_point >= 0xD800 && code_point < 0xDC00) {
      i += 2;
      if (i >= bytes.size() || unit(i) < 0xDC00 || unit(i) > 0xDFFF) ThrowMalformed("decode", name);
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (unit(i) - 0xDC00);
    }
    AppendCodePoint(code_point, &out);
  }
}

void Decode(std::string& out, string_view bytes, string_view name) {
  const Charset charset = FindCharset(name, "decode");
  switch (charset) {
    case Charset::kUtf8:
      if (!IsValidUtf8(bytes)) ThrowMalformed("decode", name);
      out.append(bytes);
      return;
    case Charset::kAscii:
    case Charset::kLatin1:
      for (const char byte : bytes) {
        const auto code_point = static_cast<unsigned char>(byte);
        if (charset == Charset::kAscii && code_point > 0x7F) ThrowMalformed("decode", name);
        AppendCodePoint(code_point, &out);
      }
      return;
    case Charset::kUtf32:
      if (bytes.size() % 4 != 0) ThrowMalformed("decode", name);
      for (size_t i = 0; i < bytes.size(); i += 4) {
        uint32_t code_point = 0;
        for (size_t j = 0; j < 4; ++j)
          code_point = code_point << 8 | static_cast<unsigned char>(bytes[i + j]);
        if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000))
          ThrowMalformed("decode", name);
        if (i > 0 || code_point != 0xFEFF) AppendCodePoint(code_point, &out);
      }
      return;
    case Charset::kUtf16: {
      const bool little = bytes.starts_with("\xFF\xFE");
      if (little || bytes.starts_with("\xFE\xFF")) bytes.remove_prefix(2);
      DecodeUnits16(out, bytes, little, name);
      return;
    }
    case Charset::kUtf16Be:
    case Charset::kUtf16Le:
      DecodeUnits16(out, bytes, charset == Charset::kUtf16Le, name);
      return;
  }
}

// to_binary(text, format): hex, utf-8 or base64, in lower case; the strict form explains, the other gives
// null.
template <bool kStrict>
bool ToBinary(std::string& out, string_view text, string_view format) {
  if (format == "utf-8") {
    out.append(text);
    return true;
  }
  if (format == "hex") {
    if (DecodeHex(out, text)) return true;
  } else {
    // Strict base64: alphabet and blanks, whole groups of four.
    size_t digits = 0;
    size_t padding = 0;
    bool fits = true;
    for (const char c : text) {
      if (std::isspace(static_cast<unsigned char>(c))) continue;
      if (c == '=') {
        ++padding;
      } else {
        fits &= kBase64Digits[static_cast<unsigned char>(c)] >= 0 && padding == 0;
        ++digits;
      }
    }
    fits &= padding <= 2 && digits % 4 != 1 && (padding == 0 || (digits + padding) % 4 == 0);
    if (fits) {
      DecodeBase64(out, text);
      return true;
    }
  }
  if (!kStrict) return false;
  std::string upper(format);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  ThrowSpark(base::ErrorKind::kIllegalArgument, "CONVERSION_INVALID_INPUT",
             "The text is not in the format " + upper + ": " + std::string(text),
             {{"str", "'" + std::string(text) + "'"},
              {"fmt", "'" + upper + "'"},
              {"targetType", "\"BINARY\""},
              {"suggestion", "`try_to_binary`"}});
}

}  // namespace

void AddStringEncodings(EngineFunctions& functions) {
  using View = string_view;
  const auto text = LogicalType::VARCHAR;
  const auto bytes = LogicalType::BLOB;
  functions.AddScalar(Kernel("spark_base64", {bytes}, text, TextKernel<View>(EncodeBase64)));
  functions.AddScalar(
      Kernel("spark_unbase64", {text}, bytes, TextKernel<View>(DecodeBase64), {.fallible = true}));
  functions.AddScalar(Kernel("spark_to_base32", {bytes}, text, TextKernel<View>(EncodeBase32)));
  functions.AddScalar(Kernel("spark_from_base32", {text}, bytes, TextKernel<View>(DecodeBase32)));
  functions.AddScalar(
      Kernel("spark_encode", {text, text}, bytes, TextKernel<View, View>(Encode), {.fallible = true}));
  functions.AddScalar(Kernel("spark_decode_charset", {bytes, text}, text, TextKernel<View, View>(Decode),
                             {.fallible = true}));
  functions.AddScalar(Kernel("spark_to_binary_strict", {text, text}, bytes,
                             TextKernel<View, View>(ToBinary<true>), {.fallible = true}));
  functions.AddScalar(
      Kernel("spark_to_binary_try", {text, text}, bytes, TextKernel<View, View>(ToBinary<false>)));
  for (const char* name : {"to_binary", "try_to_binary"}) {
    functions.AddRule(name, [](LoweredCall call) -> base::Result<ParsedPtr> {
      return CallWith(call.ansi() ? "spark_to_binary_strict" : "spark_to_binary_try",
                      std::move(call.arguments));
    });
  }
}

}  // namespace hearth::engine
