#include "session/write_guard.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/uuid.h"

namespace hearth::session {
namespace {

namespace fs = std::filesystem;

class WriteGuardTest : public ::testing::Test {
 protected:
  WriteGuardTest() : folder_(fs::temp_directory_path() / ("hearth-guard-" + base::RandomUuid())) {
    fs::create_directories(folder_ / "sandbox");
    fs::create_directories(folder_ / "prod");
  }
  ~WriteGuardTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& relative) const { return (folder_ / relative).string(); }
  static plan::FileSink Sink(const std::string& path) {
    plan::FileSink sink;
    sink.path = path;
    return sink;
  }

  const fs::path folder_;
};

TEST_F(WriteGuardTest, AdmitsWhatIsBelowItsRoot) {
  WriteGuard guard(WriteGuard::Mode::kSandbox, Path("sandbox"));
  EXPECT_TRUE(guard.Admit(Path("sandbox/a/b")).ok());
  EXPECT_TRUE(guard.Admit(Path("sandbox/a/../b")).ok());
  EXPECT_FALSE(guard.Admit(Path("sandbox/../prod/a")).ok());
  EXPECT_FALSE(guard.Admit(Path("sandbox-2")).ok());
  EXPECT_EQ(guard.refused().size(), 2U);
}

TEST_F(WriteGuardTest, FollowsLinksAlsoThoseThatLeadToNothing) {
  WriteGuard guard(WriteGuard::Mode::kSandbox, Path("sandbox"));
  fs::create_symlink("../prod", folder_ / "sandbox/out");
  fs::create_symlink(Path("prod/new"), folder_ / "sandbox/dangling");
  fs::create_symlink("circle", folder_ / "sandbox/circle");
  for (const char* name : {"out", "out/x", "dangling", "circle"}) {
    EXPECT_FALSE(guard.Admit(Path(std::string("sandbox/") + name)).ok()) << name;
  }
}

TEST_F(WriteGuardTest, RowsGoNowhereThroughALinkInside) {
  WriteGuard guard(WriteGuard::Mode::kSandbox, Path("sandbox"));
  fs::create_directories(folder_ / "sandbox/table");
  EXPECT_TRUE(guard.AdmitRows(Sink("file:" + Path("sandbox/table"))).ok());
  EXPECT_FALSE(guard.AdmitRows(Sink("s3a:/" + Path("sandbox/table"))).ok());
  fs::create_symlink(Path("prod"), folder_ / "sandbox/table/day=1");
  const auto refused = guard.AdmitRows(Sink(Path("sandbox/table")));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error()->message.find(Path("prod")), std::string::npos);
  EXPECT_EQ(guard.written().size(), 1U);
}

TEST_F(WriteGuardTest, ADryOneLeavesOutWhatIsElsewhere) {
  WriteGuard guard(WriteGuard::Mode::kDry, Path("sandbox"));
  const auto elsewhere = guard.Admit(Path("prod/a"));
  ASSERT_TRUE(elsewhere.ok());
  EXPECT_FALSE(*elsewhere);
  EXPECT_TRUE(guard.refused().empty());
}

}  // namespace
}  // namespace hearth::session
