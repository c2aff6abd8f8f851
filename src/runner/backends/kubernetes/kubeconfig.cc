#include "runner/backends/kubernetes/kubeconfig.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "runner/backends/kubernetes/json_fields.h"
#include "runner/backends/kubernetes/yaml_file.h"

namespace hearth::runner::kubernetes {
namespace {

base::Error Wrong(const std::string& path, const std::string& what) {
  return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_CONFIGURATION",
                         fmt::format("{}: {}", path, what));
}

// The value `part` of the entry of a list of {name, part}.
const Json* Named(const Json& document, const char* list, const std::string& name, const char* part) {
  for (const Json& entry : FieldAt(document, {list})) {
    if (TextAt(entry, {"name"}) == name && FieldAt(entry, {part}).is_object()) return &FieldAt(entry, {part});
  }
  return nullptr;
}

base::Result<std::string> DecodeBase64(const std::string& text, const std::string& path) {
  std::string decoded;
  if (!absl::Base64Unescape(text, &decoded)) return Wrong(path, "data that is no base64");
  return decoded;
}

// A PEM text that stands in the file itself (`key`-data) or in a file beside it.
base::Result<std::string> Material(const Json& part, const std::string& key, const std::string& path) {
  if (const std::string inside = TextAt(part, {key + "-data"}); !inside.empty())
    return DecodeBase64(inside, path);
  const std::string beside = TextAt(part, {key});
  if (beside.empty()) return std::string();
  return ReadWholeFile((std::filesystem::path(path).parent_path() / beside).string());
}

}  // namespace

base::Result<Endpoint> ReadKubeconfig(const std::string& path, const std::string& context_name) {
  HEARTH_ASSIGN(const std::string text, ReadWholeFile(path));
  HEARTH_ASSIGN(const Json document, JsonOfYaml(text, path));
  const std::string wanted = context_name.empty() ? TextAt(document, {"current-context"}) : context_name;
  const Json* context = Named(document, "contexts", wanted, "context");
  if (context == nullptr) return Wrong(path, fmt::format("there is no context '{}'", wanted));
  const std::string cluster_name = TextAt(*context, {"cluster"});
  const Json* cluster = Named(document, "clusters", cluster_name, "cluster");
  if (cluster == nullptr) return Wrong(path, fmt::format("there is no cluster '{}'", cluster_name));

  Endpoint endpoint;
  endpoint.server = TextAt(*cluster, {"server"});
  while (endpoint.server.ends_with('/')) endpoint.server.pop_back();
  if (endpoint.server.empty()) return Wrong(path, fmt::format("cluster '{}' names no server", cluster_name));
  for (const char* option : {"insecure-skip-tls-verify", "tls-server-name", "proxy-url"}) {
    if (cluster->contains(option))
      return base::NotImplemented(fmt::format("{}: {} of a cluster", path, option));
  }
  HEARTH_ASSIGN(endpoint.authority, Material(*cluster, "certificate-authority", path));

  const Json* user = Named(document, "users", TextAt(*context, {"user"}), "user");
  if (user == nullptr) return endpoint;
  for (const char* option : {"exec", "auth-provider", "username", "as"}) {
    if (user->contains(option)) return base::NotImplemented(fmt::format("{}: {} of a user", path, option));
  }
  HEARTH_ASSIGN(endpoint.certificate, Material(*user, "client-certificate", path));
  HEARTH_ASSIGN(endpoint.key, Material(*user, "client-key", path));
  endpoint.token = TextAt(*user, {"token"});
  if (const std::string file = TextAt(*user, {"tokenFile"}); !file.empty()) {
    endpoint.token_file = (std::filesystem::path(path).parent_path() / file).string();
  }
  return endpoint;
}

base::Result<Endpoint> InClusterEndpoint() {
  const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
  const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
  if (host == nullptr || port == nullptr) {
    return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_CONFIGURATION",
                           "no kubeconfig is named and this is no pod: KUBERNETES_SERVICE_HOST is not set");
  }
  const std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  Endpoint endpoint;
  const bool bare_v6 = std::string_view(host).find(':') != std::string_view::npos;
  endpoint.server = fmt::format("https://{}{}{}:{}", bare_v6 ? "[" : "", host, bare_v6 ? "]" : "", port);
  HEARTH_ASSIGN(endpoint.authority, ReadWholeFile(folder + "/ca.crt"));
  endpoint.token_file = folder + "/token";
  return endpoint;
}

}  // namespace hearth::runner::kubernetes
