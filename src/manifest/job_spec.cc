#include "manifest/job_spec.h"

#include <array>
#include <cctype>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <type_traits>

namespace hearth::manifest {
namespace {

using nlohmann::json;

// The words that stand for the values of an enumeration, in the order of its values.
constexpr std::array<std::string_view, 2> kJobTypeNames = {"batch", "streaming"};
constexpr std::array<std::string_view, 4> kApplicationKindNames = {"coreEtl", "pyspark", "jar", "sql"};
constexpr std::array<std::string_view, 3> kSizingModeNames = {"off", "advise", "apply"};

std::span<const std::string_view> NamesOf(JobType) { return kJobTypeNames; }
std::span<const std::string_view> NamesOf(ApplicationKind) { return kApplicationKindNames; }
std::span<const std::string_view> NamesOf(SizingMode) { return kSizingModeNames; }

template <typename Archive>
void ApplicationFields(Archive& archive, Application& application) {
  const Application defaults;
  archive.Always("kind", application.kind);
  archive("mainFile", application.main_file, defaults.main_file);
  archive("mainClass", application.main_class, defaults.main_class);
  archive("arguments", application.arguments, defaults.arguments);
  archive("jars", application.jars, defaults.jars);
  archive("pyFiles", application.py_files, defaults.py_files);
  archive("files", application.files, defaults.files);
  archive("packages", application.packages, defaults.packages);
  archive("sql", application.sql, defaults.sql);
  archive("coreEtl", application.core_etl, defaults.core_etl);
}

template <typename Archive>
void ProcessFields(Archive& archive, ProcessSize& size) {
  const ProcessSize defaults;
  archive("cores", size.cores, defaults.cores);
  archive("memoryMib", size.memory_mib, defaults.memory_mib);
  archive("overheadMib", size.overhead_mib, defaults.overhead_mib);
}

template <typename Archive>
void ResourceFields(Archive& archive, Resources& resources) {
  const Resources defaults;
  archive.Record("driver", resources.driver, ProcessFields<Archive>);
  archive.Record("executor", resources.executor, ProcessFields<Archive>);
  archive("executorInstances", resources.executor_instances, defaults.executor_instances);
  archive("minimumInstances", resources.minimum_instances, defaults.minimum_instances);
  archive("maximumInstances", resources.maximum_instances, defaults.maximum_instances);
}

template <typename Archive>
void SecretFields(Archive& archive, SecretReference& reference) {
  archive("variable", reference.variable, std::string());
  archive("secret", reference.secret, std::string());
  archive("key", reference.key, std::string());
}

template <typename Archive>
void LimitFields(Archive& archive, TimeLimits& limits) {
  const TimeLimits defaults;
  archive("queueSeconds", limits.queue_seconds, defaults.queue_seconds);
  archive("startSeconds", limits.start_seconds, defaults.start_seconds);
  archive("runSeconds", limits.run_seconds, defaults.run_seconds);
}

template <typename Archive>
void RetryFields(Archive& archive, RetryPolicy& retry) {
  const RetryPolicy defaults;
  archive("maximumRetries", retry.maximum_retries, defaults.maximum_retries);
  archive("delaySeconds", retry.delay_seconds, defaults.delay_seconds);
}

template <typename Archive>
void AlertingFields(Archive& archive, Alerting& alerting) {
  const Alerting defaults;
  archive("onFailure", alerting.on_failure, defaults.on_failure);
  archive("onSuccess", alerting.on_success, defaults.on_success);
  archive("slaSeconds", alerting.sla_seconds, defaults.sla_seconds);
  archive("channels", alerting.channels, defaults.channels);
}

template <typename Archive>
void SpecFields(Archive& archive, JobSpec& spec) {
  const JobSpec defaults;
  archive("name", spec.name, defaults.name);
  archive("team", spec.team, defaults.team);
  archive("owner", spec.owner, defaults.owner);
  archive("environment", spec.environment, defaults.environment);
  archive("namespace", spec.name_space, defaults.name_space);
  archive("labels", spec.labels, defaults.labels);
  archive("type", spec.type, defaults.type);
  archive.Record("application", spec.application, ApplicationFields<Archive>);
  archive("engineType", spec.engine_type, defaults.engine_type);
  archive("engineVersion", spec.engine_version, defaults.engine_version);
  archive("image", spec.image, defaults.image);
  archive.Record("resources", spec.resources, ResourceFields<Archive>);
  archive("given", spec.given, defaults.given);
  archive("sparkConfig", spec.spark_config, defaults.spark_config);
  archive("environmentVariables", spec.environment_variables, defaults.environment_variables);
  archive.Records("secrets", spec.secrets, SecretFields<Archive>);
  archive.Record("limits", spec.limits, LimitFields<Archive>);
  archive.Record("retry", spec.retry, RetryFields<Archive>);
  archive.Record("alerting", spec.alerting, AlertingFields<Archive>);
  archive("sizing", spec.sizing, defaults.sizing);
  archive("priority", spec.priority, defaults.priority);
  archive("backend", spec.backend, defaults.backend);
  archive("cluster", spec.cluster, defaults.cluster);
}

class Writer {
 public:
  json Take() { return std::move(tree_); }

