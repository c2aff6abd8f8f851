#include "runner/backends/kubernetes/event_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/uuid.h"

namespace hearth::runner::kubernetes {
namespace {

namespace fs = std::filesystem;

TEST(EventFolder, ComesBeforeTheDriverAndGoesWithTheAttempt) {
  const fs::path root = fs::temp_directory_path() / ("hearth-events-" + base::RandomUuid());
  ClusterSettings cluster;
  EXPECT_FALSE(EventFolder(cluster, "r1-1").Make());
  cluster.event_log = {"file:///events", root.string()};
  EXPECT_FALSE(EventFolder(cluster, "r1-1").Make()) << "the place is not mounted";
  fs::create_directories(root);
  const EventFolder folder(cluster, "r1-1");
  EXPECT_TRUE(folder.Make());
  EXPECT_TRUE(folder.Make());
  Outcome outcome;
  folder.ReadInto(&outcome);
  EXPECT_TRUE(outcome.metrics.empty());
  std::ofstream(root / "r1-1/spark-1") << R"({"Event":"SparkListenerStageCompleted"})";
  folder.ReadInto(&outcome);
  EXPECT_EQ(outcome.metrics["stages_completed"], 1);
  folder.RemoveIfEmpty();
  EXPECT_TRUE(fs::exists(root / "r1-1"));
  folder.Remove();
  EXPECT_TRUE(fs::is_empty(root));
  fs::remove_all(root);
}

}  // namespace
}  // namespace hearth::runner::kubernetes
