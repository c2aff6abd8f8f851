// Numbers and values as formatted text, and back: format_number, format_string, to_char, to_number,
// sentences.
#include <optional>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/number_reader.h"
#include "engine/functions/row_kernels.h"
#include "engine/functions/string_families.h"
#include "engine/text/decimal_format.h"
#include "engine/text/java_format.h"
#include "engine/text/value_text.h"
#include "plan/functions/number_format.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

// ---- format_number
// -----------------------------------------------------------------------------------------

// spark_format_number(number, digits or pattern). Negative digits make null.
template <typename Shape>
void FormatNumberKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const NumberReader numbers(arguments.data[0], count);
  const ColumnReader<Shape> shapes(arguments.data[1], count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::optional<DecimalFormat> format;
  std::string shape_text;
  int64_t shape_digits = -1;
  std::string out;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (numbers.IsNull(row) || shapes.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    if constexpr (std::is_same_v<Shape, int32_t>) {
      if (shapes[row] < 0) {
        SetNull(result, row);
        continue;
      }
      if (!format || shape_digits != shapes[row]) format = DecimalFormat::WithFraction(shapes[row]);
      shape_digits = shapes[row];
    } else if (!format || shape_text != shapes[row]) {
      shape_text = shapes[row];
      format = DecimalFormat::Parse(shape_text);
      if (!format)
        ThrowSpark(base::ErrorKind::kIllegalArgument, "", "'" + shape_text + "' is no number pattern.");
    }
    out.clear();
    struct Print {
      const DecimalFormat& format;
      std::string* out;
      void operator()(int64_t value) const { format.Append(value, out); }
      void operator()(float value) const { format.Append(static_cast<double>(value), out); }
      void operator()(double value) const { format.Append(value, out); }
      void operator()(const DecimalNumber& value) const { format.Append(value.unscaled, value.scale, out); }
    };
    std::visit(Print{*format, &out}, numbers[row]);
    data[row] = duckdb::StringVector::AddString(result, out);
  }
}

// ---- format_string
// -----------------------------------------------------------------------------------------

// One argument column of format_string, as Java would see its values.
class FormatColumn {
 public:
  FormatColumn(duckdb::Vector& vector, duckdb::idx_t count) : type_(vector.GetType()) {
    vector.ToUnifiedFormat(count, format_);
  }

  FormatArgument At(duckdb::idx_t row) const {
    const auto index = format_.sel->get_index(row);
    FormatArgument argument;
    if (!format_.validity.RowIsValid(index)) return argument;
    switch (type_.id()) {
      case duckdb::LogicalTypeId::BOOLEAN:
        argument.value = Read<bool>(index);
        break;
      case duckdb::LogicalTypeId::TINYINT:
        Whole(argument, Read<int8_t>(index), 8);
        break;
      case duckdb::LogicalTypeId::SMALLINT:
        Whole(argument, Read<int16_t>(index), 16);
        break;
      case duckdb::LogicalTypeId::INTEGER:
      case duckdb::LogicalTypeId::DATE:
        Whole(argument, Read<int32_t>(index), 32);
        break;
      case duckdb::LogicalTypeId::BIGINT:
      case duckdb::LogicalTypeId::TIMESTAMP:
      case duckdb::LogicalTypeId::TIMESTAMP_TZ:
        Whole(argument, Read<int64_t>(index), 64);
        break;
      case duckdb::LogicalTypeId::FLOAT:
        argument.value = static_cast<double>(Read<float>(index));
        argument.is_float = true;
        break;
      case duckdb::LogicalTypeId::DOUBLE:
        argument.value = Read<double>(index);
        break;
      case duckdb::LogicalTypeId::VARCHAR: {
        const auto& text = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format_)[index];
        argument.value = text.GetString();
        break;
      }
      case duckdb::LogicalTypeId::DECIMAL:
        argument.value = DecimalText(index);
        break;
      case duckdb::LogicalTypeId::INTERVAL: {
        const auto interval = Read<duckdb::interval_t>(index);
        std::string text;
        AppendCalendarInterval(interval.months, interval.days, interval.micros, &text);
        argument.value = std::move(text);
        break;
      }
      default:
        throw duckdb::InternalException("format_string of a type that lowering refuses");
    }
    return argument;
  }

 private:
  template <typename T>
  T Read(duckdb::idx_t index) const {
    return duckdb::UnifiedVectorFormat::GetData<T>(format_)[index];
  }
  static void Whole(FormatArgument& argument, int64_t value, int bits) {
    argument.value = value;
    argument.bits = bits;
  }
  std::string DecimalText(duckdb::idx_t index) const {
    std::string text;
    WithDecimalStorage(duckdb::DecimalType::GetWidth(type_), [&](auto tag) {
      AppendDecimalJava(Widen(Read<decltype(tag)>(index)), duckdb::DecimalType::GetScale(type_), &text);
    });
    return text;
  }

  duckdb::LogicalType type_;
  duckdb::UnifiedVectorFormat format_;
};

void FormatStringKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ColumnReader<string_view> formats(arguments.data[0], count);
  std::vector<FormatColumn> columns;
  for (size_t i = 1; i < arguments.ColumnCount(); ++i) columns.emplace_back(arguments.data[i], count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::string last_text;
  std::optional<JavaFormat> format;
  std::vector<FormatArgument> values;
  std::string out;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (formats.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    if (!format || last_text != formats[row]) {
      last_text = formats[row];
      auto parsed = JavaFormat::Parse(last_text);
      if (!parsed.ok()) ThrowSpark(*parsed.error());
      format = std::move(*parsed);
    }
    values.clear();
    for (const auto& column : columns) values.push_back(column.At(row));
    out.clear();
    if (auto status = format->Append(values, &out); !status.ok()) ThrowSpark(*status.error());
    data[row] = duckdb::StringVector::AddString(result, out);
  }
}

base::Result<ParsedPtr> LowerFormatString(LoweredCall call) {
  for (const auto& argument : call.plan_arguments()) {
    if (argument->type->IsNested() || argument->type->Is(plan::TypeKind::kBinary)) {
      return base::NotImplemented("format_string of " + argument->type->Sql());
    }
  }
  return CallWith("spark_format_string", std::move(call.arguments));
}

// ---- to_char, to_number
// ------------------------------------------------------------------------------------

// The last format text, read once.
class NumberFormats {
 public:
  const plan::NumberFormat& For(string_view text) {
    if (!format_ || last_ != text) {
      last_ = text;
      format_.emplace(text);
      if (auto status = format_->Check(); !status.ok()) ThrowSpark(*status.error());
    }
    return *format_;
  }

 private:
  std::string last_;
  std::optional<plan::NumberFormat> format_;
};

void ToCharKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const NumberReader numbers(arguments.data[0], count);
  const ColumnReader<string_view> formats(arguments.data[1], count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  NumberFormats known;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (numbers.IsNull(row) || formats.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto number = std::get<DecimalNumber>(numbers[row]);
    data[row] =
        duckdb::StringVector::AddString(result, known.For(formats[row]).Print(number.unscaled, number.scale));
  }
}

template <bool kStrict>
void ToNumberKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  NumberFormats known;
  const int precision = duckdb::DecimalType::GetWidth(result.GetType());
  WithDecimalStorage(precision, [&](auto tag) {
    using Storage = decltype(tag);
    MapRows<Storage, string_view, string_view>(
        arguments, result, [&](string_view text, string_view format) -> std::optional<Storage> {
          if (const auto value = known.For(format).Parse(text)) return Narrow<Storage>(*value);
          if (!kStrict) return std::nullopt;
          ThrowSpark(
              base::ErrorKind::kIllegalArgument, "INVALID_FORMAT.MISMATCH_INPUT",
              "The text " + std::string(text) + " does not match the format " + std::string(format) + ".",
              {{"inputType", "\"STRING\""}, {"input", std::string(text)}, {"format", std::string(format)}});
        });
  });
}

duckdb::unique_ptr<duckdb::FunctionData> BindToNumber(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const plan::NumberFormat format(TextArgument(context, *arguments[1]));
  function.SetReturnType(
      LogicalType::DECIMAL(static_cast<uint8_t>(format.precision()), static_cast<uint8_t>(format.scale())));
  return nullptr;
}

base::Result<ParsedPtr> LowerToNumber(LoweredCall call) {
  const auto* format = call.literal(1);
  if (format && format->IsNull()) return NullOf(ToDuckDB(call.type()));
  return CallWith(call.ansi() ? "spark_to_number" : "spark_to_number_try", std::move(call.arguments));
}

}  // namespace

void AddStringFormats(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  duckdb::ScalarFunctionSet format_number("spark_format_number");
  format_number.AddFunction(
      Kernel("", {LogicalType::ANY, LogicalType::INTEGER}, text, FormatNumberKernel<int32_t>));
  format_number.AddFunction(
      Kernel("", {LogicalType::ANY, text}, text, FormatNumberKernel<string_view>, {.fallible = true}));
  functions.AddScalar(std::move(format_number));
  auto format_string =
      Kernel("spark_format_string", {text}, text, FormatStringKernel, {.fallible = true, .sees_nulls = true});
  format_string.varargs = LogicalType::ANY;
  functions.AddScalar(std::move(format_string));
  functions.AddRule("format_string", LowerFormatString);
  functions.AddScalar(
      Kernel("spark_to_char", {LogicalType::ANY, text}, text, ToCharKernel, {.fallible = true}));
  const KernelFlags flags{.fallible = true, .bind = BindToNumber};
  const auto decimal = LogicalType::DECIMAL(38, 0);
  functions.AddScalar(Kernel("spark_to_number", {text, text}, decimal, ToNumberKernel<true>, flags));
  functions.AddScalar(Kernel("spark_to_number_try", {text, text}, decimal, ToNumberKernel<false>, flags));
  functions.AddRule("to_number", LowerToNumber);
  functions.AddRule("try_to_number", LowerToNumber);
  functions.AddRule("sentences", [](LoweredCall) -> base::Result<ParsedPtr> {
    return base::NotImplemented("function sentences");
  });
}

}  // namespace hearth::engine
