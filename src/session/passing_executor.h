// An executor that asks another one: what stands between a session and its engine overrides what it changes.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plan/executor.h"

namespace hearth::session {

class PassingExecutor : public plan::Executor {
 public:
  explicit PassingExecutor(std::unique_ptr<plan::Executor> executor) : executor_(std::move(executor)) {}

  base::Result<std::unique_ptr<plan::BatchStream>> Execute(const plan::RelationPtr& plan,
                                                           const plan::ExecutionOptions& options,
                                                           std::stop_token stop) override {
    return executor_->Execute(plan, options, std::move(stop));
  }
  base::Result<int64_t> Write(const plan::RelationPtr& plan, const plan::FileSink& sink,
                              const plan::ExecutionOptions& options, std::stop_token stop) override {
    return executor_->Write(plan, sink, options, std::move(stop));
  }
  base::Result<std::vector<plan::ValueList>> Collect(const plan::RelationPtr& plan, int64_t limit,
                                                     std::stop_token stop) override {
    return executor_->Collect(plan, limit, std::move(stop));
  }
  base::Result<std::string> Explain(const plan::RelationPtr& plan) override {
    return executor_->Explain(plan);
  }
  plan::FileSources& files() override { return executor_->files(); }

 private:
  const std::unique_ptr<plan::Executor> executor_;
};

}  // namespace hearth::session
