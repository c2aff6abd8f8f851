// The buffers of one Arrow array, without Arrow's or DuckDB's headers: the encoder fills them from DuckDB's
// vectors, the IPC writer reads them. Buffers keep their memory between batches.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace hearth::engine {

// Bytes that grow without being zeroed.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept { *this = std::move(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~ByteBuffer() { std::free(data_); }

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  void Clear() { size_ = 0; }
  // Adds `count` bytes of any content; returns where they start.
  uint8_t* Extend(size_t count) {
    if (size_ + count > capacity_) Grow(size_ + count);
    uint8_t* start = data_ + size_;
    size_ += count;
    return start;
  }
  void Append(const void* bytes, size_t count) {
    if (count > 0) std::memcpy(Extend(count), bytes, count);
  }

 private:
  void Grow(size_t needed) {
    size_t capacity = capacity_ == 0 ? 256 : capacity_;
    while (capacity < needed) capacity *= 2;
    void* grown = std::realloc(data_, capacity);
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<uint8_t*>(grown);
    capacity_ = capacity;
  }

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

struct ColumnBuffers {
  int64_t length = 0;
  int64_t null_count = 0;
  ByteBuffer validity;  // one bit a row, set when not null; meaningless while null_count is 0
  ByteBuffer offsets;   // strings, binary, lists and maps: length + 1 of int32, or int64 for large types
  ByteBuffer data;      // values, or the bytes of strings
  std::vector<ColumnBuffers> children;

  void Clear() {
    length = 0;
    null_count = 0;
    validity.Clear();
    offsets.Clear();
    data.Clear();
    for (auto& child : children) child.Clear();
  }
  size_t ByteSize() const {
    size_t total = validity.size() + offsets.size() + data.size();
    for (const auto& child : children) total += child.ByteSize();
    return total;
  }
};

}  // namespace hearth::engine
