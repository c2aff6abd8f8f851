#include "session/settings_table.h"

#include <algorithm>
#include <iterator>

namespace hearth::session {
namespace {

constexpr Setting kSettings[] = {
#include "session/spark_settings.inc"
};

// The groups of Spark's core registry that programs set most. A key outside them is free for the program's
// own use.
constexpr std::string_view kCorePrefixes[] = {
    "spark.driver.",
    "spark.executor.",
    "spark.cores.",
    "spark.task.",
    "spark.memory.",
    "spark.shuffle.",
    "spark.scheduler.",
    "spark.storage.",
    "spark.ui.",
    "spark.eventLog.",
    "spark.dynamicAllocation.",
    "spark.kryo.",
    "spark.network.",
    "spark.rpc.",
    "spark.speculation.",
    "spark.yarn.",
    "spark.kubernetes.",
    "spark.serializer.",
    "spark.broadcast.",
    "spark.locality.",
};
constexpr std::string_view kCoreKeys[] = {
    "spark.archives",         "spark.files",      "spark.jars",        "spark.jars.packages",
    "spark.kryo.registrator", "spark.serializer", "spark.speculation",
};

}  // namespace

std::span<const Setting> AllSettings() { return kSettings; }

const Setting* FindSetting(std::string_view key) {
  const auto* found =
      std::lower_bound(std::begin(kSettings), std::end(kSettings), key,
                       [](const Setting& row, std::string_view text) { return row.key < text; });
  return found != std::end(kSettings) && found->key == key ? found : nullptr;
}

bool IsCoreSetting(std::string_view key) {
  return std::ranges::any_of(kCorePrefixes,
                             [key](std::string_view prefix) { return key.starts_with(prefix); }) ||
         std::ranges::find(kCoreKeys, key) != std::end(kCoreKeys);
}

}  // namespace hearth::session
