// Decoding results with Arrow's own reader.
#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>

#include "engine/testing/plans.h"

namespace hearth::engine::testing {

std::string ArrowText(const plan::RelationPtr& relation, const plan::ExecutionOptions& options) {
  auto stream = SharedExecutor().Execute(relation, options, {});
  if (!stream.ok()) return "error " + stream.error()->message;
  std::string text;
  while (true) {
    auto batch = (*stream)->Next();
    if (!batch.ok()) return "error " + batch.error()->message;
    if (!*batch) return text;
    auto reader = arrow::ipc::RecordBatchStreamReader::Open(
        std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>((*batch)->ipc_stream)));
    if (!reader.ok()) return "error " + reader.status().ToString();
    if (text.empty()) text = (*reader)->schema()->ToString() + "\n";
    auto decoded = (*reader)->Next();
    if (!decoded.ok()) return "error " + decoded.status().ToString();
    if (auto valid = (*decoded)->ValidateFull(); !valid.ok()) return "error " + valid.ToString();
    text += "rows " + std::to_string((*decoded)->num_rows()) + "\n";
    for (const auto& column : (*decoded)->columns()) text += column->ToString() + "\n";
  }
}

}  // namespace hearth::engine::testing
