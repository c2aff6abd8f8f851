#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

#include "base/timer.h"
#include "base/uuid.h"

namespace hearth::base {
namespace {

using namespace std::chrono_literals;

auto Soon() { return std::chrono::steady_clock::now() + 10s; }

TEST(ThreadPool, RunsEverythingPosted) {
  ThreadPool pool("test", 3, 1000);
  std::atomic<int> sum = 0;
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.Post([&sum] { ++sum; }));
  EXPECT_TRUE(pool.WaitUntilIdle(Soon()));
  EXPECT_EQ(sum, 500);
}

TEST(ThreadPool, RefusesNewWorkWhenTheQueueIsFullButNotContinuations) {
  ThreadPool pool("test", 1, 2);
  std::promise<void> open;
  std::latch started(1);
  ASSERT_TRUE(pool.Post([&] {
    started.count_down();
    open.get_future().wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.Post([] {}));
  EXPECT_TRUE(pool.Post([] {}));
  EXPECT_FALSE(pool.Post([] {}));
  EXPECT_TRUE(pool.PostContinuation([] {}));
  open.set_value();
  EXPECT_TRUE(pool.WaitUntilIdle(Soon()));
}

TEST(ThreadPool, StopDropsWhatWaits) {
  ThreadPool pool("test", 1, 10);
  std::latch started(1);
  std::atomic<bool> second_ran = false;
  std::promise<void> open;
  ASSERT_TRUE(pool.Post([&] {
    started.count_down();
    open.get_future().wait();
  }));
  started.wait();
  ASSERT_TRUE(pool.Post([&] { second_ran = true; }));
  std::thread stopper([&] { pool.Stop(); });
  while (pool.PostContinuation([] {})) std::this_thread::yield();
  open.set_value();
  stopper.join();
  EXPECT_FALSE(second_ran);
  EXPECT_FALSE(pool.Post([] {}));
}

TEST(Timer, CallsInOrderOfTimeAndForgetsWhatWasCancelled) {
  Timer timer;
  std::promise<void> done;
  std::string order;
  timer.After(30ms, [&] {
    order += "b";
    done.set_value();
  });
  timer.After(5ms, [&] { order += "a"; });
  const Timer::Id cancelled = timer.After(10ms, [&] { order += "x"; });
  EXPECT_TRUE(timer.Cancel(cancelled));
  EXPECT_FALSE(timer.Cancel(cancelled));
  done.get_future().wait();
  EXPECT_EQ(order, "ab");
}

TEST(Timer, RepeatsUntilCancelled) {
  Timer timer;
  std::latch thrice(3);
  std::atomic<int> calls = 0;
  const Timer::Id id = timer.Every(2ms, [&] {
    if (++calls <= 3) thrice.count_down();
  });
  thrice.wait();
  EXPECT_TRUE(timer.Cancel(id));
}

TEST(Uuid, IsRandomAndWellFormed) {
  const std::string first = RandomUuid();
  EXPECT_TRUE(IsUuid(first));
  EXPECT_EQ(first[14], '4');
  EXPECT_NE(first, RandomUuid());
  EXPECT_FALSE(IsUuid("abc"));
  EXPECT_FALSE(IsUuid("00112233-4455-6677-8899-aabbccddeefg"));
  EXPECT_FALSE(IsUuid("001122334455-6677-8899-aabbccddeeffaa"));
}

}  // namespace
}  // namespace hearth::base
