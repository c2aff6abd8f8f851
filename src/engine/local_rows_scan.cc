// DuckDB's side of LocalRowsInput.
#include <duckdb.hpp>

#include "duckdb/common/arrow/arrow_wrapper.hpp"
#include "duckdb/function/table/arrow.hpp"
#include "engine/local_rows.h"

namespace hearth::engine {

namespace {

duckdb::unique_ptr<duckdb::ArrowArrayStreamWrapper> Produce(uintptr_t input, duckdb::ArrowStreamParameters&) {
  auto stream = duckdb::make_uniq<duckdb::ArrowArrayStreamWrapper>();
  reinterpret_cast<const LocalRowsInput*>(input)->ExportStream(&stream->arrow_array_stream);
  return stream;
}

void GetSchema(ArrowArrayStream* input, ArrowSchema& schema) {
  reinterpret_cast<const LocalRowsInput*>(input)->ExportSchema(&schema);
}

}  // namespace

const void* LocalRowsProducer() { return reinterpret_cast<const void*>(&Produce); }
const void* LocalRowsSchemaGetter() { return reinterpret_cast<const void*>(&GetSchema); }

}  // namespace hearth::engine
