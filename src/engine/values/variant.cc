#include "engine/values/variant.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <memory>

#include "engine/json/json_cursor.h"
#include "engine/text/json_text.h"
#include "engine/text/parse.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

using plan::Int128;
using std::string_view;

namespace {

constexpr size_t kLargest = 128U << 20U;
constexpr int kMostLevels = 1000;

// Basic types, the two lowest bits of a header.
constexpr uint8_t kPrimitive = 0;
constexpr uint8_t kShortString = 1;
constexpr uint8_t kObject = 2;
constexpr uint8_t kArray = 3;
// Primitive types, the other six bits.
constexpr uint8_t kTrue = 1;
constexpr uint8_t kFalse = 2;
constexpr uint8_t kInt1 = 3;
constexpr uint8_t kInt2 = 4;
constexpr uint8_t kInt4 = 5;
constexpr uint8_t kInt8 = 6;
constexpr uint8_t kDouble = 7;
constexpr uint8_t kDecimal4 = 8;
constexpr uint8_t kDecimal8 = 9;
constexpr uint8_t kDecimal16 = 10;
constexpr uint8_t kLongString = 16;
constexpr size_t kLongestShortString = 63;

char Header(uint8_t basic, unsigned rest) { return static_cast<char>((rest << 2U) | basic); }

void AppendBytes(uint64_t number, size_t bytes, std::string* out) {
  for (size_t i = 0; i < bytes; ++i) out->push_back(static_cast<char>((number >> (8 * i)) & 0xFFU));
}

uint64_t ReadBytes(string_view text, size_t at, size_t bytes) {
  uint64_t number = 0;
  if (at + bytes > text.size()) return 0;
  for (size_t i = 0; i < bytes; ++i) {
    number |= static_cast<uint64_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
  }
  return number;
}

int64_t ReadSigned(string_view text, size_t at, size_t bytes) {
  const auto shift = static_cast<unsigned>(64 - 8 * bytes);
  return static_cast<int64_t>(ReadBytes(text, at, bytes) << shift) >> shift;
}

size_t BytesFor(uint64_t number) {
  return number <= 0xFF ? 1 : number <= 0xFFFF ? 2 : number <= 0xFFFFFF ? 3 : 4;
}

int DigitsOf(Int128 number) {
  if (number < 0) number = -number;
  int digits = 1;
  for (number /= 10; number != 0; number /= 10) ++digits;
  return digits;
}

// ---- Writing

class Builder {
 public:
  VariantParse Build(string_view json, std::string* blob) {
    JsonSyntax syntax;
    syntax.single_quotes = false;
    JsonCursor cursor(json, syntax);
    std::string value;
    const auto parsed = Append(cursor, 0, &value);
    if (parsed != VariantParse::kOk) return parsed;
    const auto metadata = Metadata();
    if (metadata.size() > kLargest || value.size() > kLargest) return VariantParse::kTooLarge;
    *blob = JoinVariant(metadata, value);
    return VariantParse::kOk;
  }

 private:
  VariantParse Append(JsonCursor& cursor, int level, std::string* out) {
    if (level > kMostLevels) return VariantParse::kMalformed;
    switch (cursor.Peek()) {
      case JsonKind::kNull:
        out->push_back(0);
        return Word(cursor, "null");
      case JsonKind::kTrue:
        out->push_back(Header(kPrimitive, kTrue));
        return Word(cursor, "true");
      case JsonKind::kFalse:
        out->push_back(Header(kPrimitive, kFalse));
        return Word(cursor, "false");
      case JsonKind::kNumber:
        return AppendNumber(cursor, out);
      case JsonKind::kString: {
        std::string text;
        if (!cursor.ReadString(&text)) return VariantParse::kMalformed;
        if (text.size() <= kLongestShortString) {
          out->push_back(Header(kShortString, static_cast<unsigned>(text.size())));
        } else {
          out->push_back(Header(kPrimitive, kLongString));
          AppendBytes(text.size(), 4, out);
        }
        out->append(text);
        return VariantParse::kOk;
      }
      case JsonKind::kArray:
        return AppendArray(cursor, level, out);
      case JsonKind::kObject:
        return AppendObject(cursor, level, out);
      default:
        return VariantParse::kMalformed;
    }
  }

  static VariantParse Word(JsonCursor& cursor, string_view word) {
    return cursor.ReadWord(word) ? VariantParse::kOk : VariantParse::kMalformed;
  }

