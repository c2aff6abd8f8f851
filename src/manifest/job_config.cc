#include "manifest/job_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "manifest/json.h"
#include "manifest/spelling.h"
#include "manifest/values.h"

namespace hearth::manifest {
namespace {

// Fields of the request that no manifest has: they are read here.
constexpr std::array<std::string_view, 6> kOwnFields = {"user",       "manifest",        "environment",
                                                        "parameters", "idempotency_key", "callback_url"};
constexpr std::string_view kDynamicAllocation = "config.resources.executor.dynamic_allocation";
constexpr size_t kLongestName = 200;
constexpr size_t kLongestText = 2000;

bool IsOwnField(std::string_view name) {
  return std::find(kOwnFields.begin(), kOwnFields.end(), name) != kOwnFields.end();
}

// A value that a client sends for a field it does not want to say anything about.
bool SaysNothing(const Node& node) {
  if (node.is_null() || (node.is_scalar() && node.text.empty())) return true;
  // Numbers that the proto file gives 0 the meaning "not set".
  const bool zero_is_none =
      node.written.starts_with("config.limits.") || node.written.ends_with("_executors");
  return zero_is_none && node.is_scalar() && node.text == "0";
}

// The checks of one field of the table, for what stands beside a manifest.
std::optional<int32_t> ReadPriority(const Node& translated, Findings& findings) {
  const Node* node = translated.At("spec.priority");
  if (node == nullptr) return std::nullopt;
  const CheckedValue checked =
      CheckValue(*DocumentFields(Kind::kSparkJob).Child("spec")->Child("priority"), node->text);
  if (!checked.canonical) findings.Add(*node, checked.expected);
  return checked.canonical ? std::optional<int32_t>(std::stoi(*checked.canonical)) : std::nullopt;
}

// The fields that a request can say, by their path in it.
using RequestTable = std::map<std::string, const Field*, std::less<>>;
const RequestTable& RequestFields() {
  static const RequestTable kFields = [] {
    RequestTable fields;
    ForEachField(DocumentFields(Kind::kSparkJob), [&](const Field& field) {
      if (!field.request.empty()) fields.emplace(field.request, &field);
    });
    return fields;
  }();
  return kFields;
}

// Puts what the request says at the places of a manifest, each node with the request's own path.
class Translator {
 public:
  explicit Translator(Findings& findings)
      : findings_(findings), fields_(RequestFields()), root_(MakeMap("")) {
    root_.Put(MakeScalar("apiVersion", "hearth.dev/v1", true));
    root_.Put(MakeScalar("kind", KindName(Kind::kSparkJob), true));
    root_.Put(MakeMap("metadata"));
    root_.Put(MakeMap("spec")).written = "config";
  }

  Node Translate(const Node& request) {
    for (const Node& child : request.children) {
      if (!IsOwnField(child.key)) Take(child);
    }
    CheckDynamicAllocation(request);
    return std::move(root_);
  }

 private:
  void Take(const Node& node) {
    if (SaysNothing(node) || node.written == kDynamicAllocation) return;
    const auto found = fields_.find(node.written);
    if (found != fields_.end() && !HasFieldsBelow(node.written)) return PutAt(found->second->path, node);
    if (!HasFieldsBelow(node.written)) return TellStranger(node);
    if (!node.is_map()) return findings_.Add(node, "expected an object");
    // A record that is there counts, whatever it holds: two applications are two.
    if (found != fields_.end()) {
      Node record = MakeMap("");
      record.written = node.written;
      PutAt(found->second->path, record);
    }
    for (const Node& child : node.children) Take(child);
  }

  bool HasFieldsBelow(const std::string& path) const {
    const std::string prefix = path + ".";
    const auto next = fields_.lower_bound(prefix);
    return next != fields_.end() && next->first.starts_with(prefix);
  }