  template <typename Value>
  void operator()(const char* name, const Value& value, const Value& default_value) {
    if (value != default_value) Always(name, value);
  }
  template <typename Value>
  void Always(const char* name, const Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      tree_[name] = NamesOf(value)[static_cast<size_t>(value)];
    } else {
      tree_[name] = value;
    }
  }
  template <typename Value>
  void Always(const char* name, const std::optional<Value>& value) {
    if (value) tree_[name] = *value;
  }
  template <typename Value, typename Visit>
  void Record(const char* name, Value& value, Visit visit) {
    Writer inner;
    visit(inner, value);
    if (!inner.tree_.empty()) tree_[name] = inner.Take();
  }
  template <typename Value, typename Visit>
  void Records(const char* name, std::vector<Value>& values, Visit visit) {
    for (Value& value : values) {
      Writer inner;
      visit(inner, value);
      tree_[name].push_back(inner.Take());
    }
  }

 private:
  json tree_ = json::object();
};

// Keeps the first error; what it does not know is an error too, because a spec that is only half understood
// would run as another job.
class Reader {
 public:
  Reader(const json& tree, std::string path, std::string& error)
      : tree_(tree), path_(std::move(path)), error_(error) {
    if (!tree_.is_object()) Refuse("", "an object");
  }

  template <typename Value>
  void operator()(const char* name, Value& value, const Value& default_value) {
    value = default_value;
    Always(name, value);
  }
  template <typename Value>
  void Always(const char* name, Value& value) {
    if (const json* found = Find(name)) Read(*found, name, value);
  }
  template <typename Value, typename Visit>
  void Record(const char* name, Value& value, Visit visit) {
    const json* found = Find(name);
    if (found == nullptr) return;
    Reader inner(*found, Path(name), error_);
    visit(inner, value);
    inner.Finish();
  }
  template <typename Value, typename Visit>
  void Records(const char* name, std::vector<Value>& values, Visit visit) {
    const json* found = Find(name);
    values.clear();
    if (found == nullptr) return;
    if (!found->is_array()) return Refuse(name, "a list");
    for (size_t index = 0; index < found->size(); ++index) {
      Reader inner((*found)[index], Path(name) + "[" + std::to_string(index) + "]", error_);
      visit(inner, values.emplace_back());
      inner.Finish();
    }
  }

  void Finish() {
    if (!tree_.is_object()) return;
    for (const auto& [key, value] : tree_.items()) {
      if (!known_.contains(key)) Refuse(key, "no such field");
    }
  }

 private:
  std::string Path(std::string_view name) const {
    return path_.empty() || name.empty() ? path_ + std::string(name) : path_ + "." + std::string(name);
  }
  void Refuse(std::string_view name, std::string_view expected) {
    if (!error_.empty()) return;
    const std::string path = Path(name);
    error_ = (path.empty() ? "job specification" : path) + ": expected " + std::string(expected);
  }
  const json* Find(const char* name) {
    known_.insert(name);
    if (!tree_.is_object()) return nullptr;
    const auto found = tree_.find(name);
    return found == tree_.end() ? nullptr : &*found;
  }

