#include "session/errors.h"

#include <fmt/format.h>

#include <map>

namespace hearth::session {
namespace {

using base::ErrorKind;

std::string_view HandleText(std::string_view kind) {
  static constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
      {"FORMAT", "It must be a UUID such as '00112233-4455-6677-8899-aabbccddeeff'."},
      {"SESSION_CHANGED", "The server was restarted since this session began. Please reconnect."},
      {"SESSION_CLOSED", "Session was closed."},
      {"SESSION_NOT_FOUND", "Session not found."},
      {"OPERATION_ALREADY_EXISTS", "Operation already exists."},
      {"OPERATION_NOT_FOUND", "Operation not found."},
      {"OPERATION_ABANDONED", "Operation was abandoned by its client and removed."},
  };
  for (const auto& [name, text] : kTexts) {
    if (name == kind) return text;
  }
  return "";
}

std::string CursorText(std::string_view kind, const std::string& id) {
  if (kind == "DISCONNECTED") return "The cursor is taken over by a newer connection.";
  if (kind == "NOT_REATTACHABLE") return "The operation was started as not reattachable.";
  if (kind == "POSITION_NOT_AVAILABLE")
    return fmt::format("The response {} is released or no longer buffered.", id);
  return fmt::format("There is no response {}.", id);
}

base::Error Plain(ErrorKind kind, std::string message) {
  base::Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

}  // namespace

base::Error InvalidHandle(std::string_view kind, const std::string& handle) {
  return base::MakeError(ErrorKind::kSpark, fmt::format("INVALID_HANDLE.{}", kind),
                         fmt::format("The handle {} is invalid. {}", handle, HandleText(kind)),
                         {{"handle", handle}});
}

base::Error InvalidCursor(std::string_view kind, const std::string& response_id) {
  std::map<std::string, std::string> parameters;
  if (kind.starts_with("POSITION")) parameters["responseId"] = response_id;
  return base::MakeError(ErrorKind::kSpark, fmt::format("INVALID_CURSOR.{}", kind),
                         fmt::format("The cursor is invalid. {}", CursorText(kind, response_id)),
                         std::move(parameters));
}

base::Error InvalidClone(std::string_view kind, const std::string& target) {
  const char* text = kind == "TARGET_SESSION_ID_FORMAT"           ? "is not a UUID"
                     : kind == "TARGET_SESSION_ID_ALREADY_EXISTS" ? "already exists"
                                                                  : "was closed before";
  return base::MakeError(ErrorKind::kSpark, fmt::format("INVALID_CLONE_SESSION_REQUEST.{}", kind),
                         fmt::format("The session cannot be cloned: the target session {} {}.", target, text),
                         {{"targetSessionId", target}});
}

base::Error OperationCanceled() {
  return base::MakeError(ErrorKind::kCancelled, "OPERATION_CANCELED", "Operation has been canceled.");
}

base::Error IllegalArgument(std::string message) {
  return Plain(ErrorKind::kIllegalArgument, std::move(message));
}

base::Error UnsupportedOperation(std::string message) {
  return Plain(ErrorKind::kUnsupported, std::move(message));
}

}  // namespace hearth::session
