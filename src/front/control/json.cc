#include "front/control/json.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <charconv>
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

void MakeNumber(Json* value) {
  if (!value->is_string()) return;
  const auto& text = value->get_ref<const std::string&>();
  int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc() && end == text.data() + text.size()) *value = number;
}

// protobuf writes 64-bit integers as texts; programs that read the reference's answers expect numbers.
void MakeNumbers(const Descriptor& type, Json* object) {
  if (type.file()->package() == "google.protobuf" || !object->is_object()) return;
  for (int at = 0; at < type.field_count(); ++at) {
    const FieldDescriptor& field = *type.field(at);
    const auto found = object->find(field.name());
    if (found == object->end() || field.is_map()) continue;
    const bool is_wide = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
    const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!is_wide && !is_message) continue;
    const auto change = [&](Json* value) {
      if (is_wide) MakeNumber(value);
      if (is_message) MakeNumbers(*field.message_type(), value);
    };
    if (field.is_repeated()) {
      for (Json& item : *found) change(&item);
    } else {
      change(&*found);
    }
  }
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
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(message, &text, options);
  Json object = Json::parse(text, nullptr, false);
  MakeNumbers(*message.GetDescriptor(), &object);
  return object.dump();
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
