// The one border between DuckDB's exceptions and our errors. Inside DuckDB's callbacks (kernels, binds, table
// functions) an error is thrown with ThrowSpark; outside, every call into DuckDB runs in Guarded, which turns
// exceptions into values.
#pragma once

#include <duckdb.hpp>
#include <map>
#include <string>
#include <utility>

#include "base/result.h"

namespace hearth::engine {

// Throws a DuckDB exception that carries the whole error through the engine.
[[noreturn]] void ThrowSpark(const base::Error& error);
[[noreturn]] void ThrowSpark(base::ErrorKind kind, std::string condition, std::string message,
                             std::map<std::string, std::string> parameters = {});

// The same without throwing, for callers that keep an error per row.
duckdb::Exception MakeException(const base::Error& error);

// Back from DuckDB: our own errors as thrown; DuckDB's own mapped to Spark's conditions (interrupt:
// kCancelled, out of memory: kResourceExhausted, overflow: ARITHMETIC_OVERFLOW, missing file: kRuntime …);
// the rest INTERNAL_ERROR.
base::Error ToError(const duckdb::ErrorData& error);

// Runs `work` (which returns Result<T> or Status) and turns any exception into an error.
template <typename Work>
auto Guarded(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& exception) {
    return ToError(duckdb::ErrorData(exception));
  }
}

}  // namespace hearth::engine