  void PutAt(std::string_view path, const Node& node) {
    Node* parent = &root_;
    for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
      Node* next = parent->Find(path.substr(0, dot));
      parent = next != nullptr ? next : &parent->Put(MakeMap(path.substr(0, dot)));
      path.remove_prefix(dot + 1);
    }
    Node placed = node;
    placed.key = path;
    // Words of the proto file's enums: BATCH, JOB_TYPE_UNSPECIFIED.
    if (placed.written == "config.job_type") {
      std::transform(placed.text.begin(), placed.text.end(), placed.text.begin(),
                     [](unsigned char letter) { return std::tolower(letter); });
      if (placed.text == "job_type_unspecified") return;
    }
    parent->Put(std::move(placed));
  }

  void TellStranger(const Node& node) {
    const size_t dot = node.written.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : node.written.substr(0, dot + 1);
    std::vector<std::string> names;
    if (parent.empty()) names.assign(kOwnFields.begin(), kOwnFields.end());
    for (const auto& [path, field] : fields_) {
      if (!path.starts_with(parent)) continue;
      const std::string name = path.substr(parent.size(), path.find('.', parent.size()) - parent.size());
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    findings_.AddHidden(node, "no such field" + Suggestion(node.key, names));
  }

  void CheckDynamicAllocation(const Node& request) {
    const Node* flag = request.At(kDynamicAllocation);
    if (flag == nullptr || flag->is_null()) return;
    if (flag->text != "true" && flag->text != "false") return findings_.Add(*flag, "expected true or false");
    const Node* most = request.At("config.resources.executor.max_executors");
    const bool bounded = most != nullptr && !most->is_null() && most->text != "0";
    if (flag->text == "true" && !bounded)
      findings_.AddAt(0, "config.resources.executor.max_executors", "",
                      "must be given with dynamic_allocation");
    if (flag->text == "false") {
      // The bounds mean nothing then.
      if (Node* executor = root_.At("spec.resources.executor")) {
        executor->Erase("minInstances");
        executor->Erase("maxInstances");
      }
    }
  }

  Findings& findings_;
  const RequestTable& fields_;
  Node root_;
};

// Reads the request's own fields; what is wrong with them is a finding.
class OwnFields {
 public:
  OwnFields(const Node& request, Findings& findings) : request_(request), findings_(findings) {}

  std::string Text(std::string_view name, size_t longest) {
    const Node* node = request_.Find(name);
    if (node == nullptr || node->is_null()) return "";
    if (!node->is_scalar()) {
      findings_.Add(*node, "expected text");
    } else if (node->text.size() > longest) {
      findings_.Add(*node, fmt::format("expected at most {} bytes", longest));
    }
    return node->text;
  }
  std::map<std::string, std::string> Map(std::string_view name) {
    std::map<std::string, std::string> values;
    const Node* node = request_.Find(name);
    if (node == nullptr || node->is_null()) return values;
    if (!node->is_map()) findings_.Add(*node, "expected an object with text for each name");
    for (const Node& child : node->children) {
      if (!child.is_scalar()) findings_.Add(child, "expected text");
      values[child.key] = child.text;
    }
    return values;
  }
  bool Has(std::string_view name) const {
    const Node* node = request_.Find(name);
    return node != nullptr && !SaysNothing(*node);
  }
  void Require(std::string_view name) {
    if (!Has(name)) findings_.AddAt(0, std::string(name), "", "must be given");
  }
  // A field that may stand beside a manifest as long as both say the same.
  void RequireSame(std::string_view name, const std::string& value) {
    if (const Node* node = request_.Find(name); Has(name) && node->text != value)
      findings_.Add(*node, fmt::format("expected what the manifest says, '{}'", value));
  }

