#include "front/web/target.h"

#include <gtest/gtest.h>

namespace hearth::front::web {
namespace {

TEST(Target, DecodesPercentSigns) {
  EXPECT_EQ(PercentDecode("a%2Fb%c3%A9"), "a/b\xc3\xa9");
  EXPECT_EQ(PercentDecode("%41"), "A");
  EXPECT_EQ(PercentDecode("a+b"), "a+b");
  EXPECT_EQ(PercentDecode("a+b", true), "a b");
  for (const char* wrong : {"%", "%4", "a%4", "%zz", "%00"}) EXPECT_FALSE(PercentDecode(wrong)) << wrong;
  EXPECT_EQ(PercentEncode("a b/ü"), "a%20b%2F%C3%BC");
}

TEST(Target, HasPathAndQuery) {
  const auto target = ParseTarget("/api/v1/jobs?team=a%26b&status=&flag&&team=c");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/api/v1/jobs");
  EXPECT_EQ(target->query, (std::map<std::string, std::string>{{"team", "c"}, {"status", ""}, {"flag", ""}}));
  EXPECT_EQ(ParseTarget("http://host:1/x")->path, "/x");
  EXPECT_EQ(ParseTarget("https://host")->path, "/");
  EXPECT_FALSE(ParseTarget("*"));
  EXPECT_FALSE(ParseTarget("/x?a=%"));
}

}  // namespace
}  // namespace hearth::front::web
