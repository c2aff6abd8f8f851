#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {

SourceText::SourceText(std::string_view text) : text_(std::make_shared<const std::string>(text)) {
  const auto begins_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  bool ascii = true;
  for (const char byte : text) ascii &= static_cast<unsigned char>(byte) < 0x80;
  if (ascii) return;
  for (size_t byte = 0; byte < text.size(); ++byte) {
    if (begins_character(text[byte])) byte_of_character_.push_back(static_cast<uint32_t>(byte));
  }
}

size_t SourceText::ByteOf(int character) const {
  const auto index = static_cast<size_t>(character);
  if (byte_of_character_.empty()) return std::min(index, text_->size());
  return index < byte_of_character_.size() ? byte_of_character_[index] : text_->size();
}

std::string SourceText::Fragment(const sql::Location& location) const {
  if (location.start < 0 || location.stop < location.start) return "";
  const size_t begin = ByteOf(location.start);
  return text_->substr(begin, ByteOf(location.stop + 1) - begin);
}

base::QueryContext SourceText::At(const sql::Location& location) const {
  base::QueryContext context;
  context.fragment = Fragment(location);
  context.start_index = location.start;
  context.stop_index = location.stop;
  context.text = text_;
  return context;
}

}  // namespace hearth::plan::from_sql
