#include "app/server_settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace hearth::app {
namespace {

struct ServerSettingsTest : testing::Test {
  std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("hearth-settings-" + std::to_string(::getpid()) + ".yaml");
  ~ServerSettingsTest() override { std::filesystem::remove(file); }

  std::string Write(const std::string& text) {
    std::ofstream(file) << text;
    return file.string();
  }
  static Environment Variables(std::map<std::string, std::string> variables) {
    return [variables](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
  }
  static std::string MessageOf(const base::Result<ServerSettings>& result) {
    return result.ok() ? "" : result.error()->message;
  }
};

TEST_F(ServerSettingsTest, FlagsWinOverVariablesOverTheFile) {
  const std::string path = Write(
      "listen: 0.0.0.0:1\nthreads: 2\nmemory_limit: 1GB\nspark:\n  spark.sql.ansi.enabled: \"false\"\n");
  const auto settings = ReadServerSettings(
      {{"listen", "localhost:3"}}, Variables({{"HEARTH_LISTEN", "h:2"}, {"HEARTH_THREADS", "3"}}), path);
  ASSERT_TRUE(settings.ok()) << MessageOf(settings);
  EXPECT_EQ(settings->listen, "localhost:3");
  EXPECT_EQ(settings->threads, 3);
  EXPECT_EQ(settings->memory_limit, "1GB");
  EXPECT_EQ(settings->spark.at("spark.sql.ansi.enabled"), "false");
}

TEST_F(ServerSettingsTest, StandardVariablesAreWeakerThanOurs) {
  const std::map<std::string, std::string> standard = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"},
                                                       {"OTEL_EXPORTER_OTLP_HEADERS", "key=a%20b,other=c"}};
  auto settings = ReadServerSettings({}, Variables(standard), "");
  ASSERT_TRUE(settings.ok()) << MessageOf(settings);
  EXPECT_EQ(settings->doors.otlp_endpoint, "http://a:4318");
  const auto headers = ReadOtlpHeaders(settings->doors.otlp_headers);
  ASSERT_TRUE(headers);
  EXPECT_EQ((*headers)[0].second, "a b");
  EXPECT_EQ((*headers)[1].first, "other");
  auto both = standard;
  both["HEARTH_OTLP_ENDPOINT"] = "http://b:4318";
  settings = ReadServerSettings({}, Variables(both), "");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->doors.otlp_endpoint, "http://b:4318");
  EXPECT_NE(
      MessageOf(ReadServerSettings({{"otlp-headers", "novalue"}}, Variables({}), "")).find("NAME=VALUE"),
      std::string::npos);
}

TEST_F(ServerSettingsTest, ErrorsNameThePlaceTheValueAndWhatWasExpected) {
  const auto none = Variables({});
  EXPECT_EQ(MessageOf(ReadServerSettings({{"threads", "many"}}, none, "")),
            "--threads: 'many' is not a number of threads from 0 (all cores) to 4096");
  EXPECT_EQ(MessageOf(ReadServerSettings({}, Variables({{"HEARTH_MEMORY_LIMIT", "lots"}}), "")),
            "HEARTH_MEMORY_LIMIT: 'lots' is not a size such as 4GB, 512MiB or 80%");
  EXPECT_EQ(MessageOf(ReadServerSettings({{"listen", "nowhere"}}, none, "")),
            "--listen: 'nowhere' is not HOST:PORT, with a port from 0 to 65535");
  EXPECT_NE(MessageOf(ReadServerSettings({}, none, Write("colour: red\n")))
                .find("colour: there is no such setting"),
            std::string::npos);
  EXPECT_NE(MessageOf(ReadServerSettings({}, none, Write("a: [\n"))).find("line"), std::string::npos);
  EXPECT_NE(MessageOf(ReadServerSettings({}, none, "/no/such/file")).find("cannot be read"),
            std::string::npos);
}

TEST_F(ServerSettingsTest, AcceptsSizesAndTimes) {
  for (const char* size : {"4GB", "512MiB", "80%", "1g"}) {
    EXPECT_TRUE(ReadServerSettings({{"memory-limit", size}}, Variables({}), "").ok()) << size;
  }
  EXPECT_EQ(ReadServerSettings({{"session-idle", "5min"}}, Variables({}), "")->session_idle_seconds, 300);
}

TEST_F(ServerSettingsTest, DoorsForJobs) {
  const auto none = ReadServerSettings({}, Variables({}), "");
  EXPECT_EQ(none->doors.http, "127.0.0.1:15080");
  EXPECT_EQ(none->doors.control, "127.0.0.1:15010");
  EXPECT_FALSE(none->doors.is_configured());
  const auto off = ReadServerSettings({{"http", "off"}, {"public-url", "https://jobs.example/"}},
                                      Variables({{"HEARTH_TOKENS", "/tokens"}}), "");
  ASSERT_TRUE(off.ok()) << MessageOf(off);
  EXPECT_FALSE(off->doors.wants_http());
  EXPECT_TRUE(off->doors.wants_control());
  EXPECT_TRUE(off->doors.is_configured());
  EXPECT_EQ(off->doors.public_url, "https://jobs.example");
  EXPECT_NE(MessageOf(ReadServerSettings({{"http", "here"}}, Variables({}), "")).find("HOST:PORT or off"),
            std::string::npos);
  EXPECT_NE(MessageOf(ReadServerSettings({{"public-url", "x"}}, Variables({}), "")).find("http://"),
            std::string::npos);
}

}  // namespace
}  // namespace hearth::app
