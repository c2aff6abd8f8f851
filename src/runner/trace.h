// The trace of a run: ids that follow from the run's own, so that every server and every restart gives the
// same ones (W3C Trace Context).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runner/run.h"

namespace hearth::runner {

// A "traceparent" header.
struct TraceParent {
  std::string trace_id;  // 32 hexadecimal digits in lower case
  std::string span_id;   // 16
  bool is_sampled = true;
};
// None when it is not what the standard says.
std::optional<TraceParent> ParseTraceParent(std::string_view header);
std::string TraceParentText(const TraceParent& parent);

// The trace that the run belongs to and the span above it: the caller's, when its request named one; else one
// of the run's own, and no span above.
TraceParent TraceOf(const Run& run);
// `part`: "run", "attempt 2", "attempt 2 run"; the same part always has the same id.
std::string SpanIdOf(const RunId& run, std::string_view part);

// What the processes of attempt `number` are told as TRACEPARENT; empty: nothing. `has_spans`: whether this
// server exports spans, so that the attempt's own is the one above theirs.
std::string TraceParentFor(const Run& run, int32_t number, bool has_spans);

}  // namespace hearth::runner
