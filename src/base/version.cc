#include "base/version.h"

namespace hearth::base {

const std::string_view kHearthVersion = HEARTH_VERSION;

}  // namespace hearth::base
