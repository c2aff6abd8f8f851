// An engine without data, for tests: every query gives what the test prepared.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "plan/executor.h"

namespace hearth::session {

class FakeStream final : public plan::BatchStream {
 public:
  FakeStream(plan::TypePtr schema, std::vector<plan::ResultBatch> batches)
      : schema_(std::move(schema)), batches_(std::move(batches)) {}
  const plan::TypePtr& schema() const override { return schema_; }
  base::Result<std::optional<plan::ResultBatch>> Next() override {
    if (next_ == batches_.size()) return std::optional<plan::ResultBatch>();
    return std::optional(batches_[next_++]);
  }

 private:
  plan::TypePtr schema_;
  std::vector<plan::ResultBatch> batches_;
  size_t next_ = 0;
};

class FakeEngine final : public plan::Engine {
 public:
  using Answer = std::function<base::Result<std::unique_ptr<plan::BatchStream>>(const plan::RelationPtr&,
                                                                                std::stop_token)>;

  // What Execute gives from now on, in any thread; an error before.
  void SetAnswer(Answer answer) {
    std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }

  std::unique_ptr<plan::Executor> NewExecutor() override { return std::make_unique<FakeExecutor>(*this); }

 private:
  class NoFiles final : public plan::FileSources {
    base::Result<std::shared_ptr<const plan::FileSource>> Resolve(const plan::FileRequest&) override {
      return base::NotImplemented("files of the fake engine");
    }
  };
  class FakeExecutor final : public plan::Executor {
   public:
    explicit FakeExecutor(FakeEngine& engine) : engine_(engine) {}
    base::Result<std::unique_ptr<plan::BatchStream>> Execute(const plan::RelationPtr& plan,
                                                             const plan::ExecutionOptions&,
                                                             std::stop_token stop) override {
      const Answer answer = engine_.answer();
      if (!answer) return base::NotImplemented("queries of the fake engine");
      return answer(plan, std::move(stop));
    }
    base::Result<int64_t> Write(const plan::RelationPtr&, const plan::FileSink&,
                                const plan::ExecutionOptions&, std::stop_token) override {
      return base::NotImplemented("writing by the fake engine");
    }
    base::Result<std::string> Explain(const plan::RelationPtr&) override { return std::string("fake\n"); }
    plan::FileSources& files() override { return files_; }

   private:
    FakeEngine& engine_;
    NoFiles files_;
  };

  Answer answer() const {
    std::lock_guard lock(mutex_);
    return answer_;
  }

  mutable std::mutex mutex_;
  Answer answer_;
};

}  // namespace hearth::session
