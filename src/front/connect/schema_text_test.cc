#include "front/connect/schema_text.h"

#include <gtest/gtest.h>

#include "plan/types/field_metadata.h"

namespace hearth::front::connect {
namespace {

using plan::DataType;

TEST(SchemaText, PrintsTrees) {
  const auto row =
      DataType::Struct({{"x", DataType::Integer(), false, ""}, {"y", DataType::String(), false, ""}});
  const auto schema =
      DataType::Struct({{"a", DataType::Integer(), false, ""},
                        {"b", DataType::Array(row, false), false, ""},
                        {"m", DataType::Map(DataType::String(), DataType::Decimal(2, 1), false), false, ""}});
  EXPECT_EQ(TreeString(*schema),
            "root\n |-- a: integer (nullable = false)\n |-- b: array (nullable = false)\n |    |-- element: "
            "struct (containsNull = "
            "false)\n |    |    |-- x: integer (nullable = false)\n |    |    |-- y: string (nullable = "
            "false)\n |-- m: map (nullable = "
            "false)\n |    |-- key: string\n |    |-- value: decimal(2,1) (valueContainsNull = false)\n");
  EXPECT_EQ(TreeString(*schema, 1),
            "root\n |-- a: integer (nullable = false)\n |-- b: array (nullable = false)\n |-- m: map "
            "(nullable = false)\n");
}

TEST(SchemaText, WritesDdl) {
  const auto schema =
      DataType::Struct({{"a b", DataType::Integer(), false, ""},
                        {"c", DataType::Array(DataType::String()), true, plan::MetadataWithComment("hi")}});
  EXPECT_EQ(DdlText(*schema), "`a b` INT NOT NULL,c ARRAY<STRING> COMMENT 'hi'");
}

}  // namespace
}  // namespace hearth::front::connect
