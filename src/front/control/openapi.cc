#include <google/protobuf/descriptor.h>
#include <hearth/control/v1/control.pb.h>

#include <cctype>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/version.h"
#include "front/control/rest.h"

namespace hearth::front::control {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::ordered_json;

class Schemas {
 public:
  // The schema of a field's value; messages become references.
  Json OfField(const FieldDescriptor& field) {
    if (field.is_map()) {
      return {{"type", "object"}, {"additionalProperties", OfValue(*field.message_type()->map_value())}};
    }
    if (field.is_repeated()) return {{"type", "array"}, {"items", OfValue(field)}};
    return OfValue(field);
  }

  Json Reference(const Descriptor& message) {
    const std::string name = message.name();
    if (names_.insert(name).second) schemas_[name] = OfMessage(message);
    return {{"$ref", "#/components/schemas/" + name}};
  }

  Json& all() { return schemas_; }

 private:
  Json OfValue(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return {{"type", "integer"}, {"format", "int32"}};
      case FieldDescriptor::CPPTYPE_INT64:
        return {{"type", "integer"}, {"format", "int64"}};
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return {{"type", "number"}};
      case FieldDescriptor::CPPTYPE_BOOL:
        return {{"type", "boolean"}};
      case FieldDescriptor::CPPTYPE_ENUM:
        return OfEnum(*field.enum_type());
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return OfMessageValue(*field.message_type());
      default:
        return {{"type", "string"}};
    }
  }

  Json OfMessageValue(const Descriptor& message) {
    if (message.full_name() == "google.protobuf.Timestamp")
      return {{"type", "string"}, {"format", "date-time"}};
    if (message.full_name() == "google.protobuf.Struct") return {{"type", "object"}};
    if (message.full_name() == "google.protobuf.Value") return {{"type", Json::array({"object", "string"})}};
    return Reference(message);
  }

  static Json OfEnum(const EnumDescriptor& type) {
    Json values = Json::array();
    for (int at = 0; at < type.value_count(); ++at) values.push_back(type.value(at)->name());
    return {{"type", "string"}, {"enum", std::move(values)}};
  }

  Json OfMessage(const Descriptor& message) {
    Json properties = Json::object();
    for (int at = 0; at < message.field_count(); ++at)
      properties[message.field(at)->name()] = OfField(*message.field(at));
    return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  }

  std::set<std::string> names_;
  Json schemas_ = Json::object();
};

Json ErrorSchema() {
  return {{"type", "object"},
          {"required", {"error"}},
          {"properties",
           {{"error",
             {{"type", "object"},
              {"required", {"code", "message"}},
              {"properties",
               {{"code", {{"type", "string"}}},
                {"message", {{"type", "string"}}},
                {"field", {{"type", "string"}}},
                {"details", {{"description", "every wrong field"}}}}}}}}}};
}

struct Refusal {
  int status;
  const char* meaning;
};
constexpr Refusal kRefusals[] = {
    {400, "A field is wrong or missing; error.field names it"},
    {401, "No valid token"},
    {403, "Another team's job"},
    {404, "No such job"},
    {409, "The idempotency key was used for another request"},
    {413, "The body is too long"},
    {415, "The body is not application/json"},
    {429, "Too many jobs wait"},
    {500, "A fault of the server"},
    {501, "Not implemented; the message names the thing"},
    {503, "Try again later"},
};

Json Parameters(const RestRow& row, const Descriptor& request, Schemas* schemas) {
  Json parameters = Json::array();
  const std::string path = row.path;
  for (int at = 0; at < request.field_count(); ++at) {
    const FieldDescriptor& field = *request.field(at);
    const bool is_in_path = path.find("{" + field.name() + "}") != std::string::npos;
    if (!is_in_path && row.place == RequestPlace::kBody) continue;
    Json schema = schemas->OfField(field);
    if (is_in_path) schema["minLength"] = 1;
    parameters.push_back({{"name", field.name()},
                          {"in", is_in_path ? "path" : "query"},
                          {"required", is_in_path},
                          {"schema", std::move(schema)}});
  }
  return parameters;
}

Json Operation(const RestRow& row, const google::protobuf::MethodDescriptor& method, Schemas* schemas) {
  Json operation = {{"operationId", row.call}, {"summary", row.summary}};
  operation["parameters"] = Parameters(row, *method.input_type(), schemas);
  if (row.place == RequestPlace::kBody) {
    operation["requestBody"] = {
        {"required", true},
        {"content", {{"application/json", {{"schema", schemas->Reference(*method.input_type())}}}}}};
  }
  Json content = {{"application/json", {{"schema", schemas->Reference(*method.output_type())}}}};
  if (method.server_streaming()) content["text/plain"] = {{"schema", {{"type", "string"}}}};
  operation["responses"][std::to_string(row.success)] = {{"description", row.summary},
                                                         {"content", std::move(content)}};
  for (const Refusal& refusal : kRefusals) {
    operation["responses"][std::to_string(refusal.status)] = {
        {"description", refusal.meaning},
        {"content", {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}};
  }
  return operation;
}

}  // namespace

std::string OpenApiDocument() {
  const auto* service =
      hearth::control::v1::SubmitRequest::descriptor()->file()->FindServiceByName("JobService");
  Schemas schemas;
  Json document = {
      {"openapi", "3.1.0"},
      {"info", {{"title", "Hearth control API"}, {"version", std::string(base::kHearthVersion)}}},
      {"security", Json::array({{{"token", Json::array()}}, Json::object()})},
      {"paths", Json::object()}};
  for (const RestRow& row : RestRows()) {
    std::string method = row.method;
    for (char& character : method)
      character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    document["paths"][row.path][method] = Operation(row, *service->FindMethodByName(row.call), &schemas);
  }
  document["components"]["schemas"] = std::move(schemas.all());
  document["components"]["schemas"]["Error"] = ErrorSchema();
  document["components"]["securitySchemes"]["token"] = {{"type", "http"}, {"scheme", "bearer"}};
  return document.dump(1);
}

}  // namespace hearth::front::control
