#include "engine/show/show_string.h"

#include <algorithm>

namespace hearth::engine {

namespace {

using Row = std::vector<std::string>;

// The code point at `position`, which moves behind it; a byte that starts none counts as itself.
char32_t NextCodePoint(const std::string& text, size_t* position) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(*position);
  const int length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length == 1 || *position + static_cast<size_t>(length) > text.size()) return byte((*position)++);
  char32_t value = lead & (0xFF >> (length + 1));
  for (int i = 1; i < length; ++i) value = (value << 6) | (byte(*position + static_cast<size_t>(i)) & 0x3F);
  *position += static_cast<size_t>(length);
  return value;
}

int Utf16Units(char32_t code_point) { return code_point >= 0x10000 ? 2 : 1; }

// East Asian characters that fill two cells.
bool IsWide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE10 && c <= 0xFE19) || (c >= 0xFE30 && c <= 0xFE6F) ||
         (c >= 0xFF00 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6);
}

size_t DisplayWidth(const std::string& text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = NextCodePoint(text, &i);
    width += static_cast<size_t>(Utf16Units(c)) + (IsWide(c) ? 1 : 0);
  }
  return width;
}

size_t Utf16Length(const std::string& text) {
  size_t length = 0;
  for (size_t i = 0; i < text.size();) length += static_cast<size_t>(Utf16Units(NextCodePoint(text, &i)));
  return length;
}

std::string Utf16Prefix(const std::string& text, size_t units) {
  size_t i = 0;
  while (i < text.size()) {
    size_t next = i;
    const auto width = static_cast<size_t>(Utf16Units(NextCodePoint(text, &next)));
    if (width > units) {
      // Half a pair has no UTF-8 form.
      return units > 0 ? text.substr(0, i) + "?" : text.substr(0, i);
    }
    units -= width;
    i = next;
  }
  return text;
}

std::string EscapeControl(const std::string& text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '\n':
        escaped += "\\n";
        break;
      case '\r':
        escaped += "\\r";
        break;
      case '\t':
        escaped += "\\t";
        break;
      case '\f':
        escaped += "\\f";
        break;
      case '\b':
        escaped += "\\b";
        break;
      case '\v':
        escaped += "\\v";
        break;
      case '\a':
        escaped += "\\a";
        break;
      default:
        escaped.push_back(c);
    }
  }
  return escaped;
}

std::string Cell(const std::string& value, int32_t truncate) {
  std::string text = EscapeControl(value);
  const auto limit = static_cast<size_t>(std::max(truncate, 0));
  if (limit == 0 || Utf16Length(text) <= limit) return text;
  return limit < 4 ? Utf16Prefix(text, limit) : Utf16Prefix(text, limit - 3) + "...";
}

std::string Padding(size_t width, const std::string& text) {
  const size_t used = DisplayWidth(text);
  return std::string(width > used ? width - used : 0, ' ');
}

void AppendJoined(const Row& items, const char* start, const char* separator, const char* end,
                  std::string* out) {
  *out += start;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) *out += separator;
    *out += items[i];
  }
  *out += end;
}

void AppendFooter(int32_t rows, std::string* out) {
  *out += "only showing top " + std::to_string(rows) + (rows == 1 ? " row\n" : " rows\n");
}

constexpr size_t kMinimumWidth = 3;

std::string ShowTable(const std::vector<Row>& table, bool align_right) {
  std::vector<size_t> widths(table[0].size(), kMinimumWidth);
  for (const auto& row : table) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  Row dashes;
  for (const size_t width : widths) dashes.emplace_back(width, '-');
  std::string line;
  AppendJoined(dashes, "+", "+", "+\n", &line);
  std::string out = line;
  for (size_t r = 0; r < table.size(); ++r) {
    Row padded = table[r];
    for (size_t i = 0; i < padded.size(); ++i) {
      const std::string blanks = Padding(widths[i], padded[i]);
      padded[i] = align_right ? blanks + padded[i] : padded[i] + blanks;
    }
    AppendJoined(padded, "|", "|", "|\n", &out);
    if (r == 0) out += line;
  }
  return out + line;
}

std::string ShowVertical(const std::vector<Row>& table) {
  size_t name_width = kMinimumWidth;
  for (const auto& name : table[0]) name_width = std::max(name_width, DisplayWidth(name));
  size_t data_width = kMinimumWidth;
  for (size_t r = 1; r < table.size(); ++r) {
    for (const auto& cell : table[r]) data_width = std::max(data_width, DisplayWidth(cell));
  }
  std::string out;
  for (size_t r = 1; r < table.size(); ++r) {
    std::string header = "-RECORD " + std::to_string(r - 1);
    if (header.size() < name_width + data_width + 5)
      header.append(name_width + data_width + 5 - header.size(), '-');
    out += header + "\n";
    Row lines;
    for (size_t i = 0; i < table[r].size(); ++i) {
      lines.push_back(" " + table[0][i] + Padding(name_width, table[0][i]) + " | " + table[r][i] +
                      Padding(data_width, table[r][i]) + " ");
    }
    AppendJoined(lines, "", "\n", "\n", &out);
  }
  return out;
}

std::vector<Row> TableOf(const std::vector<std::string>& names, std::vector<Row> cells,
                         const ShowOptions& options, bool* has_more) {
  const auto rows = static_cast<size_t>(std::max(options.rows, 0));
  *has_more = cells.size() > rows;
  if (*has_more) cells.resize(rows);
  std::vector<Row> table(1);
  for (const auto& name : names) table[0].push_back(EscapeControl(name));
  for (const auto& row : cells) {
    Row& printed = table.emplace_back();
    for (const auto& value : row) printed.push_back(Cell(value, options.truncate));
  }
  return table;
}

std::string EscapeHtml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped.push_back(c);
    }
  }
  return escaped;
}

}  // namespace

std::string ShowRows(const std::vector<std::string>& names, std::vector<Row> cells,
                     const ShowOptions& options) {
  bool has_more = false;
  const auto table = TableOf(names, std::move(cells), options, &has_more);
  std::string out = options.vertical ? ShowVertical(table) : ShowTable(table, options.truncate > 0);
  if (options.vertical && table.size() == 1) {
    out += "(0 rows)\n";
  } else if (has_more) {
    AppendFooter(std::max(options.rows, 0), &out);
  }
  return out;
}

std::string ShowHtml(const std::vector<std::string>& names, std::vector<Row> cells,
                     const ShowOptions& options) {
  bool has_more = false;
  auto table = TableOf(names, std::move(cells), options, &has_more);
  std::string out = "<table border='1'>\n";
  for (size_t r = 0; r < table.size(); ++r) {
    for (auto& cell : table[r]) cell = EscapeHtml(cell);
    const bool header = r == 0;
    AppendJoined(table[r], header ? "<tr><th>" : "<tr><td>", header ? "</th><th>" : "</td><td>",
                 header ? "</th></tr>\n" : "</td></tr>\n", &out);
  }
  out += "</table>\n";
  if (has_more) AppendFooter(std::max(options.rows, 0), &out);
  return out;
}

}  // namespace hearth::engine
