#include <fmt/format.h>

#include "front/connect/errors.h"
#include "front/connect/handlers.h"
#include "session/errors.h"

namespace hearth::front::connect {
namespace {

using session::Session;
using spark::connect::ConfigRequest;
using spark::connect::ConfigResponse;

void AddPair(ConfigResponse* response, std::string key, std::optional<std::string> value) {
  auto* pair = response->add_pairs();
  pair->set_key(std::move(key));
  if (value) pair->set_value(*std::move(value));
}

// A failure ends the request, earlier pairs stay set; a silent request goes on and tells of failures as
// warnings.
base::Status Set(Session& session, const ConfigRequest::Set& request, ConfigResponse* response) {
  for (const auto& pair : request.pairs()) {
    base::Status status = pair.has_value() ? session.SetSetting(pair.key(), pair.value())
                                           : base::Status(session::IllegalArgument(
                                                 fmt::format("The setting {} needs a value.", pair.key())));
    if (status.ok()) continue;
    if (!request.silent()) return status;
    response->add_warnings(fmt::format("Failed to set {} to {} due to {}", pair.key(),
                                       pair.has_value() ? fmt::format("Some({})", pair.value()) : "None",
                                       FullMessage(*status.error())));
  }
  return {};
}

base::Status Get(Session& session, const ConfigRequest::Get& request, ConfigResponse* response) {
  for (const std::string& key : request.keys()) {
    HEARTH_ASSIGN(std::optional<std::string> value, session.configuration().Get(key));
    AddPair(response, key, std::move(value));
  }
  return {};
}

base::Status GetWithDefault(Session& session, const ConfigRequest::GetWithDefault& request,
                            ConfigResponse* response) {
  for (const auto& pair : request.pairs()) {
    const auto fallback = pair.has_value() ? std::optional(pair.value()) : std::nullopt;
    HEARTH_ASSIGN(std::optional<std::string> value,
                  session.configuration().GetWithDefault(pair.key(), fallback));
    AddPair(response, pair.key(), std::move(value));
  }
  return {};
}

void GetAll(Session& session, const ConfigRequest::GetAll& request, ConfigResponse* response) {
  for (auto& [key, value] : session.configuration().GetAll()) {
    if (key.starts_with(request.prefix())) AddPair(response, key.substr(request.prefix().size()), value);
  }
}

base::Status Unset(Session& session, const ConfigRequest::Unset& request) {
  for (const std::string& key : request.keys()) HEARTH_RETURN_IF_ERROR(session.UnsetSetting(key));
  return {};
}

base::Status Apply(Session& session, const ConfigRequest::Operation& operation, ConfigResponse* response) {
  using Operation = ConfigRequest::Operation;
  switch (operation.op_type_case()) {
    case Operation::kSet:
      return Set(session, operation.set(), response);
    case Operation::kGet:
      return Get(session, operation.get(), response);
    case Operation::kGetWithDefault:
      return GetWithDefault(session, operation.get_with_default(), response);
    case Operation::kGetOption:
      for (const std::string& key : operation.get_option().keys())
        AddPair(response, key, session.configuration().Find(key));
      return {};
    case Operation::kGetAll:
      GetAll(session, operation.get_all(), response);
      return {};
    case Operation::kUnset:
      return Unset(session, operation.unset());
    case Operation::kIsModifiable:
      for (const std::string& key : operation.is_modifiable().keys()) {
        AddPair(response, key, session::Configuration::IsModifiable(key) ? "true" : "false");
      }
      return {};
    case Operation::OP_TYPE_NOT_SET:
      break;
  }
  return session::UnsupportedOperation("The request names no operation on the configuration.");
}

}  // namespace

base::Result<ConfigResponse> Config(Door& door, const ConfigRequest& request) {
  HEARTH_ASSIGN(const std::shared_ptr<Session> session, OpenSession(door, request));
  auto response = Answer<ConfigResponse>(*session);
  HEARTH_RETURN_IF_ERROR(Apply(*session, request.operation(), &response));
  return response;
}

}  // namespace hearth::front::connect
