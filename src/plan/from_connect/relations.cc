#include "plan/from_connect/from_connect.h"
#include "plan/from_connect/reader.h"
#include "plan/types/interval_text.h"

namespace hearth::plan::from_connect {
namespace {

using Kind = proto::Relation::RelTypeCase;

// The message's own name for what it holds: "MapPartitions".
std::string KindName(const proto::Relation& message) {
  if (message.has_extension()) return "the relation extension " + message.extension().type_url();
  const auto* oneof = proto::Relation::descriptor()->FindOneofByName("rel_type");
  const auto* field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  return field == nullptr ? "Unknown" : field->message_type()->name();
}

unresolved::RelationPtr WithPlanId(const unresolved::RelationPtr& relation, int64_t plan_id) {
  auto copy = *relation;
  copy.plan_id = plan_id;
  return std::make_shared<const unresolved::Relation>(std::move(copy));
}

std::optional<int32_t> Positive(const std::optional<int32_t>& number) {
  return number && *number > 0 ? number : std::nullopt;
}

}  // namespace

base::Error InvalidPlan(std::string_view condition, std::string message,
                        std::map<std::string, std::string> parameters) {
  return base::MakeError(base::ErrorKind::kSpark, "CONNECT_INVALID_PLAN." + std::string(condition),
                         std::move(message), std::move(parameters));
}

base::Result<unresolved::RelationPtr> Reader::Relation(const proto::Relation& message) {
  if (depth_ >= kMaximumDepth) {
    return base::MakeError(base::ErrorKind::kResourceExhausted, "FAILED_TO_PARSE_TOO_COMPLEX",
                           "The plan nests more than " + std::to_string(kMaximumDepth) + " levels.");
  }
  ++depth_;
  auto relation = RelationByKind(message);
  --depth_;
  if (!relation.ok() || !message.common().has_plan_id()) return relation;
  return WithPlanId(*relation, message.common().plan_id());
}

// One row per relation: a new kind is one line here and one Read in the file of its area.
base::Result<unresolved::RelationPtr> Reader::RelationByKind(const proto::Relation& message) {
  switch (message.rel_type_case()) {
    case Kind::kRead:
      return Read(message.read());
    case Kind::kProject:
      return Read(message.project());
    case Kind::kFilter:
      return Read(message.filter());
    case Kind::kJoin:
      return Read(message.join());
    case Kind::kSetOp:
      return Read(message.set_op());
    case Kind::kSort:
      return Read(message.sort());
    case Kind::kLimit:
      return Read(message.limit());
    case Kind::kAggregate:
      return Read(message.aggregate());
    case Kind::kSql:
      return Read(message.sql());
    case Kind::kLocalRelation:
      return Read(message.local_relation());
    case Kind::kSample:
      return Read(message.sample());
    case Kind::kOffset:
      return Read(message.offset());
    case Kind::kDeduplicate:
      return Read(message.deduplicate());
    case Kind::kRange:
      return Read(message.range());
    case Kind::kSubqueryAlias:
      return Read(message.subquery_alias());
    case Kind::kRepartition:
      return Read(message.repartition());
    case Kind::kToDf:
      return Read(message.to_df());
    case Kind::kWithColumnsRenamed:
      return Read(message.with_columns_renamed());
    case Kind::kShowString:
      return Read(message.show_string());
    case Kind::kDrop:
      return Read(message.drop());
    case Kind::kTail:
      return Read(message.tail());
    case Kind::kWithColumns:
      return Read(message.with_columns());
    case Kind::kHint:
      return Read(message.hint());
    case Kind::kUnpivot:
      return Read(message.unpivot());
    case Kind::kToSchema:
      return Read(message.to_schema());
    case Kind::kRepartitionByExpression:
      return Read(message.repartition_by_expression());
    case Kind::kCollectMetrics:
      return Read(message.collect_metrics());
    case Kind::kParse:
      return Read(message.parse());
    case Kind::kHtmlString:
      return Read(message.html_string());
    case Kind::kCachedLocalRelation:
      return Read(message.cached_local_relation());
    case Kind::kWithRelations:
      return Read(message.with_relations());
    case Kind::kTranspose:
      return Read(message.transpose());
    case Kind::kUnresolvedTableValuedFunction:
      return Read(message.unresolved_table_valued_function());
    case Kind::kLateralJoin:
      return Read(message.lateral_join());
    case Kind::kChunkedCachedLocalRelation:
      return Read(message.chunked_cached_local_relation());
    case Kind::kZip:
      return Read(message.zip());
    case Kind::kFillNa:
      return Read(message.fill_na());
    case Kind::kDropNa:
      return Read(message.drop_na());
    case Kind::kReplace:
      return Read(message.replace());
    case Kind::kSummary:
      return Read(message.summary());
    case Kind::kCrosstab:
      return Read(message.crosstab());
    case Kind::kDescribe:
      return Read(message.describe());
    case Kind::kCov:
      return Read(message.cov());
    case Kind::kCorr:
      return Read(message.corr());
    case Kind::kApproxQuantile:
      return Read(message.approx_quantile());
    case Kind::kFreqItems:
      return Read(message.freq_items());
    case Kind::kSampleBy:
      return Read(message.sample_by());
    case Kind::kCatalog:
      return Read(message.catalog());
    case Kind::kWithWatermark:
      return Read(message.with_watermark());
    case Kind::kMapPartitions:
    case Kind::kGroupMap:
    case Kind::kCoGroupMap:
    case Kind::kApplyInPandasWithState:
    case Kind::kCachedRemoteRelation:
    case Kind::kCommonInlineUserDefinedTableFunction:
    case Kind::kAsOfJoin:
    case Kind::kCommonInlineUserDefinedDataSource:
    case Kind::kRelationChanges:
    case Kind::kNearestByJoin:
    case Kind::kMlRelation:
    case Kind::kExtension:
      return Make(unresolved::Unsupported{KindName(message)});
    case Kind::kUnknown:
    case Kind::REL_TYPE_NOT_SET:
      break;
  }
  return InvalidPlan("INVALID_ONE_OF_FIELD_NOT_SET", "A relation of the plan does not say what it is.",
                     {{"fullName", "spark.connect.Relation.rel_type"}, {"name", "rel_type"}});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Project& message) {
  auto input = Make(unresolved::OneRow{});
  if (message.has_input()) {
    HEARTH_ASSIGN(input, Relation(message.input()));
  }
  HEARTH_ASSIGN(auto items, List(message.expressions()));
  return Make(unresolved::Project{std::move(input), std::move(items)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Filter& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto condition, Expression(message.condition()));
  return Make(unresolved::Filter{std::move(input), std::move(condition)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Sort& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto orders, Orders(message.order()));
  return Make(unresolved::Sort{
      .input = std::move(input), .orders = std::move(orders), .is_global = message.is_global()});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Limit& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Limit{std::move(input), unresolved::IntegerLiteral(message.limit())});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Offset& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Offset{std::move(input), unresolved::IntegerLiteral(message.offset())});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Tail& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Tail{std::move(input), unresolved::IntegerLiteral(message.limit())});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Sample& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  unresolved::Sample sample{.input = std::move(input),
                            .lower = message.lower_bound(),
                            .upper = message.upper_bound(),
                            .with_replacement = message.with_replacement()};
  if (message.has_seed()) sample.seed = message.seed();
  sample.deterministic_order = message.deterministic_order();
  return Make(std::move(sample));
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Deduplicate& message) {
  if (!message.has_input()) return InvalidPlan("DEDUPLICATE_NEEDS_INPUT", "Deduplicate has no input.");
  if (message.within_watermark()) {
    auto error = base::MakeError(base::ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_3102",
                                 "Only streams have duplicates within a watermark.",
                                 {{"msg", "dropDuplicatesWithinWatermark is not supported with batch"}});
    error.sql_state.clear();
    return error;
  }
  if (message.all_columns_as_keys() && message.column_names_size() > 0) {
    return InvalidPlan("DEDUPLICATE_ALL_COLUMNS_AND_SUBSET",
                       "Deduplicate names columns and asks for all of them.");
  }
  if (!message.all_columns_as_keys() && message.column_names_size() == 0) {
    return InvalidPlan("DEDUPLICATE_REQUIRES_COLUMNS_OR_ALL", "Deduplicate names no columns.");
  }
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Deduplicate{std::move(input), Strings(message.column_names()),
                                      message.all_columns_as_keys()});
}

