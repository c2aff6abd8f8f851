#include "runner/backends/kubernetes/json_fields.h"

#include <cstdio>
#include <ctime>

namespace hearth::runner::kubernetes {

const Json& FieldAt(const Json& value, std::initializer_list<std::string_view> path) {
  static const Json kNothing;
  const Json* at = &value;
  for (const std::string_view key : path) {
    if (!at->is_object()) return kNothing;
    const auto found = at->find(key);
    if (found == at->end()) return kNothing;
    at = &*found;
  }
  return *at;
}

std::string TextAt(const Json& value, std::initializer_list<std::string_view> path) {
  const Json& field = FieldAt(value, path);
  return field.is_string() ? field.get<std::string>() : std::string();
}

std::optional<int64_t> IntegerAt(const Json& value, std::initializer_list<std::string_view> path) {
  const Json& field = FieldAt(value, path);
  if (!field.is_number_integer()) return std::nullopt;
  return field.get<int64_t>();
}

bool FlagAt(const Json& value, std::initializer_list<std::string_view> path) {
  const Json& field = FieldAt(value, path);
  return field.is_boolean() && field.get<bool>();
}

Json ParseJson(std::string_view text) { return Json::parse(text, nullptr, /*allow_exceptions=*/false); }

std::string WriteJson(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

int64_t TimeOf(std::string_view text) {
  const std::string copy(text);
  std::tm when{};
  int read = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &when.tm_year, &when.tm_mon, &when.tm_mday,
                  &when.tm_hour, &when.tm_min, &when.tm_sec, &read) != 6) {
    return 0;
  }
  when.tm_year -= 1900;
  when.tm_mon -= 1;
  int64_t micros = 0;
  if (static_cast<size_t>(read) < copy.size() && copy[static_cast<size_t>(read)] == '.') {
    int64_t unit = 100'000;
    for (size_t at = static_cast<size_t>(read) + 1; at < copy.size() && copy[at] >= '0' && copy[at] <= '9';
         ++at) {
      micros += (copy[at] - '0') * unit;
      unit /= 10;
    }
  }
  return static_cast<int64_t>(timegm(&when)) * 1'000'000 + micros;
}

int64_t TimeAt(const Json& value, std::initializer_list<std::string_view> path) {
  return TimeOf(TextAt(value, path));
}

}  // namespace hearth::runner::kubernetes
