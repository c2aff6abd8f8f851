#include "manifest/yaml.h"

#include <gtest/gtest.h>

namespace hearth::manifest {
namespace {

std::string Errors(std::string_view text) {
  Findings findings("");
  EXPECT_TRUE(ReadYaml(text, findings).empty());
  return Render(findings.Take());
}

Node ReadOne(std::string_view text) {
  Findings findings("");
  const std::vector<Node> documents = ReadYaml(text, findings);
  EXPECT_EQ(Render(findings.Take()), "");
  return documents.empty() ? Node() : documents[0];
}

TEST(Yaml, ScalarsStayText) {
  const Node root = ReadOne("a: 3.10\nb: '3.10'\nc: yes\nd: ~\ne: ''\nf:\n");
  EXPECT_EQ(root.Find("a")->text, "3.10");
  EXPECT_FALSE(root.Find("a")->quoted);
  EXPECT_TRUE(root.Find("b")->quoted);
  EXPECT_EQ(root.Find("c")->text, "yes");
  EXPECT_TRUE(root.Find("d")->is_null());
  EXPECT_TRUE(root.Find("e")->is_scalar());
  EXPECT_TRUE(root.Find("f")->is_null());
}

TEST(Yaml, LinesAndPathsAreKept) {
  const Node root = ReadOne("a:\n  b:\n    - c: 1\n    - \"x.y\": 2\n");
  const Node& list = *root.At("a.b");
  EXPECT_EQ(list.children[0].Find("c")->line, 3);
  EXPECT_EQ(list.children[0].Find("c")->written, "a.b[0].c");
  EXPECT_EQ(list.children[1].Find("x.y")->written, "a.b[1][\"x.y\"]");
}

TEST(Yaml, AnchorsAndMergeKeys) {
  const Node root = ReadOne("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: *x\n");
  EXPECT_EQ(root.At("b.p")->text, "1");
  EXPECT_EQ(root.At("b.q")->text, "3");
  EXPECT_EQ(root.At("c.q")->written, "c.q");
}

TEST(Yaml, Mistakes) {
  EXPECT_EQ(Errors("a: 1\nb: 2\na: 3\n"), "3: a: expected each key once; it stands on line 1 too\n");
  EXPECT_EQ(Errors("? [a]\n: 1\n"), "1: expected a name of at most 500 bytes as key\n");
  EXPECT_EQ(Errors("a: *b\n"), "1: expected YAML: the referenced anchor is not defined\n");
  EXPECT_EQ(Errors("a: \xff\n"), "1: expected text in UTF-8 without NUL\n");
  EXPECT_EQ(Errors(std::string("a: 1\nb: x\0y\n", 12)), "2: expected text in UTF-8 without NUL\n");
  EXPECT_EQ(Errors("a: &x [*x]\n"), "1: expected an alias of something that is complete\n");
}

TEST(Yaml, SizeDepthAndAliasesAreBounded) {
  EXPECT_EQ(Errors(std::string(kLargestYamlBytes + 1, 'a')), "expected at most 1048576 bytes\n");
  EXPECT_EQ(Errors(std::string(65, '[') + std::string(65, ']')), "1: expected at most 64 levels\n");
  EXPECT_NE(Errors(std::string(500000, '[')), "");
  for (const std::string part : {"- ", "? ", "{a: ", "[{", "a:\n ", "&a "}) {
    std::string deep;
    while (deep.size() < 200000) deep += part;
    EXPECT_NE(Errors(deep), "") << part;
  }
  std::string wide;
  for (int key = 0; key < 3000; ++key) wide += "k" + std::to_string(key) + ": 1\n";
  EXPECT_EQ(Errors(wide), "2001: expected fewer entries\n");
  EXPECT_EQ(Errors(std::string(501, 'k') + ": 1"), "1: expected a name of at most 500 bytes as key\n");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 12; ++level) {
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
    for (int copy = 0; copy < 10; ++copy) bomb += (copy == 0 ? "*a" : ", *a") + std::to_string(level - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(Errors(bomb), "5: expected at most 50000 values in one file\n");
}

TEST(Yaml, WhatIsWrittenReadsBack) {
  const std::vector<std::string> texts = {
      "",           "a",    " a ",    "a\n",  "a\nb", "a\nb\n", "a\nb\n\n", "\n",
      " a\nb\n",    "null", "true",   "off",  "1",    "1.5e3",  "0x1F",     "2026-01-01",
      "1:30",       "- a",  "a: b",   "a #b", "#a",   "&a",     "*a",       "!a",
      "%a",         "@a",   "`a",     "{a",   "[a",   "\"a\"",  "'a'",      "\ta",
      "a\r\nb\r\n", "é",    "\u2028", "\x07", "\\n",  "~",      "{{ ds }}", "a\tb\nc\n"};
  Node map = MakeMap("");
  for (size_t index = 0; index < texts.size(); ++index)
    map.children.push_back(MakeScalar("k" + std::to_string(index), texts[index], true));
  const std::string written = WriteYaml(map);
  const Node read = ReadOne(written);
  ASSERT_EQ(read.children.size(), texts.size());
  for (size_t index = 0; index < texts.size(); ++index)
    EXPECT_EQ(read.children[index].text, texts[index]) << written;
}

}  // namespace
}  // namespace hearth::manifest