  void Read(const json& found, const char* name, std::string& value) {
    if (!found.is_string()) return Refuse(name, "text");
    value = found.get_ref<const std::string&>();
  }
  void Read(const json& found, const char* name, bool& value) {
    if (!found.is_boolean()) return Refuse(name, "true or false");
    value = found.get<bool>();
  }
  template <typename Value>
    requires std::is_integral_v<Value>
  void Read(const json& found, const char* name, Value& value) {
    const auto fits = [](auto number) { return std::in_range<Value>(number); };
    if (!found.is_number_integer() ||
        !(found.is_number_unsigned() ? fits(found.get<uint64_t>()) : fits(found.get<int64_t>())))
      return Refuse(name, "a whole number");
    value = found.get<Value>();
  }
  template <typename Value>
    requires std::is_enum_v<Value>
  void Read(const json& found, const char* name, Value& value) {
    const auto names = NamesOf(value);
    for (size_t index = 0; index < names.size(); ++index) {
      if (found.is_string() && found.get_ref<const std::string&>() == names[index]) {
        value = static_cast<Value>(index);
        return;
      }
    }
    Refuse(name, "another word");
  }
  template <typename Value>
  void Read(const json& found, const char* name, std::optional<Value>& value) {
    Read(found, name, value.emplace());
  }
  void Read(const json& found, const char* name, std::vector<std::string>& value) {
    if (!found.is_array()) return Refuse(name, "a list of texts");
    for (const json& item : found) Read(item, name, value.emplace_back());
  }
  void Read(const json& found, const char* name, std::set<std::string>& value) {
    std::vector<std::string> items;
    Read(found, name, items);
    value.insert(items.begin(), items.end());
  }
  void Read(const json& found, const char* name, std::map<std::string, std::string>& value) {
    if (!found.is_object()) return Refuse(name, "a map of texts");
    for (const auto& [key, item] : found.items()) Read(item, name, value[key]);
  }

  const json& tree_;
  std::string path_;
  std::string& error_;
  std::set<std::string, std::less<>> known_;
};

base::Error BadSpec(const std::string& message) {
  return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE", message);
}

}  // namespace

std::string ToJson(const JobSpec& spec) {
  Writer writer;
  JobSpec copy = spec;  // the list of fields serves reading too, so it asks for a value that may change
  SpecFields(writer, copy);
  // Replaces bytes that are no UTF-8 instead of throwing; doors refuse such text before it gets here.
  return writer.Take().dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<JobSpec> JobSpecFromJson(std::string_view text) {
  const json tree = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (tree.is_discarded()) return BadSpec("job specification: expected JSON");
  JobSpec spec;
  std::string error;
  Reader reader(tree, "", error);
  SpecFields(reader, spec);
  reader.Finish();
  if (!error.empty()) return BadSpec(error);
  return spec;
}

std::optional<int64_t> ParseMemoryMib(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  constexpr int64_t kLargest = int64_t{1} << 40;  // MiB: one EiB
  int64_t number = 0;
  size_t digits = 0;
  while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits]))) {
    if (number > (kLargest << 20) / 10) return std::nullopt;
    number = number * 10 + (text[digits++] - '0');
  }
  if (digits == 0) return std::nullopt;
  std::string unit;
  for (const char letter : text.substr(digits))
    unit.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(letter))));
  if (unit.size() == 2 && (unit[1] == 'i' || unit[1] == 'b') && unit[0] != 'b') unit.pop_back();  // 4Gi, 4gb
  if (unit.size() > 1) return std::nullopt;
  // Shift from the unit to MiB; less than a MiB is rounded up.
  static const std::map<char, int> kShifts = {{'b', -20}, {'k', -10}, {'m', 0},
                                              {'g', 10},  {'t', 20},  {'p', 30}};
  const auto shift = kShifts.find(unit.empty() ? 'm' : unit[0]);
  if (shift == kShifts.end()) return std::nullopt;
  if (shift->second < 0) return (number + (int64_t{1} << -shift->second) - 1) >> -shift->second;
  if (number > kLargest >> shift->second) return std::nullopt;
  return number << shift->second;
}

std::string MemoryText(int64_t mib) {
  if (mib != 0 && mib % 1024 == 0) return std::to_string(mib / 1024) + "g";
  return std::to_string(mib) + "m";
}

}  // namespace hearth::manifest
