#include "front/control/json.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "front/control/conversions.h"

namespace hearth::front::control {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Json = nlohmann::ordered_json;

// Written here and not by protobuf's own printer, which resolves types anew for each message and so takes
// most of the time of a Check. The mapping is protobuf's, except that 64-bit integers are numbers: programs
// that read the reference's answers expect numbers.
Json OfMessage(const Message& message);

Json OfDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  constexpr double kExact = 9007199254740992;  // 2^53
  if (value == std::trunc(value) && std::abs(value) <= kExact) return static_cast<int64_t>(value);
  return value;
}

Json OfStruct(const google::protobuf::Struct& object);

Json OfValue(const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kNumberValue:
      return OfDouble(value.number_value());
    case google::protobuf::Value::kStringValue:
      return value.string_value();
    case google::protobuf::Value::kBoolValue:
      return value.bool_value();
    case google::protobuf::Value::kStructValue:
      return OfStruct(value.struct_value());
    case google::protobuf::Value::kListValue: {
      Json list = Json::array();
      for (const auto& item : value.list_value().values()) list.push_back(OfValue(item));
      return list;
    }
    case google::protobuf::Value::kNullValue:
    case google::protobuf::Value::KIND_NOT_SET:
      return nullptr;
  }
  return nullptr;
}

Json OfStruct(const google::protobuf::Struct& object) {
  // Sorted: the order of a map's entries is nobody's.
  nlohmann::json sorted = nlohmann::json::object();
  for (const auto& [name, value] : object.fields()) sorted[name] = OfValue(value);
  return sorted;
}

Json OfEnum(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? Json(number) : Json(value->name());
}

