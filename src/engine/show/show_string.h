// The text of DataFrame.show(): Spark's table, vertical list and HTML forms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::engine {

struct ShowOptions {
  int32_t rows = 20;
  int32_t truncate = 20;  // longest cell in UTF-16 units; 0: whole cells, aligned left
  bool vertical = false;
};

// `cells` holds the rows to print and, when there are more, at least one row beyond options.rows.
std::string ShowRows(const std::vector<std::string>& names, std::vector<std::vector<std::string>> cells,
                     const ShowOptions& options);
std::string ShowHtml(const std::vector<std::string>& names, std::vector<std::vector<std::string>> cells,
                     const ShowOptions& options);

}  // namespace hearth::engine
