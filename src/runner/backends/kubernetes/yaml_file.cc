#include "runner/backends/kubernetes/yaml_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

namespace hearth::runner::kubernetes {
namespace {

constexpr int kDeepest = 100;

nlohmann::json Scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // quoted
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (text.empty() || text == "~" || text == "null") return nullptr;
  const char* end = text.data() + text.size();
  int64_t integer = 0;
  if (const auto read = std::from_chars(text.data(), end, integer);
      read.ec == std::errc() && read.ptr == end) {
    return integer;
  }
  double number = 0;
  if (const auto read = std::from_chars(text.data(), end, number);
      read.ec == std::errc() && read.ptr == end) {
    return number;
  }
  return text;
}

nlohmann::json Convert(const YAML::Node& node, int depth) {
  if (depth > kDeepest) throw YAML::Exception(node.Mark(), "nested too deeply");
  if (node.IsSequence()) {
    auto list = nlohmann::json::array();
    for (const auto& item : node) list.push_back(Convert(item, depth + 1));
    return list;
  }
  if (node.IsMap()) {
    auto map = nlohmann::json::object();
    for (const auto& item : node) map[item.first.as<std::string>()] = Convert(item.second, depth + 1);
    return map;
  }
  return node.IsScalar() ? Scalar(node) : nlohmann::json();
}

}  // namespace

base::Result<nlohmann::json> JsonOfYaml(const std::string& text, const std::string& file_name) {
  try {
    return Convert(YAML::Load(text), 0);
  } catch (const YAML::Exception& error) {
    return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_CONFIGURATION",
                           fmt::format("{}: {}", file_name, error.what()));
  }
}

base::Result<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_CONFIGURATION",
                           fmt::format("{}: the file cannot be read", path));
  }
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace hearth::runner::kubernetes
