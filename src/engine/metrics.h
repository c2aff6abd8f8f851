// Observed metrics (Dataset.observe): computed beside the query, over the same input, once its rows are all
// delivered.
#pragma once

#include <memory>
#include <vector>

#include "engine/executor.h"

namespace hearth::engine {

// Every CollectMetrics node of the plan.
std::vector<plan::RelationPtr> FindMetrics(const plan::RelationPtr& plan);

class MetricsStream : public plan::BatchStream {
 public:
  MetricsStream(std::unique_ptr<plan::BatchStream> rows, std::shared_ptr<Database> database,
                std::vector<plan::RelationPtr> metrics, const plan::ExecutionOptions& options,
                std::stop_token stop)
      : rows_(std::move(rows)),
        database_(std::move(database)),
        metrics_(std::move(metrics)),
        options_(options),
        stop_(std::move(stop)) {}

  const plan::TypePtr& schema() const override { return rows_->schema(); }
  base::Result<std::optional<plan::ResultBatch>> Next() override;
  std::vector<plan::ObservedMetrics> TakeObservedMetrics() override { return std::move(observed_); }

 private:
  base::Status Observe(const plan::CollectMetrics& node);

  std::unique_ptr<plan::BatchStream> rows_;
  std::shared_ptr<Database> database_;
  std::vector<plan::RelationPtr> metrics_;
  plan::ExecutionOptions options_;
  std::stop_token stop_;
  std::vector<plan::ObservedMetrics> observed_;
};

}  // namespace hearth::engine
