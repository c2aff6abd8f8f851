#include "manifest/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

namespace hearth::manifest {
namespace {

size_t CountNodes(const Node& node) {
  size_t count = 1;
  for (const Node& child : node.children) count += CountNodes(child);
  return count;
}

bool IsNullWord(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// The size of the text when all of it is UTF-8 without NUL.
size_t FirstByteThatIsNoUtf8(std::string_view text) {
  size_t index = 0;
  while (index < text.size()) {
    const auto lead = static_cast<unsigned char>(text[index]);
    const size_t length = lead < 0x80       ? 1
                          : lead >> 5 == 6  ? 2
                          : lead >> 4 == 14 ? 3
                          : lead >> 3 == 30 ? 4
                                            : 0;
    if (length == 0 || lead == 0 || index + length > text.size()) return index;
    uint32_t point = length == 1 ? lead : lead & (0xFF >> (length + 1));
    for (size_t next = 1; next < length; ++next) {
      const auto byte = static_cast<unsigned char>(text[index + next]);
      if (byte >> 6 != 2) return index;
      point = (point << 6) | (byte & 0x3F);
    }
    static constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kSmallest[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return index;
    index += length;
  }
  return index;
}

// Builds trees from the parser's events, within the limits. After the first mistake it lets the rest pass by.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(Findings& findings) : findings_(findings) {}

  std::vector<Node> Take() { return failed_ ? std::vector<Node>() : std::move(documents_); }
  bool failed() const { return failed_; }

  void OnDocumentStart(const YAML::Mark&) override {
    open_.clear();
    anchors_.clear();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Close(Begin(mark, NodeKind::kNull), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return Fail(mark, "expected an alias of something that is complete");
    if (!Count(mark, CountNodes(found->second))) return;
    Node copy = found->second;
    copy.key.clear();
    Close(std::move(copy), 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // yaml-cpp gives "?" to plain scalars and "!" to quoted ones.
    const bool plain = tag == "?" || tag.empty();
    Node node = Begin(mark, plain && IsNullWord(value) ? NodeKind::kNull : NodeKind::kScalar);
    if (node.is_scalar()) node.text = value;
    node.quoted = !plain;
    Close(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, NodeKind::kList, anchor);
  }
  void OnSequenceEnd() override { CloseContainer(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, NodeKind::kMap, anchor);
  }
  void OnMapEnd() override { CloseContainer(); }

 private:
  struct OpenNode {
    Node node;
    YAML::anchor_t anchor;
    bool has_key = false;  // of a map: the key is read, its value comes next
    std::string key;
    int key_line = 0;
  };

  void Fail(const YAML::Mark& mark, std::string expected) {
    if (!failed_) findings_.AddAt(mark.line + 1, "", "", std::move(expected));
    failed_ = true;
  }
  bool Count(const YAML::Mark& mark, size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kMostNodes) Fail(mark, fmt::format("expected at most {} values in one file", kMostNodes));
    return !failed_;
  }
  Node Begin(const YAML::Mark& mark, NodeKind kind) {
    Count(mark, 1);
    Node node;
    node.kind = kind;
    node.line = mark.line + 1;
    return node;
  }
  void Open(const YAML::Mark& mark, NodeKind kind, YAML::anchor_t anchor) {
    if (open_.size() >= kDeepestNode) Fail(mark, fmt::format("expected at most {} levels", kDeepestNode));
    open_.push_back({Begin(mark, kind), anchor});
  }
  void CloseContainer() {
    OpenNode done = std::move(open_.back());
    open_.pop_back();
    if (done.node.is_map()) TakeMergeKeys(done.node);
    Close(std::move(done.node), done.anchor);
  }
  // Puts a complete node where it belongs: a key, a value, an element or a document.
  void Close(Node node, YAML::anchor_t anchor) {
    if (failed_) return;
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      if (!node.is_null()) documents_.push_back(std::move(node));
      return;
    }
    OpenNode& parent = open_.back();
    YAML::Mark mark;
    mark.line = node.line - 1;
    if (parent.node.children.size() >= (parent.node.is_list() ? kMostListItems : kMostMapEntries))
      return Fail(mark, "expected fewer entries");
    if (parent.node.is_list()) {
      parent.node.children.push_back(std::move(node));
    } else if (!parent.has_key) {
      TakeKey(parent, node);
    } else {
      node.key = std::move(parent.key);
      // The line of the key: where a reader looks for the field.
      node.line = parent.key_line;
      parent.has_key = false;
      parent.node.children.push_back(std::move(node));
    }
  }
  void TakeKey(OpenNode& parent, const Node& node) {
    YAML::Mark mark;
    mark.line = node.line - 1;
    if (!node.is_scalar() || node.text.size() > kLongestKey)
      return Fail(mark, fmt::format("expected a name of at most {} bytes as key", kLongestKey));
    const auto& siblings = parent.node.children;
    const auto same = std::find_if(siblings.begin(), siblings.end(),
                                   [&](const Node& child) { return child.key == node.text; });
    if (same != siblings.end())
      return Fail(mark,
                  fmt::format("{}: expected each key once; it stands on line {} too", node.text, same->line));
    parent.has_key = true;
    parent.key = node.text;
    parent.key_line = node.line;
  }
  // <<: a map, or a list of maps, whose entries are there unless written beside it.
  static void TakeMergeKeys(Node& map) {
    const Node* merge = map.Find("<<");
    if (merge == nullptr || merge->is_scalar()) return;
    const std::vector<Node> sources = merge->is_list() ? merge->children : std::vector<Node>{*merge};
    map.Erase("<<");
    for (const Node& source : sources)
      for (const Node& entry : source.children)
        if (map.Find(entry.key) == nullptr) map.children.push_back(entry);
  }

  Findings& findings_;
  std::vector<Node> documents_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  size_t nodes_ = 0;
  bool failed_ = false;
};

// Whether another reader of YAML would take this plain text for a number, a truth value, a date or nothing.
bool LooksLikeOther(const std::string& text) {
  static constexpr std::array<std::string_view, 8> kWords = {"true", "false", "yes", "no",
                                                             "on",   "off",   "y",   "n"};
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  if (IsNullWord(text) || std::find(kWords.begin(), kWords.end(), lower) != kWords.end()) return true;
  const size_t start = text[0] == '-' || text[0] == '+' || text[0] == '.' ? 1 : 0;
  if (text.starts_with("0x") || text.starts_with("0o")) return true;
  return start < text.size() && std::isdigit(static_cast<unsigned char>(text[start])) &&
         text.find_first_not_of("0123456789.eE_:+-TZ") == std::string::npos;
}

// Whether a block of lines (|) reads as exactly this text: one line break at the end, nothing that a block
// changes.
bool FitsBlock(const std::string& text) {
  if (text.size() < 2 || text.back() != '\n' || text[text.size() - 2] == '\n') return false;
  if (text.find('\n') == text.size() - 1 || text.front() == ' ' || text.front() == '\n') return false;
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char letter) { return letter >= 0x20 || letter == '\n'; });
}

void WriteScalar(YAML::Emitter& out, const Node& node) {
  if (FitsBlock(node.text)) {
    out << YAML::Literal << node.text.substr(0, node.text.size() - 1);
  } else if (node.text.find_first_of("\n\r\t") != std::string::npos ||
             (node.quoted && LooksLikeOther(node.text))) {
    out << YAML::DoubleQuoted << node.text;
  } else {
    out << node.text;
  }
}

void Write(YAML::Emitter& out, const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      out << YAML::Null;
      return;
    case NodeKind::kScalar:
      WriteScalar(out, node);
      return;
    case NodeKind::kList:
      if (node.children.empty()) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const Node& child : node.children) Write(out, child);
      out << YAML::EndSeq;
      return;
    case NodeKind::kMap:
      if (node.children.empty()) out << YAML::Flow;
      out << YAML::BeginMap;
      for (const Node& child : node.children) {
        out << YAML::Key << child.key << YAML::Value;
        Write(out, child);
      }
      out << YAML::EndMap;
      return;
  }
}

}  // namespace

std::vector<Node> ReadYaml(std::string_view text, Findings& findings) {
  // yaml-cpp lets such bytes through; nothing behind this line needs to think of them.
  if (const size_t bad = FirstByteThatIsNoUtf8(text); bad != text.size()) {
    const auto line =
        static_cast<int>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(bad), '\n')) + 1;
    findings.AddAt(line, "", "", "expected text in UTF-8 without NUL");
    return {};
  }
  if (text.size() > kLargestYamlBytes) {
    findings.AddAt(0, "", "", fmt::format("expected at most {} bytes", kLargestYamlBytes));
    return {};
  }
  Builder builder(findings);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (!builder.failed() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    if (!builder.failed()) findings.AddAt(error.mark.line + 1, "", "", "expected YAML: " + error.msg);
    return {};
  }
  std::vector<Node> documents = builder.Take();
  for (Node& document : documents) SetWrittenPaths(document, "");
  return documents;
}

std::string WriteYaml(const Node& node) {
  YAML::Emitter out;
  out.SetIndent(2);
  out.SetNullFormat(YAML::LowerNull);
  Write(out, node);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace hearth::manifest
