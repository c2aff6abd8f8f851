#include "session/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "base/time_zone.h"
#include "session/settings_table.h"

namespace hearth::session {
namespace {

using base::ErrorKind;
using base::MakeError;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

template <typename Number>
std::optional<Number> ReadNumber(std::string_view text) {
  Number value{};
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Unit {
  std::string_view suffix;
  int64_t factor;
};

// A whole number with one of the suffixes; the empty suffix stands for no suffix.
std::optional<int64_t> ReadWithUnit(std::string_view text, std::span<const Unit> units) {
  const std::string lower = Lower(Trim(text));
  size_t digits = lower.starts_with('-') ? 1 : 0;
  while (digits < lower.size() && std::isdigit(static_cast<unsigned char>(lower[digits])) != 0) ++digits;
  const auto number = ReadNumber<int64_t>(std::string_view(lower).substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    int64_t result = 0;
    if (unit.suffix != std::string_view(lower).substr(digits)) continue;
    if (__builtin_mul_overflow(*number, unit.factor, &result)) return std::nullopt;
    return result;
  }
  return std::nullopt;
}

constexpr int64_t kKilo = 1024;
constexpr Unit kByteUnits[] = {
    {"", 1},
    {"b", 1},
    {"k", kKilo},
    {"kb", kKilo},
    {"m", kKilo* kKilo},
    {"mb", kKilo* kKilo},
    {"g", kKilo* kKilo* kKilo},
    {"gb", kKilo* kKilo* kKilo},
    {"t", kKilo* kKilo* kKilo* kKilo},
    {"tb", kKilo* kKilo* kKilo* kKilo},
    {"p", kKilo* kKilo* kKilo* kKilo* kKilo},
    {"pb", kKilo* kKilo* kKilo* kKilo* kKilo},
};
constexpr Unit kTimeUnits[] = {
    {"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000},
};

std::string Quoted(std::string_view key) { return fmt::format("\"{}\"", key); }

base::Error TypeMismatch(std::string_view key, const std::string& value, std::string_view type) {
  return MakeError(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.TYPE_MISMATCH",
                   fmt::format("The value '{}' of the setting \"{}\" is invalid: it must be a '{}' value.",
                               value, key, type),
                   {{"confName", std::string(key)}, {"confValue", value}, {"confType", std::string(type)}});
}

base::Error RequirementFailed(std::string_view key, const std::string& value, std::string requirement) {
  return MakeError(
      ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.REQUIREMENT",
      fmt::format("The value '{}' of the setting \"{}\" is invalid. {}", value, key, requirement),
      {{"confName", std::string(key)}, {"confValue", value}, {"confRequirement", requirement}});
}

base::Status CheckType(const Setting& setting, const std::string& value) {
  switch (setting.type) {
    case SettingType::kBoolean: {
      const std::string lower = Lower(Trim(value));
      if (lower != "true" && lower != "false") return TypeMismatch(setting.key, value, "boolean");
      return {};
    }
    case SettingType::kInteger:
      if (!ReadNumber<int64_t>(Trim(value))) return TypeMismatch(setting.key, value, "int");
      return {};
    case SettingType::kDouble:
      if (!ReadNumber<double>(Trim(value))) return TypeMismatch(setting.key, value, "double");
      return {};
    case SettingType::kBytes:
      if (!ParseBytes(value)) return TypeMismatch(setting.key, value, "bytes in BYTE");
      return {};
    case SettingType::kDuration:
      if (!ParseMilliseconds(value)) return TypeMismatch(setting.key, value, "time in MILLISECONDS");
      return {};
    case SettingType::kString:
    case SettingType::kOptional:
      return {};
  }
  return {};
}

base::Status CheckValues(const Setting& setting, const std::string& value) {
  if (setting.values.empty()) return {};
  const std::string wanted = Lower(value);
  std::string_view rest = setting.values;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(", "), rest.size());
    if (Lower(rest.substr(0, comma)) == wanted) return {};
    rest.remove_prefix(std::min(comma + 2, rest.size()));
  }
  return MakeError(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS",
                   fmt::format("The value '{}' of the setting \"{}\" is invalid: it must be one of '{}'.",
                               value, setting.key, setting.values),
                   {{"confName", std::string(setting.key)},
                    {"confValue", value},
                    {"confOptions", std::string(setting.values)}});
}

// Rules that Spark checks beyond the type.
base::Status CheckRules(const Setting& setting, const std::string& value) {
  if (setting.key == "spark.sql.session.timeZone" && !base::FindTimeZone(value)) {
    return MakeError(
        ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.TIME_ZONE",
        fmt::format("The value '{}' of the setting \"{}\" is invalid: there is no such time zone.", value,
                    setting.key),
        {{"confName", std::string(setting.key)}, {"confValue", value}});
  }
  if (setting.key == "spark.sql.shuffle.partitions" && ReadNumber<int64_t>(Trim(value)).value_or(0) <= 0) {
    return RequirementFailed(setting.key, value,
                             fmt::format("The value of {} must be positive", setting.key));
  }
  return {};
}

base::Status CheckValue(const Setting& setting, const std::string& value) {
  HEARTH_RETURN_IF_ERROR(CheckType(setting, value));
  HEARTH_RETURN_IF_ERROR(CheckValues(setting, value));
  return CheckRules(setting, value);
}

base::Status CheckModifiable(std::string_view key) {
  const Setting* setting = FindSetting(key);
  if (setting != nullptr && setting->is_static) {
    return MakeError(ErrorKind::kAnalysis, "CANNOT_MODIFY_STATIC_CONFIG",
                     fmt::format("The static setting \"{}\" is fixed when the server starts.", key),
                     {{"key", Quoted(key)}});
  }
  if (setting == nullptr && IsCoreSetting(key)) {
    return MakeError(ErrorKind::kAnalysis, "CANNOT_MODIFY_CONFIG",
                     fmt::format("The setting \"{}\" is fixed when the server starts.", key),
                     {{"key", Quoted(key)}, {"docroot", "https://spark.apache.org/docs/latest"}});
  }
  return {};
}

}  // namespace

std::optional<int64_t> ParseBytes(std::string_view text) { return ReadWithUnit(text, kByteUnits); }

std::optional<int64_t> ParseMilliseconds(std::string_view text) { return ReadWithUnit(text, kTimeUnits); }

Configuration::Configuration(Values server) : server_(std::move(server)), values_(server_) {}

std::optional<std::string> Configuration::Find(std::string_view key) const {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = values_.find(key); found != values_.end()) return found->second;
  }
  const Setting* setting = FindSetting(key);
  if (setting == nullptr || setting->type == SettingType::kOptional) return std::nullopt;
  if (key == "spark.sql.session.timeZone") return base::SystemTimeZone();
  return std::string(setting->default_value);
}

