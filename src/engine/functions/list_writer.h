// Writers of list results: rows are filled one after the other, elements go to the end of the child vector.
#pragma once

#include <duckdb.hpp>
#include <string_view>

namespace hearth::engine {

// LIST(VARCHAR). Begin, Add…, End for every row that is not null (nulls are set on the result itself), then
// Finish.
class TextListWriter {
 public:
  explicit TextListWriter(duckdb::Vector& result) : result_(result) {
    duckdb::ListVector::SetListSize(result, 0);
  }

  void Begin(duckdb::idx_t row) { Entries()[row] = {size_, 0}; }
  void Add(std::string_view text) {
    auto& child = Room();
    duckdb::FlatVector::GetData<duckdb::string_t>(child)[size_++] =
        duckdb::StringVector::AddString(child, text.data(), text.size());
  }
  void AddNull() { duckdb::FlatVector::SetNull(Room(), size_++, true); }
  void End(duckdb::idx_t row) { Entries()[row].length = size_ - Entries()[row].offset; }
  void Finish() { duckdb::ListVector::SetListSize(result_, size_); }

 private:
  duckdb::list_entry_t* Entries() {
    return reinterpret_cast<duckdb::list_entry_t*>(duckdb::FlatVector::GetData(result_));
  }
  duckdb::Vector& Room() {
    if (size_ >= duckdb::ListVector::GetListCapacity(result_)) {
      duckdb::ListVector::SetListSize(result_, size_);
      duckdb::ListVector::Reserve(result_, size_ < 64 ? 128 : 2 * size_);
    }
    return duckdb::ListVector::GetEntry(result_);
  }

  duckdb::Vector& result_;
  duckdb::idx_t size_ = 0;
};

}  // namespace hearth::engine