// A watermark means nothing to a query that is no stream; Spark does not even look for its column.
base::Result<unresolved::RelationPtr> Reader::Read(const proto::WithWatermark& message) {
  const auto& text = message.delay_threshold();
  const auto delay = CalendarIntervalFromText(text);
  if (!delay.ok()) {
    return base::MakeError(base::ErrorKind::kAnalysis, "CANNOT_PARSE_INTERVAL",
                           "'" + text + "' is no interval.", {{"intervalString", "'" + text + "'"}});
  }
  const bool negative =
      delay->months < 0 ||
      (delay->months == 0 && (delay->days < 0 || (delay->days == 0 && delay->microseconds < 0)));
  if (negative) {
    return base::MakeError(base::ErrorKind::kIllegalArgument, "",
                           "requirement failed: a watermark cannot lie in the future (" + text + ").");
  }
  return Relation(message.input());
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::SubqueryAlias& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  if (message.qualifier_size() > 0) return Make(unresolved::Unsupported{"SubqueryAlias with a qualifier"});
  return Make(unresolved::SubqueryAlias{std::move(input), message.alias(), {}});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Repartition& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Repartition{std::move(input), message.num_partitions(), message.shuffle()});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::RepartitionByExpression& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto expressions, List(message.partition_exprs()));
  std::optional<int32_t> partitions;
  if (message.has_num_partitions()) partitions = message.num_partitions();
  return Make(
      unresolved::RepartitionByExpression{std::move(input), std::move(expressions), Positive(partitions)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::ShowString& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::ShowString{std::move(input), message.num_rows(), message.truncate(),
                                     message.vertical(), false});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::HtmlString& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::ShowString{std::move(input), message.num_rows(), message.truncate(), false, true});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Hint& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto parameters, List(message.parameters()));
  return Make(unresolved::Hint{std::move(input), message.name(), std::move(parameters)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::CollectMetrics& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto metrics, List(message.metrics()));
  return Make(unresolved::CollectMetrics{std::move(input), message.name(), std::move(metrics)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Transpose& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto index_columns, List(message.index_columns()));
  return Make(unresolved::Transpose{std::move(input), std::move(index_columns)});
}

// DataFrames that SQL text refers to by name become definitions around it. Any other root holds subquery
// expressions that name the references by plan id: they take the plans in, and the node goes away.
base::Result<unresolved::RelationPtr> Reader::Read(const proto::WithRelations& message) {
  if (message.root().has_sql()) {
    unresolved::With with;
    for (const auto& reference : message.references()) {
      if (!reference.has_subquery_alias()) {
        return InvalidPlan("INVALID_WITH_RELATION_REFERENCE",
                           "A DataFrame that SQL text refers to has no name.");
      }
      HEARTH_ASSIGN(auto plan, Relation(reference.subquery_alias().input()));
      with.definitions.push_back({.name = reference.subquery_alias().alias(), .plan = std::move(plan)});
    }
    HEARTH_ASSIGN(with.body, Relation(message.root()));
    return Make(std::move(with));
  }
  const auto outer = references_;
  for (const auto& reference : message.references()) {
    HEARTH_ASSIGN(auto relation, Relation(reference));
    if (relation->plan_id) references_[*relation->plan_id] = std::move(relation);
  }
  auto root = Relation(message.root());
  references_ = outer;
  return root;
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Unpivot& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  unresolved::Unpivot unpivot{.input = std::move(input),
                              .variable_name = message.variable_column_name(),
                              .value_names = {message.value_column_name()}};
  HEARTH_ASSIGN(unpivot.ids, List(message.ids()));
  if (message.has_values()) {
    HEARTH_ASSIGN(auto values, List(message.values().values()));
    unpivot.values.emplace();
    for (auto& value : values) unpivot.values->push_back({std::move(value)});
  }
  return Make(std::move(unpivot));
}

}  // namespace hearth::plan::from_connect

namespace hearth::plan {

base::Result<unresolved::RelationPtr> FromConnect(const ::spark::connect::Relation& message,
                                                  const SqlOptions& options) {
  return from_connect::Reader(options).Relation(message);
}

base::Result<unresolved::ExpressionPtr> FromConnect(const ::spark::connect::Expression& message,
                                                    const SqlOptions& options) {
  return from_connect::Reader(options).Expression(message);
}

base::Result<unresolved::Statement> StatementFromConnect(const ::spark::connect::Relation& message,
                                                         const SqlOptions& options) {
  return from_connect::Reader(options).Statement(message);
}

base::Result<unresolved::Command> FromConnect(const ::spark::connect::Command& message,
                                              const SqlOptions& options) {
  return from_connect::Reader(options).Command(message);
}

}  // namespace hearth::plan
