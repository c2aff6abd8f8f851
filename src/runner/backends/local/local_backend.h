// Attempts as processes of this machine: spark-submit, or Hearth itself for what needs no JVM.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "runner/backend.h"
#include "runner/backends/local/launch.h"

namespace hearth::runner::local {

struct LocalOptions {
  std::string directory;  // where attempts live; made when missing
  Programs programs;
  int64_t grace_seconds = 30;
};

// Its one thread watches the attempts' directories and ends what a dead supervisor left behind.
base::Result<std::unique_ptr<Backend>> OpenLocalBackend(LocalOptions options);

}  // namespace hearth::runner::local
