// Messages of the control API as JSON: protobuf's mapping with the field names of the .proto file.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <string>

#include "base/result.h"

namespace hearth::front::control {

// Fields without presence are written even when they hold their default; 64-bit integers are numbers.
std::string ToJson(const google::protobuf::Message& message);

// Errors: kIllegalArgument with the parameter "field": unknown names, wrong types, broken JSON.
base::Status FromJson(const std::string& text, google::protobuf::Message* message);

// Query parameters into the fields of the same name: texts, numbers, booleans and enumerations by name.
// Errors as above.
base::Status FromQuery(const std::map<std::string, std::string>& query, google::protobuf::Message* message);

}  // namespace hearth::front::control
