// Building blocks of the readable form; the entry points are Print in tree.h and command.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/unresolved/command.h"
#include "plan/unresolved/tree.h"

namespace hearth::plan::unresolved {

// The case of a visit that each node kind needs.
template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

// One line of text at a time. Relations inside expressions are numbered where they stand
// ("scalar-subquery#1") and printed below the line that names them.
class Printer {
 public:
  std::string Text(const Expression& expression);
  std::string Text(const ExpressionPtr& expression) { return expression ? Text(*expression) : "<none>"; }
  std::string List(const Expressions& expressions);
  std::string Text(const SortOrder& order);
  std::string List(const std::vector<SortOrder>& orders);
  std::string Text(const GroupElement& element);

  // Prints the relation and everything below it, at this indent.
  void Print(const Relation& relation, int indent);
  // Writes one line and the subqueries that its text names.
  void Line(int indent, std::string_view text);

  std::string Take() { return std::move(output_); }

 private:
  std::string Text(const Window& window);
  std::string Text(const Function& function);
  std::string Text(const Subquery& subquery);
  std::string Describe(const Relation& relation);

  struct Pending {
    int number;
    RelationPtr plan;
  };
  std::string output_;
  std::vector<Pending> pending_;
  int subqueries_ = 0;
};

// a.b, parts quoted where they need it
std::string NameText(const Name& name);
// [a, b]
std::string ListText(const std::vector<std::string>& names);
// 'text' with quotes, backslashes and line breaks escaped
std::string Quoted(std::string_view text);
// {a=1, b=2}
std::string MapText(const std::map<std::string, std::string>& map);

}  // namespace hearth::plan::unresolved
