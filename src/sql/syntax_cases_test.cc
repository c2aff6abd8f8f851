// Behaviour as text: every file of tests/sql_syntax holds blocks of a text, a line `----`, and what the
// parser makes of it: the tree printed as SQL, or `error: CONDITION SQLSTATE` with parameters and place. The
// printed text must also read back to itself. HEARTH_UPDATE_CASES=1 rewrites the answers; read the difference
// before believing it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sql/parser.h"
#include "sql/printer.h"

namespace hearth::sql {
namespace {

std::string Describe(const base::Error& error) {
  std::string out = "error: " + error.condition + " " + (error.sql_state.empty() ? "-" : error.sql_state);
  for (const auto& [key, value] : error.parameters) out += " " + key + "=" + value;
  for (const base::QueryContext& context : error.contexts) {
    out += " [" + std::to_string(context.start_index) + ".." + std::to_string(context.stop_index) + "]";
  }
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

// Which entry point a file speaks to is in its name.
base::Result<std::string> Print(const std::string& file, const std::string& text) {
  if (file.starts_with("types")) {
    HEARTH_ASSIGN(DataTypePointer type, ParseDataType(text));
    return ToSql(*type);
  }
  if (file.starts_with("schemas")) {
    HEARTH_ASSIGN(std::vector<StructField> fields, ParseTableSchema(text));
    std::string out;
    for (const StructField& field : fields) out += (out.empty() ? "" : ", ") + ToSql(field);
    return out;
  }
  if (file.starts_with("names")) {
    HEARTH_ASSIGN(MultipartName name, ParseMultipartIdentifier(text));
    std::string out;
    for (const std::string& part : name.parts) out += (out.empty() ? "" : ".") + QuoteIdentifier(part);
    return out;
  }
  if (file.starts_with("expressions")) {
    HEARTH_ASSIGN(ExpressionPointer expression, ParseNamedExpression(text));
    return ToSql(*expression);
  }
  ParserOptions options;
  options.reserved_keywords = file.starts_with("reserved");
  options.double_quoted_identifiers = file.starts_with("reserved");
  HEARTH_ASSIGN(StatementPointer statement, ParseStatement(text, options));
  return ToSql(*statement);
}

std::string Answer(const std::string& file, const std::string& text) {
  const base::Result<std::string> printed = Print(file, text);
  if (!printed.has_value()) return Describe(*printed.error());
  if (printed->starts_with("<")) return *printed;
  const base::Result<std::string> again = Print(file, *printed);
  if (!again.has_value()) return *printed + "\nunreadable: " + Describe(*again.error());
  return *again == *printed ? *printed : *printed + "\nunstable: " + *again;
}

// Blocks are separated by blank lines; lines that begin with `#` are remarks and stay where they are.
struct Block {
  std::string remark;
  std::string text;
  std::string answer;
};

std::vector<Block> Read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Block> blocks;
  Block block;
  bool in_answer = false;
  const auto finish = [&] {
    if (!block.text.empty() || !block.remark.empty()) blocks.push_back(block);
    block = {};
    in_answer = false;
  };
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) {
      finish();
    } else if (line == "----") {
      in_answer = true;
    } else if (line.starts_with("#") && block.text.empty()) {
      block.remark += line + "\n";
    } else {
      std::string& target = in_answer ? block.answer : block.text;
      target += (target.empty() ? "" : "\n") + line;
    }
  }
  finish();
  return blocks;
}

void Write(const std::filesystem::path& path, const std::vector<Block>& blocks) {
  std::ofstream file(path);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    file << (i > 0 ? "\n" : "") << blocks[i].remark;
    if (!blocks[i].text.empty()) file << blocks[i].text << "\n----\n" << blocks[i].answer << "\n";
  }
}

class SyntaxCases : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(SyntaxCases, AnswersAsWritten) {
  const std::filesystem::path path = GetParam();
  const std::string file = path.filename().string();
  std::vector<Block> blocks = Read(path);
  ASSERT_FALSE(blocks.empty()) << path;
  const bool update = std::getenv("HEARTH_UPDATE_CASES") != nullptr;
  for (Block& block : blocks) {
    if (block.text.empty()) continue;
    const std::string answer = Answer(file, block.text);
    EXPECT_EQ(answer.find("\nun"), std::string::npos) << block.text << "\n" << answer;
    if (update) {
      block.answer = answer;
    } else {
      EXPECT_EQ(answer, block.answer) << path << ": " << block.text;
    }
  }
  if (update) Write(path, blocks);
}

std::vector<std::filesystem::path> Files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator("tests/sql_syntax")) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, SyntaxCases, testing::ValuesIn(Files()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace hearth::sql
