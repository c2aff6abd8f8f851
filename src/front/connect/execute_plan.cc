#include "front/connect/execute_plan.h"

#include <algorithm>
#include <utility>

#include "front/connect/execute_command.h"
#include "front/connect/read_plan.h"
#include "front/connect/response_writer.h"
#include "session/planning.h"

namespace hearth::front::connect {
namespace {

using session::Operation;
using session::Session;
using spark::connect::ExecutePlanRequest;

constexpr int64_t kMinimumChunkBytes = 1024;

size_t ChunkBytesOf(const Door& door, const ExecutePlanRequest& request) {
  for (const auto& option : request.request_options()) {
    if (!option.has_result_chunking_options()) continue;
    const auto& chunking = option.result_chunking_options();
    if (!chunking.allow_arrow_batch_chunking()) return 0;
    if (!chunking.has_preferred_arrow_chunk_size()) return door.limits.chunk_bytes;
    const auto wanted =
        static_cast<size_t>(std::max(chunking.preferred_arrow_chunk_size(), kMinimumChunkBytes));
    return std::min(wanted, door.limits.chunk_bytes);
  }
  return 0;
}

class PlanWork final : public session::OperationWork {
 public:
  PlanWork(Door& door, std::shared_ptr<Session> session, ExecutePlanRequest request)
      : door_(door), session_(std::move(session)), request_(std::move(request)) {}

  base::Result<bool> Step(Operation& operation) override {
    if (!writer_) {
      writer_ = std::make_unique<ResponseWriter>(*session_, operation, ChunkBytesOf(door_, request_));
      HEARTH_RETURN_IF_ERROR(Start(operation));
      if (!stream_) {
        writer_->WriteEnd({});
        return false;
      }
    }
    base::Result<std::optional<plan::ResultBatch>> batch = stream_->Next();
    if (!batch.ok()) {
      const std::string* text = SqlTextOf(request_.plan().root());
      if (text == nullptr) return std::move(batch).Fail();
      return session::WithStatement(std::move(*batch.error()), *text);
    }
    if (*batch) {
      writer_->WriteBatch(stream_->schema(), **std::move(batch));
      return true;
    }
    writer_->WriteEnd(stream_->TakeObservedMetrics());
    return false;
  }

 private:
  base::Status Start(Operation& operation) {
    spark::connect::Plan& plan = *request_.mutable_plan();
    HEARTH_RETURN_IF_ERROR(Unpack(door_, &plan));
    HEARTH_RETURN_IF_ERROR(FillLocalRelations(*session_, &plan));
    switch (plan.op_type_case()) {
      case spark::connect::Plan::kRoot:
        return StartQuery(plan.root(), operation.stop_token());
      case spark::connect::Plan::kCommand:
        return ExecuteCommand(*session_, plan.command(), *writer_, operation.stop_token());
      case spark::connect::Plan::kCompressedOperation:
      case spark::connect::Plan::OP_TYPE_NOT_SET:
        break;
    }
    return FieldNotSet("spark.connect.Plan", "OPTYPE_NOT_SET");
  }

  base::Status StartQuery(const spark::connect::Relation& root, std::stop_token stop) {
    HEARTH_ASSIGN(const plan::RelationPtr plan, ReadAndAnalyze(*session_, root, stop));
    HEARTH_ASSIGN(stream_, session_->executor().Execute(plan, session::ExecutionOptionsOf(*session_), stop));
    return {};
  }

  Door& door_;
  const std::shared_ptr<Session> session_;
  ExecutePlanRequest request_;
  std::unique_ptr<ResponseWriter> writer_;
  std::unique_ptr<plan::BatchStream> stream_;
};

}  // namespace

std::unique_ptr<session::OperationWork> MakePlanWork(Door& door, std::shared_ptr<Session> session,
                                                     ExecutePlanRequest request) {
  return std::make_unique<PlanWork>(door, std::move(session), std::move(request));
}

}  // namespace hearth::front::connect
