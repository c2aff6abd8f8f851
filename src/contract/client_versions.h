// Which Spark client is calling, and what it does differently.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace hearth::contract {

struct SparkVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;
  auto operator<=>(const SparkVersion&) const = default;
};

// What a client of one minor version does that the server must know of. Facts read from the published
// clients.
struct ClientTraits {
  SparkVersion since;            // major and minor; patch is 0
  bool clones_sessions = false;  // calls CloneSession
  bool compresses_plans =
      false;  // may send Plan.compressed_operation after asking the two compression settings
  bool chunks_results = false;    // may ask for Arrow batches in chunks (result_chunking_options)
  bool asks_status = false;       // calls GetStatus
  bool sends_subqueries = false;  // SubqueryExpression with WithRelations
  bool sends_nanosecond_timestamps = false;
};

// The version that a client announces in `client_type`: "_SPARK_CONNECT_PYTHON spark/4.2.0 os/linux
// python/3.11.7". The part after "spark/" decides, suffixes such as ".dev0" or "-SNAPSHOT" are dropped. None
// when no version is announced.
std::optional<SparkVersion> ParseClientVersion(std::string_view client_type);

// The row of the newest known version that is not newer than `version`; the oldest row for clients older than
// all.
const ClientTraits& TraitsOf(SparkVersion version);

// Traits for a `client_type`; a client that announces no version is taken for the newest.
const ClientTraits& TraitsOf(std::string_view client_type);

}  // namespace hearth::contract
