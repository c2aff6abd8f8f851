// plan::FileSources on the local file system.
#pragma once

#include <memory>

#include "plan/catalog.h"

namespace hearth::engine {

std::unique_ptr<plan::FileSources> MakeFileSources();

}  // namespace hearth::engine
