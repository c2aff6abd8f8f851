#include "session/artifacts.h"

#include <gtest/gtest.h>

#include "base/uuid.h"

namespace hearth::session {
namespace {

struct ArtifactsTest : testing::Test {
  std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("hearth-test-" + base::RandomUuid());
  std::unique_ptr<Artifacts> artifacts = std::make_unique<Artifacts>(directory, 100);

  std::string Add(const std::string& name, const std::string& content) {
    auto upload = artifacts->Begin(name);
    if (!upload.ok()) return upload.error()->condition;
    if (const auto status = (*upload)->Append(content); !status.ok()) return "too large";
    const auto status = artifacts->Commit(std::move(*upload));
    return status.ok() ? "" : status.error()->condition;
  }
};

TEST_F(ArtifactsTest, KeepsWhatWasUploaded) {
  EXPECT_TRUE(artifacts->empty());
  EXPECT_EQ(Add("cache/abc", "hello"), "");
  EXPECT_TRUE(artifacts->Has("cache/abc"));
  EXPECT_EQ(artifacts->ReadCached("abc"), "hello");
  EXPECT_EQ(artifacts->ReadCached("abd"), std::nullopt);
  EXPECT_EQ(Add("cache/abc", "hello"), "");
  EXPECT_EQ(Add("cache/abc", "other"), "ARTIFACT_ALREADY_EXISTS");
}

TEST_F(ArtifactsTest, RefusesNamesThatLeaveTheFolder) {
  for (const char* name : {"", "/etc/passwd", "../x", "files/../../x", "files/./x", "files//"}) {
    EXPECT_EQ(Add(name, "x"), "INVALID_ARTIFACT_PATH") << name;
  }
}

TEST_F(ArtifactsTest, IsBounded) {
  EXPECT_EQ(Add("files/a", std::string(80, 'x')), "");
  EXPECT_EQ(Add("files/b", std::string(30, 'x')), "too large");
  EXPECT_EQ(Add("files/b", std::string(20, 'x')), "");
}

TEST_F(ArtifactsTest, GoesWithItsSession) {
  EXPECT_EQ(Add("files/a", "x"), "");
  Artifacts clone(directory.string() + "-clone", 100);
  clone.CopyFrom(*artifacts);
  artifacts.reset();
  EXPECT_FALSE(std::filesystem::exists(directory));
  EXPECT_TRUE(clone.Has("files/a"));
  EXPECT_TRUE(std::filesystem::exists(*clone.Find("files/a")));
}

}  // namespace
}  // namespace hearth::session
