// plan::Executor on DuckDB.
#pragma once

#include <duckdb.hpp>
#include <memory>

#include "engine/database.h"
#include "engine/result/query.h"
#include "plan/executor.h"

namespace hearth::engine {

class SessionExecutor : public plan::Executor {
 public:
  SessionExecutor(std::shared_ptr<Database> database, std::unique_ptr<plan::FileSources> files)
      : database_(std::move(database)), files_(std::move(files)) {}

  base::Result<std::unique_ptr<plan::BatchStream>> Execute(const plan::RelationPtr& plan,
                                                           const plan::ExecutionOptions& options,
                                                           std::stop_token stop) override;
  base::Result<int64_t> Write(const plan::RelationPtr& plan, const plan::FileSink& sink,
                              const plan::ExecutionOptions& options, std::stop_token stop) override;
  base::Result<std::vector<plan::ValueList>> Collect(const plan::RelationPtr& plan, int64_t limit,
                                                     std::stop_token stop) override;
  base::Result<std::string> Explain(const plan::RelationPtr& plan) override;
  plan::FileSources& files() override { return *files_; }

 private:
  base::Result<std::string> ShowText(const plan::ShowString& show, const plan::ExecutionOptions& options,
                                     std::stop_token stop);
  base::Result<std::unique_ptr<plan::BatchStream>> ExecuteShow(const plan::Relation& relation,
                                                               const plan::ShowString& show,
                                                               const plan::ExecutionOptions& options,
                                                               std::stop_token stop);
  base::Result<std::unique_ptr<plan::BatchStream>> ExecuteRows(const plan::RelationPtr& relation,
                                                               const plan::ExecutionOptions& options,
                                                               std::stop_token stop);

  std::shared_ptr<Database> database_;
  std::unique_ptr<plan::FileSources> files_;
};

// Lowers and starts the plan, on a deep stack when the plan is deep.
base::Result<std::unique_ptr<Query>> StartQuery(const std::shared_ptr<Database>& database,
                                                const plan::Relation& plan,
                                                const plan::ExecutionOptions& options, std::stop_token stop,
                                                bool explain = false);

}  // namespace hearth::engine
