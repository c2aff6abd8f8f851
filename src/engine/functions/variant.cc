// Functions of VARIANT, and the casts out of it.
#include "engine/values/variant.h"

#include <cmath>

#include "engine/decimal.h"
#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/row_kernels.h"
#include "engine/text/parse.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using plan::TypeKind;
using std::string_view;

namespace {

using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

// ---- parse_json

template <bool kTry>
bool ParseRow(std::string& out, string_view json) {
  switch (ParseVariant(json, &out)) {
    case VariantParse::kOk:
      return true;
    case VariantParse::kMalformed:
      if (kTry) return false;
      ThrowSpark(base::ErrorKind::kSpark, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                 "The text is no JSON, or an object in it has two fields of one name.",
                 {{"badRecord", std::string(json)}, {"failFastMode", "FAILFAST"}});
    case VariantParse::kTooLarge:
      if (kTry) return false;
      ThrowSpark(base::ErrorKind::kRuntime, "VARIANT_SIZE_LIMIT", "The variant is larger than 128 MiB.",
                 {{"sizeLimit", "128.0 MiB"}, {"functionName", "`parse_json`"}});
  }
  return false;
}

// ---- variant_get and casts

// A value as the text that Spark's casts would start from: strings bare, the rest as JSON.
std::string TextOf(const VariantView& view) {
  std::string text;
  if (view.kind() == VariantKind::kString) {
    text = view.String();
  } else {
    AppendVariantJson(view, &text);
  }
  return text;
}

template <typename T>
bool Put(duckdb::Vector& vector, idx_t row, std::optional<T> value) {
  if (!value) return false;
  reinterpret_cast<T*>(duckdb::FlatVector::GetData(vector))[row] = *value;
  return true;
}

// The whole number nearest to zero, when it is in [minimum, maximum].
std::optional<int64_t> AsInteger(const VariantView& view, int64_t minimum, int64_t maximum) {
  const auto within = [&](plan::Int128 number) -> std::optional<int64_t> {
    if (number < minimum || number > maximum) return std::nullopt;
    return static_cast<int64_t>(number);
  };
  switch (view.kind()) {
    case VariantKind::kBoolean:
      return view.Boolean() ? 1 : 0;
    case VariantKind::kLong:
      return within(view.Long());
    case VariantKind::kDouble: {
      const double number = view.Double();
      if (!(std::abs(number) < 9.3e18)) return std::nullopt;
      return within(static_cast<plan::Int128>(number));
    }
    case VariantKind::kDecimal: {
      int scale = 0;
      auto unscaled = view.Decimal(&scale);
      for (; scale > 0; --scale) unscaled /= 10;
      return within(unscaled);
    }
    case VariantKind::kString:
      return ParseInteger(view.String(), false, minimum, maximum);
    default:
      return std::nullopt;
  }
}

std::optional<double> AsDouble(const VariantView& view) {
  switch (view.kind()) {
    case VariantKind::kBoolean:
      return view.Boolean() ? 1 : 0;
    case VariantKind::kLong:
      return static_cast<double>(view.Long());
    case VariantKind::kDouble:
      return view.Double();
    case VariantKind::kDecimal:
    case VariantKind::kString:
      return ParseDouble(TextOf(view));
    default:
      return std::nullopt;
  }
}

std::optional<bool> AsBoolean(const VariantView& view) {
  switch (view.kind()) {
    case VariantKind::kBoolean:
      return view.Boolean();
    case VariantKind::kLong:
      return view.Long() != 0;
    case VariantKind::kDouble:
      return view.Double() != 0;
    case VariantKind::kDecimal: {
      int scale = 0;
      return view.Decimal(&scale) != 0;
    }
    case VariantKind::kString:
      return ParseBoolean(view.String());
    default:
      return std::nullopt;
  }
}

bool StoreDecimal(const VariantView& view, const plan::DataType& type, duckdb::Vector& vector, idx_t row) {
  const auto kind = view.kind();
  if (kind == VariantKind::kObject || kind == VariantKind::kArray || kind == VariantKind::kOther)
    return false;
  const auto text = kind == VariantKind::kBoolean ? std::string(view.Boolean() ? "1" : "0") : TextOf(view);
  plan::Int128 unscaled = 0;
  if (ParseDecimal(text, type.precision(), type.scale(), &unscaled) != DecimalParse::kOk) return false;
  WithDecimalStorage(type.precision(), [&](auto tag) {
    reinterpret_cast<decltype(tag)*>(duckdb::FlatVector::GetData(vector))[row] =
        Narrow<decltype(tag)>(unscaled);
  });
  return true;
}

struct BoundGet {
  VariantPath path;
  plan::TypePtr type;
  bool fails = true;
  TimeZone zone;
};

template <typename T>
bool StoreInteger(const VariantView& view, duckdb::Vector& vector, idx_t row) {
  using Limits = std::numeric_limits<T>;
  const auto number = AsInteger(view, Limits::min(), Limits::max());
  return Put<T>(vector, row, number ? std::optional(static_cast<T>(*number)) : std::nullopt);
}

bool StoreText(duckdb::Vector& vector, idx_t row, const std::string& text) {
  reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(vector))[row] =
      duckdb::StringVector::AddStringOrBlob(vector, text);
  return true;
}

