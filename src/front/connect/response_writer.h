// Encodes the responses of one operation into its buffer.
#pragma once

#include <spark/connect/base.pb.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "plan/executor.h"
#include "session/operation.h"
#include "session/session.h"

namespace hearth::front::connect {

// Used by the operation's work, one thread at a time. Arrow data goes into the buffer without being copied.
class ResponseWriter {
 public:
  // `chunk_bytes`: pieces in which a large batch is sent; 0 when the client takes whole batches only.
  ResponseWriter(const session::Session& session, session::Operation& operation, size_t chunk_bytes);

  // The schema goes out together with the first batch.
  void WriteBatch(const plan::TypePtr& schema, plan::ResultBatch batch);
  // Ids are filled in here.
  void WriteMessage(spark::connect::ExecutePlanResponse message);
  // The end of the stream: observed metrics if any and, for clients that can reattach, the mark that all is
  // sent.
  void WriteEnd(const std::vector<plan::ObservedMetrics>& observed);

  int64_t rows_written() const { return rows_; }

 private:
  void FillIds(spark::connect::ExecutePlanResponse* message) const;
  void WriteChunk(const plan::TypePtr* schema, int64_t row_count, std::shared_ptr<const std::string> data,
                  int64_t index, int64_t count);

  const std::string session_id_;
  const std::string server_side_session_id_;
  session::Operation& operation_;
  const size_t chunk_bytes_;
  int64_t rows_ = 0;
  bool is_schema_written_ = false;
};

}  // namespace hearth::front::connect
