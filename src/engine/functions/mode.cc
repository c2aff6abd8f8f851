// mode() on a tie. Spark keeps its counts in a hash table and takes the first of the most frequent values in
// the table's order; for values whose hash is a plain number this order is built again here.
#include "engine/functions/mode.h"

#include <bit>
#include <vector>

#include "engine/functions/list_builder.h"
#include "engine/functions/murmur.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::UnifiedVectorFormat;

namespace {

int32_t FoldLong(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  return static_cast<int32_t>(static_cast<uint32_t>(bits ^ (bits >> 32U)));
}

// Java's hashCode of a value.
int32_t JavaHash(const UnifiedVectorFormat& format, LogicalTypeId type, idx_t index) {
  switch (type) {
    case LogicalTypeId::BOOLEAN:
      return UnifiedVectorFormat::GetData<bool>(format)[index] ? 1231 : 1237;
    case LogicalTypeId::TINYINT:
      return UnifiedVectorFormat::GetData<int8_t>(format)[index];
    case LogicalTypeId::SMALLINT:
      return UnifiedVectorFormat::GetData<int16_t>(format)[index];
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::DATE:
      return UnifiedVectorFormat::GetData<int32_t>(format)[index];
    case LogicalTypeId::FLOAT: {
      const float value = UnifiedVectorFormat::GetData<float>(format)[index];
      return value != value ? 0x7fc00000 : std::bit_cast<int32_t>(value);
    }
    case LogicalTypeId::DOUBLE: {
      const double value = UnifiedVectorFormat::GetData<double>(format)[index];
      return FoldLong(value != value ? 0x7ff8000000000000 : std::bit_cast<int64_t>(value));
    }
    case LogicalTypeId::VARCHAR: {
      const auto& text = UnifiedVectorFormat::GetData<duckdb::string_t>(format)[index];
      return Murmur::OfBytes(text.GetData(), text.GetSize(), Murmur::kSeed);
    }
    default:
      return FoldLong(UnifiedVectorFormat::GetData<int64_t>(format)[index]);
  }
}

// Spark's open hash table: it starts with 64 places, is at most 70 % full, and looks 1, 2, 3, … places
// further.
class PlaceTable {
 public:
  void Insert(idx_t key, int32_t hash) {
    Place({key, hash}, &places_);
    if (++size_ * 10 <= places_.size() * 7) return;
    std::vector<Entry> larger(places_.size() * 2);
    for (const auto& entry : places_) {
      if (entry.key != kFree) Place(entry, &larger);
    }
    places_ = std::move(larger);
  }
  template <typename Wanted>
  idx_t First(Wanted wanted) const {
    for (const auto& entry : places_) {
      if (entry.key != kFree && wanted(entry.key)) return entry.key;
    }
    return kFree;
  }

 private:
  static constexpr idx_t kFree = duckdb::DConstants::INVALID_INDEX;
  struct Entry {
    idx_t key = kFree;
    int32_t hash = 0;
  };
  static void Place(const Entry& entry, std::vector<Entry>* places) {
    const size_t mask = places->size() - 1;
    size_t place = static_cast<uint32_t>(Murmur::OfInt(entry.hash, 0)) & mask;
    for (size_t step = 1; (*places)[place].key != kFree; ++step) place = (place + step) & mask;
    (*places)[place] = entry;
  }

  std::vector<Entry> places_ = std::vector<Entry>(64);
  size_t size_ = 0;
};

// spark_mode_of(MAP of value → count)
void ModeKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader maps(arguments.data[0], count);
  auto& entries = maps.elements();
  const idx_t size = maps.element_count();
  entries.Flatten(size);
  auto& keys = *duckdb::StructVector::GetEntries(entries)[0];
  UnifiedVectorFormat key_format;
  keys.ToUnifiedFormat(size, key_format);
  const ColumnReader<uint64_t> counts(*duckdb::StructVector::GetEntries(entries)[1], size);
  const auto type = keys.GetType().id();
  ValuePicker picker(result, count);
  for (idx_t row = 0; row < count; ++row) {
    if (maps.IsNull(row) || maps[row].length == 0) continue;
    const auto entry = maps[row];
    const idx_t end = entry.offset + entry.length;
    idx_t best = entry.offset;
    bool tied = false;
    for (idx_t i = entry.offset + 1; i < end; ++i) {
      tied = counts[i] == counts[best] || (tied && counts[i] < counts[best]);
      if (counts[i] > counts[best]) best = i;
    }
    if (tied) {
      PlaceTable table;
      for (idx_t i = entry.offset; i < end; ++i) {
        table.Insert(i, JavaHash(key_format, type, key_format.sel->get_index(i)));
      }
      best = table.First([&](idx_t i) { return counts[i] == counts[best]; });
    }
    picker.Pick(row, best);
  }
  picker.Finish(keys, size);
}

duckdb::unique_ptr<duckdb::FunctionData> BindMode(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.SetReturnType(duckdb::MapType::KeyType(arguments[0]->return_type));
  return nullptr;
}

}  // namespace

void AddMode(EngineFunctions& functions) {
  functions.AddScalar(
      Kernel("spark_mode_of", {LogicalType::ANY}, LogicalType::ANY, ModeKernel, {.bind = BindMode}));
}

}  // namespace hearth::engine