  static VariantParse AppendNumber(JsonCursor& cursor, std::string* out) {
    string_view raw;
    bool is_integer = false;
    if (!cursor.ReadNumber(&raw, &is_integer)) return VariantParse::kMalformed;
    using Limits = std::numeric_limits<int64_t>;
    if (is_integer) {
      if (const auto number = ParseInteger(raw, false, Limits::min(), Limits::max())) {
        AppendLong(*number, out);
        return VariantParse::kOk;
      }
    }
    if (raw.find_first_of("eE") == string_view::npos && AppendDecimal(raw, out)) return VariantParse::kOk;
    const auto number = ParseDouble(raw);
    if (!number) return VariantParse::kMalformed;
    out->push_back(Header(kPrimitive, kDouble));
    uint64_t bits = 0;
    std::memcpy(&bits, &*number, sizeof(bits));
    AppendBytes(bits, 8, out);
    return VariantParse::kOk;
  }

  static void AppendLong(int64_t number, std::string* out) {
    const auto fits = [&](auto type) {
      return number == static_cast<int64_t>(static_cast<decltype(type)>(number));
    };
    const auto [kind, bytes] = fits(int8_t{})    ? std::pair{kInt1, 1}
                               : fits(int16_t{}) ? std::pair{kInt2, 2}
                               : fits(int32_t{}) ? std::pair{kInt4, 4}
                                                 : std::pair{kInt8, 8};
    out->push_back(Header(kPrimitive, kind));
    AppendBytes(static_cast<uint64_t>(number), static_cast<size_t>(bytes), out);
  }

  // False when the number has more digits than a decimal.
  static bool AppendDecimal(string_view raw, std::string* out) {
    Int128 unscaled = 0;
    int scale = 0;
    int digits = 0;
    bool in_fraction = false;
    const bool negative = raw.front() == '-';
    for (const char c : raw.substr(negative ? 1 : 0)) {
      if (c == '.') {
        in_fraction = true;
        continue;
      }
      scale += in_fraction ? 1 : 0;
      if (unscaled != 0 || c != '0') ++digits;
      if (digits > plan::DataType::kMaxPrecision || scale > plan::DataType::kMaxPrecision) return false;
      unscaled = unscaled * 10 + (c - '0');
    }
    if (negative) unscaled = -unscaled;
    const auto fits = [&](int limit) { return scale <= limit && digits <= limit; };
    const auto [kind, bytes] = fits(9)    ? std::pair{kDecimal4, 4}
                               : fits(18) ? std::pair{kDecimal8, 8}
                                          : std::pair{kDecimal16, 16};
    out->push_back(Header(kPrimitive, kind));
    out->push_back(static_cast<char>(scale));
    const auto low = static_cast<uint64_t>(unscaled);
    AppendBytes(low, static_cast<size_t>(std::min(bytes, 8)), out);
    if (bytes == 16) AppendBytes(static_cast<uint64_t>(unscaled >> 64), 8, out);
    return true;
  }

  VariantParse AppendArray(JsonCursor& cursor, int level, std::string* out) {
    if (!cursor.EnterArray()) return VariantParse::kMalformed;
    std::string data;
    std::vector<size_t> offsets;
    for (bool more = true;;) {
      if (!cursor.NextElement(&more)) return VariantParse::kMalformed;
      if (!more) break;
      offsets.push_back(data.size());
      const auto parsed = Append(cursor, level + 1, &data);
      if (parsed != VariantParse::kOk) return parsed;
      if (data.size() > kLargest) return VariantParse::kTooLarge;
    }
    const bool large = offsets.size() > 0xFF;
    const auto offset_bytes = BytesFor(data.size());
    out->push_back(Header(kArray, (large ? 4U : 0U) | static_cast<unsigned>(offset_bytes - 1)));
    AppendBytes(offsets.size(), large ? 4 : 1, out);
    for (const auto offset : offsets) AppendBytes(offset, offset_bytes, out);
    AppendBytes(data.size(), offset_bytes, out);
    out->append(data);
    return VariantParse::kOk;
  }

