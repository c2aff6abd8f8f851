// Everything that is wrong with a document whose layers are laid and whose templates are filled.
#pragma once

#include <string>
#include <string_view>

#include "manifest/field_error.h"
#include "manifest/fields.h"
#include "manifest/node.h"

namespace hearth::manifest {

// Whose spelling findings use for what is missing.
enum class Spelling { kManifest, kRequest };

// Checks each value and brings it to its canonical text, then the rules between fields (rules.cc), which also
// write down what follows from other fields (a sink's `from`).
void CheckDocument(Kind kind, Spelling spelling, Node& root, Findings& findings);

// The values alone.
void CheckValues(Kind kind, Spelling spelling, Node& root, Findings& findings);

// Checks the values of a part of spec, as an overlay has it.
void CheckPart(Kind kind, Node& part, Findings& findings);

// For rules: a document and where to tell.
class Examined {
 public:
  Examined(Kind kind, Spelling spelling, Node& root, Findings& findings)
      : kind_(kind), spelling_(spelling), root_(root), findings_(findings) {}

  Node& root() { return root_; }
  // None also when the value was refused or waits for the date of the run.
  Node* At(std::string_view path);
  std::string Text(std::string_view path);
  // How its author calls the field at this canonical path, there or not.
  std::string Name(std::string_view path) const;
  // The last part of it.
  std::string ShortName(std::string_view path) const;
  int LineOf(std::string_view path) const;
  void Missing(std::string_view path, std::string expected);
  Findings& findings() { return findings_; }

 private:
  Kind kind_;
  Spelling spelling_;
  Node& root_;
  Findings& findings_;
};

// rules.cc
void CheckRules(Kind kind, Examined& document);

}  // namespace hearth::manifest
