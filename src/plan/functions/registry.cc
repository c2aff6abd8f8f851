#include "plan/functions/registry.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "plan/functions/families.h"

namespace hearth::plan {
namespace {

unsigned char Lower(char c) {
  return static_cast<unsigned char>(std::tolower(static_cast<unsigned char>(c)));
}

bool IsWord(std::string_view name) {
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0]));
}

}  // namespace

bool FunctionTable::CaseInsensitiveLess::operator()(std::string_view left, std::string_view right) const {
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                      [](char a, char b) { return Lower(a) < Lower(b); });
}

void FunctionTable::Add(Function function) {
  if (function.registered_name.empty()) function.registered_name = function.name;
  auto key = function.registered_name;
  functions_.insert_or_assign(std::move(key), std::make_unique<Function>(std::move(function)));
}

void FunctionTable::AddAlias(std::string alias, std::string_view name) {
  const auto found = functions_.find(name);
  if (found == functions_.end()) std::abort();  // an alias of a row that the family has not added
  Function copy = *found->second;
  copy.registered_name = alias;
  if (IsWord(alias)) copy.display_name = alias;
  functions_.insert_or_assign(std::move(alias), std::make_unique<Function>(std::move(copy)));
}

const Function* FunctionTable::Find(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : found->second.get();
}

std::vector<const Function*> FunctionTable::All() const {
  std::vector<const Function*> all;
  all.reserve(functions_.size());
  for (const auto& [name, function] : functions_) all.push_back(function.get());
  return all;
}

const FunctionTable& FunctionTable::BuiltIn() {
  static const FunctionTable table = [] {
    FunctionTable result;
    AddOperatorFunctions(result);
    AddConditionalFunctions(result);
    AddMathFunctions(result);
    AddBitwiseFunctions(result);
    AddAggregateFunctions(result);
    AddWindowFunctions(result);
    AddHashFunctions(result);
    AddContextFunctions(result);
    AddStringFunctions(result);
    AddRegexpFunctions(result);
    AddUrlFunctions(result);
    AddJsonFunctions(result);
    AddDatetimeFunctions(result);
    AddIntervalFunctions(result);
    AddArrayFunctions(result);
    AddMapFunctions(result);
    AddStructFunctions(result);
    AddLambdaFunctions(result);
    AddGeneratorFunctions(result);
    AddCsvFunctions(result);
    AddVariantFunctions(result);
    AddVectorFunctions(result);
    AddInternalFunctions(result);
    return result;
  }();
  return table;
}

}  // namespace hearth::plan
