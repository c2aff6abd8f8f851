#include "engine/metrics.h"

#include "engine/types.h"
#include "plan/resolved/rewrite.h"

namespace hearth::engine {

namespace {

void Collect(const plan::RelationPtr& plan, std::vector<plan::RelationPtr>* found) {
  for (const auto& input : plan::InputsOf(*plan)) Collect(input, found);
  if (plan->As<plan::CollectMetrics>()) found->push_back(plan);
}

}  // namespace

std::vector<plan::RelationPtr> FindMetrics(const plan::RelationPtr& plan) {
  std::vector<plan::RelationPtr> found;
  Collect(plan, &found);
  return found;
}

base::Result<std::optional<plan::ResultBatch>> MetricsStream::Next() {
  HEARTH_ASSIGN(auto batch, rows_->Next());
  if (batch) return batch;
  auto pending = std::move(metrics_);
  metrics_.clear();
  for (const auto& relation : pending) HEARTH_RETURN_IF_ERROR(Observe(*relation->As<plan::CollectMetrics>()));
  return batch;
}

base::Status MetricsStream::Observe(const plan::CollectMetrics& node) {
  std::vector<plan::Column> output;
  for (const auto& metric : node.metrics) output.push_back(metric.column);
  const auto aggregate = plan::MakeRelation(plan::Aggregate{node.input, {}, {}, node.metrics}, output);
  HEARTH_ASSIGN(auto query, StartQuery(database_, *aggregate, options_, stop_));
  HEARTH_ASSIGN(auto chunk, query->Fetch());
  plan::ObservedMetrics metrics;
  metrics.name = node.name;
  for (size_t i = 0; i < output.size(); ++i) {
    metrics.keys.push_back(output[i].name);
    metrics.types.push_back(output[i].type);
    metrics.values.push_back(chunk ? FromDuckDB(chunk->GetValue(i, 0), *output[i].type) : plan::Value{});
  }
  observed_.push_back(std::move(metrics));
  return {};
}

}  // namespace hearth::engine
