// Thrift's compact protocol, as far as Parquet footers use it. Every read is bounded by the buffer; a
// malformed buffer makes the reader fail for good.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::engine {

class ThriftReader {
 public:
  enum Type : uint8_t {
    kStop = 0,
    kTrue = 1,
    kFalse = 2,
    kByte = 3,
    kI16 = 4,
    kI32 = 5,
    kI64 = 6,
    kDouble = 7,
    kBinary = 8,
    kList = 9,
    kSet = 10,
    kMap = 11,
    kStruct = 12
  };
  struct Field {
    Type type;
    int id;
  };
  struct List {
    Type type;
    uint32_t size;
  };

  explicit ThriftReader(std::string_view bytes) : bytes_(bytes) {}

  bool failed() const { return failed_; }
  // The next field of the struct being read; kStop ends it. `last_id` starts at 0 for each struct.
  Field NextField(int* last_id);
  List NextList();
  int64_t Integer();
  std::string Text();
  int8_t PlainByte() { return static_cast<int8_t>(Byte()); }
  // Passes over a value, however nested.
  void Skip(Type type) { SkipValue(type, 0, false); }

 private:
  static constexpr int kMaximumDepth = 64;
  uint8_t Byte();
  uint64_t Varint();
  void SkipValue(Type type, int depth, bool in_container);
  void Advance(uint64_t count);

  std::string_view bytes_;
  size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace hearth::engine
