#include "engine/files/parquet_footer.h"

#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

#include "engine/files/paths.h"
#include "engine/files/thrift_reader.h"

namespace hearth::engine {

using plan::DataType;
using plan::TypePtr;

namespace {

// Numbers of parquet.thrift.
enum PhysicalType {
  kBoolean = 0,
  kInt32 = 1,
  kInt64 = 2,
  kInt96 = 3,
  kFloat = 4,
  kDouble = 5,
  kByteArray = 6,
  kFixed = 7
};
enum Repetition { kRequired = 0, kOptional = 1, kRepeated = 2 };
enum Converted {
  kNone = -1,
  kUtf8 = 0,
  kMap = 1,
  kMapKeyValue = 2,
  kList = 3,
  kEnum = 4,
  kDecimal = 5,
  kDate = 6,
  kTimeMillis = 7,
  kTimeMicros = 8,
  kTimestampMillis = 9,
  kTimestampMicros = 10,
  kUint8 = 11,
  kUint16 = 12,
  kUint32 = 13,
  kUint64 = 14,
  kInt8 = 15,
  kInt16 = 16,
  kInt32Annotation = 17,
  kInt64Annotation = 18,
  kJson = 19,
  kBson = 20,
  kInterval = 21
};
// Annotations that only the newer logical types can say.
enum class Extra { kNone, kLocalTimestamp, kNanoseconds, kLocalTime, kUuid, kFloat16, kVariant };

struct Element {
  std::string name;
  int type = -1;
  int repetition = kRequired;
  int children = 0;
  int converted = kNone;
  int scale = 0;
  int precision = 0;
  Extra extra = Extra::kNone;
};

struct Footer {
  std::vector<Element> elements;
  std::string spark_schema;
};

void ReadTimeType(ThriftReader* reader, bool* adjusted, int* unit) {
  int last = 0;
  while (true) {
    const auto field = reader->NextField(&last);
    if (field.type == ThriftReader::kStop) return;
    if (field.id == 1) {
      *adjusted = field.type == ThriftReader::kTrue;
    } else if (field.id == 2 && field.type == ThriftReader::kStruct) {
      int inner = 0;
      const auto chosen = reader->NextField(&inner);
      *unit = chosen.id;
      reader->Skip(chosen.type);
      reader->NextField(&inner);
    } else {
      reader->Skip(field.type);
    }
  }
}

void ReadTwoNumbers(ThriftReader* reader, int* first, int* second) {
  int last = 0;
  while (true) {
    const auto field = reader->NextField(&last);
    if (field.type == ThriftReader::kStop) return;
    const bool flag = field.type == ThriftReader::kTrue || field.type == ThriftReader::kFalse;
    int value = 0;
    if (flag) {
      value = field.type == ThriftReader::kTrue ? 1 : 0;
    } else if (field.type == ThriftReader::kByte) {
      // One plain byte.
      value = static_cast<int>(reader->PlainByte());
    } else {
      value = static_cast<int>(reader->Integer());
    }
    (field.id == 1 ? *first : *second) = value;
  }
}

// The logical type sets what the older annotation would have said, and more.
void ReadLogicalType(ThriftReader* reader, Element* element) {
  int last = 0;
  while (true) {
    const auto field = reader->NextField(&last);
    if (field.type == ThriftReader::kStop) return;
    switch (field.id) {
      case 1:
        element->converted = kUtf8;
        reader->Skip(field.type);
        break;
      case 2:
        element->converted = kMap;
        reader->Skip(field.type);
        break;
      case 3:
        element->converted = kList;
        reader->Skip(field.type);
        break;
      case 4:
        element->converted = kEnum;
        reader->Skip(field.type);
        break;
      case 5:
        element->converted = kDecimal;
        ReadTwoNumbers(reader, &element->scale, &element->precision);
        break;
      case 6:
        element->converted = kDate;
        reader->Skip(field.type);
        break;
      case 7:
      case 8: {
        bool adjusted = true;
        int unit = 2;
        ReadTimeType(reader, &adjusted, &unit);
        const bool is_time = field.id == 7;
        element->converted = is_time ? (unit == 1 ? kTimeMillis : kTimeMicros)
                                     : (unit == 1 ? kTimestampMillis : kTimestampMicros);
        if (unit == 3) {
          element->extra = Extra::kNanoseconds;
        } else if (!adjusted) {
          element->extra = is_time ? Extra::kLocalTime : Extra::kLocalTimestamp;
        }
        break;
      }
      case 10: {
        int bits = 32, is_signed = 1;
        ReadTwoNumbers(reader, &bits, &is_signed);
        const int base = is_signed ? kInt8 : kUint8;
        element->converted = base + (bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3);
        break;
      }
      case 12:
        element->converted = kJson;
        reader->Skip(field.type);
        break;
      case 13:
        element->converted = kBson;
        reader->Skip(field.type);
        break;
      case 14:
        element->extra = Extra::kUuid;
        reader->Skip(field.type);
        break;
      case 15:
        element->extra = Extra::kFloat16;
        reader->Skip(field.type);
        break;
      case 16:
        element->extra = Extra::kVariant;
        reader->Skip(field.type);
        break;
      default:
        reader->Skip(field.type);
    }
  }
}

Element ReadElement(ThriftReader* reader) {
  Element element;
  int last = 0;
  while (true) {
    const auto field = reader->NextField(&last);
    if (field.type == ThriftReader::kStop) return element;
    switch (field.id) {
      case 1:
        element.type = static_cast<int>(reader->Integer());
        break;
      case 3:
        element.repetition = static_cast<int>(reader->Integer());
        break;
      case 4:
        element.name = reader->Text();
        break;
      case 5:
        element.children = static_cast<int>(reader->Integer());
        break;
      case 6:
        element.converted = static_cast<int>(reader->Integer());
        break;
      case 7:
        element.scale = static_cast<int>(reader->Integer());
        break;
      case 8:
        element.precision = static_cast<int>(reader->Integer());
        break;
      case 10:
        ReadLogicalType(reader, &element);
        break;
      default:
        reader->Skip(field.type);
    }
  }
}

void ReadKeyValue(ThriftReader* reader, Footer* footer) {
  std::string key, value;
  int last = 0;
  while (true) {
    const auto field = reader->NextField(&last);
    if (field.type == ThriftReader::kStop) break;
    if (field.id == 1) {
      key = reader->Text();
    } else if (field.id == 2) {
      value = reader->Text();
    } else {
      reader->Skip(field.type);
    }
  }
  if (key == "org.apache.spark.sql.parquet.row.metadata") footer->spark_schema = std::move(value);
}

std::optional<Footer> ParseFooter(std::string_view bytes) {
  ThriftReader reader(bytes);
  Footer footer;
  int last = 0;
  while (true) {
    const auto field = reader.NextField(&last);
    if (field.type == ThriftReader::kStop) break;
    if (field.id == 2 && field.type == ThriftReader::kList) {
      const auto list = reader.NextList();
      for (uint32_t i = 0; i < list.size && !reader.failed(); ++i)
        footer.elements.push_back(ReadElement(&reader));
    } else if (field.id == 5 && field.type == ThriftReader::kList) {
      const auto list = reader.NextList();
      for (uint32_t i = 0; i < list.size && !reader.failed(); ++i) ReadKeyValue(&reader, &footer);
    } else {
      reader.Skip(field.type);
    }
    if (reader.failed()) return std::nullopt;
  }
  if (reader.failed() || footer.elements.empty()) return std::nullopt;
  return footer;
}

base::Error BadFooter(const std::string& path) {
  return base::MakeError(base::ErrorKind::kSpark, "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER",
                         "The file " + PrintedPath(path) + " has no readable Parquet footer.",
                         {{"path", PrintedPath(path)}});
}

std::optional<std::string> FooterBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return std::nullopt;
  const std::streamoff size = file.tellg();
  if (size < 12) return std::nullopt;
  char tail[8];
  file.seekg(size - 8);
  file.read(tail, sizeof(tail));
  uint32_t length = 0;
  std::memcpy(&length, tail, sizeof(length));
  if (!file || std::memcmp(tail + 4, "PAR1", 4) != 0 || length > static_cast<uint64_t>(size) - 8)
    return std::nullopt;
  std::string bytes(length, '\0');
  file.seekg(size - 8 - static_cast<std::streamoff>(length));
  file.read(bytes.data(), static_cast<std::streamsize>(length));
  if (!file) return std::nullopt;
  return bytes;
}

// Turns the flat list of elements into Spark's types.
class SchemaReader {
 public:
  SchemaReader(const std::vector<Element>& elements, const ParquetSchemaOptions& options)
      : elements_(elements), options_(options) {}