// `at`: of a repeated field the item, else -1.
Json OfField(const Message& message, const FieldDescriptor& field, int at) {
  const Reflection& from = *message.GetReflection();
  const bool many = at >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return many ? from.GetRepeatedInt32(message, &field, at) : from.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return many ? from.GetRepeatedInt64(message, &field, at) : from.GetInt64(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return many ? from.GetRepeatedUInt32(message, &field, at) : from.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return many ? from.GetRepeatedUInt64(message, &field, at) : from.GetUInt64(message, &field);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return OfDouble(many ? from.GetRepeatedFloat(message, &field, at) : from.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return OfDouble(many ? from.GetRepeatedDouble(message, &field, at) : from.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return many ? from.GetRepeatedBool(message, &field, at) : from.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? from.GetRepeatedString(message, &field, at) : from.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return OfEnum(*field.enum_type(), many ? from.GetRepeatedEnumValue(message, &field, at)
                                             : from.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return OfMessage(many ? from.GetRepeatedMessage(message, &field, at)
                            : from.GetMessage(message, &field));
  }
  return nullptr;
}

Json OfMap(const Message& message, const FieldDescriptor& field) {
  nlohmann::json sorted = nlohmann::json::object();
  const Reflection& from = *message.GetReflection();
  for (int at = 0; at < from.FieldSize(message, &field); ++at) {
    const Message& entry = from.GetRepeatedMessage(message, &field, at);
    const Descriptor& type = *entry.GetDescriptor();
    const Json key = OfField(entry, *type.map_key(), -1);
    sorted[key.is_string() ? key.get<std::string>() : key.dump()] = OfField(entry, *type.map_value(), -1);
  }
  return sorted;
}

Json OfMessage(const Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  if (type.file()->package() == "google.protobuf") {
    if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message))
      return google::protobuf::util::TimeUtil::ToString(*time);
    if (const auto* object = dynamic_cast<const google::protobuf::Struct*>(&message))
      return OfStruct(*object);
    if (const auto* value = dynamic_cast<const google::protobuf::Value*>(&message)) return OfValue(*value);
  }
  Json object = Json::object();
  const Reflection& from = *message.GetReflection();
  for (int number = 0; number < type.field_count(); ++number) {
    const FieldDescriptor& field = *type.field(number);
    if (field.has_presence() && !from.HasField(message, &field)) continue;
    Json& target = object[field.name()];
    if (field.is_map()) {
      target = OfMap(message, field);
    } else if (field.is_repeated()) {
      target = Json::array();
      for (int at = 0; at < from.FieldSize(message, &field); ++at)
        target.push_back(OfField(message, field, at));
    } else {
      target = OfField(message, field, -1);
    }
  }
  return object;
}

// "(config.resources) wrong: Cannot find field." and its like: where and what.
base::Error ReadError(const google::protobuf::util::Status& status) {
  const std::string text(status.message());
  std::string place;
  std::string what = text;
  if (text.starts_with('(')) {
    const size_t end = text.find(')');
    if (end != std::string::npos) {
      place = text.substr(1, end - 1);
      what = text.substr(std::min(text.size(), end + 1));
    }
  }
  while (what.starts_with(' ') || what.starts_with(':')) what.erase(0, 1);
  static constexpr std::string_view kUnknown = ": Cannot find field.";
  if (what.ends_with(kUnknown)) {
    const std::string name = what.substr(0, what.size() - kUnknown.size());
    return FieldError(place.empty() ? name : place + "." + name, "there is no such field");
  }
  if (!place.empty()) return FieldError(place, what);
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = "the body is no JSON of this request: " + what.substr(0, what.find('\n'));
  return error;
}

template <typename Number>
std::optional<Number> ReadNumber(const std::string& text) {
  Number number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

base::Status SetField(const FieldDescriptor& field, const std::string& text, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (ValidUtf8(text) != text) return FieldError(field.name(), "is not UTF-8");
      reflection.SetString(message, &field, text);
      return {};
    case FieldDescriptor::CPPTYPE_INT32:
      if (const auto number = ReadNumber<int32_t>(text)) {
        reflection.SetInt32(message, &field, *number);
        return {};
      }
      return FieldError(field.name(), fmt::format("'{}' is no whole number of 32 bits", ValidUtf8(text)));
    case FieldDescriptor::CPPTYPE_INT64:
      if (const auto number = ReadNumber<int64_t>(text)) {
        reflection.SetInt64(message, &field, *number);
        return {};
      }
      return FieldError(field.name(), fmt::format("'{}' is no whole number of 64 bits", ValidUtf8(text)));
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false")
        return FieldError(field.name(), fmt::format("'{}' is neither true nor false", ValidUtf8(text)));
      reflection.SetBool(message, &field, text == "true");
      return {};
    case FieldDescriptor::CPPTYPE_ENUM:
      if (const auto* value = field.enum_type()->FindValueByName(text)) {
        reflection.SetEnum(message, &field, value);
        return {};
      }
      return FieldError(field.name(),
                        fmt::format("'{}' is no {}", ValidUtf8(text), field.enum_type()->name()));
    default:
      return FieldError(field.name(), "cannot stand in a query");
  }
}

}  // namespace

std::string ToJson(const Message& message) {
  return OfMessage(message).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

base::Status FromJson(const std::string& text, Message* message) {
  // protobuf's parser is lenient (single quotes, trailing commas); the standard is not.
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object()) {
    base::Error error;
    error.kind = base::ErrorKind::kIllegalArgument;
    error.message = parsed.is_discarded() ? "the body is no JSON" : "the body must be a JSON object";
    return error;
  }
  const auto status = google::protobuf::util::JsonStringToMessage(text, message);
  if (!status.ok()) return ReadError(status);
  return {};
}

base::Status FromQuery(const std::map<std::string, std::string>& query, Message* message) {
  for (const auto& [name, text] : query) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->is_repeated())
      return FieldError(ValidUtf8(name), "there is no such query parameter");
    HEARTH_RETURN_IF_ERROR(SetField(*field, text, message));
  }
  return {};
}

}  // namespace hearth::front::control
