// Spark's VARIANT: the open binary encoding of semi-structured values (Parquet's variant encoding, version
// 1). A variant is two texts of bytes: metadata (the dictionary of key names) and value. In DuckDB both
// travel in one BLOB: four bytes with the length of the metadata, the metadata, the value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plan/types/data_type.h"
#include "plan/types/value.h"

namespace hearth::engine {

struct VariantParts {
  std::string_view metadata;
  std::string_view value;
};
VariantParts SplitVariant(std::string_view blob);
std::string JoinVariant(std::string_view metadata, std::string_view value);

// kMalformed: no JSON, or an object with two fields of one name.
enum class VariantParse : uint8_t { kOk, kMalformed, kTooLarge };
// The variant of a JSON text as parse_json makes it; what follows the value is not looked at.
VariantParse ParseVariant(std::string_view json, std::string* blob);

// One step of a path: a field by name, or an element from 0.
using VariantStep = std::variant<std::string, int64_t>;
using VariantPath = std::vector<VariantStep>;
// $.name, $['name'], $["name"], $[0] in any number; nullopt when the text is none.
std::optional<VariantPath> ParseVariantPath(std::string_view text);

enum class VariantKind : uint8_t {
  kNull,
  kBoolean,
  kLong,
  kDouble,
  kDecimal,
  kString,
  kObject,
  kArray,
  kOther  // dates, binaries and what else a variant may hold; made by nothing here
};

// A value inside a variant, looked at where it lies.
class VariantView {
 public:
  VariantView(std::string_view metadata, std::string_view value) : metadata_(metadata), value_(value) {}
  explicit VariantView(const VariantParts& parts) : VariantView(parts.metadata, parts.value) {}

  VariantKind kind() const;
  bool Boolean() const;
  int64_t Long() const;
  double Double() const;
  // Without zeros at the end of the fraction; `scale` is never negative.
  plan::Int128 Decimal(int* scale) const;
  std::string_view String() const;
  // Fields in the order of their names, or elements.
  size_t size() const;
  std::string_view Key(size_t index) const;
  VariantView At(size_t index) const;
  std::optional<VariantView> Find(const VariantPath& path) const;

  std::string_view metadata() const { return metadata_; }
  // The bytes of this value alone.
  std::string_view bytes() const { return value_.substr(0, Size()); }

 private:
  struct Layout;
  Layout ReadLayout() const;
  size_t Size() const;

  std::string_view metadata_;
  std::string_view value_;
};

// Spark's JSON text of the value.
void AppendVariantJson(const VariantView& view, std::string* out);
// OBJECT<a: BIGINT, b: ARRAY<STRING>>: what schema_of_variant says.
std::string VariantSchema(const VariantView& view);

}  // namespace hearth::engine