  base::Result<TypePtr> Read() {
    const Element& root = Take();
    return ReadGroup(root, 0);
  }

 private:
  static constexpr int kMaximumDepth = 100;

  const Element& Take() {
    static const Element kEnd{};
    return next_ < elements_.size() ? elements_[next_++] : kEnd;
  }
  const Element& Peek(size_t ahead = 0) const {
    static const Element kEnd{};
    return next_ + ahead < elements_.size() ? elements_[next_ + ahead] : kEnd;
  }

  base::Result<TypePtr> ReadGroup(const Element& group, int depth) {
    if (depth > kMaximumDepth) return base::NotImplemented("Parquet types nested this deep");
    std::vector<plan::Field> fields;
    for (int i = 0; i < group.children; ++i) {
      const Element& child = Take();
      HEARTH_ASSIGN(TypePtr type, ReadField(child, depth + 1));
      // A repeated field without an annotation is a list.
      if (child.repetition == kRepeated) type = DataType::Array(type);
      plan::Field field;
      field.name = child.name;
      field.type = std::move(type);
      fields.push_back(std::move(field));
    }
    return DataType::Struct(std::move(fields));
  }

  base::Result<TypePtr> ReadField(const Element& element, int depth) {
    if (element.extra == Extra::kVariant) return base::NotImplemented("Parquet type VARIANT");
    if (element.type >= 0 && element.children == 0) return ReadPrimitive(element);
    if (element.converted == kList && element.children == 1) return ReadList(element, depth);
    if ((element.converted == kMap || element.converted == kMapKeyValue) && element.children == 1)
      return ReadMap(depth);
    return ReadGroup(element, depth);
  }

