// Rules between fields. One function and one row each.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>

#include "manifest/check.h"
#include "manifest/core_etl_rules.h"
#include "manifest/layers.h"
#include "manifest/values.h"

namespace hearth::manifest {
namespace {

constexpr std::array<std::string_view, 4> kApplications = {"spec.coreEtl", "spec.jar", "spec.pyspark",
                                                           "spec.sql"};

void ExactlyOneApplication(Examined& document) {
  std::string names;
  std::vector<std::string_view> given;
  for (const std::string_view path : kApplications) {
    names += (names.empty() ? "" : ", ") + document.ShortName(path);
    if (document.root().At(path) != nullptr) given.push_back(path);
  }
  if (given.size() == 1) return;
  if (given.empty()) return document.Missing("spec", fmt::format("expected one of {}", names));
  for (const std::string_view path : given)
    document.Missing(path, fmt::format("expected exactly one of {}; there are {}", names, given.size()));
}

// Exactly one of two fields of a record that is there.
void EitherOf(Examined& document, std::string_view record, std::string_view first, std::string_view second) {
  const Node* node = document.At(record);
  if (node == nullptr || !node->is_map()) return;
  const int count = (node->Find(first) != nullptr ? 1 : 0) + (node->Find(second) != nullptr ? 1 : 0);
  if (count != 1) document.Missing(record, fmt::format("expected either {} or {}", first, second));
}

void SqlHasOneText(Examined& document) { EitherOf(document, "spec.sql", "file", "query"); }

void StreamsHaveNoSchedule(Examined& document) {
  const Node* schedule = document.At("spec.orchestration.schedule");
  if (document.Text("spec.jobType") != "streaming" || schedule == nullptr) return;
  document.findings().Add(*schedule, "expected no schedule for a streaming job: it is kept running");
}

void DatesAreInOrder(Examined& document) {
  const std::string first = document.Text("spec.orchestration.startDate");
  const Node* last = document.At("spec.orchestration.endDate");
  if (last == nullptr || first.empty() || first <= last->text) return;
  document.findings().Add(*last, fmt::format("expected a day not before the start, {}", first));
}

std::optional<int64_t> Integer(Examined& document, std::string_view path) {
  const std::string text = document.Text(path);
  return text.empty() ? std::nullopt : std::optional<int64_t>(std::stoll(text));
}

void InstancesAreWithinBounds(Examined& document) {
  constexpr std::string_view kRecord = "spec.resources.executor";
  constexpr std::string_view kLowest = "spec.resources.executor.minInstances";
  constexpr std::string_view kHighest = "spec.resources.executor.maxInstances";
  constexpr std::string_view kInstances = "spec.resources.executor.instances";
  Node* executor = document.At(kRecord);
  if (executor == nullptr || !executor->is_map()) return;
  std::optional<int64_t> lowest = Integer(document, kLowest);
  const std::optional<int64_t> highest = Integer(document, kHighest);
  const std::optional<int64_t> instances = Integer(document, kInstances);
  if (lowest && document.root().At(kHighest) == nullptr)
    return document.Missing(kHighest, fmt::format("must be given with {}", document.ShortName(kLowest)));
  if (!highest || !instances) return;
  if (document.root().At(kLowest) == nullptr) {
    // Spark's own default.
    Node added = MakeScalar("minInstances", "0");
    added.written = document.Name(kLowest);
    PutField(*DocumentFields(Kind::kSparkJob).Child("spec")->Child("resources")->Child("executor"), *executor,
             std::move(added));
    lowest = 0;
  }
  if (!lowest) return;
  if (*lowest > *highest)
    return document.findings().Add(
        *document.At(kLowest),
        fmt::format("expected at most {}, which is {}", document.ShortName(kHighest), *highest));
  if (*instances >= *lowest && *instances <= *highest) return;
  Node& node = *document.At(kInstances);
  if (node.by_default) {
    node.text = std::to_string(std::clamp(*instances, *lowest, *highest));
  } else {
    document.findings().Add(
        node, fmt::format("expected a number from {} to {}, the bounds given", *lowest, *highest));
  }
}

void TellSecret(Examined& document, const Node& node) {
  document.findings().AddHidden(
      node,
      fmt::format(
          "looks like a secret, which must not stand here; name it under {} (name: VARIABLE, secret: NAME, "
          "key: ENTRY) and read that environment variable",
          document.Name("spec.secrets")));
}

void NoSecretsIn(Examined& document, const Node* map) {
  if (map == nullptr || !map->is_map()) return;
  for (const Node& entry : map->children)
    if (entry.is_scalar() && LooksLikeSecret(entry.key, entry.text)) TellSecret(document, entry);
}

// "--password=letmein", or "--password" with the value behind it.
void NoSecretsAmong(Examined& document, const Node* arguments) {
  if (arguments == nullptr || !arguments->is_list()) return;
  std::string_view name;  // of the option before
  for (const Node& argument : arguments->children) {
    const std::string_view text = argument.text;
    const size_t equals = text.find('=');
    const bool option = text.starts_with('-');
    const bool pair = option && equals != std::string_view::npos;
    if (pair ? LooksLikeSecret(text.substr(0, equals), text.substr(equals + 1))
             : !option && LooksLikeSecret(name, text))
      TellSecret(document, argument);
    name = option && !pair ? text : std::string_view();
  }
}

void SecretsAreReferences(Examined& document) {
  for (const std::string_view path : {"spec.env", "spec.sparkConfig", "spec.parameters"})
    NoSecretsIn(document, document.At(path));
  for (const std::string_view path : {"spec.pyspark.args", "spec.jar.args"})
    NoSecretsAmong(document, document.At(path));
  for (const std::string_view path : {"spec.coreEtl.jobSpec.sources", "spec.coreEtl.jobSpec.sinks"}) {
    const Node* list = document.At(path);
    if (list == nullptr) continue;
    for (const Node& record : list->children) NoSecretsIn(document, record.Find("options"));
  }
}

void ParametersAreNotTheDate(Examined& document) {
  const Node* parameters = document.At("spec.parameters");
  if (parameters == nullptr) return;
  for (const Node& parameter : parameters->children)
    if (IsRunName(parameter.key))
      document.findings().Add(parameter, "expected another name: this one is the date of the run");
}

void VariablesHaveOneValue(Examined& document) {
  const Node* secrets = document.At("spec.secrets");
  const Node* variables = document.At("spec.env");
  if (secrets == nullptr || variables == nullptr) return;
  for (const Node& secret : secrets->children) {
    const Node* name = secret.Find("name");
    if (name != nullptr && variables->Find(name->text) != nullptr)
      document.findings().Add(
          *name, fmt::format("expected a variable that {} does not set", document.Name("spec.env")));
  }
}

struct ClusterSize {
  std::string_view name;
  int driver_cores;
  std::string_view driver_memory;
  int executors;
  int executor_cores;
  std::string_view executor_memory;
};
constexpr ClusterSize kClusterSizes[] = {
    {"small", 2, "8g", 2, 4, "16g"},
    {"medium", 4, "16g", 5, 8, "32g"},
    {"large", 8, "32g", 10, 16, "64g"},
    {"xlarge", 16, "64g", 20, 32, "128g"},
};

// What the size says where resources says nothing.
void SizeNamesResources(Examined& document) {
  const std::string size = document.Text("spec.size");
  const auto set = [&](std::string_view path, std::string_view value) {
    Node* node = document.At(path);
    if (node != nullptr && node->is_scalar() && node->by_default) node->text = value;
  };
  for (const ClusterSize& row : kClusterSizes) {
    if (row.name != size) continue;
    set("spec.resources.driver.cores", std::to_string(row.driver_cores));
    set("spec.resources.driver.memory", row.driver_memory);
    set("spec.resources.executor.instances", std::to_string(row.executors));
    set("spec.resources.executor.cores", std::to_string(row.executor_cores));
    set("spec.resources.executor.memory", row.executor_memory);
  }
}

void PoolIsWithinItsMaximum(Examined& document) {
  const std::optional<int64_t> size = Integer(document, "spec.pool.size");
  const std::optional<int64_t> maximum = Integer(document, "spec.pool.maximum");
  if (size && maximum && *maximum < *size)
    document.findings().Add(*document.At("spec.pool.maximum"),
                            fmt::format("expected at least the size, {}", *size));
}

struct Rule {
  std::string_view kinds;  // J, C
  void (*check)(Examined& document);
};
constexpr Rule kRules[] = {
    {"J", ExactlyOneApplication},   {"J", CheckCoreEtl},
    {"J", SqlHasOneText},           {"J", StreamsHaveNoSchedule},
    {"J", DatesAreInOrder},         {"C", SizeNamesResources},
    {"C", PoolIsWithinItsMaximum},  {"JC", InstancesAreWithinBounds},
    {"JC", SecretsAreReferences},   {"JC", VariablesHaveOneValue},
    {"J", ParametersAreNotTheDate},
};

}  // namespace

void CheckRules(Kind kind, Examined& document) {
  const char letter = kind == Kind::kSparkJob ? 'J' : 'C';
  for (const Rule& rule : kRules)
    if (rule.kinds.find(letter) != std::string_view::npos) rule.check(document);
}

}  // namespace hearth::manifest
