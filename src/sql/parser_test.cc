// What the text cases cannot say: places, limits, and values behind the printed form.

#include "sql/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "sql/printer.h"

namespace hearth::sql {
namespace {

std::string Repeat(std::string_view text, int times) {
  std::string out;
  out.reserve(text.size() * static_cast<std::size_t>(times));
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

const LiteralExpression& Literal(const ExpressionPointer& expression) {
  EXPECT_EQ(expression->kind, ExpressionKind::kLiteral);
  return As<LiteralExpression>(*expression);
}

TEST(Literals, TakeTheNarrowestType) {
  const auto type_of = [](const char* text) { return Literal(*ParseExpression(text)).type; };
  EXPECT_EQ(type_of("1"), LiteralType::kInteger);
  EXPECT_EQ(type_of("-2147483648"), LiteralType::kInteger);
  EXPECT_EQ(type_of("2147483648"), LiteralType::kLong);
  EXPECT_EQ(type_of("-9223372036854775808"), LiteralType::kLong);
  EXPECT_EQ(type_of("9223372036854775808"), LiteralType::kDecimal);
  EXPECT_EQ(type_of("1.5"), LiteralType::kDecimal);
  EXPECT_EQ(type_of("1e3"), LiteralType::kDouble);
  EXPECT_EQ(type_of("1e3bd"), LiteralType::kDecimal);
  EXPECT_EQ(type_of("5Y"), LiteralType::kByte);
  EXPECT_EQ(type_of("10S"), LiteralType::kShort);
  EXPECT_EQ(type_of("1F"), LiteralType::kFloat);
}

TEST(Literals, KeepTheirValues) {
  EXPECT_EQ(Literal(*ParseExpression("-5Y")).integer, -5);
  EXPECT_EQ(Literal(*ParseExpression("1.50")).text, "1.50");
  EXPECT_EQ(Literal(*ParseExpression("- 1.5BD")).text, "-1.5");
  EXPECT_EQ(Literal(*ParseExpression("1e-400")).real, 0.0);
  EXPECT_EQ(Literal(*ParseExpression(".5")).text, ".5");
  EXPECT_EQ(Literal(*ParseExpression("x'0Aff'")).text, "\x0A\xFF");
  EXPECT_EQ(Literal(*ParseExpression("X'abc'")).text, "\x0A\xBC");
  EXPECT_EQ(Literal(*ParseExpression(R"('\%\_\t\Z\101\u00e9\U0001F600\\' "b" 'c''d')")).text,
            "\\%\\_\t\x1A"
            "A\xC3\xA9\xF0\x9F\x98\x80\\bc'd");
  EXPECT_EQ(Literal(*ParseExpression(R"('\uD83D\uDE00\uD83D')")).text, "\xF0\x9F\x98\x80?");
  EXPECT_EQ(Literal(*ParseExpression(R"(r'a\n' R"b'c")")).text, "a\\nb'c");
}

TEST(Literals, EscapesStayWhenStringsAreRaw) {
  ParserOptions options;
  options.raw_string_literals = true;
  EXPECT_EQ(Literal(*ParseExpression(R"('a\n')", options)).text, R"(a\n)");
}

TEST(Places, CountCharactersLinesAndColumns) {
  const std::string text = "SELECT 'é' ,\n  `ü` + 1 AS a";
  const auto query = ParseQuery(text);
  ASSERT_TRUE(query.has_value());
  const auto& select = As<SelectTerm>(*(*query)->body);
  const Location string = select.items[0]->location;
  EXPECT_EQ(string.start, 7);
  EXPECT_EQ(string.stop, 9);
  EXPECT_EQ(string.line, 1);
  EXPECT_EQ(string.position, 7);
  const Location alias = select.items[1]->location;
  EXPECT_EQ(alias.start, 15);
  EXPECT_EQ(alias.stop, 26);
  EXPECT_EQ(alias.line, 2);
  EXPECT_EQ(alias.position, 2);
}

TEST(Places, APredicateBeginsAtItsOwnWord) {
  const auto expression = ParseExpression("a NOT IN (1)");
  EXPECT_EQ((*expression)->location.start, 2);
  EXPECT_EQ((*expression)->location.stop, 11);
}

TEST(Places, SyntaxErrorsSayLineAndColumn) {
  const auto statement = ParseStatement("SELECT a\nFROM t WHERE (b");
  ASSERT_FALSE(statement.has_value());
  EXPECT_EQ(statement.error()->kind, base::ErrorKind::kParse);
  EXPECT_EQ(statement.error()->condition, "PARSE_SYNTAX_ERROR");
  EXPECT_EQ(statement.error()->sql_state, "42601");
  EXPECT_EQ(statement.error()->parameters.at("error"), "end of input");
  EXPECT_NE(statement.error()->message.find("(line 2, pos 15)"), std::string::npos);
  EXPECT_NE(statement.error()->message.find("expected ')'"), std::string::npos);
}

TEST(Places, OtherErrorsCarryAContext) {
  const auto statement = ParseStatement("SELECT 1, 128Y");
  ASSERT_FALSE(statement.has_value());
  ASSERT_EQ(statement.error()->contexts.size(), 1U);
  EXPECT_EQ(statement.error()->contexts[0].fragment, "128Y");
  EXPECT_EQ(statement.error()->contexts[0].start_index, 10);
  EXPECT_EQ(statement.error()->contexts[0].stop_index, 13);
}

TEST(Empty, TextIsAnErrorOfItsOwn) {
  EXPECT_EQ(ParseStatement("").error()->condition, "PARSE_EMPTY_STATEMENT");
  EXPECT_EQ(ParseStatement(" \n\t").error()->condition, "PARSE_EMPTY_STATEMENT");
  EXPECT_EQ(ParseStatement("-- nothing").error()->condition, "PARSE_SYNTAX_ERROR");
  EXPECT_EQ(ParseStatement("/* never closed").error()->condition, "UNCLOSED_BRACKETED_COMMENT");
}

TEST(Views, KeepTheTextOfTheirQuery) {
  const auto statement = ParseStatement("CREATE VIEW v AS  SELECT  1 /* one */ AS a ;");
  ASSERT_TRUE(statement.has_value());
  EXPECT_EQ(As<CreateViewStatement>(**statement).query_text, "SELECT  1 /* one */ AS a");
}

TEST(Parameters, AreCounted) {
  const auto statement = ParseStatement("SELECT ?, :name, ?");
  const auto& select = As<SelectTerm>(*As<QueryStatement>(**statement).query->body);
  EXPECT_EQ(As<ParameterExpression>(*select.items[0]).index, 0);
  EXPECT_EQ(As<ParameterExpression>(*select.items[1]).name, "name");
  EXPECT_EQ(As<ParameterExpression>(*select.items[2]).index, 1);
}

// ---- limits

TEST(Limits, LongChainsAreFine) {
  for (const char* link : {" AND a", " OR a", " + a", " || a", " = a", "[0]", ".b", "::int"}) {
    const auto expression = ParseExpression("f(a)" + Repeat(link, 10000));
    ASSERT_TRUE(expression.has_value()) << link << ": " << expression.error()->message;
    EXPECT_GT(ToSql(**expression).size(), 20000U) << link;
  }
}

TEST(Limits, AndChainsAreBalanced) {
  const auto expression = ParseExpression("a" + Repeat(" AND a", 99999));
  ASSERT_TRUE(expression.has_value());
  int depth = 0;
  for (const Expression* node = expression->get(); node->kind == ExpressionKind::kBinary; ++depth) {
    node = As<BinaryExpression>(*node).left.get();
  }
  EXPECT_EQ(depth, 17);
}

TEST(Limits, LongQueriesAreFine) {
  EXPECT_TRUE(ParseStatement("SELECT 1" + Repeat(" UNION ALL SELECT 1", 10000)).has_value());
  EXPECT_TRUE(ParseStatement("SELECT 1" + Repeat(" INTERSECT SELECT 1", 10000)).has_value());
  EXPECT_TRUE(ParseStatement("SELECT * FROM t" + Repeat(" JOIN t ON a", 10000)).has_value());
  EXPECT_TRUE(ParseStatement("SELECT * FROM t" + Repeat(", t", 10000)).has_value());
  EXPECT_TRUE(ParseStatement("TABLE t" + Repeat(" |> WHERE a", 10000)).has_value());
  EXPECT_TRUE(ParseStatement("SELECT 1" + Repeat(", 1", 100000)).has_value());
}

TEST(Limits, ChainsAreBounded) {
  const auto expression = ParseExpression("a" + Repeat(" + a", 30000));
  ASSERT_FALSE(expression.has_value());
  EXPECT_EQ(expression.error()->condition, "FAILED_TO_PARSE_TOO_COMPLEX");
}

TEST(Limits, DepthIsBounded) {
  const struct {
    const char* open;
    const char* middle;
    const char* close;
  } shapes[] = {
      {"(", "1", ")"},
      {"f(", "1", ")"},
      {"- ", "a", ""},
      {"~ ", "a", ""},
      {"NOT ", "a", ""},
      {"a[", "1", "]"},
      {"CASE WHEN ", "a", " THEN 1 END"},
      {"CAST(", "1", " AS INT)"},
      {"(SELECT ", "1", ")"},
      {"a IN (SELECT ", "1", ")"},
      {"EXISTS (SELECT ", "1", ")"},
      {"x -> ", "1", ""},
      {"a -> (b, c) -> ", "1", ""},
      {"POSITION(", "a", " IN b)"},
      {"SUBSTRING(", "a", " FROM 1)"},
      {"TRIM(", "a", " FROM b)"},
      {"STRUCT(", "a", ")"},
      {"dateadd(day, 1, ", "a", ")"},
      {"sum(a) OVER (PARTITION BY ", "a", ")"},
      {"(1, ", "1", ")"},
  };
  for (const auto& shape : shapes) {
    for (const int depth : {200, 5000, 200000}) {
      const auto expression =
          ParseExpression(Repeat(shape.open, depth) + shape.middle + Repeat(shape.close, depth));
      if (depth == 200) {
        EXPECT_TRUE(expression.has_value()) << shape.open << ": " << expression.error()->message;
      } else {
        ASSERT_FALSE(expression.has_value()) << shape.open;
        EXPECT_EQ(expression.error()->condition, "FAILED_TO_PARSE_TOO_COMPLEX") << shape.open;
      }
    }
  }
}

TEST(Limits, DepthOfQueriesAndTypesIsBounded) {
  for (const int depth : {200, 100000}) {
    const bool fine = depth == 200;
    EXPECT_EQ(ParseStatement(Repeat("(", depth) + "SELECT 1" + Repeat(")", depth)).has_value(), fine);
    EXPECT_EQ(ParseStatement(Repeat("SELECT * FROM (", depth) + "t" + Repeat(")", depth)).has_value(), fine);
    EXPECT_EQ(ParseStatement("SELECT * FROM " + Repeat("(", depth) + "t" + Repeat(")", depth)).has_value(),
              fine);
    EXPECT_EQ(
        ParseStatement("SELECT * FROM " + Repeat("(", depth) + "SELECT 1" + Repeat(")", depth)).has_value(),
        fine);
    EXPECT_EQ(
        ParseStatement(Repeat("WITH a AS (", depth) + "SELECT 1" + Repeat(") SELECT 1", depth)).has_value(),
        fine);
    EXPECT_EQ(
        ParseStatement("SELECT 1 GROUP BY " + Repeat("GROUPING SETS (", depth) + "a" + Repeat(")", depth))
            .has_value(),
        fine);
    EXPECT_EQ(ParseDataType(Repeat("ARRAY<", depth) + "INT" + Repeat(">", depth)).has_value(), fine);
    EXPECT_EQ(ParseDataType(Repeat("STRUCT<a: ", depth) + "INT" + Repeat(">", depth)).has_value(), fine);
    EXPECT_EQ(ParseStatement(Repeat("EXPLAIN ", depth) + "SELECT 1").has_value(), fine);
  }
}

TEST(Limits, LengthIsBounded) {
  ParserOptions options;
  options.maximum_text_bytes = 100;
  const auto statement = ParseStatement("SELECT " + Repeat("1", 100), options);
  ASSERT_FALSE(statement.has_value());
  EXPECT_EQ(statement.error()->condition, "FAILED_TO_PARSE_TOO_COMPLEX");
}

}  // namespace
}  // namespace hearth::sql
