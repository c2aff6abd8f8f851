#include "engine/result/query.h"

#include "duckdb/main/pending_query_result.hpp"
#include "engine/errors.h"
#include "engine/result/one_row.h"

namespace hearth::engine {

base::Result<std::unique_ptr<Query>> Query::Start(ConnectionLease connection,
                                                  duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                                  Resources resources, std::stop_token stop) {
  std::unique_ptr<Query> query(new Query(std::move(connection)));
  query->resources_ = std::move(resources);
  query->stop_ = stop;
  HEARTH_RETURN_IF_ERROR(
      Guarded([&]() -> base::Status { return query->Execute(std::move(statement), std::move(stop)); }));
  return query;
}

base::Status Query::Execute(duckdb::unique_ptr<duckdb::SQLStatement> statement, std::stop_token stop) {
  row_ = EvaluateOneRow(*connection_->context, *statement);
  if (row_) {
    types_ = row_->GetTypes();
    return {};
  }
  pending_ = connection_->PendingQuery(std::move(statement), duckdb::QueryParameters(true));
  if (pending_->HasError()) return Failure(pending_->GetErrorObject());
  // A request that came while the query was planned interrupts at once.
  interrupt_.emplace(std::move(stop), Interrupt{&*connection_});
  result_ = pending_->Execute();
  if (result_->HasError()) return Failure(result_->GetErrorObject());
  types_ = result_->types;
  return {};
}

Query::~Query() = default;

base::Error Query::Failure(const duckdb::ErrorData& error) const {
  auto failure = ToError(error);
  // An interrupted operator may fail in its own words.
  if (stop_.stop_requested()) failure.kind = base::ErrorKind::kCancelled;
  return failure;
}

base::Result<duckdb::unique_ptr<duckdb::DataChunk>> Query::Fetch() {
  using ChunkPtr = duckdb::unique_ptr<duckdb::DataChunk>;
  if (done_) return ChunkPtr();
  if (row_) {
    done_ = true;
    return std::move(row_);
  }
  return Guarded([&]() -> base::Result<ChunkPtr> {
    auto chunk = result_->FetchRaw();
    if (result_->HasError()) return Failure(result_->GetErrorObject());
    if (chunk && chunk->size() > 0) return chunk;
    done_ = true;
    // A stream that was interrupted may end without a word.
    if (stop_.stop_requested())
      return Failure(duckdb::ErrorData(duckdb::ExceptionType::INTERRUPT, "interrupted"));
    return ChunkPtr();
  });
}

}  // namespace hearth::engine
