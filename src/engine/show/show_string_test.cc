#include "engine/show/show_string.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

using Cells = std::vector<std::vector<std::string>>;

TEST(ShowString, AlignsRightAndTruncates) {
  EXPECT_EQ(ShowRows({"id", "name"}, Cells{{"1", "a"}, {"22", "a text of more than twenty letters"}}, {}),
            "+---+--------------------+\n"
            "| id|                name|\n"
            "+---+--------------------+\n"
            "|  1|                   a|\n"
            "| 22|a text of more th...|\n"
            "+---+--------------------+\n");
}

TEST(ShowString, AlignsLeftWithoutTruncation) {
  EXPECT_EQ(ShowRows({"x"}, Cells{{"abcde"}}, {20, 0, false}),
            "+-----+\n|x    |\n+-----+\n|abcde|\n+-----+\n");
}

TEST(ShowString, TellsOfMoreRows) {
  EXPECT_EQ(ShowRows({"x"}, Cells{{"1"}, {"2"}}, {1, 20, false}),
            "+---+\n|  x|\n+---+\n|  1|\n+---+\nonly showing top 1 row\n");
}

TEST(ShowString, CountsWideCharacters) {
  EXPECT_EQ(ShowRows({"x"}, Cells{{"日本"}, {"a"}}, {}), "+----+\n|   x|\n+----+\n|日本|\n|   a|\n+----+\n");
}

TEST(ShowString, EscapesControlCharacters) {
  EXPECT_EQ(ShowRows({"x"}, Cells{{"a\nb"}}, {}), "+----+\n|   x|\n+----+\n|a\\nb|\n+----+\n");
}

TEST(ShowString, PrintsRecords) {
  EXPECT_EQ(ShowRows({"id", "name"}, Cells{{"1", "a"}}, {20, 20, true}),
            "-RECORD 0---\n id   | 1   \n name | a   \n");
  EXPECT_EQ(ShowRows({"id"}, Cells{}, {20, 20, true}), "(0 rows)\n");
}

TEST(ShowString, PrintsHtml) {
  EXPECT_EQ(ShowHtml({"a<b"}, Cells{{"1&2"}}, {}),
            "<table border='1'>\n<tr><th>a&lt;b</th></tr>\n<tr><td>1&amp;2</td></tr>\n</table>\n");
}

TEST(ShowString, ShowsNoColumns) { EXPECT_EQ(ShowRows({}, Cells{{}}, {}), "++\n||\n++\n||\n++\n"); }

}  // namespace
}  // namespace hearth::engine
