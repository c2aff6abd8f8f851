// What is wrong with a manifest or a request: every finding says where, what stands there and what was
// expected.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/result.h"
#include "manifest/node.h"

namespace hearth::manifest {

struct FieldError {
  std::string file;      // as the caller named it; empty for a request
  int line = 0;          // from 1; 0: no line
  std::string path;      // in its author's spelling, "spec.executors.memory", "config.resources.driver.cores"
  std::string value;     // what stands there, shortened; empty: nothing, or a secret
  std::string expected;  // "expected a memory size such as 4g"
  bool operator==(const FieldError&) const = default;
};

// One line each: FILE:LINE: PATH: 'VALUE': EXPECTED. Parts that are not there are left out.
std::string Render(std::span<const FieldError> errors);
// One kIllegalArgument with all of them, for calls that give base::Result.
base::Error ToError(std::span<const FieldError> errors);

// "line 7", or "another one" where there are no lines (a request).
std::string OtherPlace(int line);

// A value, or everything that is wrong with it.
template <typename Value>
using Checked = tl::expected<Value, std::vector<FieldError>>;

// Collects what is wrong with one file.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}

  // About a node that is there; shows its value.
  void Add(const Node& node, std::string expected);
  // About a node whose value must not be shown.
  void AddHidden(const Node& node, std::string expected);
  void AddAt(int line, std::string path, std::string value, std::string expected);

  // Takes over a finding, file and all.
  void Adopt(FieldError error);

  bool empty() const { return errors_.empty(); }
  const std::string& file() const { return file_; }
  // In the order of lines; findings without a line come last. The same finding is told once.
  std::vector<FieldError> Take();

 private:
  std::string file_;
  std::vector<FieldError> errors_;
};

}  // namespace hearth::manifest
