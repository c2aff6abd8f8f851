// Errors as Spark clients read them: a gRPC status with google.rpc.ErrorInfo, and the answer of
// FetchErrorDetails.
#pragma once

#include <grpcpp/support/status.h>

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace spark::connect {
class FetchErrorDetailsResponse;
}

namespace hearth::front::connect {

// The Java classes of the exception that Spark would have thrown, the most specific first. Clients choose
// their own exception by them.
std::span<const std::string_view> JavaClassesOf(const base::Error& error);

// "[CONDITION] message SQLSTATE: 00000" and the place in the statement, in the form that Spark gives the kind
// of error.
std::string FullMessage(const base::Error& error);

// `error_id`: under which the client may fetch the details; empty for none. Bounded: fits into gRPC's 8 KiB
// of trailers.
grpc::Status ToStatus(const base::Error& error, const std::string& error_id);

void WriteErrorDetails(const base::Error& error, spark::connect::FetchErrorDetailsResponse* response);

}  // namespace hearth::front::connect