  base::Result<TypePtr> ReadList(const Element& list, int depth) {
    const Element& repeated = Take();
    // Older writers let the repeated field be the element itself.
    const bool is_element =
        repeated.children != 1 || repeated.name == "array" || repeated.name == list.name + "_tuple";
    TypePtr type;
    if (is_element) {
      HEARTH_ASSIGN(type, ReadField(repeated, depth + 1));
    } else {
      HEARTH_ASSIGN(type, ReadField(Take(), depth + 1));
    }
    return DataType::Array(std::move(type));
  }

  base::Result<TypePtr> ReadMap(int depth) {
    const Element& pair = Take();
    if (pair.children != 2) return base::NotImplemented("a Parquet map without key and value");
    HEARTH_ASSIGN(TypePtr key, ReadField(Take(), depth + 1));
    HEARTH_ASSIGN(TypePtr value, ReadField(Take(), depth + 1));
    return DataType::Map(std::move(key), std::move(value));
  }

  base::Result<TypePtr> ReadPrimitive(const Element& element) {
    if (element.extra == Extra::kNanoseconds) return base::NotImplemented("Parquet times in nanoseconds");
    if (element.extra == Extra::kUuid || element.extra == Extra::kFloat16) {
      return base::NotImplemented("Parquet type of column " + element.name);
    }
    if (element.converted == kDecimal && element.type != kBoolean) {
      if (element.precision < 1 || element.precision > DataType::kMaxPrecision ||
          element.scale > element.precision) {
        return base::NotImplemented("the precision of Parquet column " + element.name);
      }
      return DataType::Decimal(element.precision, element.scale);
    }
    switch (element.type) {
      case kBoolean:
        return DataType::Boolean();
      case kFloat:
        return DataType::Float();
      case kDouble:
        return DataType::Double();
      case kInt96:
        return DataType::Timestamp();
      case kInt32:
        return ReadInt32(element);
      case kInt64:
        return ReadInt64(element);
      case kByteArray:
        if (element.converted == kUtf8 || element.converted == kEnum || element.converted == kJson)
          return DataType::String();
        if (element.converted == kNone && options_.binary_as_string) return DataType::String();
        return DataType::Binary();
      case kFixed:
        if (element.converted == kInterval) return base::NotImplemented("Parquet type INTERVAL");
        return DataType::Binary();
      default:
        return base::NotImplemented("Parquet type of column " + element.name);
    }
  }

  base::Result<TypePtr> ReadInt32(const Element& element) {
    switch (element.converted) {
      case kInt8:
        return DataType::Byte();
      case kInt16:
      case kUint8:
        return DataType::Short();
      case kUint16:
      case kInt32Annotation:
      case kNone:
        return DataType::Integer();
      case kUint32:
        return DataType::Long();
      case kDate:
        return DataType::Date();
      case kTimeMillis:
        return DataType::Time(3);
      default:
        return base::NotImplemented("Parquet type of column " + element.name);
    }
  }

  base::Result<TypePtr> ReadInt64(const Element& element) {
    switch (element.converted) {
      case kInt64Annotation:
      case kNone:
        return DataType::Long();
      case kUint64:
        return DataType::Decimal(20, 0);
      case kTimeMicros:
        return DataType::Time(6);
      case kTimestampMillis:
      case kTimestampMicros:
        return element.extra == Extra::kLocalTimestamp && options_.infer_timestamp_ntz
                   ? DataType::TimestampNtz()
                   : DataType::Timestamp();
      default:
        return base::NotImplemented("Parquet type of column " + element.name);
    }
  }

  const std::vector<Element>& elements_;
  const ParquetSchemaOptions& options_;
  size_t next_ = 0;
};

}  // namespace

base::Result<TypePtr> ReadParquetSchema(const std::string& path, const ParquetSchemaOptions& options) {
  const auto bytes = FooterBytes(path);
  if (!bytes) return BadFooter(path);
  const auto footer = ParseFooter(*bytes);
  if (!footer) return BadFooter(path);
  if (!footer->spark_schema.empty()) {
    auto type = plan::TypeFromJson(footer->spark_schema);
    if (type.ok() && (*type)->Is(plan::TypeKind::kStruct)) return (*type)->AsNullable();
  }
  HEARTH_ASSIGN(TypePtr type, SchemaReader(footer->elements, options).Read());
  return type->AsNullable();
}

}  // namespace hearth::engine
