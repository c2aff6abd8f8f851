#include "engine/files/thrift_reader.h"

namespace hearth::engine {

uint8_t ThriftReader::Byte() {
  if (position_ >= bytes_.size()) {
    failed_ = true;
    return 0;
  }
  return static_cast<uint8_t>(bytes_[position_++]);
}

uint64_t ThriftReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = Byte();
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  failed_ = true;
  return 0;
}

int64_t ThriftReader::Integer() {
  const uint64_t value = Varint();
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

void ThriftReader::Advance(uint64_t count) {
  if (count > bytes_.size() - position_) {
    failed_ = true;
    position_ = bytes_.size();
    return;
  }
  position_ += count;
}

std::string ThriftReader::Text() {
  const uint64_t size = Varint();
  const size_t start = position_;
  Advance(size);
  return failed_ ? std::string() : std::string(bytes_.substr(start, size));
}

ThriftReader::Field ThriftReader::NextField(int* last_id) {
  const uint8_t header = Byte();
  const auto type = static_cast<Type>(header & 0x0F);
  if (failed_ || type == kStop) return {kStop, 0};
  const int delta = header >> 4;
  *last_id = delta == 0 ? static_cast<int>(Integer()) : *last_id + delta;
  return {failed_ ? kStop : type, *last_id};
}

ThriftReader::List ThriftReader::NextList() {
  const uint8_t header = Byte();
  uint64_t size = header >> 4;
  if (size == 15) size = Varint();
  // An element takes a byte at least.
  if (size > bytes_.size() - position_) failed_ = true;
  return {static_cast<Type>(header & 0x0F), failed_ ? 0 : static_cast<uint32_t>(size)};
}

void ThriftReader::SkipValue(Type type, int depth, bool in_container) {
  if (depth > kMaximumDepth) failed_ = true;
  if (failed_) return;
  switch (type) {
    case kTrue:
    case kFalse:
      // A field's boolean sits in its header.
      if (in_container) Advance(1);
      return;
    case kByte:
      return Advance(1);
    case kI16:
    case kI32:
    case kI64:
      Varint();
      return;
    case kDouble:
      return Advance(8);
    case kBinary:
      return Advance(Varint());
    case kList:
    case kSet: {
      const List list = NextList();
      for (uint32_t i = 0; i < list.size && !failed_; ++i) SkipValue(list.type, depth + 1, true);
      return;
    }
    case kMap: {
      const uint64_t size = Varint();
      if (size == 0) return;
      const uint8_t types = Byte();
      for (uint64_t i = 0; i < size && !failed_; ++i) {
        SkipValue(static_cast<Type>(types >> 4), depth + 1, true);
        SkipValue(static_cast<Type>(types & 0x0F), depth + 1, true);
      }
      return;
    }
    case kStruct: {
      int last_id = 0;
      while (!failed_) {
        const Field field = NextField(&last_id);
        if (field.type == kStop) return;
        SkipValue(field.type, depth + 1, false);
      }
      return;
    }
    default:
      failed_ = true;
  }
}

}  // namespace hearth::engine
