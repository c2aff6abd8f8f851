#include "manifest/core_etl_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "manifest/layers.h"

namespace hearth::manifest {
namespace {

constexpr std::string_view kSpecification = "spec.coreEtl.jobSpec";

// A family of types: what must be there, and what may be there only here.
struct TypeFamily {
  std::vector<std::string_view> types;
  std::vector<std::string_view> needs;
  std::vector<std::string_view> own;
};
const std::vector<TypeFamily>& Families() {
  static const std::vector<TypeFamily> kFamilies = {
      {{"csv", "json", "parquet", "text", "orc"}, {"path"}, {"path"}},
      {{"table", "iceberg", "delta"}, {"table"}, {"catalog", "database", "table"}},
      {{"kafka"}, {"bootstrapServers", "topic"}, {"bootstrapServers", "topic", "startingOffsets"}},
  };
  return kFamilies;
}

const Field& SinkFields() {
  static const Field& kFields =
      *DocumentFields(Kind::kSparkJob).Child("spec")->Child("coreEtl")->Child("jobSpec")->Child("sinks");
  return kFields;
}

std::string TextOf(const Node& record, std::string_view key) {
  const Node* node = record.Find(key);
  return node != nullptr && node->is_scalar() && !node->refused && !node->resolved_later ? node->text : "";
}

void Missing(Examined& document, const Node& record, std::string_view key, std::string expected) {
  document.findings().AddAt(record.line, JoinPath(record.written, key), "", std::move(expected));
}

void CheckType(Examined& document, const Node& record) {
  const std::string type = TextOf(record, "type");
  if (type.empty()) return;
  for (const TypeFamily& family : Families()) {
    const bool own_family = std::find(family.types.begin(), family.types.end(), type) != family.types.end();
    for (const std::string_view key : family.needs)
      if (own_family && record.Find(key) == nullptr)
        Missing(document, record, key, fmt::format("must be given for type {}", type));
    for (const std::string_view key : family.own)
      if (const Node* stranger = record.Find(key); !own_family && stranger != nullptr)
        document.findings().Add(*stranger, fmt::format("expected no {} for type {}", key, type));
  }
}

// A field that belongs to one value of another field.
void CheckBelongs(Examined& document, const Node& record, std::string_view key, bool belongs,
                  std::string_view when) {
  const Node* node = record.Find(key);
  if (node != nullptr && !belongs) document.findings().Add(*node, fmt::format("expected only {}", when));
}

void CheckMode(Examined& document, Node& sink, bool streaming) {
  const std::string mode = TextOf(sink, "mode");
  if (mode.empty()) return;
  const bool merge = mode == "merge";
  CheckBelongs(document, sink, "mergeKeys", merge, "with mode merge");
  CheckBelongs(document, sink, "overwrite", mode == "overwrite", "with mode overwrite");
  if (merge && sink.Find("mergeKeys") == nullptr)
    Missing(document, sink, "mergeKeys", "must be given with mode merge");
  const std::string type = TextOf(sink, "type");
  if (merge && sink.Find("table") == nullptr && !type.empty() && type != "parquet")
    document.findings().Add(
        *sink.Find("mode"),
        fmt::format("expected append or overwrite: rows are merged into tables and Parquet files, not {}",
                    type));
  if (mode == "overwrite" && sink.Find("overwrite") == nullptr) {
    PutField(SinkFields(), sink, MakeScalar("overwrite", "table", true));
  }
  CheckBelongs(document, sink, "checkpointLocation", streaming, "in streaming jobs");
  CheckBelongs(document, sink, "triggerInterval", streaming, "in streaming jobs");
  if (streaming && sink.Find("checkpointLocation") == nullptr)
    Missing(document, sink, "checkpointLocation",
            "must be given in streaming jobs: the progress is kept there");
}

std::vector<Node*> Records(Node& specification, std::string_view key) {
  std::vector<Node*> records;
  if (Node* list = specification.Find(key); list != nullptr && list->is_list())
    for (Node& record : list->children)
      if (record.is_map() && !record.refused) records.push_back(&record);
  return records;
}

// `last` is empty where nothing is last: several sources and no step.
void CheckFrom(Examined& document, Node& sink, const std::vector<std::string>& views,
               const std::string& last) {
  if (const Node* from = sink.Find("from")) {
    const std::string name = TextOf(sink, "from");
    if (!name.empty() && std::find(views.begin(), views.end(), name) == views.end())
      document.findings().Add(
          *from, fmt::format("expected a source or a transformation: {}", fmt::join(views, ", ")));
  } else if (last.empty()) {
    Missing(document, sink, "from", "must be given: without transformations, which source is meant");
  } else {
    PutField(SinkFields(), sink, MakeScalar("from", last, true));
  }
}

void CheckLibrary(Examined& document) {
  const Node* application = document.At("spec.coreEtl");
  if (application == nullptr || !application->is_map()) return;
  const Node* jar = application->Find("jarPath");
  const Node* main_class = application->Find("mainClass");
  if (jar != nullptr && main_class == nullptr)
    document.Missing("spec.coreEtl.mainClass",
                     fmt::format("must be given with {}", document.ShortName("spec.coreEtl.jarPath")));
  if (jar == nullptr && main_class != nullptr && application->Find("version") == nullptr)
    document.findings().Add(*main_class, "expected jarPath or version with it");
}

}  // namespace

void CheckCoreEtl(Examined& document) {
  CheckLibrary(document);
  Node* specification = document.At(kSpecification);
  if (specification == nullptr || !specification->is_map()) return;
  const bool streaming = document.Text("spec.jobType") == "streaming";
  const std::vector<Node*> sources = Records(*specification, "sources");
  const std::vector<Node*> steps = Records(*specification, "transformations");
  std::vector<std::string> views;
  for (const Node* source : sources) {
    CheckType(document, *source);
    views.push_back(TextOf(*source, "name"));
  }
  const auto source_names = views;
  for (const Node* step : steps) {
    const std::string name = TextOf(*step, "name");
    if (!name.empty() && std::find(source_names.begin(), source_names.end(), name) != source_names.end())
      document.findings().Add(*step->Find("name"), "expected a name of its own; a source has it too");
    views.push_back(name);
  }
  const std::string last = !steps.empty() || sources.size() == 1 ? views.back() : "";
  for (Node* sink : Records(*specification, "sinks")) {
    CheckType(document, *sink);
    CheckMode(document, *sink, streaming);
    // A name that was refused has been told already.
    if (std::find(views.begin(), views.end(), "") == views.end()) CheckFrom(document, *sink, views, last);
  }
  if (specification->Find("name") == nullptr && !document.Text("metadata.name").empty())
    specification->children.insert(specification->children.begin(),
                                   MakeScalar("name", document.Text("metadata.name"), true));
}

}  // namespace hearth::manifest
