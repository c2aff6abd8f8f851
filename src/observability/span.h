// A piece of a trace: something that took time, and what it was a part of.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hearth::observability {

enum class SpanStatus { kUnset, kOk, kError };

struct Span {
  std::string trace_id;   // 32 hexadecimal digits in lower case
  std::string span_id;    // 16
  std::string parent_id;  // 16; empty: the root
  std::string name;
  int64_t start = 0;  // microseconds since 1970 UTC
  int64_t end = 0;
  std::vector<std::pair<std::string, std::variant<std::string, int64_t, double>>> attributes;
  SpanStatus status = SpanStatus::kUnset;
  std::string status_message;
};

}  // namespace hearth::observability
