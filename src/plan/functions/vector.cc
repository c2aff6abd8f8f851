// Vectors of floats: products, distances, norms, sums. An embedding is an array<float>.
#include "plan/functions/families.h"
#include "plan/functions/signature.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kFloats = "\"ARRAY<FLOAT>\"";

base::Status RequireFloats(const Function& function, const Expressions& arguments, size_t index) {
  const auto& type = *arguments[index]->type;
  if (type.Is(TypeKind::kArray) && type.element()->Is(TypeKind::kFloat)) return {};
  return UnexpectedInput(function, arguments, index, kFloats);
}

// vector_inner_product, vector_cosine_similarity, vector_l2_distance
base::Result<ExpressionPtr> ResolvePair(const Function& function, Expressions arguments, const CallShape&,
                                        const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(RequireFloats(function, arguments, 0));
  HEARTH_RETURN_IF_ERROR(RequireFloats(function, arguments, 1));
  return MakeCall(&function, std::move(arguments), DataType::Float(), true, context.settings.ansi);
}

// vector_norm and vector_normalize: the degree is 1, 2 (the default) or infinity.
base::Result<ExpressionPtr> ResolveNorm(const Function& function, Expressions arguments, const CallShape&,
                                        const ResolveContext& context) {
  if (arguments.size() == 1) arguments.push_back(MakeLiteral(Value{2.0F}, DataType::Float()));
  HEARTH_RETURN_IF_ERROR(RequireFloats(function, arguments, 0));
  if (!arguments[1]->type->Is(TypeKind::kFloat)) return UnexpectedInput(function, arguments, 1, "\"FLOAT\"");
  auto type = function.name == "vector_norm" ? DataType::Float() : DataType::Array(DataType::Float(), true);
  return MakeCall(&function, std::move(arguments), std::move(type), true, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveSumOfVectors(const Function& function, Expressions arguments,
                                                const CallShape& shape, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(RequireFloats(function, arguments, 0));
  return BuildCall(function, std::move(arguments), DataType::Array(DataType::Float(), false), true, shape,
                   context);
}

}  // namespace

void AddVectorFunctions(FunctionTable& table) {
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  for (const char* name : {"vector_inner_product", "vector_cosine_similarity", "vector_l2_distance"}) {
    table.Add({.name = name, .slots = two, .resolve = ResolvePair});
  }
  for (const char* name : {"vector_norm", "vector_normalize"}) {
    table.Add({.name = name, .slots = two, .optional = 1, .resolve = ResolveNorm});
  }
  for (const char* name : {"vector_sum", "vector_avg"}) {
    table.Add({.name = name,
               .kind = FunctionKind::kAggregate,
               .slots = {Slot::kAny},
               .resolve = ResolveSumOfVectors});
  }
}

}  // namespace hearth::plan
