// The settings of the doors for jobs: control API (gRPC, REST), identity and the runner behind them.
#pragma once

#include <string>

namespace hearth::app {

inline constexpr const char* kNoDoor = "off";

struct DoorSettings {
  std::string http = "127.0.0.1:15080";     // REST, health, metrics
  std::string control = "127.0.0.1:15010";  // gRPC
  bool is_http_given = false;
  bool is_control_given = false;
  std::string certificate_file;
  std::string key_file;
  std::string token_file;
  std::string jwt_keys;
  std::string jwt_issuer;
  std::string jwt_audience;
  std::string jwt_user_claim = "sub";
  std::string jwt_team_claim = "team";
  std::string public_url;
  std::string jobs_directory;  // empty: hearth-jobs beside the warehouse
  std::string store;           // empty: a SQLite file in the jobs' folder
  std::string environment = "local";
  std::string platform_file;  // what the platform team decides; empty: what is built in
  std::string spark_home;     // of jobs that need a JVM; empty: the variable SPARK_HOME
  std::string python = "python3";
  std::string otlp_endpoint;  // where spans of jobs go; empty: nowhere
  std::string otlp_headers;   // "NAME=VALUE,…"

  bool wants_http() const { return http != kNoDoor; }
  bool wants_control() const { return control != kNoDoor; }
  // Somebody relies on the doors: the server does not start without them. Defaults that cannot be had are
  // only told.
  bool is_configured() const {
    return is_http_given || is_control_given || !certificate_file.empty() || !key_file.empty() ||
           !token_file.empty() || !jwt_keys.empty() || !jobs_directory.empty() || !store.empty() ||
           !platform_file.empty();
  }
};

}  // namespace hearth::app
