#include "engine/files/file_sources.h"

namespace hearth::engine {

namespace {

class LocalFileSources : public plan::FileSources {
 public:
  base::Result<std::shared_ptr<const plan::FileSource>> Resolve(const plan::FileRequest& request) override {
    return base::NotImplemented("reading files of format " + request.format);
  }
};

}  // namespace

std::unique_ptr<plan::FileSources> MakeFileSources() { return std::make_unique<LocalFileSources>(); }

}  // namespace hearth::engine
