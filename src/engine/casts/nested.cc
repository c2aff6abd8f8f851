// Arrays, maps and structs, element by element; a struct's fields by position.
#include "engine/casts/cast_loop.h"
#include "engine/types.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::Vector;
using plan::DataType;
using plan::TypeKind;

namespace {

// Rows, validity and list entries of the result are those of the source, made flat.
void CopyEntries(Vector& source, Vector& result, idx_t count) {
  source.Flatten(count);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  duckdb::FlatVector::SetValidity(result, duckdb::FlatVector::Validity(source));
}

// Elements that no row refers to (of a slice, or of rows that a filter dropped) must not be looked at:
// casting one may fail. Answers how many are left; entries are renumbered to stand in a row.
idx_t GatherElements(const duckdb::list_entry_t* entries, const duckdb::ValidityMask& validity, idx_t count,
                     duckdb::list_entry_t* gathered, std::vector<duckdb::sel_t>* positions) {
  for (idx_t row = 0; row < count; ++row) {
    gathered[row] = duckdb::list_entry_t(positions->size(), 0);
    if (!validity.RowIsValid(row)) continue;
    gathered[row].length = entries[row].length;
    for (idx_t i = 0; i < entries[row].length; ++i) {
      positions->push_back(static_cast<duckdb::sel_t>(entries[row].offset + i));
    }
  }
  return positions->size();
}

CastFunction CastList(CastFunction element) {
  return [element](Vector& source, Vector& result, idx_t count) {
    CopyEntries(source, result, count);
    std::vector<duckdb::sel_t> positions;
    const idx_t elements = GatherElements(
        duckdb::FlatVector::GetData<duckdb::list_entry_t>(source), duckdb::FlatVector::Validity(source),
        count, duckdb::FlatVector::GetData<duckdb::list_entry_t>(result), &positions);
    duckdb::ListVector::Reserve(result, elements);
    duckdb::ListVector::SetListSize(result, elements);
    if (elements == 0) return;
    duckdb::SelectionVector selection(positions.data());
    Vector gathered(duckdb::ListVector::GetEntry(source), selection, elements);
    auto& target = duckdb::ListVector::GetEntry(result);
    element(gathered, target, elements);
    target.Flatten(elements);
  };
}

CastFunction CastFields(std::vector<CastFunction> fields) {
  return [fields](Vector& source, Vector& result, idx_t count) {
    CopyEntries(source, result, count);
    auto& from = duckdb::StructVector::GetEntries(source);
    auto& to = duckdb::StructVector::GetEntries(result);
    for (size_t i = 0; i < fields.size(); ++i) {
      fields[i](*from[i], *to[i], count);
      to[i]->Flatten(count);
    }
  };
}

}  // namespace

CastFunction MakeNestedCast(const DataType& from, const DataType& to, const CastSettings& settings) {
  if (from.kind() != to.kind()) return {};
  switch (from.kind()) {
    case TypeKind::kArray:
      return CastList(MakeCastFunction(from.element(), to.element(), settings));
    case TypeKind::kMap: {
      std::vector<CastFunction> pair;
      pair.push_back(MakeCastFunction(from.key(), to.key(), settings));
      pair.push_back(MakeCastFunction(from.value(), to.value(), settings));
      return CastList(CastFields(std::move(pair)));
    }
    case TypeKind::kStruct: {
      if (from.fields().size() != to.fields().size()) return {};
      std::vector<CastFunction> fields;
      for (size_t i = 0; i < from.fields().size(); ++i) {
        fields.push_back(MakeCastFunction(from.fields()[i].type, to.fields()[i].type, settings));
      }
      return CastFields(std::move(fields));
    }
    default:
      return {};
  }
}

}  // namespace hearth::engine