  VariantParse AppendObject(JsonCursor& cursor, int level, std::string* out) {
    if (!cursor.EnterObject()) return VariantParse::kMalformed;
    std::string data;
    std::map<std::string, std::pair<uint32_t, size_t>> fields;  // name → id, offset
    uint32_t largest_id = 0;
    for (bool more = true;;) {
      std::string key;
      if (!cursor.NextKey(&key, &more)) return VariantParse::kMalformed;
      if (!more) break;
      const auto id = IdOf(key);
      largest_id = std::max(largest_id, id);
      if (!fields.emplace(key, std::pair{id, data.size()}).second) return VariantParse::kMalformed;
      const auto parsed = Append(cursor, level + 1, &data);
      if (parsed != VariantParse::kOk) return parsed;
      if (data.size() > kLargest) return VariantParse::kTooLarge;
    }
    const bool large = fields.size() > 0xFF;
    const auto id_bytes = BytesFor(largest_id);
    const auto offset_bytes = BytesFor(data.size());
    out->push_back(Header(kObject, (large ? 16U : 0U) | static_cast<unsigned>((id_bytes - 1) << 2U) |
                                       static_cast<unsigned>(offset_bytes - 1)));
    AppendBytes(fields.size(), large ? 4 : 1, out);
    for (const auto& [name, field] : fields) AppendBytes(field.first, id_bytes, out);
    for (const auto& [name, field] : fields) AppendBytes(field.second, offset_bytes, out);
    AppendBytes(data.size(), offset_bytes, out);
    out->append(data);
    return VariantParse::kOk;
  }

  uint32_t IdOf(const std::string& key) {
    const auto [found, is_new] = ids_.emplace(key, static_cast<uint32_t>(names_.size()));
    if (is_new) names_.push_back(key);
    return found->second;
  }

  std::string Metadata() const {
    size_t bytes = 0;
    for (const auto& name : names_) bytes += name.size();
    const auto offset_bytes = BytesFor(std::max(bytes, names_.size()));
    std::string metadata(1, static_cast<char>(1U | static_cast<unsigned>((offset_bytes - 1) << 6U)));
    AppendBytes(names_.size(), offset_bytes, &metadata);
    size_t offset = 0;
    for (const auto& name : names_) {
      AppendBytes(offset, offset_bytes, &metadata);
      offset += name.size();
    }
    AppendBytes(offset, offset_bytes, &metadata);
    for (const auto& name : names_) metadata += name;
    return metadata;
  }

  std::map<std::string, uint32_t> ids_;
  std::vector<std::string> names_;
};

}  // namespace

VariantParse ParseVariant(string_view json, std::string* blob) { return Builder().Build(json, blob); }

VariantParts SplitVariant(string_view blob) {
  const auto size = static_cast<size_t>(ReadBytes(blob, 0, 4));
  if (blob.size() < 4 || size > blob.size() - 4) return {};
  return {blob.substr(4, size), blob.substr(4 + size)};
}

std::string JoinVariant(string_view metadata, string_view value) {
  std::string blob;
  blob.reserve(4 + metadata.size() + value.size());
  AppendBytes(metadata.size(), 4, &blob);
  blob.append(metadata);
  blob.append(value);
  return blob;
}

std::optional<VariantPath> ParseVariantPath(string_view text) {
  if (text.empty() || text.front() != '$') return std::nullopt;
  VariantPath path;
  text.remove_prefix(1);
  while (!text.empty()) {
    if (text.front() == '.') {
      const auto end = std::min(text.find_first_of(".[", 1), text.size());
      if (end == 1) return std::nullopt;
      path.emplace_back(std::string(text.substr(1, end - 1)));
      text.remove_prefix(end);
      continue;
    }
    if (text.size() < 3 || text.front() != '[') return std::nullopt;
    const char quote = text[1];
    if (quote == '\'' || quote == '"') {
      const auto end = text.find(quote, 2);
      if (end == string_view::npos || end == 2 || text.substr(end + 1, 1) != "]") return std::nullopt;
      path.emplace_back(std::string(text.substr(2, end - 2)));
      text.remove_prefix(end + 2);
      continue;
    }
    const auto end = text.find(']');
    if (end == string_view::npos || end == 1 || end > 11) return std::nullopt;
    int64_t index = 0;
    for (const char c : text.substr(1, end - 1)) {
      if (c < '0' || c > '9') return std::nullopt;
      index = index * 10 + (c - '0');
    }
    if (index > std::numeric_limits<int32_t>::max()) return std::nullopt;
    path.emplace_back(index);
    text.remove_prefix(end + 1);
  }
  return path;
}

