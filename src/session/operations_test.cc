#include "session/operations.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "base/uuid.h"
#include "session/errors.h"

namespace hearth::session {
namespace {

using namespace std::chrono_literals;
using Kind = ResponseBuffer::Reader::Kind;

// Appends `count` responses of one kilobyte, then ends.
class Counting final : public OperationWork {
 public:
  explicit Counting(int count, std::atomic<int>* steps = nullptr) : count_(count), steps_(steps) {}
  base::Result<bool> Step(Operation& operation) override {
    if (done_ == count_) return false;
    ++done_;
    if (steps_ != nullptr) ++*steps_;
    operation.responses().Append(std::string(1024, 'x'));
    return true;
  }

 private:
  const int count_;
  int done_ = 0;
  std::atomic<int>* const steps_;
};

class WaitingForStop final : public OperationWork {
 public:
  base::Result<bool> Step(Operation& operation) override {
    std::latch stopped(1);
    std::stop_callback on_stop(operation.stop_token(), [&] { stopped.count_down(); });
    stopped.wait();
    return base::InternalError("torn down while running");
  }
};

class Failing final : public OperationWork {
 public:
  base::Result<bool> Step(Operation&) override { return IllegalArgument("no"); }
};

struct OperationsTest : testing::Test {
  base::ManualClock clock;
  Operations operations{{.responses = {.unsent_bytes = 4096, .retained_bytes = 4096}}, clock};
  base::ThreadPool executor{"test", 2, 100};

  std::shared_ptr<Operation> Admit(std::vector<std::string> tags = {}, bool reattachable = true,
                                   std::string id = base::RandomUuid()) {
    auto admission = operations.Admit({OperationId(std::move(id)), std::move(tags), "f", reattachable});
    EXPECT_TRUE(admission.ok());
    return admission->operation;
  }
  void WaitUntilIdle() { ASSERT_TRUE(executor.WaitUntilIdle(std::chrono::steady_clock::now() + 10s)); }
  static int ReadAll(Operation& operation) {
    std::latch* waiting = nullptr;
    auto reader = operation.responses().Attach(std::nullopt, [&waiting] { waiting->count_down(); });
    int count = 0;
    while (true) {
      std::latch changed(1);
      waiting = &changed;
      auto item = (*reader)->Next();
      if (item.kind == Kind::kEnd) return count;
      if (item.kind == Kind::kPending) {
        changed.wait();
      } else {
        ++count;
      }
    }
  }
};

TEST_F(OperationsTest, RunsToTheEndAndIsRememberedAfterRelease) {
  auto operation = Admit();
  ASSERT_TRUE(operation->Start(executor, std::make_unique<Counting>(3)));
  EXPECT_EQ(ReadAll(*operation), 3);
  EXPECT_EQ(operation->state(), OperationState::kTerminating);
  EXPECT_TRUE(operations.Release(operation->id()));
  EXPECT_FALSE(operations.Release(operation->id()));
  EXPECT_EQ(operations.StatusOf({operation->id()})[0].second, OperationState::kSucceeded);
  EXPECT_EQ(operations.StatusOf({OperationId("?")})[0].second, std::nullopt);
  EXPECT_EQ(operations.Admit({operation->id(), {}, "f", true}).error()->condition,
            "INVALID_HANDLE.OPERATION_ABANDONED");
  EXPECT_EQ(operations.FindForReattach(operation->id()).error()->condition,
            "INVALID_HANDLE.OPERATION_NOT_FOUND");
}

TEST_F(OperationsTest, ASlowClientHoldsNeitherMemoryNorAThread) {
  std::atomic<int> steps = 0;
  auto operation = Admit();
  ASSERT_TRUE(operation->Start(executor, std::make_unique<Counting>(1000, &steps)));
  WaitUntilIdle();  // parked: no thread runs
  EXPECT_LE(steps, 5);
  EXPECT_LE(operation->responses().held_bytes(), 5 * 1024u);
  EXPECT_EQ(ReadAll(*operation), 1000);
  EXPECT_LE(operation->responses().held_bytes(), 4096u);
}

TEST_F(OperationsTest, ARetryFindsTheRunningOperationAndAnotherPlanDoesNot) {
  auto operation = Admit();
  auto again = operations.Admit({operation->id(), {}, "f", true});
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->operation, operation);
  EXPECT_EQ(operations.Admit({operation->id(), {}, "other", true}).error()->condition,
            "INVALID_HANDLE.OPERATION_ALREADY_EXISTS");
  operations.Release(operation->id());
}

TEST_F(OperationsTest, InterruptsByTagAndId) {
  auto tagged = Admit({"t1"});
  auto other = Admit({"t2"});
  ASSERT_TRUE(tagged->Start(executor, std::make_unique<WaitingForStop>()));
  ASSERT_TRUE(other->Start(executor, std::make_unique<WaitingForStop>()));
  EXPECT_EQ(operations.InterruptTag("none").size(), 0u);
  const auto interrupted = operations.InterruptTag("t1");
  ASSERT_EQ(interrupted.size(), 1u);
  EXPECT_EQ(interrupted[0], tagged->id());
  auto reader = tagged->responses().Attach(std::nullopt, [] {});
  while (tagged->state() == OperationState::kRunning) std::this_thread::yield();
  EXPECT_EQ(tagged->state(), OperationState::kCancelled);
  while (!tagged->responses().is_closed()) std::this_thread::yield();
  EXPECT_EQ((*reader)->Next().failure->condition, "OPERATION_CANCELED");
  EXPECT_EQ(operations.InterruptId(other->id()).size(), 1u);
  EXPECT_EQ(operations.InterruptAll().size(), 0u);
  WaitUntilIdle();
}

TEST_F(OperationsTest, AbandonsWhatNoClientReads) {
  auto parked = Admit();
  ASSERT_TRUE(parked->Start(executor, std::make_unique<Counting>(1000)));
  WaitUntilIdle();
  clock.Advance(4min);
  operations.Maintain();
  EXPECT_NE(operations.Find(parked->id()), nullptr);
  clock.Advance(2min);
  operations.Maintain();
  EXPECT_EQ(operations.Find(parked->id()), nullptr);
  WaitUntilIdle();
  EXPECT_EQ(parked->state(), OperationState::kCancelled);
  EXPECT_EQ(parked->responses().held_bytes(), 0u);
  clock.Advance(31min);
  operations.Maintain();
  EXPECT_EQ(operations.StatusOf({parked->id()})[0].second, std::nullopt);
}

TEST_F(OperationsTest, ReportsFailureAfterWhatWasProduced) {
  auto operation = Admit({}, false);
  ASSERT_TRUE(operation->Start(executor, std::make_unique<Failing>()));
  WaitUntilIdle();
  EXPECT_EQ(operation->state(), OperationState::kFailed);
  EXPECT_EQ(operations.FindForReattach(operation->id()).error()->condition,
            "INVALID_CURSOR.NOT_REATTACHABLE");
}

TEST_F(OperationsTest, CloseAllStopsEverythingAndAdmitsNothing) {
  auto running = Admit();
  ASSERT_TRUE(running->Start(executor, std::make_unique<WaitingForStop>()));
  operations.CloseAll();
  WaitUntilIdle();
  EXPECT_TRUE(operations.is_idle());
  EXPECT_FALSE(operations.Admit({OperationId("x"), {}, "f", true}).ok());
}

}  // namespace
}  // namespace hearth::session
