// Timestamps to text and back by a pattern: date_format, from_unixtime, to_timestamp and to_date with a
// format.
#include <memory>
#include <optional>

#include "engine/datetime/pattern.h"
#include "engine/errors.h"
#include "engine/functions/datetime_families.h"
#include "engine/functions/zone_argument.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

using Purpose = DateTimePattern::Purpose;
using PatternPointer = std::shared_ptr<const DateTimePattern>;

// The facts of a formatting or parsing call. A constant pattern is read in bind; a wrong one by the first
// row.
struct BoundPattern {
  BoundZone zone;
  PatternPointer pattern = {};
  std::string text = {};
  std::string function = {};  // whose try_ form an error recommends
  bool strict = true;
};

// The pattern of the row at hand.
class Patterns {
 public:
  Patterns(const BoundPattern& bound, Purpose purpose)
      : pattern_(bound.pattern), text_(bound.text), purpose_(purpose) {}
  const DateTimePattern& For(string_view text) {
    if (!pattern_ || text_ != text) {
      auto read = DateTimePattern::Read(text, purpose_);
      if (!read.ok()) ThrowSpark(*read.error());
      pattern_ = std::make_shared<const DateTimePattern>(std::move(*read));
      text_ = text;
    }
    return *pattern_;
  }

 private:
  PatternPointer pattern_;
  std::string text_;
  Purpose purpose_;
};

// (value, pattern, zone) or (text, pattern, zone, try function, strict)
template <Purpose kPurpose>
duckdb::unique_ptr<duckdb::FunctionData> BindPattern(
    duckdb::ClientContext& context, duckdb::ScalarFunction&,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  BoundPattern bound{.zone = ResolveZone(TextArgument(context, *arguments[2]))};
  if (kPurpose == Purpose::kParse) {
    bound.function = TextArgument(context, *arguments[3]);
    bound.strict = BooleanArgument(context, *arguments[4]);
  }
  if (IsConstantArgument(*arguments[1])) {
    const auto value = ConstantArgument(context, *arguments[1]);
    if (!value.IsNull()) {
      bound.text = duckdb::StringValue::Get(value);
      if (auto read = DateTimePattern::Read(bound.text, kPurpose); read.ok()) {
        bound.pattern = std::make_shared<const DateTimePattern>(std::move(*read));
      }
    }
  }
  return Bind(std::move(bound));
}

void FormatKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& bound = Bound<BoundPattern>(state);
  Patterns patterns(bound, Purpose::kPrint);
  MapTexts<int64_t, string_view>(
      arguments, result, [&](std::string& out, int64_t instant, string_view pattern) {
        auto status = patterns.For(pattern).Print(instant, bound.zone.zone, bound.zone.id, &out);
        if (!status.ok()) ThrowSpark(*status.error());
      });
}

// Output: int64_t for TIMESTAMP_TZ (kInstant) and TIMESTAMP, int32_t for DATE.
enum class Target { kInstant, kLocal, kDate };

template <Target kTarget>
void ParseKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& bound = Bound<BoundPattern>(state);
  const auto& session = bound.zone.zone;
  using Output = std::conditional_t<kTarget == Target::kDate, int32_t, int64_t>;
  Patterns patterns(bound, Purpose::kParse);
  MapRows<Output, string_view, string_view>(
      arguments, result, [&](string_view text, string_view pattern) -> std::optional<Output> {
        DateTimePattern::Parsed parsed;
        std::string message;
        if (!patterns.For(pattern).Parse(text, &parsed, bound.strict ? &message : nullptr)) {
          if (!bound.strict) return std::nullopt;
          ThrowSpark(base::ErrorKind::kDateTime, "CANNOT_PARSE_TIMESTAMP", message,
                     {{"message", message}, {"func", "`" + bound.function + "`"}});
        }
        if (kTarget == Target::kLocal) return static_cast<Output>(parsed.local);
        const int64_t instant = (parsed.zone ? *parsed.zone : session).FromLocal(parsed.local);
        if (kTarget == Target::kInstant) return static_cast<Output>(instant);
        return static_cast<Output>(FloorDivide(session.ToLocal(instant), kMicrosecondsPerDay));
      });
}

LowerRule Parse(std::string kernel, std::string function) {
  return [kernel, function](LoweredCall call) -> base::Result<ParsedPtr> {
    const bool strict = call.ansi();
    call.arguments.push_back(TextConstant(call.settings.time_zone));
    call.arguments.push_back(TextConstant(function));
    call.arguments.push_back(BooleanConstant(strict));
    return CallWith(kernel, std::move(call.arguments));
  };
}

// Seconds become microseconds with wrap-around, as in Spark.
base::Result<ParsedPtr> LowerFromUnixtime(LoweredCall call) {
  call.arguments[0] = Call("spark_instant_of_seconds", std::move(call.arguments[0]));
  return CallInZone("spark_date_format", std::move(call));
}

}  // namespace

void AddDatetimeFormats(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  const auto instant = LogicalType::TIMESTAMP_TZ;
  const auto boolean = LogicalType::BOOLEAN;
  functions.AddScalar(Kernel("spark_date_format", {instant, text, text}, text, FormatKernel,
                             {.fallible = true, .bind = BindPattern<Purpose::kPrint>}));
  functions.AddRule("date_format",
                    [](LoweredCall call) { return CallInZone("spark_date_format", std::move(call)); });
  functions.AddScalar(Kernel("spark_instant_of_seconds", {LogicalType::BIGINT}, instant,
                             ValueKernel<int64_t, int64_t>([](int64_t seconds) {
                               return static_cast<int64_t>(static_cast<uint64_t>(seconds) * 1'000'000U);
                             })));
  functions.AddRule("from_unixtime", LowerFromUnixtime);
  const KernelFlags flags{.fallible = true, .bind = BindPattern<Purpose::kParse>};
  const auto add = [&](std::string name, LogicalType type, duckdb::scalar_function_t kernel,
                       std::string function) {
    functions.AddScalar(
        Kernel("spark_" + name, {text, text, text, text, boolean}, type, std::move(kernel), flags));
    functions.AddRule(name, Parse("spark_" + name, std::move(function)));
  };
  add("parse_timestamp", instant, ParseKernel<Target::kInstant>, "try_to_timestamp");
  add("parse_timestamp_ntz", LogicalType::TIMESTAMP, ParseKernel<Target::kLocal>, "try_to_timestamp");
  add("parse_date", LogicalType::DATE, ParseKernel<Target::kDate>, "try_to_date");
}

}  // namespace hearth::engine
