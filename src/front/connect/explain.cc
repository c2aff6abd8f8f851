#include "front/connect/explain.h"

#include <fmt/format.h>

#include <cctype>
#include <utility>

#include "front/connect/read_plan.h"
#include "plan/from_connect/from_connect.h"
#include "session/commands/explain.h"
#include "session/errors.h"
#include "session/planning.h"

namespace hearth::front::connect {
namespace {

using spark::connect::AnalyzePlanRequest;

base::Result<session::ExplainMode> ModeOf(AnalyzePlanRequest::Explain::ExplainMode mode) {
  switch (mode) {
    case AnalyzePlanRequest::Explain::EXPLAIN_MODE_SIMPLE:
      return session::ExplainMode::kSimple;
    case AnalyzePlanRequest::Explain::EXPLAIN_MODE_EXTENDED:
      return session::ExplainMode::kExtended;
    case AnalyzePlanRequest::Explain::EXPLAIN_MODE_CODEGEN:
      return session::ExplainMode::kCodegen;
    case AnalyzePlanRequest::Explain::EXPLAIN_MODE_COST:
      return session::ExplainMode::kCost;
    case AnalyzePlanRequest::Explain::EXPLAIN_MODE_FORMATTED:
      return session::ExplainMode::kFormatted;
    default:
      return session::UnsupportedOperation(
          fmt::format("There is no explain mode {}.", AnalyzePlanRequest::Explain::ExplainMode_Name(mode)));
  }
}

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

}  // namespace

base::Result<std::string> ExplainText(session::Session& session, const spark::connect::Relation& relation,
                                      AnalyzePlanRequest::Explain::ExplainMode mode) {
  HEARTH_ASSIGN(const session::ExplainMode wanted, ModeOf(mode));
  HEARTH_ASSIGN(const plan::RelationPtr plan, ReadAndAnalyze(session, relation));
  HEARTH_ASSIGN(const auto unresolved, plan::FromConnect(relation, session::SqlOptionsOf(session)));
  return session::ExplainPlan(session, unresolved, plan, wanted);
}

// A column prints as name#id; ids alone tell columns apart.
std::string SemanticText(const plan::Relation& relation) {
  std::string result;
  for (const char c : plan::Print(relation)) {
    if (c == '#') {
      while (!result.empty() && IsNameCharacter(result.back())) result.pop_back();
    }
    result += c;
  }
  return result;
}

}  // namespace hearth::front::connect
