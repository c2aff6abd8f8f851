// Writing the rows of a plan to files.
#pragma once

#include <memory>
#include <stop_token>

#include "base/result.h"
#include "engine/database.h"
#include "plan/executor.h"

namespace hearth::engine {

base::Result<int64_t> WriteFiles(const std::shared_ptr<Database>& database, const plan::Relation& plan,
                                 const plan::FileSink& sink, const plan::ExecutionOptions& options,
                                 std::stop_token stop);

}  // namespace hearth::engine
