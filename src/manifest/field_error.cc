#include "manifest/field_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace hearth::manifest {
namespace {

constexpr size_t kShownBytes = 80;
constexpr size_t kMostErrors = 1000;

std::string Shown(const Node& node) {
  if (node.is_map()) return "{…}";
  if (node.is_list()) return "[…]";
  std::string text = node.text.substr(0, kShownBytes);
  // Never half a character.
  while (text.size() < node.text.size() && !text.empty() && (node.text[text.size()] & 0xC0) == 0x80)
    text.pop_back();
  if (text.size() < node.text.size()) text += "…";
  for (char& letter : text)
    if (letter == '\n' || letter == '\r') letter = ' ';
  return text;
}

}  // namespace

std::string Render(std::span<const FieldError> errors) {
  std::string text;
  for (const FieldError& error : errors) {
    if (!error.file.empty()) text += error.file + ":";
    if (error.line > 0) text += std::to_string(error.line) + ":";
    if (!text.empty() && text.back() == ':') text += " ";
    if (!error.path.empty()) text += error.path + ": ";
    if (!error.value.empty()) text += "'" + error.value + "': ";
    text += error.expected + "\n";
  }
  return text;
}

base::Error ToError(std::span<const FieldError> errors) {
  std::string message = Render(errors);
  while (!message.empty() && message.back() == '\n') message.pop_back();
  return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE", std::move(message));
}

std::string OtherPlace(int line) { return line > 0 ? fmt::format("line {}", line) : "another one"; }

void Findings::Add(const Node& node, std::string expected) {
  AddAt(node.line, node.written, node.is_null() ? "" : Shown(node), std::move(expected));
}

void Findings::AddHidden(const Node& node, std::string expected) {
  AddAt(node.line, node.written, "", std::move(expected));
}

void Findings::AddAt(int line, std::string path, std::string value, std::string expected) {
  if (errors_.size() >= kMostErrors) return;
  errors_.push_back({file_, line, std::move(path), std::move(value), std::move(expected)});
}

void Findings::Adopt(FieldError error) {
  if (errors_.size() < kMostErrors) errors_.push_back(std::move(error));
}

std::vector<FieldError> Findings::Take() {
  const auto place = [](const FieldError& error) {
    return error.line == 0 ? std::numeric_limits<int>::max() : error.line;
  };
  std::stable_sort(errors_.begin(), errors_.end(),
                   [&](const FieldError& a, const FieldError& b) { return place(a) < place(b); });
  std::vector<FieldError> unique;
  for (FieldError& error : errors_)
    if (std::find(unique.begin(), unique.end(), error) == unique.end()) unique.push_back(std::move(error));
  errors_.clear();
  return unique;
}

}  // namespace hearth::manifest
