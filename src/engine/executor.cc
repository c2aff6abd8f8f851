#include "engine/executor.h"

#include "duckdb/parser/statement/explain_statement.hpp"
#include "engine/deep_stack.h"
#include "engine/engine.h"
#include "engine/errors.h"
#include "engine/files/file_sources.h"
#include "engine/metrics.h"
#include "engine/result/batch_stream.h"
#include "engine/show/show_string.h"
#include "engine/types.h"
#include "engine/write/file_writer.h"

namespace hearth::engine {

namespace {

base::Result<std::unique_ptr<Query>> LowerAndStart(const std::shared_ptr<Database>& database,
                                                   const plan::Relation& plan,
                                                   const plan::ExecutionOptions& options,
                                                   std::stop_token stop, bool explain) {
  return Guarded([&]() -> base::Result<std::unique_ptr<Query>> {
    Lowering lowering(LowerSettings{options.time_zone});
    HEARTH_ASSIGN(LoweredPlan lowered, lowering.Lower(plan));
    HEARTH_ASSIGN(ConnectionLease connection, database->Connect());
    duckdb::unique_ptr<duckdb::SQLStatement> statement = std::move(lowered.statement);
    if (explain) {
      statement = duckdb::make_uniq<duckdb::ExplainStatement>(std::move(statement),
                                                              duckdb::ExplainType::EXPLAIN_STANDARD);
    }
    return Query::Start(std::move(connection), std::move(statement), std::move(lowered.resources),
                        std::move(stop));
  });
}

}  // namespace

base::Result<std::unique_ptr<Query>> StartQuery(const std::shared_ptr<Database>& database,
                                                const plan::Relation& plan,
                                                const plan::ExecutionOptions& options, std::stop_token stop,
                                                bool explain) {
  if (!IsDeep(plan)) return LowerAndStart(database, plan, options, std::move(stop), explain);
  std::optional<base::Result<std::unique_ptr<Query>>> result;
  RunOnDeepStack([&] { result.emplace(LowerAndStart(database, plan, options, std::move(stop), explain)); });
  return std::move(*result);
}

base::Result<std::unique_ptr<plan::BatchStream>> SessionExecutor::Execute(
    const plan::RelationPtr& plan, const plan::ExecutionOptions& options, std::stop_token stop) {
  if (const auto* show = plan->As<plan::ShowString>())
    return ExecuteShow(*plan, *show, options, std::move(stop));
  return ExecuteRows(plan, options, std::move(stop));
}

base::Result<std::unique_ptr<plan::BatchStream>> SessionExecutor::ExecuteRows(
    const plan::RelationPtr& relation, const plan::ExecutionOptions& options, std::stop_token stop) {
  HEARTH_ASSIGN(auto query, StartQuery(database_, *relation, options, stop));
  HEARTH_ASSIGN(std::unique_ptr<plan::BatchStream> stream,
                QueryBatchStream::Make(std::move(query), plan::SchemaOf(*relation), options));
  auto metrics = FindMetrics(relation);
  if (metrics.empty()) return stream;
  return std::unique_ptr<plan::BatchStream>(std::make_unique<MetricsStream>(
      std::move(stream), database_, std::move(metrics), options, std::move(stop)));
}

base::Result<std::string> SessionExecutor::ShowText(const plan::ShowString& show,
                                                    const plan::ExecutionOptions& options,
                                                    std::stop_token stop) {
  HEARTH_ASSIGN(auto query, StartQuery(database_, *show.input, options, std::move(stop)));
  const size_t width = show.input->output.size();
  std::vector<std::vector<std::string>> cells;
  while (true) {
    HEARTH_ASSIGN(auto chunk, query->Fetch());
    if (!chunk) break;
    for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
      auto& line = cells.emplace_back();
      for (size_t column = 0; column < width; ++column) {
        const auto value = chunk->GetValue(column, row);
        line.push_back(value.IsNull() ? "NULL" : duckdb::StringValue::Get(value));
      }
    }
  }
  std::vector<std::string> names;
  for (const auto& column : show.input->output) names.push_back(column.name);
  const ShowOptions show_options{show.rows, show.truncate, show.vertical};
  return show.html ? ShowHtml(names, std::move(cells), show_options)
                   : ShowRows(names, std::move(cells), show_options);
}

base::Result<std::unique_ptr<plan::BatchStream>> SessionExecutor::ExecuteShow(
    const plan::Relation& relation, const plan::ShowString& show, const plan::ExecutionOptions& options,
    std::stop_token stop) {
  HEARTH_ASSIGN(std::string text, ShowText(show, options, std::move(stop)));
  auto schema = plan::SchemaOf(relation);
  HEARTH_ASSIGN(plan::ResultBatch batch, TextBatch(schema, {{std::move(text)}}, options));
  return std::unique_ptr<plan::BatchStream>(
      std::make_unique<SingleBatchStream>(std::move(schema), std::move(batch)));
}

base::Result<int64_t> SessionExecutor::Write(const plan::RelationPtr& plan, const plan::FileSink& sink,
                                             const plan::ExecutionOptions& options, std::stop_token stop) {
  return WriteFiles(database_, *plan, sink, options, std::move(stop));
}

base::Result<std::vector<plan::ValueList>> SessionExecutor::Collect(const plan::RelationPtr& plan,
                                                                    int64_t limit, std::stop_token stop) {
  if (const auto* show = plan->As<plan::ShowString>()) {
    HEARTH_ASSIGN(std::string text, ShowText(*show, plan::ExecutionOptions{}, std::move(stop)));
    return std::vector<plan::ValueList>{{plan::Value{std::move(text)}}};
  }
  const auto limited = plan::MakeRelation(plan::Limit{plan, limit, 0}, plan->output);
  HEARTH_ASSIGN(auto query, StartQuery(database_, *limited, plan::ExecutionOptions{}, std::move(stop)));
  std::vector<plan::ValueList> rows;
  while (true) {
    HEARTH_ASSIGN(auto chunk, query->Fetch());
    if (!chunk) return rows;
    for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
      auto& values = rows.emplace_back();
      for (size_t i = 0; i < plan->output.size(); ++i) {
        values.push_back(FromDuckDB(chunk->GetValue(i, row), *plan->output[i].type));
      }
    }
  }
}

base::Result<std::string> SessionExecutor::Explain(const plan::RelationPtr& plan) {
  const plan::RelationPtr& input = plan->As<plan::ShowString>() ? plan->As<plan::ShowString>()->input : plan;
  HEARTH_ASSIGN(auto query, StartQuery(database_, *input, plan::ExecutionOptions{}, std::stop_token{}, true));
  std::string text;
  while (true) {
    HEARTH_ASSIGN(auto chunk, query->Fetch());
    if (!chunk) return text;
    // Columns: which plan, its text.
    for (duckdb::idx_t row = 0; row < chunk->size(); ++row) text += chunk->GetValue(1, row).ToString();
  }
}

namespace {

class EmbeddedEngine : public plan::Engine {
 public:
  explicit EmbeddedEngine(std::shared_ptr<Database> database) : database_(std::move(database)) {}
  std::unique_ptr<plan::Executor> NewExecutor() override {
    return std::make_unique<SessionExecutor>(database_, MakeFileSources());
  }

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace

base::Result<std::unique_ptr<plan::Engine>> OpenEngine(const plan::EngineOptions& options) {
  HEARTH_ASSIGN(auto database, Database::Open(options));
  return std::unique_ptr<plan::Engine>(std::make_unique<EmbeddedEngine>(std::move(database)));
}

}  // namespace hearth::engine
