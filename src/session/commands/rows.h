// Rows made by hand, as a plan.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/resolved/tree.h"

namespace hearth::session {

class Rows {
 public:
  // null, text, truth, or a list of texts
  using Cell = std::variant<std::monostate, std::string, bool, std::vector<std::string>>;
  struct ColumnSpec {
    std::string name;
    bool nullable = false;
    plan::TypePtr type = plan::DataType::String();
  };

  explicit Rows(std::vector<ColumnSpec> columns) : columns_(std::move(columns)) {}
  // No columns, no rows: what most commands answer.
  static plan::RelationPtr None() { return Rows({}).Build(); }

  // As many cells as there are columns.
  void Add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  plan::RelationPtr Build() const;

 private:
  std::vector<ColumnSpec> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// An empty text becomes null.
Rows::Cell TextOrNull(const std::string& text);

// SHOW … LIKE: `*` for any text, `|` between alternatives, no regard to case.
bool MatchesPattern(std::string_view text, std::string_view pattern);

}  // namespace hearth::session
