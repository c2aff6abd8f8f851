#include "runner/cost.h"

#include <gtest/gtest.h>

namespace hearth::runner {
namespace {

constexpr int64_t kHour = int64_t{3600} * 1000000;

Attempt Ended() {
  Attempt attempt;
  attempt.spec.resources.driver = {1, 1024, 1024};
  attempt.spec.resources.executor = {2, 2048, 1024};
  attempt.spec.resources.executor_instances = 2;  // 5 cores, 8 GiB
  attempt.started_at = kHour;
  attempt.ended_at = 3 * kHour;
  return attempt;
}

TEST(Cost, IsWhatWasReservedTimesTheTime) {
  Attempt attempt = Ended();
  PutCost({0.5, 0.25, "EUR"}, &attempt);
  ASSERT_TRUE(CostOf(attempt));
  EXPECT_DOUBLE_EQ(CostOf(attempt)->amount, 2 * (5 * 0.5 + 8 * 0.25));
  EXPECT_EQ(CostOf(attempt)->currency, "EUR");
}

TEST(Cost, IsNoneWithoutPricesOrADriver) {
  Attempt attempt = Ended();
  PutCost({}, &attempt);
  EXPECT_FALSE(CostOf(attempt));
  attempt.started_at = 0;
  PutCost({0.5, 0.25, "EUR"}, &attempt);
  EXPECT_FALSE(CostOf(attempt));
  EXPECT_FALSE(CostOf(std::vector<Attempt>{attempt}));
}

TEST(Cost, AddsUpInTheNewestCurrency) {
  std::vector<Attempt> attempts = {Ended(), Ended(), Ended()};
  PutCost({1, 0, "USD"}, &attempts[0]);
  PutCost({1, 0, "EUR"}, &attempts[1]);
  PutCost({2, 0, "EUR"}, &attempts[2]);
  EXPECT_DOUBLE_EQ(CostOf(attempts)->amount, 30);
  EXPECT_EQ(CostOf(attempts)->currency, "EUR");
}

}  // namespace
}  // namespace hearth::runner