// False when the value has no form in the type.
bool Store(const VariantView& view, const BoundGet& bound, duckdb::Vector& vector, idx_t row) {
  const auto& type = *bound.type;
  const bool is_text = view.kind() == VariantKind::kString;
  switch (type.kind()) {
    case TypeKind::kVariant:
      return StoreText(vector, row, JoinVariant(view.metadata(), view.bytes()));
    case TypeKind::kString:
      return StoreText(vector, row, TextOf(view));
    case TypeKind::kBoolean:
      return Put<bool>(vector, row, AsBoolean(view));
    case TypeKind::kByte:
      return StoreInteger<int8_t>(view, vector, row);
    case TypeKind::kShort:
      return StoreInteger<int16_t>(view, vector, row);
    case TypeKind::kInteger:
      return StoreInteger<int32_t>(view, vector, row);
    case TypeKind::kLong:
      return StoreInteger<int64_t>(view, vector, row);
    case TypeKind::kFloat: {
      const auto number = AsDouble(view);
      return Put<float>(vector, row, number ? std::optional(static_cast<float>(*number)) : std::nullopt);
    }
    case TypeKind::kDouble:
      return Put<double>(vector, row, AsDouble(view));
    case TypeKind::kDecimal:
      return StoreDecimal(view, type, vector, row);
    case TypeKind::kDate:
      return is_text && Put<int32_t>(vector, row, ParseDate(TrimAll(view.String())));
    case TypeKind::kTimestamp:
      if (view.kind() == VariantKind::kLong || view.kind() == VariantKind::kDouble ||
          view.kind() == VariantKind::kDecimal) {
        ThrowSpark(base::NotImplemented("reading a number of a variant as a timestamp"));
      }
      return is_text && Put<int64_t>(vector, row, ParseTimestamp(TrimAll(view.String()), bound.zone));
    case TypeKind::kTimestampNtz:
      return is_text && Put<int64_t>(vector, row, ParseTimestampNtz(TrimAll(view.String())));
    default:
      ThrowSpark(base::NotImplemented("reading a variant as " + type.Sql()));
  }
}

