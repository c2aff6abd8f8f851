#include "app/platform.h"

#include <fmt/format.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <functional>
#include <thread>

#include "manifest/job_spec.h"
#include "session/configuration.h"

namespace hearth::app {
namespace {

// What a value is read into; the text says what was expected when it cannot be.
using Reader = std::function<std::string(const YAML::Node&)>;
using Readers = std::map<std::string, Reader>;

class PlatformFile {
 public:
  explicit PlatformFile(std::string file) : file_(std::move(file)) {}

  base::Result<Platform> Read() {
    try {
      const YAML::Node root = YAML::LoadFile(file_);
      platform_ = DefaultPlatform();
      HEARTH_RETURN_IF_ERROR(ReadSections(root));
    } catch (const YAML::BadFile&) {
      return Wrong(fmt::format("{}: the file cannot be read", file_));
    } catch (const YAML::Exception& error) {
      return Wrong(fmt::format("{}: line {}: {}", file_, error.mark.line + 1, error.msg));
    }
    return std::move(platform_);
  }

 private:
  static base::Error Wrong(std::string message) {
    base::Error error;
    error.kind = base::ErrorKind::kIllegalArgument;
    error.message = std::move(message);
    return error;
  }

  base::Status ReadSections(const YAML::Node& root) {
    runner::Policy& policy = platform_.policy;
    if (root.IsNull()) return {};
    HEARTH_RETURN_IF_ERROR(
        CheckKeys(root, "",
                  {"images", "coreEtl", "environments", "keep", "teams", "backends", "queue", "watch",
                   "audit", "prices", "breakers", "alerts", "callbacks", "kubernetes"}));
    HEARTH_RETURN_IF_ERROR(ReadNamed(root["keep"], "keep", [&](const std::string& name) {
      runner::EnvironmentPolicy& environment = policy.environments[name];
      return Readers{{"resources", Seconds(&environment.resource_seconds)},
                     {"failed", Seconds(&environment.failed_seconds)},
                     {"records", Seconds(&environment.record_seconds)}};
    }));
    HEARTH_RETURN_IF_ERROR(ReadNamed(root["teams"], "teams", [&](const std::string& name) {
      return LimitReaders(name == "others" ? &policy.other_teams : &policy.teams[name]);
    }));
    HEARTH_RETURN_IF_ERROR(ReadNamed(root["backends"], "backends", [&](const std::string& name) {
      policy.backends[name] = {};
      return LimitReaders(&policy.backends[name]);
    }));
    HEARTH_RETURN_IF_ERROR(
        ReadFields(root["queue"], "queue",
                   {{"waiting", Count(&policy.most_waiting)}, {"ageing", Seconds(&policy.ageing_seconds)}}));
    HEARTH_RETURN_IF_ERROR(ReadFields(root["watch"], "watch",
                                      {{"grace", Seconds(&policy.grace_seconds)},
                                       {"forgotten", Seconds(&policy.lost_seconds)},
                                       {"unreachable", Seconds(&policy.unreachable_seconds)}}));
    HEARTH_RETURN_IF_ERROR(ReadFields(root["audit"], "audit",
                                      {{"changes", Seconds(&platform_.audit.change_seconds)},
                                       {"reads", Seconds(&platform_.audit.read_seconds)}}));
    HEARTH_RETURN_IF_ERROR(ReadFields(root["prices"], "prices",
                                      {{"core_hour", Price(&policy.prices.core_hour)},
                                       {"gib_hour", Price(&policy.prices.gib_hour)},
                                       {"currency", Currency(&policy.prices.currency)}}));
    if (root["prices"] && policy.prices.currency.empty())
      return At(root["prices"], "prices.currency", "a currency such as EUR");
    runner::BreakerPolicy& breakers = policy.breakers;
    HEARTH_RETURN_IF_ERROR(ReadNamed(root["breakers"], "breakers", [&](const std::string& name) {
      if (name == "job") return Readers{{"runs", Count(&breakers.job_runs)}};
      if (name != "spike") return Readers();
      return Readers{{"runs", Count(&breakers.spike_runs)},
                     {"within", Seconds(&breakers.spike_seconds)},
                     {"pause", Seconds(&breakers.pause_seconds)}};
    }));
    HEARTH_RETURN_IF_ERROR(
        ReadFields(root["alerts"], "alerts", {{"channels", Addresses(&policy.alert_channels)}}));
    HEARTH_RETURN_IF_ERROR(ReadFields(root["callbacks"], "callbacks",
                                      {{"secret_file", Secret(&policy.callback_secret)},
                                       {"completion_url", Address(&policy.completion_url)}}));
    return ReadFields(root["kubernetes"], "kubernetes", {{"clusters", Text(&platform_.clusters_file)}});
  }

  static Readers LimitReaders(runner::TeamLimits* limits) {
    return {{"runs", Count(&limits->runs)},
            {"cores", Count(&limits->cores)},
            {"memory",
             [limits](const YAML::Node& value) -> std::string {
               const auto mib = value.IsScalar() ? manifest::ParseMemoryMib(value.Scalar()) : std::nullopt;
               if (!mib) return "a size such as 16g";
               limits->memory_mib = *mib;
               return "";
             }},
            {"weight", [limits](const YAML::Node& value) -> std::string {
               double weight = 0;
               if (!YAML::convert<double>::decode(value, weight) || weight <= 0) return "a number above 0";
               limits->weight = weight;
               return "";
             }}};
  }

