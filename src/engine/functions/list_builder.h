// Lists read from and written to vectors of any element type.
#pragma once

#include <duckdb.hpp>
#include <vector>

#include "engine/functions/row_kernels.h"

namespace hearth::engine {

// A LIST (or MAP) column and its elements.
class ListReader {
 public:
  ListReader(duckdb::Vector& vector, duckdb::idx_t count)
      : entries_(vector, count),
        elements_(duckdb::ListVector::GetEntry(vector)),
        element_count_(duckdb::ListVector::GetListSize(vector)) {
    elements_.ToUnifiedFormat(element_count_, format_);
  }
  bool IsNull(duckdb::idx_t row) const { return entries_.IsNull(row); }
  duckdb::list_entry_t operator[](duckdb::idx_t row) const { return entries_[row]; }

  duckdb::Vector& elements() const { return elements_; }
  duckdb::idx_t element_count() const { return element_count_; }
  bool IsNullElement(duckdb::idx_t index) const {
    return !format_.validity.RowIsValid(format_.sel->get_index(index));
  }

 private:
  ColumnReader<duckdb::list_entry_t> entries_;
  duckdb::Vector& elements_;
  duckdb::idx_t element_count_;
  duckdb::UnifiedVectorFormat format_;
};

// Values of one type from several vectors, under running numbers.
class ElementPool {
 public:
  explicit ElementPool(duckdb::LogicalType type) : type_(std::move(type)) {}
  // Takes `count` rows; answers the number of the first.
  duckdb::idx_t Add(duckdb::Vector& source, duckdb::idx_t count) {
    parts_.push_back({&source, count});
    const auto first = size_;
    size_ += count;
    return first;
  }
  duckdb::idx_t size() const { return size_; }
  // All of them in one vector.
  duckdb::Vector Join() const {
    duckdb::Vector joined(type_, std::max<duckdb::idx_t>(size_, 1));
    duckdb::idx_t at = 0;
    for (const auto& part : parts_) {
      duckdb::VectorOperations::Copy(*part.source, joined, part.count, 0, at);
      at += part.count;
    }
    return joined;
  }

 private:
  struct Part {
    duckdb::Vector* source;
    duckdb::idx_t count;
  };
  duckdb::LogicalType type_;
  std::vector<Part> parts_;
  duckdb::idx_t size_ = 0;
};

// The lists of a result, as numbers of elements in a source vector. Begin, Add…, End for rows that are not
// null, then Finish.
class ListBuilder {
 public:
  explicit ListBuilder(duckdb::Vector& result) : result_(result) {}

  void Begin(duckdb::idx_t row) { Entries()[row] = {chosen_.size(), 0}; }
  void Add(duckdb::idx_t element) { chosen_.push_back(static_cast<duckdb::sel_t>(element)); }
  void AddNull() {
    nulls_.push_back(chosen_.size());
    chosen_.push_back(0);
  }
  void End(duckdb::idx_t row) { Entries()[row].length = chosen_.size() - Entries()[row].offset; }

  // Copies the chosen elements out of `source`, which has `count` rows.
  void Finish(duckdb::Vector& source, duckdb::idx_t count) {
    const auto size = chosen_.size();
    duckdb::ListVector::Reserve(result_, size);
    auto& elements = duckdb::ListVector::GetEntry(result_);
    if (count > 0 && size > 0) {
      const duckdb::SelectionVector selection(chosen_.data());
      duckdb::VectorOperations::Copy(source, elements, selection, size, 0, 0);
    }
    for (const auto null : nulls_) duckdb::FlatVector::SetNull(elements, null, true);
    duckdb::ListVector::SetListSize(result_, size);
  }

 private:
  duckdb::list_entry_t* Entries() {
    return reinterpret_cast<duckdb::list_entry_t*>(duckdb::FlatVector::GetData(result_));
  }

  duckdb::Vector& result_;
  std::vector<duckdb::sel_t> chosen_;
  std::vector<duckdb::idx_t> nulls_;
};

// One value per row out of a source vector: row n of the result is source row chosen[n], or null.
class ValuePicker {
 public:
  ValuePicker(duckdb::Vector& result, duckdb::idx_t count)
      : result_(result), chosen_(count, 0), is_null_(count, true) {}
  void Pick(duckdb::idx_t row, duckdb::idx_t element) {
    chosen_[row] = static_cast<duckdb::sel_t>(element);
    is_null_[row] = false;
  }
  // `count` is the number of rows in `source`. The result keeps the vector type that PrepareResult gave it.
  void Finish(duckdb::Vector& source, duckdb::idx_t count) {
    const auto kind = result_.GetVectorType();
    result_.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    if (count > 0) {
      const duckdb::SelectionVector selection(chosen_.data());
      duckdb::VectorOperations::Copy(source, result_, selection, chosen_.size(), 0, 0);
    }
    for (duckdb::idx_t row = 0; row < chosen_.size(); ++row) {
      if (is_null_[row]) duckdb::FlatVector::SetNull(result_, row, true);
    }
    result_.SetVectorType(kind);
  }

 private:
  duckdb::Vector& result_;
  std::vector<duckdb::sel_t> chosen_;
  std::vector<bool> is_null_;
};

// Binds for functions of any list: the result is the type of argument N, or the element type of argument N.
template <size_t kIndex>
duckdb::unique_ptr<duckdb::FunctionData> BindTypeOf(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.SetReturnType(arguments[kIndex]->return_type);
  return nullptr;
}
template <size_t kIndex>
duckdb::unique_ptr<duckdb::FunctionData> BindElementOf(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.SetReturnType(duckdb::ListType::GetChildType(arguments[kIndex]->return_type));
  return nullptr;
}
template <size_t kIndex>
duckdb::unique_ptr<duckdb::FunctionData> BindListOf(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.SetReturnType(duckdb::LogicalType::LIST(arguments[kIndex]->return_type));
  return nullptr;
}

}  // namespace hearth::engine