// ---- Reading

// Where the parts of an object or an array lie.
struct VariantView::Layout {
  size_t count = 0;
  size_t id_bytes = 0;  // objects alone
  size_t offset_bytes = 1;
  size_t ids = 0;
  size_t offsets = 0;
  size_t data = 0;
};

VariantView::Layout VariantView::ReadLayout() const {
  const auto header = static_cast<unsigned char>(value_.front());
  const bool is_object = (header & 3U) == kObject;
  const unsigned rest = header >> 2U;
  Layout layout;
  layout.offset_bytes = (rest & 3U) + 1;
  layout.id_bytes = is_object ? ((rest >> 2U) & 3U) + 1 : 0;
  const bool large = ((rest >> (is_object ? 4U : 2U)) & 1U) != 0;
  const size_t count_bytes = large ? 4 : 1;
  layout.count = static_cast<size_t>(ReadBytes(value_, 1, count_bytes));
  layout.ids = 1 + count_bytes;
  layout.offsets = layout.ids + layout.count * layout.id_bytes;
  layout.data = layout.offsets + (layout.count + 1) * layout.offset_bytes;
  if (layout.data > value_.size()) return {};
  return layout;
}

VariantKind VariantView::kind() const {
  if (value_.empty()) return VariantKind::kNull;
  const auto header = static_cast<unsigned char>(value_.front());
  switch (header & 3U) {
    case kShortString:
      return VariantKind::kString;
    case kObject:
      return VariantKind::kObject;
    case kArray:
      return VariantKind::kArray;
    default:
      break;
  }
  switch (header >> 2U) {
    case 0:
      return VariantKind::kNull;
    case kTrue:
    case kFalse:
      return VariantKind::kBoolean;
    case kInt1:
    case kInt2:
    case kInt4:
    case kInt8:
      return VariantKind::kLong;
    case kDouble:
      return VariantKind::kDouble;
    case kDecimal4:
    case kDecimal8:
    case kDecimal16:
      return VariantKind::kDecimal;
    case kLongString:
      return VariantKind::kString;
    default:
      return VariantKind::kOther;
  }
}

size_t VariantView::Size() const {
  if (value_.empty()) return 0;
  const auto header = static_cast<unsigned char>(value_.front());
  const unsigned rest = header >> 2U;
  if ((header & 3U) == kShortString) return 1 + rest;
  if ((header & 3U) != kPrimitive) {
    const auto layout = ReadLayout();
    if (layout.data == 0) return value_.size();
    const auto last = layout.offsets + layout.count * layout.offset_bytes;
    return layout.data + static_cast<size_t>(ReadBytes(value_, last, layout.offset_bytes));
  }
  switch (rest) {
    case kInt1:
      return 2;
    case kInt2:
      return 3;
    case kInt4:
      return 5;
    case kInt8:
    case kDouble:
      return 9;
    case kDecimal4:
      return 6;
    case kDecimal8:
      return 10;
    case kDecimal16:
      return 18;
    case kLongString:
      return 5 + static_cast<size_t>(ReadBytes(value_, 1, 4));
    case 0:
    case kTrue:
    case kFalse:
      return 1;
    default:
      return value_.size();
  }
}

bool VariantView::Boolean() const { return static_cast<unsigned char>(value_.front()) >> 2U == kTrue; }

int64_t VariantView::Long() const {
  switch (static_cast<unsigned char>(value_.front()) >> 2U) {
    case kInt1:
      return ReadSigned(value_, 1, 1);
    case kInt2:
      return ReadSigned(value_, 1, 2);
    case kInt4:
      return ReadSigned(value_, 1, 4);
    default:
      return ReadSigned(value_, 1, 8);
  }
}

double VariantView::Double() const {
  const uint64_t bits = ReadBytes(value_, 1, 8);
  double number = 0;
  std::memcpy(&number, &bits, sizeof(number));
  return number;
}

Int128 VariantView::Decimal(int* scale) const {
  *scale = static_cast<unsigned char>(value_.size() > 1 ? value_[1] : 0);
  const unsigned kind = static_cast<unsigned char>(value_.front()) >> 2U;
  Int128 unscaled = 0;
  if (kind == kDecimal16) {
    unscaled = static_cast<Int128>(ReadSigned(value_, 10, 8)) << 64;
    unscaled |= static_cast<Int128>(ReadBytes(value_, 2, 8));
  } else {
    unscaled = ReadSigned(value_, 2, kind == kDecimal4 ? 4 : 8);
  }
  while (*scale > 0 && unscaled % 10 == 0) {
    unscaled /= 10;
    --*scale;
  }
  return unscaled;
}

