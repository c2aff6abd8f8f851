// Reading JSON of strangers without exceptions: what is missing or of another type reads as empty.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::runner::kubernetes {

using Json = nlohmann::json;

// The value at a path of object keys; a null value when there is none.
const Json& FieldAt(const Json& value, std::initializer_list<std::string_view> path);
std::string TextAt(const Json& value, std::initializer_list<std::string_view> path);
std::optional<int64_t> IntegerAt(const Json& value, std::initializer_list<std::string_view> path);
bool FlagAt(const Json& value, std::initializer_list<std::string_view> path);

// A discarded value when the text is no JSON.
Json ParseJson(std::string_view text);
// Never throws: bytes that are no UTF-8 are replaced.
std::string WriteJson(const Json& value);

// "2026-11-21T17:30:23Z", also with fractions: microseconds since 1970 UTC; 0 when it is no such time.
int64_t TimeOf(std::string_view text);
int64_t TimeAt(const Json& value, std::initializer_list<std::string_view> path);

}  // namespace hearth::runner::kubernetes
