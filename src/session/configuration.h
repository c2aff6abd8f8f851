// The settings of one session: what was set, over what the server was started with, over Spark's defaults.
// The Config RPC and SQL SET share it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::session {

// Thread-safe.
class Configuration {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;

  // `server`: settings of the server's start, static ones included.
  explicit Configuration(Values server = {});

  // The value; none for a registered setting that has neither value nor default. Error: SQL_CONF_NOT_FOUND.
  base::Result<std::optional<std::string>> Get(std::string_view key) const;
  // As Get, and none for an unknown key.
  std::optional<std::string> Find(std::string_view key) const;
  // The value that was set, else the given default, which must be a possible value. Error:
  // INVALID_CONF_VALUE.*.
  base::Result<std::optional<std::string>> GetWithDefault(std::string_view key,
                                                          std::optional<std::string> fallback) const;
  // Somebody set it: there is more than a default.
  bool IsSet(std::string_view key) const;
  // What was set, by the server or the session; no defaults.
  Values GetAll() const;

  // Errors: CANNOT_MODIFY_STATIC_CONFIG, CANNOT_MODIFY_CONFIG, INVALID_CONF_VALUE.*.
  base::Status Set(std::string_view key, std::string value);
  // Back to the default. Errors: CANNOT_MODIFY_STATIC_CONFIG, CANNOT_MODIFY_CONFIG.
  base::Status Unset(std::string_view key);
  // Back to what the server was started with.
  void Reset();
  static bool IsModifiable(std::string_view key);

  // Values of registered settings, for the server's own use; a value that does not read gives the type's
  // zero.
  std::string Text(std::string_view key) const;
  bool Flag(std::string_view key) const;
  int64_t Number(std::string_view key) const;

  const Values& server_values() const { return server_; }
  // Takes over everything that another session had set; for a clone.
  void CopyFrom(const Configuration& other);

 private:
  const Values server_;
  mutable std::mutex mutex_;
  Values values_;  // starts as server_
};

// Reads "64m" as bytes and "5min" as milliseconds; none when it is neither.
std::optional<int64_t> ParseBytes(std::string_view text);
std::optional<int64_t> ParseMilliseconds(std::string_view text);

}  // namespace hearth::session
