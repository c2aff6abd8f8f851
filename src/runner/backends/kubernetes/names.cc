#include "runner/backends/kubernetes/names.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <cctype>

namespace hearth::runner::kubernetes {
namespace {

constexpr size_t kLongestPlainToken = 48;  // with "hearth-" 55
constexpr size_t kLongestLabel = 63;

bool IsNamePart(std::string_view token) {
  if (token.empty() || token.size() > kLongestPlainToken) return false;
  for (const char character : token) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::islower(byte) == 0 && std::isdigit(byte) == 0 && character != '-') return false;
  }
  return token.front() != '-' && token.back() != '-';
}

std::string Hash(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hash;
  for (size_t i = 0; i < 20; ++i) hash += fmt::format("{:02x}", digest[i]);
  return hash;
}

}  // namespace

std::string AttemptLabel(std::string_view token) {
  return IsNamePart(token) ? std::string(token) : Hash(token);
}

std::string ApplicationName(std::string_view token) { return "hearth-" + AttemptLabel(token); }

std::string LabelValue(std::string_view text) {
  std::string value;
  for (const char character : text.substr(0, kLongestLabel)) {
    const bool allowed = std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '-' ||
                         character == '_' || character == '.';
    value += allowed ? character : '-';
  }
  const auto is_edge = [](char character) {
    return std::isalnum(static_cast<unsigned char>(character)) != 0;
  };
  while (!value.empty() && !is_edge(value.back())) value.pop_back();
  while (!value.empty() && !is_edge(value.front())) value.erase(0, 1);
  return value;
}

std::map<std::string, std::string> LabelsOf(const Attempt& attempt, const std::string& instance) {
  std::map<std::string, std::string> labels;
  for (const auto& [key, value] : attempt.spec.labels) labels[key] = LabelValue(value);
  labels[std::string(kInstanceLabel)] = LabelValue(instance);
  labels[std::string(kAttemptLabel)] = AttemptLabel(attempt.token);
  labels[std::string(kRunLabel)] = LabelValue(attempt.run.text());
  labels[std::string(kTeamLabel)] = LabelValue(attempt.spec.team);
  labels[std::string(kEnvironmentLabel)] = LabelValue(attempt.spec.environment);
  labels[std::string(kJobLabel)] = LabelValue(attempt.spec.name);
  return labels;
}

std::string NativeIdText(const NativeId& id) {
  return fmt::format("{}/{}/{}", id.name_space, id.name, id.uid);
}

NativeId ParseNativeId(std::string_view text) {
  const size_t first = text.find('/');
  const size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  if (second == std::string_view::npos) return {};
  return {std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)),
          std::string(text.substr(second + 1))};
}

}  // namespace hearth::runner::kubernetes
