// Whether text is a cron schedule: five fields (minute, hour, day of month, month, day of week) or a word
// such as
// @daily. When it is due is the scheduler's business.
#pragma once

#include <string_view>

namespace hearth::manifest {

bool IsCronText(std::string_view text);

}  // namespace hearth::manifest
