#include "session/commands/rows.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace hearth::session {
namespace {

plan::ExpressionPtr CellLiteral(const Rows::Cell& cell, const plan::TypePtr& type) {
  if (std::holds_alternative<std::monostate>(cell)) return plan::NullLiteral(type);
  if (const auto* text = std::get_if<std::string>(&cell)) return plan::MakeLiteral({*text}, type);
  if (const auto* truth = std::get_if<bool>(&cell)) return plan::MakeLiteral({*truth}, type);
  plan::ValueList items;
  for (const std::string& item : std::get<std::vector<std::string>>(cell)) items.push_back({item});
  return plan::MakeLiteral({std::move(items)}, type);
}

// `*` stands for any text; backtracks to the last star only, so the time is bounded by the product of the
// lengths.
bool MatchesOne(std::string_view text, std::string_view pattern) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '.' || same(pattern[p], text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

plan::RelationPtr Rows::Build() const {
  std::vector<plan::Column> columns;
  for (const ColumnSpec& spec : columns_) {
    columns.push_back({columns.size() + 1, spec.name, spec.type, spec.nullable, "", {}});
  }
  std::vector<plan::Expressions> rows;
  for (const std::vector<Cell>& cells : rows_) {
    plan::Expressions row;
    for (size_t i = 0; i < columns_.size(); ++i) row.push_back(CellLiteral(cells[i], columns_[i].type));
    rows.push_back(std::move(row));
  }
  return plan::MakeRelation(plan::InlineRows{std::move(rows)}, std::move(columns));
}

Rows::Cell TextOrNull(const std::string& text) {
  if (text.empty()) return std::monostate();
  return text;
}

bool MatchesPattern(std::string_view text, std::string_view pattern) {
  while (true) {
    const size_t bar = std::min(pattern.find('|'), pattern.size());
    std::string_view one = pattern.substr(0, bar);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (MatchesOne(text, one)) return true;
    if (bar == pattern.size()) return false;
    pattern.remove_prefix(bar + 1);
  }
}

}  // namespace hearth::session
