#include "session/write_notes.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/uuid.h"

namespace hearth::session {
namespace {

plan::FileSink To(const std::string& path) {
  plan::FileSink sink;
  sink.path = path;
  return sink;
}

TEST(WriteNotes, EachOnceAsSoonAsItIsThere) {
  const auto file = std::filesystem::temp_directory_path() / ("hearth-notes-" + base::RandomUuid());
  const auto catalog = MakeMemoryCatalogStore("/warehouse");
  TableRecord table;
  table.info.name = "t";
  table.info.name_space = {"default"};
  table.info.kind = "MANAGED";
  table.info.location = "/warehouse/t";
  ASSERT_TRUE(catalog->CreateTable(table).ok());
  WriteNotes notes(file.string());
  for (const char* path : {"/out/a\"b", "/warehouse/t", "/out/a\"b", "s3://lake/a"})
    notes.Add(To(path), *catalog);
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  std::filesystem::remove(file);
  EXPECT_EQ(text.str(),
            "{\"path\":\"/out/a\\\"b\"}\n"
            "{\"catalog\":\"spark_catalog\",\"database\":\"default\",\"table\":\"t\"}\n"
            "{\"path\":\"s3://lake/a\"}\n");
}

TEST(WriteNotes, AFileThatCannotBeWrittenStopsNobody) {
  const auto catalog = MakeMemoryCatalogStore("/warehouse");
  WriteNotes notes("/nowhere/at/all");
  notes.Add(To("/out"), *catalog);
}

}  // namespace
}  // namespace hearth::session
