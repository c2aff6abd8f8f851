// Operators and functions on the bits of integers.
#include "plan/functions/arithmetic.h"
#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kIntOrLong = "(\"INT\" or \"BIGINT\")";

// & | ^
base::Result<ExpressionPtr> ResolveBitwise(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  const auto& settings = context.settings;
  Expressions operands = arguments;
  if (settings.ansi) {
    if (auto type = FindTypeWithString(operands[0]->type, operands[1]->type, settings)) {
      for (auto& operand : operands) operand = CoerceTo(operand, *type, settings);
    }
  }
  for (size_t i = 0; i < 2; ++i) {
    if (operands[1 - i]->type->Is(TypeKind::kDecimal)) operands[i] = DecimalOperand(operands[i], settings);
  }
  if (auto common = FindTightestCommonType(operands[0]->type, operands[1]->type, settings)) {
    auto type = (*common)->Is(TypeKind::kNull) ? DataType::Integer() : *common;
    if (type->IsIntegral()) {
      for (auto& operand : operands) operand = CoerceTo(operand, type, settings);
    }
  }
  if (!operands[0]->type->SameIgnoringNullability(*operands[1]->type))
    return DifferentOperands(function, operands);
  if (!operands[0]->type->IsIntegral()) return WrongOperands(function, operands, OperandName(function.name));
  auto type = operands[0]->type;
  bool nullable = operands[0]->nullable || operands[1]->nullable;
  return BuildCall(function, std::move(operands), std::move(type), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveBitwiseNot(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  auto operand = arguments[0];
  if (operand->type->Is(TypeKind::kNull)) operand = CoerceTo(operand, DataType::Integer(), context.settings);
  if (!operand->type->IsIntegral()) return UnexpectedInput(function, arguments, 0, SlotName(Slot::kIntegral));
  auto type = operand->type;
  bool nullable = operand->nullable;
  return BuildCall(function, {std::move(operand)}, std::move(type), nullable, shape, context);
}

// The shifted value is an int, or a bigint as it is; the number of bits an int.
base::Result<ExpressionPtr> ResolveShift(const Function& function, Expressions arguments,
                                         const CallShape& shape, const ResolveContext& context) {
  Expressions operands = arguments;
  if (!operands[0]->type->Is(TypeKind::kLong)) {
    auto value = CoerceToSlot(operands[0], Slot::kInteger, context.settings);
    if (!value) return UnexpectedInput(function, arguments, 0, kIntOrLong);
    operands[0] = *value;
  }
  auto bits = CoerceToSlot(operands[1], Slot::kInteger, context.settings);
  if (!bits) return UnexpectedInput(function, arguments, 1, SlotName(Slot::kInteger));
  operands[1] = *bits;
  auto type = operands[0]->type;
  bool nullable = operands[0]->nullable || operands[1]->nullable;
  return BuildCall(function, std::move(operands), std::move(type), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveBitCount(const Function& function, Expressions arguments,
                                            const CallShape& shape, const ResolveContext& context) {
  auto operand = arguments[0];
  if (operand->type->Is(TypeKind::kNull)) operand = CoerceTo(operand, DataType::Integer(), context.settings);
  if (!operand->type->IsIntegral() && !operand->type->Is(TypeKind::kBoolean)) {
    return UnexpectedInput(function, arguments, 0, "(\"INTEGRAL\" or \"BOOLEAN\")");
  }
  bool nullable = operand->nullable;
  return BuildCall(function, {std::move(operand)}, DataType::Integer(), nullable, shape, context);
}

// Bitmaps are taken as they are: nothing is cast to bytes.
template <bool kCounts>
base::Result<ExpressionPtr> ResolveBitmap(const Function& function, Expressions arguments,
                                          const CallShape& shape, const ResolveContext& context) {
  if (!arguments[0]->type->Is(TypeKind::kBinary)) {
    return UnexpectedInput(function, arguments, 0, SlotName(Slot::kBinary));
  }
  const bool nullable = kCounts && arguments[0]->nullable;
  auto type = kCounts ? DataType::Long() : DataType::Binary();
  return BuildCall(function, std::move(arguments), std::move(type), nullable, shape, context);
}

void AddBitmaps(FunctionTable& table) {
  for (const char* name : {"bitmap_bit_position", "bitmap_bucket_number"}) {
    table.Add({.name = name, .slots = {Slot::kLong}, .result = &ReturnsLong});
  }
  table.Add({.name = "bitmap_count", .slots = {Slot::kAny}, .resolve = &ResolveBitmap<true>});
  const auto kind = FunctionKind::kAggregate;
  table.Add({.name = "bitmap_construct_agg",
             .kind = kind,
             .slots = {Slot::kLong},
             .result = &ReturnsBinary,
             .nulls = NullRule::kNever});
  for (const char* name : {"bitmap_or_agg", "bitmap_and_agg"}) {
    table.Add({.name = name, .kind = kind, .slots = {Slot::kAny}, .resolve = &ResolveBitmap<false>});
  }
}

}  // namespace

void AddBitwiseFunctions(FunctionTable& table) {
  AddBitmaps(table);
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  for (const char* name : {"&", "|", "^"})
    table.Add({.name = name, .slots = two, .resolve = &ResolveBitwise});
  table.Add({.name = "~", .slots = {Slot::kAny}, .resolve = &ResolveBitwiseNot});
  for (const char* name : {"<<", ">>", ">>>"})
    table.Add({.name = name, .slots = two, .resolve = &ResolveShift});
  table.AddAlias("shiftleft", "<<");
  table.AddAlias("shiftright", ">>");
  table.AddAlias("shiftrightunsigned", ">>>");
  table.Add({.name = "bit_count", .slots = {Slot::kAny}, .resolve = &ResolveBitCount});
  table.Add({.name = "bit_get", .slots = {Slot::kIntegral, Slot::kInteger}, .result = &ReturnsByte});
  table.AddAlias("getbit", "bit_get");
}

}  // namespace hearth::plan
