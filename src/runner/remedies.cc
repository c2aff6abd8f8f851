#include "runner/remedies.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/values.h"

namespace hearth::runner {
namespace {

using manifest::JobSpec;
using manifest::MemoryText;
using manifest::ParseMemoryMib;

// No job grows past this by itself: a person decides about more.
constexpr int64_t kLargestProcessMib = int64_t{128} << 10;
constexpr int64_t kSmallestOverheadStepMib = 1024;
constexpr int32_t kMostExecutors = 1000;

using Remedy = std::optional<std::string> (*)(JobSpec*);

std::optional<std::string> Grow(std::string_view what, int64_t* mib, int64_t target) {
  target = std::min(target, kLargestProcessMib);
  if (target <= *mib) return std::nullopt;
  std::string text = fmt::format("{} {} -> {}", what, MemoryText(*mib), MemoryText(target));
  *mib = target;
  return text;
}

int64_t DefaultOverhead(int64_t memory_mib) { return std::max<int64_t>(384, memory_mib / 10); }

std::optional<std::string> GrowOverhead(std::string_view what, manifest::ProcessSize* size) {
  int64_t overhead = size->overhead_mib.value_or(DefaultOverhead(size->memory_mib));
  const int64_t target = std::max(overhead * 2, overhead + kSmallestOverheadStepMib);
  auto text = Grow(what, &overhead, target);
  if (text) size->overhead_mib = overhead;
  return text;
}

std::optional<std::string> Same(JobSpec*) { return ""; }

std::optional<std::string> GrowDriverMemory(JobSpec* spec) {
  int64_t* mib = &spec->resources.driver.memory_mib;
  return Grow("driver memory", mib, *mib * 2);
}

std::optional<std::string> GrowDriverOverhead(JobSpec* spec) {
  return GrowOverhead("driver memory overhead", &spec->resources.driver);
}

// Without executors the tasks run in the driver.
std::optional<std::string> GrowExecutorMemory(JobSpec* spec) {
  if (spec->resources.executor_instances == 0) return GrowDriverMemory(spec);
  int64_t* mib = &spec->resources.executor.memory_mib;
  return Grow("executor memory", mib, *mib * 2);
}

std::optional<std::string> GrowExecutorOverhead(JobSpec* spec) {
  if (spec->resources.executor_instances == 0) return GrowDriverOverhead(spec);
  return GrowOverhead("executor memory overhead", &spec->resources.executor);
}

std::optional<std::string> MoreExecutors(JobSpec* spec) {
  int32_t& instances = spec->resources.executor_instances;
  const int32_t target = std::min((instances * 3 + 1) / 2, kMostExecutors);
  if (target <= instances) return std::nullopt;
  std::string text = fmt::format("executors {} -> {}", instances, target);
  instances = target;
  auto& maximum = spec->resources.maximum_instances;
  if (maximum) maximum = std::max(*maximum, target);
  return text;
}

// Sets what the job has not been set to before; a second time there is nothing left to do.
std::optional<std::string> SetOnce(JobSpec* spec, const char* key, const std::string& value) {
  std::string& current = spec->spark_config[key];
  if (current == value) return std::nullopt;
  std::string text = fmt::format("{} {} -> {}", key, current.empty() ? "(unset)" : current, value);
  current = value;
  return text;
}

// As SetOnce, unless the job has as much already. `unset`: what Spark takes without the setting.
std::optional<std::string> RaiseMib(JobSpec* spec, const char* key, int64_t unset, int64_t target) {
  const auto set = spec->spark_config.find(key);
  const int64_t current = set == spec->spark_config.end() ? unset : ParseMemoryMib(set->second).value_or(0);
  if (target <= current) return std::nullopt;
  return SetOnce(spec, key, MemoryText(target));
}

std::optional<std::string> RaiseResultSize(JobSpec* spec) {
  // More than a quarter of the heap would only move the failure.
  return RaiseMib(spec, "spark.driver.maxResultSize", 1024, spec->resources.driver.memory_mib / 4);
}

std::optional<std::string> RaiseNetworkTimeout(JobSpec* spec) {
  constexpr const char* kKey = "spark.network.timeout";
  constexpr int64_t kTarget = 300;
  if (const auto set = spec->spark_config.find(kKey); set != spec->spark_config.end()) {
    std::string_view text = set->second;
    if (text.ends_with("min")) text.remove_suffix(2);  // Spark's word for our "m"
    if (manifest::ParseSeconds(text).value_or(0) >= kTarget) return std::nullopt;
  }
  return SetOnce(spec, kKey, fmt::format("{}s", kTarget));
}

std::optional<std::string> NoBroadcast(JobSpec* spec) {
  return SetOnce(spec, "spark.sql.autoBroadcastJoinThreshold", "-1");
}

std::optional<std::string> RaiseSerializerBuffer(JobSpec* spec) {
  return RaiseMib(spec, "spark.kryoserializer.buffer.max", 64, 512);
}

struct RemedyRow {
  std::string_view name;
  Remedy apply;
};
constexpr RemedyRow kRemedies[] = {
    {"same", Same},
    {"grow-driver-memory", GrowDriverMemory},
    {"grow-driver-overhead", GrowDriverOverhead},
    {"grow-executor-memory", GrowExecutorMemory},
    {"grow-executor-overhead", GrowExecutorOverhead},
    {"more-executors", MoreExecutors},
    {"raise-result-size", RaiseResultSize},
    {"raise-network-timeout", RaiseNetworkTimeout},
    {"no-broadcast", NoBroadcast},
    {"raise-serializer-buffer", RaiseSerializerBuffer},
};

}  // namespace

std::optional<std::string> ApplyRemedy(std::string_view name, manifest::JobSpec* spec) {
  const auto* row = std::ranges::find(kRemedies, name, &RemedyRow::name);
  return row == std::end(kRemedies) ? std::nullopt : row->apply(spec);
}

}  // namespace hearth::runner
