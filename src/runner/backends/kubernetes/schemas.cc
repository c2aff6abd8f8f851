#include <fmt/format.h>

#include <array>

#include "runner/backends/kubernetes/names.h"
#include "runner/backends/kubernetes/schema.h"

namespace hearth::runner::kubernetes {

const Schema* FindSchema(std::string_view name) {
  static const std::array<const Schema*, 2> kSchemas = {&KubeflowSchema(), &ApacheSchema()};
  for (const Schema* schema : kSchemas) {
    if (schema->name() == name) return schema;
  }
  return nullptr;
}

ApplicationView ReadApplication(const Schema& schema, const Json& object) {
  ApplicationView view;
  const Json& metadata = FieldAt(object, {"metadata"});
  view.uid = TextAt(metadata, {"uid"});
  view.name = TextAt(metadata, {"name"});
  view.name_space = TextAt(metadata, {"namespace"});
  view.token = TextAt(metadata, {"annotations", kTokenAnnotation});
  view.attempt = TextAt(metadata, {"labels", kAttemptLabel});
  view.deleting = FieldAt(metadata, {"deletionTimestamp"}).is_string();
  view.created_at = TimeAt(metadata, {"creationTimestamp"});
  schema.ReadStatus(FieldAt(object, {"status"}), view);
  bool others_hold_it = false;
  for (const Json& finalizer : FieldAt(metadata, {"finalizers"})) {
    const bool is_ours = finalizer == kHoldFinalizer;
    (is_ours ? view.held : others_hold_it) = true;
  }
  // Its pods are gone, and the operator says no more.
  if (view.deleting && view.held && !others_hold_it && view.progress != Progress::kEnded) {
    view.progress = Progress::kEnded;
    view.succeeded = false;
    view.end_reason = "Deleted";
    view.message =
        fmt::format("it was deleted on request in state {}", view.state.empty() ? "new" : view.state);
    view.ended_at = TimeAt(metadata, {"deletionTimestamp"});
  }
  return view;
}

std::string ApplicationsPath(const Schema& schema, const std::string& name_space) {
  if (name_space.empty()) return fmt::format("/apis/{}/sparkapplications", schema.group_version());
  return fmt::format("/apis/{}/namespaces/{}/sparkapplications", schema.group_version(), name_space);
}

std::string Joined(const std::vector<std::string>& items, std::string_view separator) {
  return fmt::format("{}", fmt::join(items, separator));
}

}  // namespace hearth::runner::kubernetes
