// What every backend must do, on a real API server. tests/kubernetes/test_conformance.py starts one, with
// Apache's operator played and drivers that are real processes, and runs this with its settings; without them
// there is nothing to test against.
#include <gtest/gtest.h>

#include <cstdlib>

#include "runner/backends/kubernetes/kubernetes_backend.h"
#include "runner/testing/backend_conformance.h"

namespace hearth::runner::kubernetes {
namespace {

using testing::Sample;

class KubernetesConformance : public testing::BackendConformance {
 protected:
  void SetUp() override {
    const char* settings = std::getenv("HEARTH_KUBERNETES_SETTINGS");
    const char* team = std::getenv("HEARTH_KUBERNETES_TEAM");
    if (settings == nullptr || team == nullptr)
      GTEST_SKIP() << "HEARTH_KUBERNETES_SETTINGS names no clusters";
    team_ = team;
    Use({[path = std::string(settings)] {
           auto backend = MakeKubernetesBackend(path);
           EXPECT_TRUE(backend.ok()) << (backend.ok() ? "" : backend.error()->message);
           return std::move(*backend);
         },
         [this](Sample sample) { return Spec(sample); }, std::chrono::seconds(60)});
  }

  static std::string Command(Sample sample) {
    switch (sample) {
      case Sample::kSucceeds:
        return "echo hello from the job";
      case Sample::kFails:
        return "exit 3";
      case Sample::kRunsLong:
        return "exec sleep 300";
      case Sample::kStubborn:
        return "trap '' TERM; sleep 300";
    }
    return "";
  }

  manifest::JobSpec Spec(Sample sample) const {
    manifest::JobSpec spec;
    spec.name = "orders";
    spec.team = team_;
    spec.environment = "test";
    spec.application.kind = manifest::ApplicationKind::kPySpark;
    spec.application.main_file = "local:///played.py";
    spec.engine_version = "4.3";
    spec.image = "played";
    spec.spark_config["spark.double.command"] = Command(sample);
    return spec;
  }

 private:
  std::string team_;
};

HEARTH_BACKEND_CONFORMANCE(KubernetesConformance)

}  // namespace
}  // namespace hearth::runner::kubernetes