base::Result<std::optional<std::string>> Configuration::Get(std::string_view key) const {
  std::optional<std::string> value = Find(key);
  if (!value && FindSetting(key) == nullptr) {
    return MakeError(ErrorKind::kNoSuchElement, "SQL_CONF_NOT_FOUND",
                     fmt::format("There is no setting \"{}\".", key), {{"sqlConf", Quoted(key)}});
  }
  return value;
}

base::Result<std::optional<std::string>> Configuration::GetWithDefault(
    std::string_view key, std::optional<std::string> fallback) const {
  const Setting* setting = FindSetting(key);
  if (setting != nullptr && fallback) HEARTH_RETURN_IF_ERROR(CheckValue(*setting, *fallback));
  std::lock_guard lock(mutex_);
  if (const auto found = values_.find(key); found != values_.end()) return std::optional(found->second);
  return fallback;
}

bool Configuration::IsSet(std::string_view key) const {
  std::lock_guard lock(mutex_);
  return values_.contains(key);
}

Configuration::Values Configuration::GetAll() const {
  std::lock_guard lock(mutex_);
  return values_;
}

base::Status Configuration::Set(std::string_view key, std::string value) {
  HEARTH_RETURN_IF_ERROR(CheckModifiable(key));
  if (const Setting* setting = FindSetting(key)) HEARTH_RETURN_IF_ERROR(CheckValue(*setting, value));
  std::lock_guard lock(mutex_);
  values_.insert_or_assign(std::string(key), std::move(value));
  return {};
}

base::Status Configuration::Unset(std::string_view key) {
  HEARTH_RETURN_IF_ERROR(CheckModifiable(key));
  std::lock_guard lock(mutex_);
  if (const auto found = values_.find(key); found != values_.end()) values_.erase(found);
  return {};
}

void Configuration::Reset() {
  std::lock_guard lock(mutex_);
  values_ = server_;
}

bool Configuration::IsModifiable(std::string_view key) {
  const Setting* setting = FindSetting(key);
  return setting != nullptr && !setting->is_static;
}

std::string Configuration::Text(std::string_view key) const { return Find(key).value_or(""); }

bool Configuration::Flag(std::string_view key) const { return Lower(Trim(Text(key))) == "true"; }

int64_t Configuration::Number(std::string_view key) const {
  const std::string text = Text(key);
  const Setting* setting = FindSetting(key);
  if (setting != nullptr && setting->type == SettingType::kDuration)
    return ParseMilliseconds(text).value_or(0);
  return ParseBytes(text).value_or(0);
}

void Configuration::CopyFrom(const Configuration& other) {
  Values copy = other.GetAll();
  std::lock_guard lock(mutex_);
  values_ = std::move(copy);
}

}  // namespace hearth::session
