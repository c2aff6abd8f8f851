// A declared job as the text of a Python file with one DAG of Apache Airflow.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "manifest/manifest.h"

namespace hearth::app {

struct AirflowDag {
  std::string id;    // TEAM.NAME.ENVIRONMENT: also the name of its file, without .py
  std::string text;  // the same for the same job, byte by byte
};

// The first line of every file that is written so.
inline constexpr std::string_view kAirflowMark = "# Written by `hearth airflow export`";

// `written`: the document, resolved for no environment: what the server is sent. `resolved`: the same one,
// resolved for its environment: when it runs. `file` is only named. `parameters` go to the operator as they
// are; there they are templates of Airflow's. Errors: why Airflow cannot do what the job asks for.
tl::expected<AirflowDag, std::string> ToAirflowDag(const manifest::ResolvedDocument& written,
                                                   const manifest::ResolvedDocument& resolved,
                                                   const std::string& file,
                                                   const std::map<std::string, std::string>& parameters);

// A Python literal with double quotes.
std::string PythonText(std::string_view text);
// A Python literal over several lines.
std::string PythonLines(std::string_view text);

}  // namespace hearth::app
