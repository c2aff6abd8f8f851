// Columns by name, by DataFrame (plan id), nested fields and stars.
#include <fmt/format.h>
#include <strings.h>

#include <algorithm>

#include "plan/analyze/analysis.h"
#include "plan/analyze/name_pattern.h"

namespace hearth::plan {
namespace {

using base::Error;
using base::ErrorKind;
using base::MakeError;
using base::Result;

constexpr size_t kMostSuggestions = 5;

size_t EditDistance(std::string_view left, std::string_view right) {
  std::vector<size_t> row(right.size() + 1);
  for (size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      size_t above = row[j];
      bool same = std::tolower(left[i - 1]) == std::tolower(right[j - 1]);
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (same ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

std::string FullName(const Column& column) {
  auto parts = column.qualifier;
  parts.push_back(column.name);
  return QuoteIdentifiers(parts);
}

void CollectPlanIds(const PlanIdTree& tree, int64_t plan_id, std::vector<const PlanIdTree*>& found) {
  if (tree.plan_id == plan_id) {
    found.push_back(&tree);
    return;
  }
  for (const auto& child : tree.children) CollectPlanIds(*child, plan_id, found);
}

Error Ambiguous(const unresolved::Name& parts, const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(FullName(column));
  std::sort(names.begin(), names.end());
  auto list = fmt::format("[{}]", fmt::join(names, ", "));
  auto name = QuoteIdentifiers(parts);
  return MakeError(ErrorKind::kAnalysis, "AMBIGUOUS_REFERENCE",
                   fmt::format("Reference {} is ambiguous, could be: {}.", name, list),
                   {{"name", name}, {"referenceNames", list}});
}

// Columns whose name is parts[qualifiers] and whose qualifier ends with the parts before it.
std::vector<Column> Matching(const std::vector<Column>& columns, const unresolved::Name& parts,
                             size_t qualifiers, const auto& same_name) {
  std::vector<Column> matches;
  for (const auto& column : columns) {
    if (column.qualifier.size() < qualifiers || !same_name(column.name, parts[qualifiers])) continue;
    size_t offset = column.qualifier.size() - qualifiers;
    bool matched = true;
    for (size_t i = 0; i < qualifiers && matched; ++i)
      matched = same_name(column.qualifier[offset + i], parts[i]);
    bool known = std::any_of(matches.begin(), matches.end(),
                             [&](const Column& other) { return other.origin() == column.origin(); });
    if (matched && !known) matches.push_back(column);
  }
  return matches;
}

ExpressionPtr ReferenceAs(const Column& column, const std::string& written) {
  auto renamed = column;
  renamed.name = written;
  return MakeReference(renamed);
}

}  // namespace

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

static void CountText(const DataType& type, bool& text, bool& other) {
  if (type.Is(TypeKind::kArray)) return CountText(*type.element(), text, other);
  if (type.Is(TypeKind::kNull) || type.IsNested()) return;
  (type.IsString() ? text : other) = true;
}

std::optional<TypePtr> CommonTypeWithoutText(const std::vector<TypePtr>& types,
                                             const AnalysisSettings& settings) {
  bool text = false;
  bool other = false;
  for (const auto& type : types) CountText(*type, text, other);
  if (text && other) return std::nullopt;
  return FindCommonType(types, settings);
}

bool Analysis::SameName(std::string_view left, std::string_view right) const {
  if (settings().case_sensitive) return left == right;
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

Result<std::optional<ExpressionPtr>> Analysis::FindByName(const unresolved::Name& parts,
                                                          const Analyzed& input) {
  auto same = [this](std::string_view left, std::string_view right) { return SameName(left, right); };
  size_t most = std::min<size_t>(parts.size() - 1, 3);
  for (size_t qualifiers = most + 1; qualifiers-- > 0;) {
    auto matches = Matching(input.output(), parts, qualifiers, same);
    if (matches.empty() && qualifiers > 0) matches = Matching(input.hidden, parts, qualifiers, same);
    if (matches.empty()) continue;
    if (matches.size() > 1) return Ambiguous(parts, matches);
    HEARTH_ASSIGN(auto found,
                  ExtractFields(ReferenceAs(matches[0], parts[qualifiers]), parts, qualifiers + 1));
    return std::optional(found);
  }
  return std::optional<ExpressionPtr>();
}

Result<std::optional<ExpressionPtr>> Analysis::FindByPlanId(const unresolved::Attribute& attribute,
                                                            const Analyzed& input) {
  std::vector<const PlanIdTree*> instances;
  if (input.plan_ids) CollectPlanIds(*input.plan_ids, *attribute.plan_id, instances);
  std::optional<ExpressionPtr> found;
  for (const auto* instance : instances) {
    Analyzed view;
    view.relation = MakeRelation(OneRow{}, instance->output);
    HEARTH_ASSIGN(auto candidate, FindByName(attribute.parts, view));
    if (!candidate) continue;
    auto columns = ReferencedColumns(**candidate);
    auto reachable = [&](const std::vector<Column>& output) {
      return std::all_of(columns.begin(), columns.end(), [&](ColumnId id) {
        return std::any_of(output.begin(), output.end(),
                           [&](const Column& column) { return column.id == id; });
      });
    };
    if (!reachable(input.output()) && !reachable(input.hidden)) continue;
    if (found) {
      auto name = QuoteIdentifiers(attribute.parts);
      return MakeError(
          ErrorKind::kAnalysis, "AMBIGUOUS_COLUMN_REFERENCE",
          fmt::format(
              "Column {} is ambiguous: several DataFrames that are joined hold it. Give the DataFrames "
              "aliases and name the column by alias.",
              name),
          {{"name", name}});
    }
    // Nullability and type are those of the place where the column is used (an outer join makes it nullable).
    found = Rewrite(*candidate, [&](const ExpressionPtr& node) -> ExpressionPtr {
      const auto* reference = node->As<ColumnReference>();
      if (!reference) return nullptr;
      for (const auto& column : input.output()) {
        if (column.id == reference->id) return ReferenceAs(column, reference->name);
      }
      return nullptr;
    });
  }
  return found;
}

Result<std::optional<ExpressionPtr>> Analysis::FindInScope(const unresolved::Attribute& attribute,
                                                           const Scope& scope) {
  auto find = [&](const Analyzed& input) -> Result<std::optional<ExpressionPtr>> {
    return attribute.plan_id ? FindByPlanId(attribute, input) : FindByName(attribute.parts, input);
  };
  if (scope.having) {
    // HAVING prefers a grouping column to an output column of the same name.
    auto grouped = find(scope.having->input);
    bool usable = grouped.ok() && *grouped && (in_aggregate_ > 0 || IsKey(*scope.having, **grouped));
    if (usable) return grouped;
  }
  auto inputs = scope.inputs;
  if (in_aggregate_ > 0 && scope.is_sort) std::reverse(inputs.begin(), inputs.end());
  for (const auto* input : inputs) {
    if (!input->relation) continue;
    HEARTH_ASSIGN(auto found, find(*input));
    if (found) return found;
  }
  return std::optional<ExpressionPtr>();
}

Result<ExpressionPtr> Analysis::ResolveAttribute(const unresolved::Attribute& attribute, const Scope& scope) {
  const auto& parts = attribute.parts;
  for (auto lambda = lambda_scopes_.rbegin(); lambda != lambda_scopes_.rend() && !attribute.plan_id;
       ++lambda) {
    for (const auto& [name, variable] : *lambda) {
      if (SameName(name, parts[0])) return ExtractFields(variable, parts, 1);
    }
  }
  HEARTH_ASSIGN(auto found, FindInScope(attribute, scope));
  if (found) return *found;
  if (scope.lateral_aliases && !attribute.plan_id) {
    std::vector<const NamedExpression*> matches;
    for (const auto& item : *scope.lateral_aliases) {
      if (SameName(item.column.name, parts[0])) matches.push_back(&item);
    }
    if (matches.size() > 1) {
      return MakeError(
          ErrorKind::kAnalysis, "AMBIGUOUS_LATERAL_COLUMN_ALIAS",
          fmt::format("The alias {} stands {} times in this select list; a lateral reference to it is "
                      "ambiguous.",
                      QuoteIdentifiers({parts[0]}), matches.size()),
          {{"name", QuoteIdentifiers({parts[0]})}, {"n", std::to_string(matches.size())}});
    }
    if (!matches.empty()) {
      auto column = matches[0]->column;
      column.name = parts[0];
      const auto* item = matches[0]->expression->As<hearth::plan::Call>();
      if (item && item->function->kind == FunctionKind::kGenerator) {
        const auto& fields = matches[0]->expression->type->fields();
        if (fields.size() != 1) return UnresolvedColumn(parts, scope);
        column.type = fields[0].type;
        column.nullable = fields[0].nullable || item->function->name.ends_with("_outer");
      }
      if (in_window_ > 0 || in_aggregate_ > 0) {
        auto alias = QuoteIdentifier(parts[0]);
        if (in_window_ > 0) {
          return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW",
                           fmt::format("The lateral alias {} stands inside a window.", alias),
                           {{"lca", alias}, {"windowExpr", alias}});
        }
        return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC",
                         fmt::format("The lateral alias {} stands inside an aggregate function.", alias),
                         {{"lca", alias}, {"aggFunc", alias}});
      }
      auto reference = WithDisplay(MakeReference(column), fmt::format("lateralAliasReference({})", parts[0]));
      return ExtractFields(std::move(reference), parts, 1);
    }
  }
  for (const auto* outer = scope.outer; outer && !attribute.plan_id; outer = outer->outer) {
    HEARTH_ASSIGN(auto outer_found, FindInScope(attribute, *outer));
    if (!outer_found) continue;
    return Rewrite(*outer_found, [](const ExpressionPtr& node) -> ExpressionPtr {
      const auto* reference = node->As<ColumnReference>();
      if (!reference) return nullptr;
      auto copy = *node;
      copy.node = ColumnReference{reference->id, reference->name, true};
      return std::make_shared<const Expression>(std::move(copy));
    });
  }
  for (const auto* outer = scope.outer; outer && attribute.plan_id; outer = outer->outer) {
    HEARTH_ASSIGN(auto outer_found, FindInScope(attribute, *outer));
    if (outer_found) {
      auto copy = **outer_found;
      if (const auto* reference = copy.As<ColumnReference>()) {
        copy.node = ColumnReference{reference->id, reference->name, true};
      }
      return std::make_shared<const Expression>(std::move(copy));
    }
  }
  if (parts.size() == 1 && !attribute.plan_id) {
    if (auto literal = LiteralFunction(parts[0])) return *literal;
  }
  if (attribute.plan_id) {
    auto name = QuoteIdentifiers(parts);
    return MakeError(
        ErrorKind::kAnalysis, "CANNOT_RESOLVE_DATAFRAME_COLUMN",
        fmt::format("Column {} belongs to a DataFrame that this one was not made from, or no longer has it.",
                    name),
        {{"name", name}});
  }
  return UnresolvedColumn(parts, scope);
}

Error Analysis::UnresolvedColumn(const unresolved::Name& parts, const Scope& scope) {
  auto name = QuoteIdentifiers(parts);
  std::vector<std::string> names;
  for (const auto* input : scope.inputs) {
    if (!input->relation) continue;
    for (const auto& column : input->output()) names.push_back(FullName(column));
  }
  if (names.empty()) {
    return MakeError(ErrorKind::kAnalysis, "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
                     fmt::format("No column, variable or function parameter is named {}.", name),
                     {{"objectName", name}});
  }
  bool short_names = parts.size() == 1;
  if (short_names) {
    for (auto& candidate : names)
      candidate =
          candidate.substr(candidate.rfind(".`") == std::string::npos ? 0 : candidate.rfind(".`") + 1);
  }
  std::stable_sort(names.begin(), names.end(), [&](const auto& left, const auto& right) {
    return EditDistance(left, name) < EditDistance(right, name);
  });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > kMostSuggestions) names.resize(kMostSuggestions);
  auto proposal = fmt::format("{}", fmt::join(names, ", "));
  return MakeError(
      ErrorKind::kAnalysis, "UNRESOLVED_COLUMN.WITH_SUGGESTION",
      fmt::format("No column, variable or function parameter is named {}. Closest: [{}].", name, proposal),
      {{"objectName", name}, {"proposal", proposal}});
}

Result<ExpressionPtr> Analysis::ExtractFields(ExpressionPtr base, const unresolved::Name& parts,
                                              size_t from) {
  for (size_t i = from; i < parts.size(); ++i) {
    HEARTH_ASSIGN(base, ExtractField(std::move(base), parts[i]));
  }
  return base;
}

Result<ExpressionPtr> Analysis::ExtractField(ExpressionPtr base, const std::string& field) {
  const auto& type = base->type;
  if (type->Is(TypeKind::kArray) && type->element()->Is(TypeKind::kStruct)) {
    Column element = NewColumn("element", type->element(), type->contains_null());
    auto variable = std::make_shared<const Expression>(
        Expression{LambdaVariable{element.id, element.name}, element.type, element.nullable, {}});
    HEARTH_ASSIGN(auto body, ExtractField(variable, field));
    auto element_type = body->type;
    bool element_nullable = body->nullable;
    auto lambda = std::make_shared<const Expression>(
        Expression{Lambda{{variable}, body}, element_type, element_nullable, {}});
    auto display = fmt::format(
        "{}.{}", OutputName(*base),
        body->As<hearth::plan::Call>() ? OutputName(*body).substr(OutputName(*body).rfind('.') + 1) : field);
    HEARTH_ASSIGN(auto call, Call("transform", {base, lambda}));
    return WithDisplay(call, display);
  }
  if (type->Is(TypeKind::kMap)) return Call("map_item", {base, StringLiteral(field)});
  if (!type->Is(TypeKind::kStruct)) {
    return MakeError(
        ErrorKind::kAnalysis, "INVALID_EXTRACT_BASE_FIELD_TYPE",
        fmt::format(
            "Cannot extract a value from \"{}\": a complex type (struct, array or map) is needed, but it "
            "is \"{}\".",
            OutputName(*base), type->Sql()),
        {{"base", fmt::format("\"{}\"", OutputName(*base))}, {"other", fmt::format("\"{}\"", type->Sql())}});
  }
  std::optional<size_t> found;
  for (size_t i = 0; i < type->fields().size(); ++i) {
    if (!SameName(type->fields()[i].name, field)) continue;
    if (found) {
      return MakeError(ErrorKind::kAnalysis, "AMBIGUOUS_REFERENCE_TO_FIELDS",
                       fmt::format("Field {} appears more than once in the struct.", QuoteIdentifier(field)),
                       {{"field", QuoteIdentifier(field)}, {"count", "2"}});
    }
    found = i;
  }
  if (!found) {
    std::vector<std::string> names;
    for (const auto& each : type->fields()) names.push_back(QuoteIdentifier(each.name));
    auto fields = fmt::format("{}", fmt::join(names, ", "));
    return MakeError(ErrorKind::kAnalysis, "FIELD_NOT_FOUND",
                     fmt::format("No field {} in the struct; it has {}.", QuoteIdentifier(field), fields),
                     {{"fieldName", QuoteIdentifier(field)}, {"fields", fields}});
  }
  const auto& target = type->fields()[*found];
  auto call = MakeCall(FunctionTable::BuiltIn().Find("get_struct_field"),
                       {base, IntegerLiteral(static_cast<int32_t>(*found))}, target.type,
                       base->nullable || target.nullable, settings().ansi);
  // The name is shown as it was written.
  return target.name == field ? call : WithDisplay(call, fmt::format("{}.{}", OutputName(*base), field));
}

Result<std::vector<ExpressionPtr>> Analysis::ExpandStar(const unresolved::Star& star, const Scope& scope) {
  std::vector<ExpressionPtr> expanded;
  const Analyzed* input = nullptr;
  for (const auto* each : scope.inputs) {
    if (each->relation) input = each;
  }
  if (!input) return base::InternalError("a star without an input");
  auto qualifies = [&](const Column& column) {
    if (star.target.size() > column.qualifier.size()) return false;
    size_t offset = column.qualifier.size() - star.target.size();
    for (size_t i = 0; i < star.target.size(); ++i) {
      if (!SameName(column.qualifier[offset + i], star.target[i])) return false;
    }
    return true;
  };
  if (star.plan_id) {
    std::vector<const PlanIdTree*> instances;
    if (input->plan_ids) CollectPlanIds(*input->plan_ids, *star.plan_id, instances);
    if (instances.empty()) {
      return MakeError(ErrorKind::kAnalysis, "CANNOT_RESOLVE_DATAFRAME_COLUMN",
                       "The star belongs to a DataFrame that this one was not made from.", {{"name", "`*`"}});
    }
    for (const auto& column : input->output()) {
      bool owned = std::any_of(instances[0]->output.begin(), instances[0]->output.end(),
                               [&](const Column& other) { return other.id == column.id; });
      if (owned) expanded.push_back(MakeReference(column));
    }
  } else {
    for (const auto& column : input->output()) {
      if (qualifies(column) && column.id != window_column_) expanded.push_back(MakeReference(column));
    }
    // Under USING, t.* shows t's own key columns.
    if (!star.target.empty()) {
      std::vector<ExpressionPtr> own;
      for (const auto& column : input->hidden) {
        if (qualifies(column)) own.push_back(MakeReference(column));
      }
      bool keys_missing = std::none_of(expanded.begin(), expanded.end(), [&](const auto& each) {
        return std::any_of(own.begin(), own.end(), [&](const auto& key) {
          return SameName(key->template As<ColumnReference>()->name,
                          each->template As<ColumnReference>()->name);
        });
      });
      if (keys_missing) expanded.insert(expanded.begin(), own.begin(), own.end());
    }
  }
  if (expanded.empty() && !star.target.empty()) {
    HEARTH_ASSIGN(auto structure, FindByName(star.target, *input));
    if (structure && (*structure)->type->Is(TypeKind::kStruct)) {
      for (const auto& field : (*structure)->type->fields()) {
        HEARTH_ASSIGN(auto value, ExtractField(*structure, field.name));
        expanded.push_back(WithDisplay(value, field.name));
      }
    } else {
      std::vector<std::string> names;
      for (const auto& column : input->output()) names.push_back(QuoteIdentifier(column.name));
      auto columns = fmt::format("{}", fmt::join(names, ", "));
      auto target = QuoteIdentifiers(star.target);
      return MakeError(ErrorKind::kAnalysis, "CANNOT_RESOLVE_STAR_EXPAND",
                       fmt::format("Cannot expand {}.*: no table or struct of that name; the input has {}.",
                                   target, columns),
                       {{"targetString", target}, {"columns", columns}});
    }
  }
  for (size_t i = 0; i < star.except.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      bool same = star.except[i].size() == star.except[j].size();
      for (size_t k = 0; same && k < star.except[i].size(); ++k) {
        same = SameName(star.except[i][k], star.except[j][k]);
      }
      if (!same) continue;
      std::vector<std::string> names;
      for (const auto& except : star.except) names.push_back(fmt::format("{}", fmt::join(except, ".")));
      return MakeError(ErrorKind::kAnalysis, "EXCEPT_OVERLAPPING_COLUMNS", "EXCEPT names a column twice.",
                       {{"columns", fmt::format("{}", fmt::join(names, ", "))}});
    }
  }
  for (const auto& except : star.except) {
    if (except.size() > 1) return base::NotImplemented("EXCEPT of nested fields in a star");
    auto before = expanded.size();
    std::erase_if(expanded,
                  [&](const ExpressionPtr& each) { return SameName(OutputName(*each), except[0]); });
    if (before == expanded.size()) return UnresolvedColumn(except, scope);
  }
  return expanded;
}

Result<std::vector<ExpressionPtr>> Analysis::ExpandRegex(const unresolved::Regex& regex, const Scope& scope) {
  std::vector<ExpressionPtr> expanded;
  const auto pattern = NamePattern::Compile(regex.pattern, settings().case_sensitive);
  if (!pattern) {
    return MakeError(ErrorKind::kAnalysis, "INVALID_PARAMETER_VALUE.PATTERN",
                     fmt::format("'{}' is not a regular expression.", regex.pattern),
                     {{"parameter", "`regexp`"}, {"functionName", "`colRegex`"}, {"value", regex.pattern}});
  }
  for (const auto* input : scope.inputs) {
    if (!input->relation) continue;
    for (const auto& column : input->output()) {
      if (pattern->Matches(column.name)) expanded.push_back(MakeReference(column));
    }
  }
  return expanded;
}

}  // namespace hearth::plan
