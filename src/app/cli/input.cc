#include "app/cli/input.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

namespace hearth::app {
namespace {

// Readers of manifests and doors have smaller limits of their own, with better words.
constexpr size_t kMostBytes = size_t{64} << 20;

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

}  // namespace

base::Result<std::string> ReadInput(const std::string& file) {
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  std::istream& stream = file == "-" ? std::cin : opened;
  std::string text;
  char piece[64 << 10];
  while (stream.read(piece, sizeof piece), stream.gcount() > 0) {
    text.append(piece, static_cast<size_t>(stream.gcount()));
    if (text.size() > kMostBytes)
      return Wrong(fmt::format("{}: larger than {} MiB, the most that is read", file, kMostBytes >> 20));
  }
  // A folder opens, and cannot be read.
  if (!stream.eof()) return Wrong(fmt::format("{}: the file cannot be read", file));
  return text;
}

base::Result<std::map<std::string, std::string>> ReadNamedValues(std::string_view option,
                                                                 const std::vector<std::string>& given) {
  std::map<std::string, std::string> values;
  for (const std::string& text : given) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      return Wrong(fmt::format("{}: '{}' is not NAME=VALUE", option, text));
    values[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return values;
}

}  // namespace hearth::app
