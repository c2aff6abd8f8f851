// Catalogue calls are one node: the message field's name, its scalar fields by name, its schema and its
// options.
#include "plan/from_connect/from_connect.h"
#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void AddScalar(const Message& message, const FieldDescriptor& field,
               std::map<std::string, std::string>& arguments) {
  const auto& reflection = *message.GetReflection();
  if (field.has_presence() && !reflection.HasField(message, &field)) return;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      arguments[field.name()] = reflection.GetString(message, &field);
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      arguments[field.name()] = reflection.GetBool(message, &field) ? "true" : "false";
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      arguments[field.name()] = std::to_string(reflection.GetInt32(message, &field));
      return;
    default:
      return;
  }
}

// Name to text: both options and properties are such maps.
void AddMap(const Message& message, const FieldDescriptor& field, unresolved::Options& options) {
  const auto& reflection = *message.GetReflection();
  for (int index = 0; index < reflection.FieldSize(message, &field); ++index) {
    const auto& entry = reflection.GetRepeatedMessage(message, &field, index);
    const auto* key = entry.GetDescriptor()->map_key();
    const auto* value = entry.GetDescriptor()->map_value();
    options[entry.GetReflection()->GetString(entry, key)] = entry.GetReflection()->GetString(entry, value);
  }
}

}  // namespace

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Catalog& message) {
  const auto* oneof = proto::Catalog::descriptor()->FindOneofByName("cat_type");
  const auto* kind = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (kind == nullptr) {
    return InvalidPlan("INVALID_ONE_OF_FIELD_NOT_SET", "A catalogue call does not say which one it is.",
                       {{"fullName", "spark.connect.Catalog.cat_type"}, {"name", "cat_type"}});
  }
  unresolved::CatalogCall call{.name = kind->name()};
  const auto& body = message.GetReflection()->GetMessage(message, kind);
  for (int index = 0; index < body.GetDescriptor()->field_count(); ++index) {
    const auto& field = *body.GetDescriptor()->field(index);
    if (field.is_map()) {
      AddMap(body, field, call.options);
    } else if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      AddScalar(body, field, call.arguments);
    } else if (field.message_type() == proto::DataType::descriptor() &&
               body.GetReflection()->HasField(body, &field)) {
      const auto& schema =
          static_cast<const proto::DataType&>(body.GetReflection()->GetMessage(body, &field));
      HEARTH_ASSIGN(call.schema, FromConnect(schema));
    }
  }
  return Make(std::move(call));
}

}  // namespace hearth::plan::from_connect
