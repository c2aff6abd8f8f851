// Ranges of files, looked at by several threads at once.
#pragma once

#include <cstddef>
#include <functional>

namespace hearth::engine {

// Calls `work` with each number below `count`, once, on as many threads as the machine has cores. After an
// exception no further number is begun, and the first one is thrown here.
void ForEachRange(size_t count, const std::function<void(size_t range)>& work);

}  // namespace hearth::engine
