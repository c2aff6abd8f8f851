#include <gtest/gtest.h>

#include "plan/unresolved/command.h"

namespace hearth::plan::unresolved {
namespace {

TEST(UnresolvedPrint, ShowsOneLineForEachNode) {
  const auto table = MakeRelation(NamedTable{.name = {"db", "t 1"}}, 4);
  const auto column = Make(Attribute{.parts = {"a"}, .plan_id = 4});
  const auto sum =
      Make(Function{.name = {"+"}, .arguments = {column, IntegerLiteral(1)}, .is_operator = true});
  const auto project =
      MakeRelation(Project{table, {Make(Alias{sum, {"b"}, {}}), Call("f", {StringLiteral("it's")})}}, 5);
  EXPECT_EQ(Print(*project),
            "Project [(a@4 + 1) AS b, f('it\\'s')] @5\n"
            "  Table db.`t 1` @4\n");
}

TEST(UnresolvedPrint, ShowsSubqueriesBelowTheLineThatNamesThem) {
  const auto inner = MakeRelation(Project{MakeRelation(OneRow{}), {IntegerLiteral(1)}});
  const auto subquery = Make(Subquery{SubqueryKind::kIn, {Make(Attribute{{"a"}})}, inner});
  const auto filter = MakeRelation(Filter{MakeRelation(NamedTable{.name = {"t"}}), subquery});
  EXPECT_EQ(Print(*filter),
            "Filter in-subquery#1(a)\n"
            "    #1:\n"
            "      Project [1]\n"
            "        OneRow\n"
            "  Table t\n");
}

TEST(UnresolvedPrint, ShowsCommands) {
  const Command command{
      WriteFiles{MakeRelation(Range{.end = 3}), "parquet", "/p", SaveMode::kOverwrite, {"a"}, {}}};
  EXPECT_EQ(Print(command),
            "WriteFiles '/p' format='parquet' mode=overwrite partition=[a]\n"
            "  Range (0, 3, 1)\n");
}

}  // namespace
}  // namespace hearth::plan::unresolved
