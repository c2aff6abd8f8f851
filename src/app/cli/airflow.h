// `hearth airflow export`: declared jobs as DAGs of Apache Airflow. Needs no server.
#pragma once

#include "app/cli/command.h"

namespace hearth::app {

void InstallAirflow(CLI::App& parser, int& exit_code);

inline constexpr Command kAirflowCommand = {"airflow", "Write declared jobs as DAGs of Apache Airflow",
                                            InstallAirflow};

}  // namespace hearth::app
