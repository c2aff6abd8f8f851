// What Spark keeps in the metadata of a struct's field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/types/data_type.h"

namespace hearth::plan {

// The entry "comment"; nullopt when there is none.
std::optional<std::string> CommentOf(const Field& field);
// Metadata that holds this comment alone.
std::string MetadataWithComment(std::string_view comment);

}  // namespace hearth::plan
