#include "engine/files/file_scan.h"

namespace hearth::engine {

base::Result<const char*> ScanFunctionFor(const plan::FileSource& source) {
  if (source.format == "parquet") return "spark_parquet";
  return base::NotImplemented("reading files of format " + source.format);
}

}  // namespace hearth::engine
