#include "engine/write/file_writer.h"

namespace hearth::engine {

base::Result<int64_t> WriteFiles(const std::shared_ptr<Database>&, const plan::Relation&, const plan::FileSink& sink,
                                 const plan::ExecutionOptions&, std::stop_token) {
  return base::NotImplemented("writing files of format " + sink.format);
}

}  // namespace hearth::engine
