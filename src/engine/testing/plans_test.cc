#include "engine/testing/plans.h"

#include "engine/database.h"
#include "engine/executor.h"
#include "engine/files/file_sources.h"

namespace hearth::engine::testing {

namespace {

// Ends before the program does: DuckDB's databases must not outlive the variables of the main thread.
class Engine : public ::testing::Environment {
 public:
  std::shared_ptr<Database> database() {
    if (database_) return database_;
    plan::EngineOptions options;
    options.threads = 2;
    options.memory_limit = "1GB";
    auto opened = Database::Open(options);
    if (!opened.ok()) {
      ADD_FAILURE() << opened.error()->message;
      std::abort();
    }
    return database_ = *opened;
  }

  plan::Executor& executor() {
    if (!executor_) executor_ = std::make_unique<SessionExecutor>(database(), MakeFileSources());
    return *executor_;
  }

  void TearDown() override {
    executor_.reset();
    database_.reset();
  }

 private:
  std::shared_ptr<Database> database_;
  std::unique_ptr<SessionExecutor> executor_;
};

Engine* const engine = [] {
  auto* made = new Engine;
  ::testing::AddGlobalTestEnvironment(made);  // owns it
  return made;
}();

}  // namespace

plan::Executor& SharedExecutor() { return engine->executor(); }

plan::ColumnId NextId() {
  static plan::ColumnId next = 1;
  return next++;
}

plan::Column MakeColumn(std::string name, plan::TypePtr type, bool nullable) {
  plan::Column column;
  column.id = NextId();
  column.name = std::move(name);
  column.type = std::move(type);
  column.nullable = nullable;
  return column;
}

plan::ExpressionPtr Ref(const plan::Column& column) { return plan::MakeReference(column); }

plan::ExpressionPtr CastTo(plan::ExpressionPtr child, plan::TypePtr type, plan::CastBehavior behavior) {
  plan::Expression expression{plan::Cast{std::move(child), behavior, false}, std::move(type), true, ""};
  return std::make_shared<const plan::Expression>(std::move(expression));
}

plan::ExpressionPtr TextLiteral(std::string text) { return plan::StringLiteral(std::move(text)); }

plan::ExpressionPtr TypedLiteral(plan::Value value, plan::TypePtr type) {
  return plan::MakeLiteral(std::move(value), std::move(type));
}

plan::RelationPtr RangeOf(int64_t start, int64_t end, int64_t step) {
  return plan::MakeRelation(plan::Range{start, end, step}, {MakeColumn("id", plan::DataType::Long(), false)});
}

plan::RelationPtr ProjectOf(plan::RelationPtr input,
                            std::vector<std::pair<std::string, plan::ExpressionPtr>> items) {
  plan::Project project{std::move(input), {}};
  std::vector<plan::Column> output;
  for (auto& [name, expression] : items) {
    output.push_back(MakeColumn(name, expression->type, expression->nullable));
    project.items.push_back({output.back(), std::move(expression)});
  }
  return plan::MakeRelation(std::move(project), std::move(output));
}

plan::RelationPtr SelectOne(std::vector<plan::ExpressionPtr> expressions) {
  std::vector<std::pair<std::string, plan::ExpressionPtr>> items;
  for (auto& expression : expressions) items.emplace_back("x", std::move(expression));
  return ProjectOf(plan::MakeRelation(plan::OneRow{}, {}), std::move(items));
}

std::vector<std::string> Rows(const plan::RelationPtr& relation, const std::string& time_zone) {
  std::vector<std::pair<std::string, plan::ExpressionPtr>> items;
  for (const auto& column : relation->output) {
    items.emplace_back(column.name, CastTo(Ref(column), plan::DataType::String()));
  }
  const auto texts = ProjectOf(relation, std::move(items));
  plan::ExecutionOptions options;
  options.time_zone = time_zone;
  std::vector<std::string> rows;
  const auto failed = [](const base::Error& error) {
    return std::vector<std::string>{"error " + (error.condition.empty() ? error.message : error.condition)};
  };
  auto query = StartQuery(engine->database(), *texts, options, {});
  if (!query.ok()) return failed(*query.error());
  while (true) {
    auto chunk = (*query)->Fetch();
    if (!chunk.ok()) return failed(*chunk.error());
    if (!*chunk) return rows;
    for (duckdb::idx_t row = 0; row < (*chunk)->size(); ++row) {
      std::string line;
      for (size_t column = 0; column < relation->output.size(); ++column) {
        if (column > 0) line += "|";
        const auto value = (*chunk)->GetValue(column, row);
        line += value.IsNull() ? "NULL" : duckdb::StringValue::Get(value);
      }
      rows.push_back(std::move(line));
    }
  }
}

std::string Eval(const plan::ExpressionPtr& expression, const std::string& time_zone) {
  const auto rows = Rows(SelectOne({expression}), time_zone);
  return rows.size() == 1 ? rows[0] : std::to_string(rows.size()) + " rows";
}

}  // namespace hearth::engine::testing
