// The version of this build, and the Spark version whose behaviour and contract it answers with.
#pragma once

#include <string_view>

namespace hearth::base {

extern const std::string_view kHearthVersion;

// What `spark.version` returns to a client.
inline constexpr std::string_view kSparkVersion = "4.3.0";

}  // namespace hearth::base
