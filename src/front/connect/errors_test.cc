#include "front/connect/errors.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>
#include <spark/connect/base.pb.h>

#include "front/connect/statement_place.h"
#include "session/errors.h"

namespace hearth::front::connect {
namespace {

using base::ErrorKind;

base::QueryContext Place(std::string text, int start, int stop) {
  base::QueryContext context;
  context.fragment = text.substr(static_cast<size_t>(start), static_cast<size_t>(stop - start + 1));
  context.start_index = start;
  context.stop_index = stop;
  context.text = std::make_shared<const std::string>(std::move(text));
  return context;
}

google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), status.error_code());
  EXPECT_EQ(details.message(), status.error_message());
  google::rpc::ErrorInfo info;
  EXPECT_TRUE(details.details(0).UnpackTo(&info));
  return info;
}

TEST(Errors, CarryWhatClientsChooseTheirExceptionBy) {
  const auto status = ToStatus(session::InvalidHandle("SESSION_CLOSED", "h"), "id");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(status.error_message(),
            "[INVALID_HANDLE.SESSION_CLOSED] The handle h is invalid. Session was closed. SQLSTATE: 08003");
  const auto info = InfoOf(status);
  EXPECT_EQ(info.reason(), "org.apache.spark.SparkSQLException");
  EXPECT_EQ(info.domain(), "org.apache.spark");
  EXPECT_EQ(info.metadata().at("errorClass"), "INVALID_HANDLE.SESSION_CLOSED");
  EXPECT_EQ(info.metadata().at("sqlState"), "08003");
  EXPECT_EQ(info.metadata().at("messageParameters"), R"({"handle":"h"})");
  EXPECT_EQ(info.metadata().at("errorId"), "id");
  EXPECT_EQ(
      info.metadata().at("classes"),
      R"(["org.apache.spark.SparkSQLException","java.sql.SQLException","java.lang.Exception","java.lang.Throwable","java.lang.Object"])");
}

TEST(Errors, WithoutAConditionArePlainJavaExceptions) {
  const auto status = ToStatus(session::IllegalArgument("no"), "");
  EXPECT_EQ(status.error_message(), "no");
  const auto info = InfoOf(status);
  EXPECT_EQ(info.reason(), "java.lang.IllegalArgumentException");
  EXPECT_FALSE(info.metadata().contains("errorClass"));
  EXPECT_FALSE(info.metadata().contains("errorId"));
}

TEST(Errors, TellWhatIsNotImplemented) {
  const auto status = ToStatus(base::NotImplemented("streaming"), "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_NE(status.error_message().find("streaming"), std::string::npos);
}

TEST(Errors, OfOverloadAreRetried) {
  base::Error busy;
  busy.kind = ErrorKind::kUnavailable;
  busy.message = "busy";
  EXPECT_EQ(ToStatus(busy, "").error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(Errors, StaySmallEnoughForTrailers) {
  base::Error error = base::MakeError(ErrorKind::kAnalysis, "UNRESOLVED_COLUMN.WITH_SUGGESTION",
                                      std::string(100000, 'x'), {{"objectName", std::string(50000, 'y')}});
  const auto status = ToStatus(error, "id");
  EXPECT_LE(status.error_message().size(), 2048u);
  EXPECT_LE(status.error_details().size(), 6000u);
  EXPECT_FALSE(InfoOf(status).metadata().contains("messageParameters"));
  // Cut between characters.
  error.message.clear();
  for (int i = 0; i < 2000; ++i) error.message += "ü";
  EXPECT_TRUE(ToStatus(error, "").error_message().ends_with("ü..."));
}

TEST(Errors, ShowThePlaceAsSparkDoesForEachKind) {
  base::Error parse =
      base::MakeError(ErrorKind::kParse, "PARSE_SYNTAX_ERROR", "Syntax error at or near end of input.");
  parse.contexts = {Place("select\n  1 +", 12, 11)};
  EXPECT_EQ(FullMessage(parse),
            "\n[PARSE_SYNTAX_ERROR] Syntax error at or near end of input. SQLSTATE: 42601 (line 2, pos 5)\n\n"
            "== SQL ==\nselect\n  1 +\n-----^^^\n");

  base::Error analysis =
      base::MakeError(ErrorKind::kAnalysis, "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "No a.");
  analysis.contexts = {Place("select a from t", 7, 7)};
  EXPECT_EQ(FullMessage(analysis),
            "[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] No a. SQLSTATE: 42703; line 1 pos 7");

  base::Error runtime = base::MakeError(ErrorKind::kArithmetic, "DIVIDE_BY_ZERO", "Division by zero.");
  runtime.contexts = {Place("select 1,\n  id/0 as x\n from range(3)", 12, 15)};
  EXPECT_EQ(FullMessage(runtime),
            "[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012\n== SQL (line 2, position 3) ==\n  id/0 as "
            "x\n  ^^^^\n");
}

TEST(Errors, AreToldInFullWhenFetched) {
  base::Error error =
      base::MakeError(ErrorKind::kArithmetic, "DIVIDE_BY_ZERO", "Division by zero.", {{"config", "c"}});
  error.contexts = {Place("select id/0", 7, 10)};
  spark::connect::FetchErrorDetailsResponse response;
  WriteErrorDetails(error, &response);
  ASSERT_EQ(response.errors_size(), 1);
  EXPECT_EQ(response.root_error_idx(), 0);
  EXPECT_EQ(response.errors(0).error_type_hierarchy(0), "org.apache.spark.SparkArithmeticException");
  const auto& throwable = response.errors(0).spark_throwable();
  EXPECT_EQ(throwable.error_class(), "DIVIDE_BY_ZERO");
  EXPECT_EQ(throwable.message_parameters().at("config"), "c");
  EXPECT_EQ(throwable.query_contexts(0).fragment(), "id/0");
  EXPECT_EQ(throwable.query_contexts(0).summary(),
            "== SQL (line 1, position 8) ==\nselect id/0\n       ^^^^\n");
}

TEST(StatementPlace, CountsCharactersAndCutsLongLines) {
  const auto context = Place("select 'ü', id/0", 12, 12);
  EXPECT_EQ(FindPlace(context)->column, 12);
  const auto wide = Place(std::string(100, 'a') + "X" + std::string(100, 'b'), 100, 100);
  EXPECT_EQ(UnderlinedLine(wide, *FindPlace(wide)), "== SQL (line 1, position 101) ==\n..." +
                                                        std::string(32, 'a') + "X" + std::string(32, 'b') +
                                                        "...\n" + std::string(35, ' ') + "^\n");
  const auto several = Place("a +\nb", 0, 4);
  EXPECT_EQ(UnderlinedLine(several, *FindPlace(several)), "== SQL (line 1, position 1) ==\na +\n^^^\nb\n^\n");
}

}  // namespace
}  // namespace hearth::front::connect
