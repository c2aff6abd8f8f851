#include "contract/client_versions.h"

#include <gtest/gtest.h>

namespace hearth::contract {
namespace {

TEST(ParseClientVersion, ReadsWhatClientsAnnounce) {
  EXPECT_EQ(ParseClientVersion("_SPARK_CONNECT_PYTHON spark/4.2.0 os/linux python/3.11.7"),
            (SparkVersion{4, 2, 0}));
  EXPECT_EQ(ParseClientVersion("_SPARK_CONNECT_PYTHON spark/4.1.0.dev3 os/darwin"), (SparkVersion{4, 1, 0}));
  EXPECT_EQ(ParseClientVersion("_SPARK_CONNECT_SCALA spark/3.5.9-SNAPSHOT"), (SparkVersion{3, 5, 9}));
  EXPECT_EQ(ParseClientVersion("spark/4.0"), (SparkVersion{4, 0, 0}));
  EXPECT_EQ(ParseClientVersion("my-spark/9.9 spark/4.0.4"), (SparkVersion{4, 0, 4}));
  EXPECT_EQ(ParseClientVersion("grpcurl"), std::nullopt);
  EXPECT_EQ(ParseClientVersion("spark/"), std::nullopt);
  EXPECT_EQ(ParseClientVersion("spark/four.two"), std::nullopt);
}

TEST(TraitsOf, PicksTheNewestRowNotNewerThanTheClient) {
  EXPECT_FALSE(TraitsOf(SparkVersion{3, 4, 0}).sends_subqueries);
  EXPECT_FALSE(TraitsOf(SparkVersion{3, 5, 9}).compresses_plans);
  EXPECT_TRUE(TraitsOf(SparkVersion{4, 1, 3}).compresses_plans);
  EXPECT_FALSE(TraitsOf(SparkVersion{4, 2, 7}).sends_nanosecond_timestamps);
  EXPECT_TRUE(TraitsOf(SparkVersion{5, 0, 0}).sends_nanosecond_timestamps);
  EXPECT_TRUE(TraitsOf("a client that says nothing").sends_nanosecond_timestamps);
}

}  // namespace
}  // namespace hearth::contract