// spark_variant_get(variant, path, type, fails, zone, function)
duckdb::unique_ptr<duckdb::FunctionData> BindGet(duckdb::ClientContext& context,
                                                 duckdb::ScalarFunction& function, Arguments& arguments) {
  BoundGet bound;
  const auto text = TextArgument(context, *arguments[1]);
  auto path = ParseVariantPath(text);
  if (!path) {
    ThrowSpark(base::ErrorKind::kRuntime, "INVALID_VARIANT_GET_PATH", "The path " + text + " is none.",
               {{"path", text}, {"functionName", "`" + TextArgument(context, *arguments[5]) + "`"}});
  }
  bound.path = std::move(*path);
  bound.type = ReadTypeArgument(context, *arguments[2]);
  bound.fails = BooleanArgument(context, *arguments[3]);
  auto zone = FindTimeZone(TextArgument(context, *arguments[4]));
  if (!zone.ok()) ThrowSpark(*zone.error());
  bound.zone = *zone;
  function.SetReturnType(ToDuckDB(*bound.type));
  return Bind(std::move(bound));
}

void GetKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& bound = Bound<BoundGet>(state);
  const auto count = PrepareResult(arguments, result);
  const ColumnReader<string_view> variants(arguments.data[0], count);
  for (idx_t row = 0; row < count; ++row) {
    if (variants.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const VariantView whole(SplitVariant(variants[row]));
    const auto view = whole.Find(bound.path);
    const bool wants_variant = bound.type->Is(TypeKind::kVariant);
    if (!view || (!wants_variant && view->kind() == VariantKind::kNull)) {
      SetNull(result, row);
      continue;
    }
    if (Store(*view, bound, result, row)) continue;
    if (bound.fails) {
      std::string text;
      AppendVariantJson(*view, &text);
      ThrowSpark(base::ErrorKind::kRuntime, "INVALID_VARIANT_CAST",
                 "The variant " + text + " is no " + bound.type->Sql() + ".",
                 {{"value", text}, {"dataType", "\"" + bound.type->Sql() + "\""}});
    }
    SetNull(result, row);
  }
}

void IsNullKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ColumnReader<string_view> variants(arguments.data[0], count);
  auto* data = reinterpret_cast<bool*>(duckdb::FlatVector::GetData(result));
  for (idx_t row = 0; row < count; ++row) {
    data[row] =
        !variants.IsNull(row) && VariantView(SplitVariant(variants[row])).kind() == VariantKind::kNull;
  }
}

base::Result<ParsedPtr> LowerGet(LoweredCall call) {
  const bool fails = call.name() == "variant_get";
  return Call("spark_variant_get", std::move(call.arguments[0]), std::move(call.arguments[1]),
              TypeArgument(call.type()), BooleanConstant(fails), TextConstant(call.settings.time_zone),
              TextConstant(call.name()));
}

}  // namespace

void AddVariant(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  const auto variant = LogicalType::BLOB;
  functions.AddScalar(Kernel("spark_parse_json", {text}, variant, TextKernel<string_view>(ParseRow<false>),
                             {.fallible = true}));
  functions.AddScalar(
      Kernel("spark_try_parse_json", {text}, variant, TextKernel<string_view>(ParseRow<true>)));
  functions.AddScalar(Kernel("spark_variant_get", {variant, text, text, LogicalType::BOOLEAN, text, text},
                             LogicalType::ANY, GetKernel,
                             {.fallible = true, .sees_nulls = true, .bind = BindGet}));
  functions.AddScalar(
      Kernel("spark_is_variant_null", {variant}, LogicalType::BOOLEAN, IsNullKernel, {.sees_nulls = true}));
  functions.AddScalar(Kernel("spark_schema_of_variant", {variant}, text,
                             TextKernel<string_view>([](std::string& out, string_view blob) {
                               out = VariantSchema(VariantView(SplitVariant(blob)));
                             })));
  functions.AddScalar(Kernel("spark_variant_to_json", {variant}, text,
                             TextKernel<string_view>([](std::string& out, string_view blob) {
                               AppendVariantJson(VariantView(SplitVariant(blob)), &out);
                             })));
  functions.AddRule("variant_get", LowerGet);
  functions.AddRule("try_variant_get", LowerGet);
}

}  // namespace hearth::engine
