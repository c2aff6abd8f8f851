// SQL text in, resolved plan or error condition out: tests/plan/analyze/*.txt. A block is a query after "> ",
// then what is expected of it, up to a blank line. HEARTH_UPDATE=1 writes the answers anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "plan/analyze/analyzer.h"
#include "plan/from_sql/from_sql.h"

namespace hearth::plan {
namespace {

std::shared_ptr<const FileSource> Source(std::vector<Field> columns) {
  FileSource source;
  source.format = "parquet";
  source.columns = std::move(columns);
  return std::make_shared<const FileSource>(std::move(source));
}

// t(a int, b string, c decimal(10,2), d date), s(a int, x struct<u int, v array<int>>), nothing else.
class TestCatalog : public Catalog, public FileSources {
 public:
  base::Result<std::variant<ViewInfo, TableLookup>> Lookup(const std::vector<std::string>& name) override {
    auto field = [](const char* label, TypePtr type) { return Field{label, std::move(type), true, {}}; };
    if (name.back() == "t") {
      return TableLookup{{"spark_catalog", "default", "t"},
                         Source({field("a", DataType::Integer()), field("b", DataType::String()),
                                 field("c", DataType::Decimal(10, 2)), field("d", DataType::Date())})};
    }
    if (name.back() == "s") {
      auto structure = DataType::Struct(
          {field("u", DataType::Integer()), field("v", DataType::Array(DataType::Integer()))});
      return TableLookup{{"spark_catalog", "default", "s"},
                         Source({field("a", DataType::Integer()), field("x", structure)})};
    }
    return base::MakeError(base::ErrorKind::kAnalysis, "TABLE_OR_VIEW_NOT_FOUND", "no such table");
  }
  base::Result<std::shared_ptr<const FileSource>> Resolve(const FileRequest&) override {
    return base::MakeError(base::ErrorKind::kAnalysis, "PATH_NOT_FOUND", "no such path");
  }
};

std::string Answer(const std::string& text) {
  AnalysisSettings settings;
  TestCatalog catalog;
  AnalyzeContext context{settings, catalog, catalog, nullptr, {}};
  auto query = ParseQuery(text, SqlOptions{});
  if (!query.ok()) return fmt::format("error {}\n", query.error()->condition);
  auto plan = Analyze(*query, context);
  if (!plan.ok()) return fmt::format("error {} {}\n", plan.error()->condition, plan.error()->sql_state);
  std::string schema;
  for (const auto& column : (*plan)->output) {
    schema += fmt::format("{}{} {}{}", schema.empty() ? "" : ", ", column.name, column.type->CatalogString(),
                          column.nullable ? "" : " not null");
  }
  return schema + "\n" + Print(**plan);
}

TEST(Analyze, AnswersAsRecorded) {
  bool update = std::getenv("HEARTH_UPDATE") != nullptr;
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/plan/analyze")) {
    std::ifstream file(entry.path());
    std::string rewritten;
    std::string line;
    while (std::getline(file, line)) {
      if (!line.starts_with("> ")) {
        rewritten += line + "\n";
        continue;
      }
      std::string expected;
      std::string next;
      while (std::getline(file, next) && !next.empty()) expected += next + "\n";
      auto answer = Answer(line.substr(2));
      rewritten += line + "\n" + answer + "\n";
      ++count;
      if (!update) {
        EXPECT_EQ(answer, expected) << entry.path().filename() << ": " << line;
      }
    }
    if (update) std::ofstream(entry.path()) << rewritten;
  }
  EXPECT_GT(count, 20U);
}

}  // namespace
}  // namespace hearth::plan
