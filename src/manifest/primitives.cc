#include "manifest/primitives.h"

#include <algorithm>
#include <array>

#include "manifest/json.h"

namespace hearth::manifest {
namespace {

// The fields of orchestration that say when; the others say what happens then, and belong to the job.
constexpr std::array<std::string_view, 6> kScheduleFields = {"schedule", "timezone", "startDate",
                                                             "endDate",  "catchUp",  "overlap"};

bool IsScheduleField(const Node& node) {
  return std::find(kScheduleFields.begin(), kScheduleFields.end(), node.key) != kScheduleFields.end();
}

Node JobPart(Node root) {
  Node* spec = root.Find("spec");
  Node* orchestration = root.At("spec.orchestration");
  if (orchestration == nullptr) return root;
  std::erase_if(orchestration->children, IsScheduleField);
  if (orchestration->children.empty()) spec->Erase("orchestration");
  return root;
}

// apiVersion, kind, name and team, and `orchestration` when there is one.
Node Skeleton(const Node& root, const Node* orchestration) {
  Node part = root;
  Node* metadata = part.Find("metadata");
  std::erase_if(metadata->children,
                [](const Node& child) { return child.key != "name" && child.key != "team"; });
  Node* spec = part.Find("spec");
  spec->children.clear();
  if (orchestration != nullptr) {
    Node when = *orchestration;
    std::erase_if(when.children, [](const Node& child) { return !IsScheduleField(child); });
    spec->Put(std::move(when));
  }
  return part;
}

std::string TextAt(const Node& root, std::string_view path) {
  const Node* node = root.At(path);
  return node == nullptr ? "" : node->text;
}

}  // namespace

std::string_view PrimitiveName(PrimitiveKind kind) {
  switch (kind) {
    case PrimitiveKind::kJob:
      return "job";
    case PrimitiveKind::kSchedule:
      return "schedule";
    case PrimitiveKind::kContinuous:
      return "continuous-job";
    case PrimitiveKind::kCluster:
      return "cluster";
  }
  return "";
}

std::vector<Primitive> PrimitivesOf(const ResolvedDocument& document) {
  const Node& root = document.root;
  std::vector<Primitive> primitives;
  const auto add = [&](PrimitiveKind kind, const Node& part) {
    primitives.push_back({kind, TextAt(root, "metadata.team"), document.environment,
                          TextAt(root, "metadata.name"), WriteJson(part)});
  };
  if (document.kind == Kind::kSparkCluster) {
    add(PrimitiveKind::kCluster, root);
    return primitives;
  }
  add(PrimitiveKind::kJob, JobPart(root));
  if (TextAt(root, "spec.jobType") == "streaming") {
    add(PrimitiveKind::kContinuous, Skeleton(root, nullptr));
  } else if (root.At("spec.orchestration.schedule") != nullptr) {
    add(PrimitiveKind::kSchedule, Skeleton(root, root.At("spec.orchestration")));
  }
  return primitives;
}

Checked<std::vector<Difference>> CompareCanonical(PrimitiveKind kind, std::string_view old_text,
                                                  std::string_view new_text) {
  Findings findings("canonical");
  const Node old_root = ReadJson(old_text, findings);
  const Node new_root = ReadJson(new_text, findings);
  if (!findings.empty()) return tl::unexpected(findings.Take());
  return Compare(kind == PrimitiveKind::kCluster ? Kind::kSparkCluster : Kind::kSparkJob, old_root, new_root);
}

}  // namespace hearth::manifest
