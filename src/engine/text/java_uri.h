// java.net.URI: which texts are URIs, and their parts as written.
#pragma once

#include <optional>
#include <string_view>

namespace hearth::engine {

struct JavaUri {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::optional<std::string_view> user_info;
  std::optional<std::string_view> host;  // only of an authority that names a server
  std::optional<std::string_view> path;  // none for opaque URIs such as mailto:a@b
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;

  // nullopt when Java throws URISyntaxException.
  static std::optional<JavaUri> Parse(std::string_view text);
};

}  // namespace hearth::engine
