#include "session/planning.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace hearth::session {
namespace {

// Rows of one Arrow batch unless the user sets spark.sql.execution.arrow.maxRecordsPerBatch: each message
// costs a client more than its rows do, and the batch is bounded in bytes as well.
constexpr int64_t kDefaultBatchRows = 1 << 16;
constexpr std::string_view kBatchRows = "spark.sql.execution.arrow.maxRecordsPerBatch";

}  // namespace

plan::SqlOptions SqlOptionsOf(const Session& session) {
  const Configuration& settings = session.configuration();
  plan::SqlOptions options;
  options.double_quoted_identifiers =
      settings.Flag("spark.sql.ansi.enabled") && settings.Flag("spark.sql.ansi.doubleQuotedIdentifiers");
  options.raw_string_literals = settings.Flag("spark.sql.parser.escapedStringLiterals");
  if (settings.Flag("spark.sql.variable.substitute")) {
    options.variable = [&settings](const std::string& name) -> base::Result<std::string> {
      HEARTH_ASSIGN(const auto value, settings.GetWithDefault(name, ""));
      return value.value_or("");
    };
  }
  options.timestamp_ntz_default = LowerCase(settings.Text("spark.sql.timestampType")) == "timestamp_ntz";
  options.time_zone = settings.Text("spark.sql.session.timeZone");
  options.now_microseconds = session.clock().NowMicroseconds();
  return options;
}

plan::AnalysisSettings AnalysisSettingsOf(const Session& session) {
  const Configuration& settings = session.configuration();
  plan::AnalysisSettings result;
  result.ansi = settings.Flag("spark.sql.ansi.enabled");
  result.case_sensitive = settings.Flag("spark.sql.caseSensitive");
  result.time_zone = settings.Text("spark.sql.session.timeZone");
  result.decimal_allow_precision_loss = settings.Flag("spark.sql.decimalOperations.allowPrecisionLoss");
  result.timestamp_ntz_default = LowerCase(settings.Text("spark.sql.timestampType")) == "timestamp_ntz";
  result.group_by_ordinal = settings.Flag("spark.sql.groupByOrdinal");
  result.order_by_ordinal = settings.Flag("spark.sql.orderByOrdinal");
  result.group_by_aliases = settings.Flag("spark.sql.groupByAliases");
  result.size_of_null_is_minus_one = !result.ansi && settings.Flag("spark.sql.legacy.sizeOfNull");
  result.map_key_last_wins = LowerCase(settings.Text("spark.sql.mapKeyDedupPolicy")) == "last_win";
  result.cross_join_enabled = settings.Flag("spark.sql.crossJoin.enabled");
  result.pivot_max_values = static_cast<int>(settings.Number("spark.sql.pivotMaxValues"));
  result.now_microseconds = session.clock().NowMicroseconds();
  result.user = session.process_user();
  result.current_catalog = kCatalogName;
  result.current_database = session.current_database();
  return result;
}

plan::ExecutionOptions ExecutionOptionsOf(const Session& session) {
  const Configuration& settings = session.configuration();
  plan::ExecutionOptions options;
  options.time_zone = settings.Text("spark.sql.session.timeZone");
  options.batch_rows = settings.IsSet(kBatchRows) ? settings.Number(kBatchRows) : kDefaultBatchRows;
  if (options.batch_rows <= 0) options.batch_rows = std::numeric_limits<int64_t>::max();
  options.large_var_types = settings.Flag("spark.sql.execution.arrow.useLargeVarTypes");
  return options;
}

base::Result<plan::RelationPtr> AnalyzeQuery(Session& session, const plan::unresolved::RelationPtr& query,
                                             plan::Catalog& names, std::stop_token stop) {
  const plan::AnalysisSettings settings = AnalysisSettingsOf(session);
  plan::AnalyzeContext context{settings, names, session.executor().files(), nullptr,
                               [&session, stop](const plan::RelationPtr& plan, int64_t limit) {
                                 return session.executor().Collect(plan, limit, stop);
                               }};
  return plan::Analyze(query, context);
}

base::Result<plan::RelationPtr> AnalyzeQuery(Session& session, const plan::unresolved::RelationPtr& query,
                                             std::stop_token stop) {
  const std::shared_ptr<NameLookup> names = session.Names();
  return AnalyzeQuery(session, query, *names, std::move(stop));
}

base::Result<plan::ExpressionPtr> AnalyzeConstant(Session& session,
                                                  const plan::unresolved::ExpressionPtr& expression) {
  const plan::AnalysisSettings settings = AnalysisSettingsOf(session);
  const std::shared_ptr<NameLookup> names = session.Names();
  plan::AnalyzeContext context{settings, *names, session.executor().files(), nullptr, nullptr};
  return plan::AnalyzeConstant(expression, context);
}

base::Result<plan::ResultBatch> CollectBatch(Session& session, const plan::RelationPtr& plan,
                                             std::stop_token stop) {
  plan::ExecutionOptions options = ExecutionOptionsOf(session);
  options.batch_rows = std::numeric_limits<int64_t>::max();
  options.batch_bytes = std::numeric_limits<int64_t>::max();
  HEARTH_ASSIGN(const std::unique_ptr<plan::BatchStream> stream,
                session.executor().Execute(plan, options, std::move(stop)));
  HEARTH_ASSIGN(std::optional<plan::ResultBatch> batch, stream->Next());
  if (!batch) return base::InternalError("a result without any batch");
  HEARTH_ASSIGN(const std::optional<plan::ResultBatch> more, stream->Next());
  if (more) return base::InternalError("the rows of a command in more than one batch");
  return *std::move(batch);
}

base::Error WithStatement(base::Error error, const std::string& statement) {
  std::shared_ptr<const std::string> text;
  for (base::QueryContext& context : error.contexts) {
    if (context.text || context.start_index < 0) continue;
    if (!text) text = std::make_shared<const std::string>(statement);
    context.text = text;
  }
  return error;
}

}  // namespace hearth::session
