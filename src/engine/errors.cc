#include "engine/errors.h"

#include <nlohmann/json.hpp>

#include "duckdb/common/error_data.hpp"
#include "duckdb/common/exception.hpp"

namespace hearth::engine {

using base::Error;
using base::ErrorKind;
using duckdb::ExceptionType;

namespace {

// The key under which our error travels in the extra information of a DuckDB exception.
constexpr const char* kErrorKey = "spark_error";

std::string Pack(const Error& error) {
  nlohmann::json json;
  json["kind"] = static_cast<int>(error.kind);
  json["condition"] = error.condition;
  json["sql_state"] = error.sql_state;
  json["message"] = error.message;
  json["parameters"] = error.parameters;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Error Unpack(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return base::InternalError("unreadable error: " + text);
  Error error;
  error.kind = static_cast<ErrorKind>(json["kind"].get<int>());
  error.condition = json["condition"].get<std::string>();
  error.sql_state = json["sql_state"].get<std::string>();
  error.message = json["message"].get<std::string>();
  error.parameters = json["parameters"].get<std::map<std::string, std::string>>();
  return error;
}

}  // namespace

duckdb::Exception MakeException(const Error& error) {
  duckdb::unordered_map<std::string, std::string> extra;
  extra[kErrorKey] = Pack(error);
  return duckdb::Exception(extra, ExceptionType::INVALID_INPUT, error.message);
}

void ThrowSpark(const Error& error) { throw MakeException(error); }

void ThrowSpark(ErrorKind kind, std::string condition, std::string message,
                std::map<std::string, std::string> parameters) {
  ThrowSpark(base::MakeError(kind, std::move(condition), std::move(message), std::move(parameters)));
}

Error ToError(const duckdb::ErrorData& error) {
  const auto& extra = error.ExtraInfo();
  if (const auto packed = extra.find(kErrorKey); packed != extra.end()) return Unpack(packed->second);
  const std::string& text = error.RawMessage();
  switch (error.Type()) {
    case ExceptionType::INTERRUPT:
      return base::MakeError(ErrorKind::kCancelled, "OPERATION_CANCELED", "The operation was cancelled.");
    case ExceptionType::OUT_OF_MEMORY:
      return base::MakeError(ErrorKind::kResourceExhausted, "UNABLE_TO_ACQUIRE_MEMORY",
                             "The query needs more memory than the engine may use: " + text);
    case ExceptionType::OUT_OF_RANGE:
      return base::MakeError(ErrorKind::kArithmetic, "ARITHMETIC_OVERFLOW", text);
    case ExceptionType::IO:
      return base::MakeError(ErrorKind::kRuntime, "FAILED_READ_FILE.NO_HINT", text);
    default:
      if (text.starts_with("More than one row returned by a subquery")) {
        return base::MakeError(ErrorKind::kSpark, "SCALAR_SUBQUERY_TOO_MANY_ROWS",
                               "A subquery that stands for one value gives more than one row.");
      }
      return base::InternalError(text);
  }
}

}  // namespace hearth::engine
