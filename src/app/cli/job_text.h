// Jobs as people read them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace hearth::app {

// All take the REST door's JSON and give whole lines.
std::string JobTable(const nlohmann::ordered_json& jobs);
// What is declared, a line for each thing.
std::string DeclaredTable(const nlohmann::ordered_json& declarations);
std::string JobPage(const nlohmann::ordered_json& job, const nlohmann::ordered_json& events);
// One paragraph: what happened, and what to do.
std::string JobExplanation(const nlohmann::ordered_json& job);

// Exit code of a command that waited for the end: 0 succeeded, 1 failed, 3 cancelled, 4 timed out, 5 lost.
int ExitCodeOf(const std::string& status);
bool IsFinalStatus(const std::string& status);

}  // namespace hearth::app
