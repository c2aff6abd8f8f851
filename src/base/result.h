// Result<T>: every fallible call returns a value or an Error; exceptions stop at the adapter of the library
// that throws.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace hearth::base {

// Who is at fault and what a client may do about it. The edge maps a kind to a Java exception class
// (Connect), a gRPC status, an HTTP status or an exit code; nothing else does.
enum class ErrorKind {
  kParse,             // the text is not a statement: Spark's ParseException
  kAnalysis,          // names, types, missing objects: Spark's AnalysisException
  kArithmetic,        // overflow, division by zero: SparkArithmeticException
  kArrayIndex,        // index outside an array: SparkArrayIndexOutOfBoundsException
  kDateTime,          // text or fields that are no date or time: SparkDateTimeException
  kNumberFormat,      // text that is no number: SparkNumberFormatException
  kIllegalArgument,   // a value outside what a call accepts: SparkIllegalArgumentException
  kNoSuchElement,     // a key, setting or operation that does not exist: SparkNoSuchElementException
  kUnsupported,       // not implemented here; the message names the thing: SparkUnsupportedOperationException
  kRuntime,           // a row broke a rule while running: SparkRuntimeException
  kSpark,             // a rule of the protocol or the session: SparkException / SparkSQLException
  kCancelled,         // somebody interrupted the operation
  kDeadlineExceeded,  // the operation ran out of time
  kResourceExhausted,  // memory, queue, disk or message limit reached; this request alone fails
  kUnavailable,        // try again later; nothing was done
  kUnauthenticated,    // nobody vouches for the caller
  kPermissionDenied,   // the caller is known and may not do this
  kConflict,           // what is stored under this name is another thing
  kUnknownOutcome,     // it may or may not have been done: look before doing it again
  kInternal,           // our bug
};

// The place in SQL text (or the DataFrame call) that an error points at. Offsets count characters from 0,
// both inclusive.
struct QueryContext {
  std::string fragment;
  int start_index = -1;
  int stop_index = -1;
  std::string object_type;
  std::string object_name;
  std::shared_ptr<const std::string>
      text;  // the whole statement, when known: the edge prints its line with carets
  // Set for a DataFrame call only: the line of the client's program; `fragment` is then the method
  // ("__truediv__").
  std::string call_site;
};

// An error as Spark words it: a condition from Spark's catalogue (with its sub-condition after a dot), the
// SQLSTATE that the catalogue gives it, and the parameters of its message. `message` is a whole sentence of
// ours, without the
// "[CONDITION]" prefix and the "SQLSTATE" suffix: the edge adds both.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string condition;
  std::string sql_state;
  std::string message;
  std::map<std::string, std::string> parameters;
  std::vector<QueryContext> contexts;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, std::unique_ptr<Error>> {
 public:
  using Base = tl::expected<T, std::unique_ptr<Error>>;
  using Base::Base;
  Result(Error error)
      : Base(tl::unexpect, std::make_unique<Error>(std::move(error))) {
  }  // NOLINT(google-explicit-constructor)
  Result(tl::unexpected<std::unique_ptr<Error>> error)
      : Base(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return this->has_value(); }
  // Passes the error on; the result must hold one.
  tl::unexpected<std::unique_ptr<Error>> Fail() && {
    return tl::unexpected<std::unique_ptr<Error>>(std::move(this->error()));
  }
};

using Status = Result<void>;

// Builds an error of Spark's catalogue; the SQLSTATE is looked up by condition (error_conditions.tsv).
Error MakeError(ErrorKind kind, std::string condition, std::string message,
                std::map<std::string, std::string> parameters = {});

inline constexpr std::string_view kNotImplementedCondition = "UNSUPPORTED_FEATURE.HEARTH_NOT_IMPLEMENTED";
// "Not implemented": condition UNSUPPORTED_FEATURE-like refusals that name the thing. May fall back to real
// Spark later.
Error NotImplemented(std::string_view thing);

// A broken invariant of ours, reported as INTERNAL_ERROR (XX000).
Error InternalError(std::string message);

// SQLSTATE of a condition ("DIVIDE_BY_ZERO" or "UNRESOLVED_COLUMN.WITH_SUGGESTION"); "XX000" when unknown.
std::string_view SqlStateOf(std::string_view condition);

}  // namespace hearth::base

// Evaluates an expression of type Result<T>; on error returns it from the enclosing function, else binds the
// value.
#define HEARTH_CONCAT_INNER(a, b) a##b
#define HEARTH_CONCAT(a, b) HEARTH_CONCAT_INNER(a, b)
#define HEARTH_ASSIGN_IMPL(temporary, target, expression)         \
  auto temporary = (expression);                                  \
  if (!temporary.has_value()) return std::move(temporary).Fail(); \
  target = std::move(*temporary)
#define HEARTH_ASSIGN(target, expression) \
  HEARTH_ASSIGN_IMPL(HEARTH_CONCAT(hearth_result_, __LINE__), target, expression)
#define HEARTH_RETURN_IF_ERROR(expression)                                  \
  do {                                                                      \
    auto hearth_status = (expression);                                      \
    if (!hearth_status.has_value()) return std::move(hearth_status).Fail(); \
  } while (false)
