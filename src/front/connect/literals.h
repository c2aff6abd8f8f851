// Values as Spark Connect literals.
#pragma once

#include <spark/connect/expressions.pb.h>

#include "plan/types/value.h"

namespace hearth::front::connect {

void WriteLiteral(const plan::Value& value, const plan::DataType& type,
                  spark::connect::Expression::Literal* literal);

}  // namespace hearth::front::connect