 private:
  const Node& request_;
  Findings& findings_;
};

Target TargetOf(OwnFields& own, const Target& fallback) {
  Target target = fallback;
  const std::string environment = own.Text("environment", kLongestText);
  if (!environment.empty()) target.environment = environment;
  if (target.environment.empty()) target.environment = "local";
  target.names.parameters = own.Map("parameters");
  for (const char* name : {"execution_date", "ds"}) {
    const auto given = target.names.parameters.find(name);
    if (given == target.names.parameters.end()) continue;
    target.names.date = given->second;
    break;  // the longer one says both
  }
  return target;
}

void CheckAddress(const Node& request, Findings& findings) {
  const Node* address = request.Find("callback_url");
  if (address == nullptr || SaysNothing(*address) || !address->is_scalar()) return;
  const std::string& text = address->text;
  const bool known = text.starts_with("http://") || text.starts_with("https://");
  if (!known || text.size() <= text.find("://") + 3 || text.find_first_of(" \n\r\t") != std::string::npos)
    findings.Add(*address, "expected an address that starts with http:// or https://");
}

// Numbers and texts of the same words ask for the same.
void QuoteAll(Node& node) {
  node.quoted = true;
  for (Node& child : node.children) QuoteAll(child);
}

std::string AskedText(const Document& document, const Target& target) {
  Node root = document.root;
  QuoteAll(root);
  Node parameters = MakeMap("parameters");
  for (const auto& [name, value] : target.names.parameters) parameters.Put(MakeScalar(name, value, true));
  return CanonicalEnvironment(target.environment) + WriteJson(parameters, KeyOrder::kSorted) +
         WriteJson(root, KeyOrder::kSorted);
}

Checked<JobSpec> ReadManifestOf(const std::string& text, const Target& target, std::string& asked) {
  ManifestFile file = ReadManifests(text, "manifest");
  if (!file.errors.empty()) return tl::unexpected(std::move(file.errors));
  if (file.documents.size() != 1)
    return tl::unexpected(std::vector<FieldError>{{"manifest", 0, "manifest", "", "expected one document"}});
  asked = AskedText(file.documents[0], target);
  return ResolveJob(file.documents[0], target);
}

Checked<JobSpec> ReadConfig(const Node& request, const Target& target, std::string& asked) {
  Findings findings("");
  Document document{Kind::kSparkJob, "", Spelling::kRequest, {}, {}};
  const Node translated = Translator(findings).Translate(request);
  document.root = ToCanonical(DocumentFields(Kind::kSparkJob), translated, Extent::kWhole, findings);
  document.errors = findings.Take();
  asked = AskedText(document, target);
  return ResolveJob(document, target);
}

}  // namespace

Checked<SubmittedJob> ReadSubmitRequest(std::string_view json, const Target& fallback) {
  Findings findings("");
  const Node request = ReadJson(json, findings);
  if (findings.empty() && !request.is_map()) findings.AddAt(0, "", "", "expected a JSON object");
  if (!findings.empty()) return tl::unexpected(findings.Take());
  OwnFields own(request, findings);
  SubmittedJob job;
  job.user = own.Text("user", kLongestName);
  job.idempotency_key = own.Text("idempotency_key", kLongestName);
  job.callback_url = own.Text("callback_url", kLongestText);
  const std::string manifest = own.Text("manifest", size_t{1} << 20);
  const Target target = TargetOf(own, fallback);
  own.Require("user");
  CheckAddress(request, findings);
  Checked<JobSpec> spec = JobSpec();
  if (own.Has("manifest") && own.Has("config")) {
    findings.AddAt(0, "config", "", "expected either config or manifest");
  } else if (own.Has("manifest")) {
    spec = ReadManifestOf(manifest, target, job.asked);
    const std::optional<int32_t> priority = ReadPriority(Translator(findings).Translate(request), findings);
    if (spec && priority) spec->priority = *priority;
    if (spec) own.RequireSame("name", spec->name);
    if (spec) own.RequireSame("team", spec->team);
  } else {
    own.Require("config");
    // Without config the rest is still looked at; what config lacks is told by its own absence.
    spec = ReadConfig(request, target, job.asked);
  }
  if (!spec) {
    const bool has_config = own.Has("config");
    for (FieldError& error : spec.error()) {
      if (has_config || error.path.empty() || !error.path.starts_with("config"))
        findings.Adopt(std::move(error));
    }
  }
  if (!findings.empty()) return tl::unexpected(findings.Take());
  job.spec = std::move(*spec);
  return job;
}

}  // namespace hearth::manifest
