// A job service on a fake runner, with two teams' tokens.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/clock.h"
#include "front/control/conversions.h"
#include "front/control/job_service.h"
#include "front/control/testing/fake_runner.h"

namespace hearth::front::control {

class TestAuthenticator final : public identity::Authenticator {
 public:
  base::Result<identity::Caller> Authenticate(std::string_view authorization) override {
    const std::string_view token = identity::BearerToken(authorization);
    if (token == "token-a") return identity::Caller{"anna", "team-a", {}};
    if (token == "token-b") return identity::Caller{"ben", "team-b", {}};
    base::Error error;
    error.kind = base::ErrorKind::kUnauthenticated;
    error.message = "a valid token is needed";
    return error;
  }
};

class TestAudit final : public identity::AuditSink {
 public:
  void Record(const identity::AuditRow& row) override {
    std::lock_guard lock(mutex_);
    rows_.push_back(row.user + " " + row.team + " " + row.call + " " + row.subject + " " + row.outcome);
  }
  std::vector<std::string> rows() {
    std::lock_guard lock(mutex_);
    return rows_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> rows_;
};

// Takes name and team as they are; a job named "wrong" is refused.
inline base::Result<manifest::JobSpec> ReadTestSpec(std::string_view json) {
  const auto request = nlohmann::json::parse(json);
  manifest::JobSpec spec;
  spec.name = request.value("name", "");
  spec.team = request.value("team", "");
  if (request.contains("manifest")) spec.team = request["manifest"];
  if (spec.name == "wrong") {
    base::Error error = FieldError("config.resources.driver.memory", "'much' is no size");
    error.parameters["details"] = R"([{"field":"config.resources.driver.memory"}])";
    return error;
  }
  return spec;
}

struct TestDoor {
  FakeRunner runner;
  TestAuthenticator tokens;
  std::unique_ptr<identity::Authenticator> open = identity::MakeOpenAuthenticator();
  TestAudit audit;
  base::SystemClock clock;
  JobService service;

  explicit TestDoor(bool with_tokens = true)
      : service({runner,
                 with_tokens ? static_cast<identity::Authenticator&>(tokens) : *open,
                 audit,
                 clock,
                 ReadTestSpec,
                 "",
                 {}}) {}
};

}  // namespace hearth::front::control
