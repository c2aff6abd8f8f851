#include "runner/backends/kubernetes/settings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "runner/backends/kubernetes/kubeconfig.h"
#include "runner/backends/kubernetes/yaml_file.h"

namespace hearth::runner::kubernetes {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / fmt::format("hearth-settings-{}", ::getpid());
    fs::create_directories(root_);
    Write("ca.pem", "authority from a file");
    Write("east.kubeconfig", R"(
current-context: token
contexts:
  - {name: token, context: {cluster: east, user: token}}
  - {name: plugin, context: {cluster: east, user: plugin}}
clusters:
  - {name: east, cluster: {server: "https://east.example:6443/", certificate-authority-data: YXV0aG9yaXR5}}
users:
  - {name: token, user: {token: "12345"}}
  - {name: plugin, user: {exec: {command: get-token}}}
)");
    Write("west.kubeconfig", R"(
current-context: admin
contexts: [{name: admin, context: {cluster: west, user: admin}}]
clusters: [{name: west, cluster: {server: "https://west.example", certificate-authority: ca.pem}}]
users: [{name: admin, user: {client-certificate-data: Y2VydA==, client-key-data: a2V5}}]
)");
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name) << text;
    return (root_ / name).string();
  }
  std::string Refusal(const std::string& text) {
    const auto settings = ReadSettings(Write("clusters.yaml", text));
    return settings ? "none" : settings.error()->message;
  }

  fs::path root_;
};

TEST_F(SettingsTest, TheGuidesExample) {
  const std::string guide = *ReadWholeFile("docs/guides/kubernetes.md");
  const size_t begin = guide.find("```yaml\n") + 8;
  const auto settings =
      ReadSettings(Write("clusters.yaml", guide.substr(begin, guide.find("```", begin) - begin)));
  ASSERT_TRUE(settings.has_value()) << settings.error()->message;
  ASSERT_EQ(settings->clusters.size(), 2U);
  const ClusterSettings& east = settings->clusters[0];
  EXPECT_EQ(east.endpoint.server, "https://east.example:6443");
  EXPECT_EQ(east.endpoint.authority, "authority");
  EXPECT_EQ(east.endpoint.token, "12345");
  EXPECT_EQ(east.weight, 2);
  EXPECT_EQ(east.environments, (std::set<std::string>{"prod", "staging"}));
  const ClusterSettings& west = settings->clusters[1];
  EXPECT_EQ(west.schema, "apache");
  EXPECT_EQ(west.endpoint.authority, "authority from a file");
  EXPECT_EQ(west.endpoint.certificate, "cert");
  EXPECT_EQ(west.endpoint.key, "key");
  EXPECT_EQ(west.namespace_rule, "spark-{team}");
}

TEST_F(SettingsTest, WholeClusters) {
  const auto settings = ReadSettings(Write("clusters.yaml", R"(
request_seconds: 1.5
clusters:
  - name: east
    kubeconfig: east.kubeconfig
    most_applications: 10
    team_namespaces: {ads: [ads-one, ads-two]}
    spark_config: {spark.a: 1, spark.b: "yes", spark.c: true}
    driver_template: {spec: {priorityClassName: high}}
    entry_points: {sql: {main_file: "local:///sql.py"}}
    event_log: {directory: "file:///events", path: /mnt/events}
)"));
  ASSERT_TRUE(settings.has_value()) << settings.error()->message;
  EXPECT_EQ(settings->request_deadline.count(), 1500);
  const ClusterSettings& east = settings->clusters[0];
  EXPECT_EQ(east.most_applications, 10);
  EXPECT_TRUE(east.team_namespaces.at("ads").contains("ads-two"));
  EXPECT_EQ(east.spark_config.at("spark.a"), "1");
  EXPECT_EQ(east.spark_config.at("spark.c"), "true");
  EXPECT_EQ(east.driver_template["spec"]["priorityClassName"], "high");
  EXPECT_EQ(east.entry_points.at("sql").main_file, "local:///sql.py");
  EXPECT_EQ(east.event_log.directory, "file:///events");
  EXPECT_EQ(east.event_log.path, "/mnt/events");
}

TEST_F(SettingsTest, RefusalsNameTheField) {
  const std::string east = "{name: east, kubeconfig: east.kubeconfig";
  EXPECT_NE(Refusal("clusters: []").find("kubernetes.clusters"), std::string::npos);
  EXPECT_NE(Refusal("clusters: [" + east + ", wight: 2}]").find("kubernetes.clusters[0].wight"),
            std::string::npos);
  EXPECT_NE(Refusal("clusters: [" + east + ", weight: -1}]").find("kubernetes.clusters[0].weight"),
            std::string::npos);
  EXPECT_NE(Refusal("clusters: [" + east + ", schema: emr}]").find("there is no schema 'emr'"),
            std::string::npos);
  EXPECT_NE(Refusal("clusters: [" + east + "}, " + east + "}]").find("clusters[1].name"), std::string::npos);
  EXPECT_NE(Refusal("clusters: [" + east + ", context: nobody}]").find("no context 'nobody'"),
            std::string::npos);
  EXPECT_NE(Refusal("clusters: [" + east + ", context: plugin}]").find("exec of a user"), std::string::npos);
  EXPECT_NE(Refusal("clusters: [" + east + ", event_log: {path: /events}}]").find("event_log.directory"),
            std::string::npos);
  EXPECT_NE(
      Refusal("clusters: [" + east + ", event_log: {directory: 'file:///x', path: x}}]").find("log.path"),
      std::string::npos);
  EXPECT_NE(Refusal("clusters: [").find("clusters.yaml"), std::string::npos);
  EXPECT_NE(Refusal("clusters: [{name: x, kubeconfig: none}]").find("cannot be read"), std::string::npos);
}

}  // namespace
}  // namespace hearth::runner::kubernetes
