// Every setting that Spark registers, with its default: generated from spark_settings.tsv, which the judge
// extracts.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hearth::session {

enum class SettingType : uint8_t {
  kBoolean,
  kInteger,  // int or long
  kDouble,
  kBytes,     // "64m"; a plain number counts bytes
  kDuration,  // "5min"; a plain number counts the setting's own unit
  kString,
  kOptional,  // any text; without a default
};

struct Setting {
  std::string_view key;
  std::string_view default_value;  // as Config.Get answers it; meaningless for kOptional
  SettingType type;
  bool is_static;                  // fixed when the server starts
  bool is_public;                  // listed by SET -v
  std::string_view shown_default;  // as SET -v prints it
  std::string_view since;          // Spark's version
  std::string_view values;         // for enumerations, ", " between them; else empty
};

// Sorted by key.
std::span<const Setting> AllSettings();

// Null when Spark registers no such setting.
const Setting* FindSetting(std::string_view key);

// A key of Spark's core registry (spark.driver.memory, spark.executor.cores …): fixed when a server starts,
// and no SQL setting.
bool IsCoreSetting(std::string_view key);

}  // namespace hearth::session