string_view VariantView::String() const {
  const auto header = static_cast<unsigned char>(value_.front());
  if ((header & 3U) == kShortString) return value_.substr(1, header >> 2U);
  if (value_.size() < 5) return {};
  return value_.substr(5, static_cast<size_t>(ReadBytes(value_, 1, 4)));
}

size_t VariantView::size() const { return ReadLayout().count; }

string_view VariantView::Key(size_t index) const {
  const auto layout = ReadLayout();
  const auto id =
      static_cast<size_t>(ReadBytes(value_, layout.ids + index * layout.id_bytes, layout.id_bytes));
  if (metadata_.empty()) return {};
  const size_t bytes = (static_cast<unsigned char>(metadata_.front()) >> 6U) + 1;
  const auto count = static_cast<size_t>(ReadBytes(metadata_, 1, bytes));
  const size_t offsets = 1 + bytes;
  const size_t names = offsets + (count + 1) * bytes;
  const auto start = static_cast<size_t>(ReadBytes(metadata_, offsets + id * bytes, bytes));
  const auto end = static_cast<size_t>(ReadBytes(metadata_, offsets + (id + 1) * bytes, bytes));
  if (id >= count || end < start || names + end > metadata_.size()) return {};
  return metadata_.substr(names + start, end - start);
}

VariantView VariantView::At(size_t index) const {
  const auto layout = ReadLayout();
  const auto offset = static_cast<size_t>(
      ReadBytes(value_, layout.offsets + index * layout.offset_bytes, layout.offset_bytes));
  const auto start = std::min(layout.data + offset, value_.size());
  return {metadata_, value_.substr(start)};
}

std::optional<VariantView> VariantView::Find(const VariantPath& path) const {
  VariantView view = *this;
  for (const auto& step : path) {
    if (const auto* index = std::get_if<int64_t>(&step)) {
      if (view.kind() != VariantKind::kArray || static_cast<size_t>(*index) >= view.size())
        return std::nullopt;
      view = view.At(static_cast<size_t>(*index));
      continue;
    }
    if (view.kind() != VariantKind::kObject) return std::nullopt;
    const auto& name = std::get<std::string>(step);
    const size_t count = view.size();
    size_t at = 0;
    while (at < count && view.Key(at) != name) ++at;
    if (at == count) return std::nullopt;
    view = view.At(at);
  }
  return view;
}

void AppendVariantJson(const VariantView& view, std::string* out) {
  switch (view.kind()) {
    case VariantKind::kNull:
      out->append("null");
      return;
    case VariantKind::kBoolean:
      out->append(view.Boolean() ? "true" : "false");
      return;
    case VariantKind::kLong:
      return AppendInteger(view.Long(), out);
    case VariantKind::kDouble: {
      const double number = view.Double();
      if (!std::isfinite(number)) out->push_back('"');
      AppendDouble(number, out);
      if (!std::isfinite(number)) out->push_back('"');
      return;
    }
    case VariantKind::kDecimal: {
      int scale = 0;
      const auto unscaled = view.Decimal(&scale);
      return AppendDecimal(unscaled, scale, out);
    }
    case VariantKind::kString:
      return AppendJsonString(view.String(), out);
    case VariantKind::kObject:
    case VariantKind::kArray: {
      const bool is_object = view.kind() == VariantKind::kObject;
      out->push_back(is_object ? '{' : '[');
      const size_t count = view.size();
      for (size_t i = 0; i < count; ++i) {
        if (i > 0) out->push_back(',');
        if (is_object) {
          AppendJsonString(view.Key(i), out);
          out->push_back(':');
        }
        AppendVariantJson(view.At(i), out);
      }
      out->push_back(is_object ? '}' : ']');
      return;
    }
    case VariantKind::kOther:
      out->append("null");
      return;
  }
}

