#include "front/connect/errors.h"

#include <fmt/format.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <spark/connect/base.pb.h>

#include <nlohmann/json.hpp>

#include "front/connect/statement_place.h"

namespace hearth::front::connect {
namespace {

using base::Error;
using base::ErrorKind;

using Classes = std::span<const std::string_view>;

constexpr size_t kMaximumStatusMessage = 2048;
constexpr size_t kMaximumMetadata = 1024;

#define HEARTH_JAVA_ROOTS "java.lang.Exception", "java.lang.Throwable", "java.lang.Object"
#define HEARTH_JAVA_RUNTIME "java.lang.RuntimeException", HEARTH_JAVA_ROOTS

constexpr std::string_view kParse[] = {"org.apache.spark.sql.catalyst.parser.ParseException",
                                       "org.apache.spark.sql.AnalysisException", HEARTH_JAVA_ROOTS};
constexpr std::string_view kAnalysis[] = {"org.apache.spark.sql.AnalysisException", HEARTH_JAVA_ROOTS};
constexpr std::string_view kArithmetic[] = {"org.apache.spark.SparkArithmeticException",
                                            "java.lang.ArithmeticException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kArrayIndex[] = {"org.apache.spark.SparkArrayIndexOutOfBoundsException",
                                            "java.lang.ArrayIndexOutOfBoundsException",
                                            "java.lang.IndexOutOfBoundsException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kDateTime[] = {"org.apache.spark.SparkDateTimeException",
                                          "java.time.DateTimeException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kNumberFormat[] = {"org.apache.spark.SparkNumberFormatException",
                                              "java.lang.NumberFormatException",
                                              "java.lang.IllegalArgumentException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kIllegalArgument[] = {"org.apache.spark.SparkIllegalArgumentException",
                                                 "java.lang.IllegalArgumentException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kPlainIllegalArgument[] = {"java.lang.IllegalArgumentException",
                                                      HEARTH_JAVA_RUNTIME};
constexpr std::string_view kNoSuchElement[] = {"org.apache.spark.SparkNoSuchElementException",
                                               "java.util.NoSuchElementException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kUnsupported[] = {"org.apache.spark.SparkUnsupportedOperationException",
                                             "java.lang.UnsupportedOperationException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kPlainUnsupported[] = {"java.lang.UnsupportedOperationException",
                                                  HEARTH_JAVA_RUNTIME};
constexpr std::string_view kRuntime[] = {"org.apache.spark.SparkRuntimeException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kSparkSql[] = {"org.apache.spark.SparkSQLException", "java.sql.SQLException",
                                          HEARTH_JAVA_ROOTS};
constexpr std::string_view kInvalidPlan[] = {"org.apache.spark.sql.connect.common.InvalidPlanInput",
                                             HEARTH_JAVA_ROOTS};
constexpr std::string_view kClassNotFound[] = {"org.apache.spark.SparkClassNotFoundException",
                                               "java.lang.ClassNotFoundException",
                                               "java.lang.ReflectiveOperationException", HEARTH_JAVA_ROOTS};
constexpr std::string_view kUpgrade[] = {"org.apache.spark.SparkUpgradeException", HEARTH_JAVA_RUNTIME};
constexpr std::string_view kSpark[] = {"org.apache.spark.SparkException", HEARTH_JAVA_ROOTS};

#undef HEARTH_JAVA_RUNTIME
#undef HEARTH_JAVA_ROOTS

// Where an error of analysis points: Spark names the line and, counting from 0, the column.
std::string PlaceSuffix(const base::QueryContext& context) {
  const auto place = FindPlace(context);
  return place ? fmt::format("; line {} pos {}", place->line, place->column) : "";
}

std::string ParseBlock(const base::QueryContext& context) {
  const auto place = FindPlace(context);
  if (!place) return "";
  return fmt::format(" (line {}, pos {})\n\n== SQL ==\n{}", place->line, place->column,
                     MarkedText(context, *place));
}

grpc::StatusCode CodeOf(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case ErrorKind::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorKind::kPermissionDenied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorKind::kUnsupported:
      return error.condition == base::kNotImplementedCondition ? grpc::StatusCode::UNIMPLEMENTED
                                                               : grpc::StatusCode::INTERNAL;
    case ErrorKind::kParse:
    case ErrorKind::kAnalysis:
    case ErrorKind::kArithmetic:
    case ErrorKind::kArrayIndex:
    case ErrorKind::kDateTime:
    case ErrorKind::kNumberFormat:
    case ErrorKind::kIllegalArgument:
    case ErrorKind::kNoSuchElement:
    case ErrorKind::kRuntime:
    case ErrorKind::kSpark:
    case ErrorKind::kCancelled:
    case ErrorKind::kDeadlineExceeded:
    case ErrorKind::kResourceExhausted:
    case ErrorKind::kConflict:
    case ErrorKind::kUnknownOutcome:
    case ErrorKind::kInternal:
      return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

// Cuts at a character border, so that the text stays UTF-8.
std::string Abbreviate(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "...";
}

std::string Json(const auto& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string Summary(const base::QueryContext& context) {
  const auto place = FindPlace(context);
  return place ? UnderlinedLine(context, *place) : "";
}

}  // namespace

Classes JavaClassesOf(const Error& error) {
  if (error.condition.starts_with("CONNECT_INVALID_PLAN")) return kInvalidPlan;
  if (error.condition == "DATA_SOURCE_NOT_FOUND") return kClassNotFound;
  if (error.condition.starts_with("INCONSISTENT_BEHAVIOR_CROSS_VERSION.") && error.kind == ErrorKind::kSpark)
    return kUpgrade;
  // Found while parsing, but Spark's literal overflows first.
  if (error.condition == "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION") return kArithmetic;
  switch (error.kind) {
    case ErrorKind::kParse:
      return kParse;
    case ErrorKind::kAnalysis:
      return kAnalysis;
    case ErrorKind::kArithmetic:
      return kArithmetic;
    case ErrorKind::kArrayIndex:
      return kArrayIndex;
    case ErrorKind::kDateTime:
      return kDateTime;
    case ErrorKind::kNumberFormat:
      return kNumberFormat;
    case ErrorKind::kIllegalArgument:
      return error.condition.empty() ? Classes(kPlainIllegalArgument) : Classes(kIllegalArgument);
    case ErrorKind::kNoSuchElement:
      return kNoSuchElement;
    case ErrorKind::kUnsupported:
      return error.condition.empty() ? Classes(kPlainUnsupported) : Classes(kUnsupported);
    case ErrorKind::kRuntime:
      return kRuntime;
    case ErrorKind::kCancelled:
    case ErrorKind::kDeadlineExceeded:
      return kSparkSql;
    case ErrorKind::kSpark:
      return error.condition.starts_with("INVALID_") || error.condition.starts_with("UNSUPPORTED_")
                 ? Classes(kSparkSql)
                 : Classes(kSpark);
    case ErrorKind::kResourceExhausted:
    case ErrorKind::kUnavailable:
    case ErrorKind::kUnauthenticated:
    case ErrorKind::kPermissionDenied:
    case ErrorKind::kConflict:
    case ErrorKind::kUnknownOutcome:
    case ErrorKind::kInternal:
      return kSpark;
  }
  return kSpark;
}

std::string FullMessage(const Error& error) {
  if (error.condition.empty()) return error.message;
  std::string text = fmt::format("[{}] {}", error.condition, error.message);
  if (!error.sql_state.empty()) text += fmt::format(" SQLSTATE: {}", error.sql_state);
  const base::QueryContext* context = error.contexts.empty() ? nullptr : &error.contexts.front();
  if (error.kind == ErrorKind::kParse) return "\n" + text + (context != nullptr ? ParseBlock(*context) : "");
  if (context == nullptr) return text;
  if (error.kind == ErrorKind::kAnalysis) return text + PlaceSuffix(*context);
  const std::string summary = Summary(*context);
  return summary.empty() ? text : text + "\n" + summary;
}

grpc::Status ToStatus(const Error& error, const std::string& error_id) {
  google::rpc::Status status;
  status.set_code(CodeOf(error));
  status.set_message(Abbreviate(FullMessage(error), kMaximumStatusMessage));
  const auto code = static_cast<grpc::StatusCode>(status.code());
  if (error.kind == ErrorKind::kUnavailable) return grpc::Status(code, status.message());

  google::rpc::ErrorInfo info;
  const auto classes = JavaClassesOf(error);
  info.set_reason(std::string(classes.front()));
  info.set_domain("org.apache.spark");
  auto& metadata = *info.mutable_metadata();
  metadata["classes"] = Json(classes);
  if (!error_id.empty()) metadata["errorId"] = error_id;
  if (!error.condition.empty()) {
    const std::string parameters = Json(error.parameters);
    if (!error.sql_state.empty()) metadata["sqlState"] = error.sql_state;
    if (parameters.size() <= kMaximumMetadata) {
      metadata["errorClass"] = error.condition;
      metadata["messageParameters"] = parameters;
    }
  }
  status.add_details()->PackFrom(info);
  return grpc::Status(code, status.message(), status.SerializeAsString());
}

void WriteErrorDetails(const Error& error, spark::connect::FetchErrorDetailsResponse* response) {
  response->set_root_error_idx(0);
  auto* entry = response->add_errors();
  for (const std::string_view name : JavaClassesOf(error)) entry->add_error_type_hierarchy(std::string(name));
  entry->set_message(FullMessage(error));
  if (error.condition.empty()) return;
  auto* throwable = entry->mutable_spark_throwable();
  throwable->set_error_class(error.condition);
  for (const auto& [name, value] : error.parameters) (*throwable->mutable_message_parameters())[name] = value;
  if (!error.sql_state.empty()) throwable->set_sql_state(error.sql_state);
  for (const base::QueryContext& context : error.contexts) {
    if (error.kind == ErrorKind::kParse) break;  // Spark tells these in the message alone
    auto* place = throwable->add_query_contexts();
    place->set_object_type(context.object_type);
    place->set_object_name(context.object_name);
    place->set_start_index(context.start_index);
    place->set_stop_index(context.stop_index);
    place->set_fragment(context.fragment);
    place->set_summary(Summary(context));
  }
}

}  // namespace hearth::front::connect
