#include "runner/trace.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

namespace hearth::runner {
namespace {

constexpr size_t kTraceDigits = 32;
constexpr size_t kSpanDigits = 16;

std::string Digest(std::string_view text, size_t digits) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  std::string hexadecimal;
  for (size_t i = 0; i < digits / 2; ++i) hexadecimal += fmt::format("{:02x}", digest[i]);
  return hexadecimal;
}

bool IsHexadecimal(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsId(std::string_view text) {
  return IsHexadecimal(text) && std::ranges::any_of(text, [](char c) { return c != '0'; });
}

}  // namespace

std::optional<TraceParent> ParseTraceParent(std::string_view header) {
  // 00-TRACE-SPAN-FLAGS; later versions may add more behind.
  constexpr size_t kLength = 2 + 1 + kTraceDigits + 1 + kSpanDigits + 1 + 2;
  if (header.size() < kLength || header.size() > 256) return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  const std::string_view trace = header.substr(3, kTraceDigits);
  const std::string_view span = header.substr(4 + kTraceDigits, kSpanDigits);
  const std::string_view flags = header.substr(kLength - 2, 2);
  const bool has_dashes = header[2] == '-' && header[3 + kTraceDigits] == '-' && header[kLength - 3] == '-';
  const bool has_end = header.size() == kLength || (version != "00" && header[kLength] == '-');
  if (!has_dashes || !has_end || version == "ff" || !IsHexadecimal(version) || !IsHexadecimal(flags) ||
      !IsId(trace) || !IsId(span))
    return std::nullopt;
  const int last = flags[1] <= '9' ? flags[1] - '0' : flags[1] - 'a' + 10;
  return TraceParent{std::string(trace), std::string(span), (last & 1) != 0};
}

std::string TraceParentText(const TraceParent& parent) {
  return fmt::format("00-{}-{}-{}", parent.trace_id, parent.span_id, parent.is_sampled ? "01" : "00");
}

TraceParent TraceOf(const Run& run) {
  if (auto given = ParseTraceParent(run.trace_parent)) return std::move(*given);
  return {Digest(run.id.text(), kTraceDigits), "", true};
}

std::string SpanIdOf(const RunId& run, std::string_view part) {
  return Digest(fmt::format("{}/{}", run.text(), part), kSpanDigits);
}

std::string TraceParentFor(const Run& run, int32_t number, bool has_spans) {
  TraceParent trace = TraceOf(run);
  // A span that nobody exports must not stand between the caller's and the job's.
  if (!has_spans || !trace.is_sampled) return run.trace_parent;
  trace.span_id = SpanIdOf(run.id, fmt::format("attempt {}", number));
  return TraceParentText(trace);
}

}  // namespace hearth::runner