namespace {

// What schema_of_variant knows of a value. kVoid and kVariant are the two ends.
struct Shape {
  enum class Kind : uint8_t { kVoid, kBoolean, kLong, kDouble, kDecimal, kString, kObject, kArray, kVariant };
  Kind kind = Kind::kVoid;
  int precision = 0;
  int scale = 0;
  std::map<std::string, Shape> fields = {};
  std::vector<Shape> element = {};  // exactly one for arrays
};
using ShapeKind = Shape::Kind;

Shape MergeShapes(Shape left, Shape right) {
  if (left.kind == ShapeKind::kVoid) return right;
  if (right.kind == ShapeKind::kVoid) return left;
  const auto is_number = [](const Shape& shape) {
    return shape.kind == ShapeKind::kLong || shape.kind == ShapeKind::kDouble ||
           shape.kind == ShapeKind::kDecimal;
  };
  if (left.kind == right.kind) {
    if (left.kind == ShapeKind::kObject) {
      for (auto& [name, shape] : right.fields) {
        const auto [found, is_new] = left.fields.emplace(name, shape);
        if (!is_new) found->second = MergeShapes(std::move(found->second), std::move(shape));
      }
      return left;
    }
    if (left.kind == ShapeKind::kArray) {
      left.element[0] = MergeShapes(std::move(left.element[0]), std::move(right.element[0]));
      return left;
    }
    if (left.kind != ShapeKind::kDecimal) return left;
  }
  if (!is_number(left) || !is_number(right)) return {.kind = ShapeKind::kVariant};
  if (left.kind == ShapeKind::kDouble || right.kind == ShapeKind::kDouble)
    return {.kind = ShapeKind::kDouble};
  const auto whole = [](const Shape& shape) {
    return shape.kind == ShapeKind::kLong ? 20 : shape.precision - shape.scale;
  };
  const int scale = std::max(left.scale, right.scale);
  const int precision = std::max(whole(left), whole(right)) + scale;
  if (precision > plan::DataType::kMaxPrecision) return {.kind = ShapeKind::kDouble};
  return {.kind = ShapeKind::kDecimal, .precision = precision, .scale = scale};
}

Shape ShapeOf(const VariantView& view) {
  switch (view.kind()) {
    case VariantKind::kBoolean:
      return {.kind = ShapeKind::kBoolean};
    case VariantKind::kLong:
      return {.kind = ShapeKind::kLong};
    case VariantKind::kDouble:
      return {.kind = ShapeKind::kDouble};
    case VariantKind::kString:
      return {.kind = ShapeKind::kString};
    case VariantKind::kDecimal: {
      Shape shape{.kind = ShapeKind::kDecimal};
      const auto unscaled = view.Decimal(&shape.scale);
      shape.precision = std::max(DigitsOf(unscaled), shape.scale);
      return shape;
    }
    case VariantKind::kObject: {
      Shape shape{.kind = ShapeKind::kObject};
      for (size_t i = 0, count = view.size(); i < count; ++i) {
        shape.fields.emplace(std::string(view.Key(i)), ShapeOf(view.At(i)));
      }
      return shape;
    }
    case VariantKind::kArray: {
      Shape shape{.kind = ShapeKind::kArray};
      shape.element.emplace_back();
      for (size_t i = 0, count = view.size(); i < count; ++i) {
        shape.element[0] = MergeShapes(std::move(shape.element[0]), ShapeOf(view.At(i)));
      }
      return shape;
    }
    default:
      return {};
  }
}

std::string ShapeText(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::kVoid:
      return "VOID";
    case ShapeKind::kBoolean:
      return "BOOLEAN";
    case ShapeKind::kLong:
      return "BIGINT";
    case ShapeKind::kDouble:
      return "DOUBLE";
    case ShapeKind::kString:
      return "STRING";
    case ShapeKind::kVariant:
      return "VARIANT";
    case ShapeKind::kDecimal:
      return "DECIMAL(" + std::to_string(shape.precision) + "," + std::to_string(shape.scale) + ")";
    case ShapeKind::kArray:
      return "ARRAY<" + ShapeText(shape.element[0]) + ">";
    case ShapeKind::kObject: {
      std::string text;
      for (const auto& [name, field] : shape.fields) {
        text += (text.empty() ? "" : ", ") + plan::QuoteIfNeeded(name) + ": " + ShapeText(field);
      }
      return "OBJECT<" + text + ">";
    }
  }
  return {};
}

}  // namespace

std::string VariantSchema(const VariantView& view) { return ShapeText(ShapeOf(view)); }

}  // namespace hearth::engine
