// df.show(): the first rows with every value as its printed text.
#include "plan/analyze/analysis.h"

namespace hearth::plan {

base::Result<Analyzed> Analysis::AnalyzeShowString(const unresolved::ShowString& show, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(show.input, outer));
  std::vector<NamedExpression> items;
  std::vector<Column> columns;
  for (const auto& column : input.output()) {
    HEARTH_ASSIGN(auto text, Call("to_pretty_string", {MakeReference(column)}));
    columns.push_back(NewColumn(column.name, DataType::String(), false));
    items.push_back({columns.back(), text});
  }
  auto rows = std::max(show.rows, 0);
  // One row more than shown tells whether there are more.
  auto limited = MakeRelation(Limit{input.relation, int64_t{rows} + 1, 0}, input.relation->output);
  auto printed = MakeRelation(Project{limited, std::move(items)}, columns);
  auto output = NewColumn(show.html ? "html_string" : "show_string", DataType::String(), false);
  return Wrap(MakeRelation(ShowString{printed, rows, show.truncate, show.vertical, show.html, {}}, {output}));
}

}  // namespace hearth::plan
