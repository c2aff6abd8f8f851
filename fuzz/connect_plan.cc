// Any bytes as a Connect plan: what protobuf accepts is read into a tree or refused by name.
#include <google/protobuf/io/coded_stream.h>
#include <spark/connect/base.pb.h>

#include <cstddef>
#include <cstdint>

#include "plan/from_connect/from_connect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  google::protobuf::io::CodedInputStream input(data, static_cast<int>(size));
  input.SetRecursionLimit(1024);
  spark::connect::Plan plan;
  if (!plan.ParseFromCodedStream(&input)) return 0;
  if (plan.has_root()) {
    (void)hearth::plan::FromConnect(plan.root(), {});
  } else if (plan.has_command()) {
    (void)hearth::plan::FromConnect(plan.command(), {});
  }
  return 0;
}