  static Reader Text(std::string* target) {
    return [target](const YAML::Node& value) -> std::string {
      if (!value.IsScalar() || value.Scalar().empty()) return "a text";
      *target = value.Scalar();
      return "";
    };
  }
  static Reader Count(int64_t* target) {
    return [target](const YAML::Node& value) -> std::string {
      int64_t count = 0;
      if (!YAML::convert<int64_t>::decode(value, count) || count < 0) return "a number, 0 for no limit";
      *target = count;
      return "";
    };
  }
  static Reader Seconds(int64_t* target) {
    return [target](const YAML::Node& value) -> std::string {
      const auto milliseconds = value.IsScalar() ? session::ParseMilliseconds(value.Scalar()) : std::nullopt;
      if (!milliseconds || *milliseconds < 1000) return "a time of at least a second, such as 30min";
      *target = *milliseconds / 1000;
      return "";
    };
  }
  static Reader Price(double* target) {
    return [target](const YAML::Node& value) -> std::string {
      double price = 0;
      if (!YAML::convert<double>::decode(value, price) || !(price >= 0) || price > 1e9)
        return "a price for an hour";
      *target = price;
      return "";
    };
  }
  static Reader Currency(std::string* target) {
    return [target](const YAML::Node& value) -> std::string {
      const std::string text = value.IsScalar() ? value.Scalar() : "";
      const bool is_word = std::ranges::all_of(text, [](unsigned char c) { return std::isalpha(c) != 0; });
      if (text.empty() || text.size() > 10 || !is_word) return "a currency such as EUR";
      *target = text;
      return "";
    };
  }
  static Reader Addresses(std::map<std::string, std::string>* target) {
    return [target](const YAML::Node& value) -> std::string {
      constexpr const char* kExpected = "names, each with an http:// or https:// address";
      if (!value.IsMap()) return kExpected;
      for (const auto& entry : value) {
        const std::string address = entry.second.IsScalar() ? entry.second.Scalar() : "";
        if (!IsAddress(address)) return kExpected;
        (*target)[entry.first.as<std::string>()] = address;
      }
      return "";
    };
  }
  static bool IsAddress(const std::string& text) {
    return text.starts_with("http://") || text.starts_with("https://");
  }
  static Reader Address(std::string* target) {
    return [target](const YAML::Node& value) -> std::string {
      if (!value.IsScalar() || !IsAddress(value.Scalar())) return "an http:// or https:// address";
      *target = value.Scalar();
      return "";
    };
  }
  static Reader Secret(std::string* target) {
    return [target](const YAML::Node& value) -> std::string {
      std::ifstream file(value.IsScalar() ? value.Scalar() : "");
      if (!std::getline(file, *target) || target->empty()) return "a file with the secret on its first line";
      return "";
    };
  }
  base::Status CheckKeys(const YAML::Node& map, const std::string& path,
                         const std::vector<std::string>& known) {
    if (!map.IsMap()) return At(map, path, "fields as 'key: value'");
    for (const auto& entry : map) {
      const auto key = entry.first.as<std::string>();
      if (std::ranges::find(known, key) == known.end()) {
        return At(entry.first, path.empty() ? key : path + "." + key,
                  fmt::format("one of {}", fmt::join(known, ", ")));
      }
    }
    return {};
  }

  base::Status ReadNamed(const YAML::Node& map, const std::string& path,
                         const std::function<Readers(const std::string&)>& readers) {
    if (!map || map.IsNull()) return {};
    if (!map.IsMap()) return At(map, path, "names, each with its fields");
    for (const auto& entry : map) {
      const auto name = entry.first.as<std::string>();
      HEARTH_RETURN_IF_ERROR(ReadFields(entry.second, path + "." + name, readers(name)));
    }
    return {};
  }

  base::Status ReadFields(const YAML::Node& map, const std::string& path, const Readers& readers) {
    if (!map || map.IsNull()) return {};
    std::vector<std::string> known;
    for (const auto& [key, reader] : readers) known.push_back(key);
    HEARTH_RETURN_IF_ERROR(CheckKeys(map, path, known));
    for (const auto& entry : map) {
      const auto key = entry.first.as<std::string>();
      const std::string expected = readers.at(key)(entry.second);
      if (!expected.empty()) return At(entry.second, path + "." + key, expected);
    }
    return {};
  }

  base::Error At(const YAML::Node& node, const std::string& path, const std::string& expected) const {
    const std::string value = node.IsScalar() ? fmt::format("'{}' is not ", node.Scalar()) : "expected ";
    return Wrong(fmt::format("{}: line {}: {}: {}{}", file_, node.Mark().line + 1, path, value, expected));
  }

  const std::string file_;
  Platform platform_;
};

}  // namespace

Platform DefaultPlatform() {
  Platform platform;
  runner::TeamLimits& local = platform.policy.backends["local"];
  const int64_t pages = ::sysconf(_SC_PHYS_PAGES);
  const int64_t page = ::sysconf(_SC_PAGE_SIZE);
  // A fifth is left for the rest of the machine, as for the engine.
  local.memory_mib = std::max<int64_t>(2048, pages * page / (1 << 20) * 4 / 5);
  local.runs = std::max<int64_t>(4, 2 * static_cast<int64_t>(std::thread::hardware_concurrency()));
  return platform;
}

base::Result<Platform> ReadPlatform(const std::string& file) { return PlatformFile(file).Read(); }

}  // namespace hearth::app
