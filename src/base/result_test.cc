#include "base/result.h"

#include <gtest/gtest.h>

namespace hearth::base {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return MakeError(ErrorKind::kIllegalArgument, "DIVIDE_BY_ZERO", "odd");
  return value / 2;
}

Result<int> Quarter(int value) {
  HEARTH_ASSIGN(const int half, Half(value));
  return Half(half);
}

TEST(Result, PassesValuesAndErrorsOn) {
  EXPECT_EQ(*Quarter(8), 2);
  const auto failed = Quarter(6);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error()->kind, ErrorKind::kIllegalArgument);
}

TEST(SqlState, ComesFromTheTableOrTheParent) {
  EXPECT_EQ(SqlStateOf("DIVIDE_BY_ZERO"), "22012");
  EXPECT_EQ(SqlStateOf("UNRESOLVED_COLUMN.WITH_SUGGESTION"), "42703");
  EXPECT_EQ(SqlStateOf("UNSUPPORTED_FEATURE.NOBODY_KNOWS"), "0A000");
  EXPECT_EQ(SqlStateOf("NOBODY_KNOWS"), "XX000");
}

TEST(NotImplemented, NamesTheThing) {
  const Error error = NotImplemented("MERGE INTO");
  EXPECT_EQ(error.kind, ErrorKind::kUnsupported);
  EXPECT_EQ(error.sql_state, "0A000");
  EXPECT_NE(error.message.find("MERGE INTO"), std::string::npos);
}

}  // namespace
}  // namespace hearth::base
