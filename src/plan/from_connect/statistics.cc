// df.na and df.stat.
#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {

base::Result<unresolved::RelationPtr> Reader::Read(const proto::NAFill& message) {
  if (message.values_size() == 0) return InvalidPlan("NA_FILL_VALUES_EMPTY", "fillna has no value.");
  if (message.values_size() > 1 && message.values_size() != message.cols_size()) {
    return InvalidPlan("NA_FILL_VALUES_LENGTH_MISMATCH",
                       "fillna has " + std::to_string(message.values_size()) + " values for " +
                           std::to_string(message.cols_size()) + " columns.");
  }
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto values, ReadLiterals(message.values()));
  return Make(unresolved::FillNulls{std::move(input), Strings(message.cols()), std::move(values)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::NADrop& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  unresolved::DropNulls drop{.input = std::move(input), .columns = Strings(message.cols())};
  if (message.has_min_non_nulls()) drop.minimum_non_nulls = message.min_non_nulls();
  return Make(std::move(drop));
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::NAReplace& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  unresolved::ReplaceValues replace{.input = std::move(input), .columns = Strings(message.cols())};
  for (const auto& replacement : message.replacements()) {
    HEARTH_ASSIGN(auto from, ReadLiteral(replacement.old_value()));
    HEARTH_ASSIGN(auto to, ReadLiteral(replacement.new_value()));
    replace.replacements.emplace_back(std::move(from), std::move(to));
  }
  return Make(std::move(replace));
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::StatSummary& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Summary{std::move(input), Strings(message.statistics())});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::StatDescribe& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Describe{std::move(input), Strings(message.cols())});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::StatCrosstab& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Statistic{.input = std::move(input),
                                    .kind = unresolved::StatisticKind::kCrosstab,
                                    .columns = {message.col1(), message.col2()}});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::StatCov& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Statistic{.input = std::move(input),
                                    .kind = unresolved::StatisticKind::kCovariance,
                                    .columns = {message.col1(), message.col2()}});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::StatCorr& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Statistic{.input = std::move(input),
                                    .kind = unresolved::StatisticKind::kCorrelation,
                                    .columns = {message.col1(), message.col2()},
                                    .method = message.has_method() ? message.method() : "pearson"});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::StatApproxQuantile& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(
      unresolved::Statistic{.input = std::move(input),
                            .kind = unresolved::StatisticKind::kApproximateQuantile,
                            .columns = Strings(message.cols()),
                            .numbers = {message.probabilities().begin(), message.probabilities().end()},
                            .error = message.relative_error()});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::StatFreqItems& message) {
  constexpr double kDefaultSupport = 0.01;
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::Statistic{.input = std::move(input),
                                    .kind = unresolved::StatisticKind::kFrequentItems,
                                    .columns = Strings(message.cols()),
                                    .error = message.has_support() ? message.support() : kDefaultSupport});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::StatSampleBy& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  unresolved::Statistic sample{.input = std::move(input), .kind = unresolved::StatisticKind::kSampleBy};
  HEARTH_ASSIGN(sample.stratum, Expression(message.col()));
  for (const auto& fraction : message.fractions()) {
    HEARTH_ASSIGN(auto value, ReadLiteral(fraction.stratum()));
    sample.strata.push_back(std::move(value));
    sample.numbers.push_back(fraction.fraction());
  }
  if (message.has_seed()) sample.seed = message.seed();
  return Make(std::move(sample));
}

}  // namespace hearth::plan::from_connect
