#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/files/partitions.h"
#include "engine/files/paths.h"
#include "engine/testing/plans.h"

namespace hearth::engine::testing {
namespace {

namespace fs = std::filesystem;
using plan::DataType;

// A directory of its own for each test, gone afterwards.
class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        fs::temp_directory_path() / ("hearth-files-" + std::to_string(::getpid()) + "-" +
                                     ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }

  base::Result<int64_t> Write(const plan::RelationPtr& relation, const std::string& format,
                              const std::string& name, plan::SaveMode mode = plan::SaveMode::kErrorIfExists,
                              std::vector<std::string> partitions = {},
                              std::map<std::string, std::string> options = {}, bool dynamic = false) {
    plan::FileSink sink;
    sink.format = format;
    sink.path = Path(name);
    sink.mode = mode;
    sink.partition_columns = std::move(partitions);
    sink.options = std::move(options);
    sink.dynamic_partition_overwrite = dynamic;
    return SharedExecutor().Write(relation, sink, {}, {});
  }

  plan::RelationPtr Read(const std::string& format, const std::string& path,
                         std::map<std::string, std::string> options = {}, plan::TypePtr schema = nullptr) {
    auto source = SharedExecutor().files().Resolve({format, {path}, std::move(options), std::move(schema)});
    if (!source.ok()) {
      error_ = source.error()->condition.empty() ? source.error()->message : source.error()->condition;
      return nullptr;
    }
    std::vector<plan::Column> output;
    for (const auto& field : (*source)->columns) output.push_back(MakeColumn(field.name, field.type));
    for (const auto& field : (*source)->partition_columns)
      output.push_back(MakeColumn(field.name, field.type));
    return plan::MakeRelation(plan::FileScan{*source}, output);
  }

  static std::string SchemaText(const plan::RelationPtr& relation) {
    return relation ? plan::SchemaOf(*relation)->CatalogString() : "none";
  }

  // id, name, day for ids below `rows`.
  static plan::RelationPtr Sample(int64_t rows) {
    const auto range = RangeOf(0, rows);
    const auto id = Ref(range->output[0]);
    return ProjectOf(range, {{"id", id},
                             {"name", CastTo(id, DataType::String())},
                             {"at", CastTo(id, DataType::Timestamp())},
                             {"part", CastTo(CastTo(id, DataType::Boolean()), DataType::Integer())}});
  }

  std::vector<std::string> FilesBelow(const std::string& name) const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory_ / name)) {
      if (entry.is_regular_file())
        files.push_back(entry.path().lexically_relative(directory_ / name).string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  std::string Content(const std::string& name) const {
    std::string all;
    for (const auto& file : FilesBelow(name)) {
      if (file == "_SUCCESS") continue;
      std::ifstream in(directory_ / name / file);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }

  fs::path directory_;
  std::string error_;
};

TEST_F(Files, ParquetComesBackWithItsTypes) {
  ASSERT_TRUE(Write(Sample(5), "parquet", "t").ok());
  const auto files = FilesBelow("t");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0], "_SUCCESS");
  EXPECT_TRUE(files[1].starts_with("part-00000-") && files[1].ends_with("-c000.snappy.parquet")) << files[1];
  const auto scan = Read("parquet", Path("t"));
  ASSERT_NE(scan, nullptr) << error_;
  EXPECT_EQ(SchemaText(scan), "struct<id:bigint,name:string,at:timestamp,part:int>");
  EXPECT_EQ(Rows(scan)[3], "3|3|1970-01-01 00:00:03|1");
}

TEST_F(Files, ParquetPartitionsMakeDirectoriesAndColumns) {
  const auto written = Write(Sample(5), "parquet", "t", plan::SaveMode::kErrorIfExists, {"part"});
  ASSERT_TRUE(written.ok()) << written.error()->message;
  EXPECT_EQ(*written, 5);
  const auto files = FilesBelow("t");
  ASSERT_EQ(files.size(), 3U);
  EXPECT_TRUE(files[1].starts_with("part=0/part-00000-") || files[1].starts_with("part=0/part-00001-"))
      << files[1];
  const auto scan = Read("parquet", Path("t"));
  ASSERT_NE(scan, nullptr) << error_;
  EXPECT_EQ(SchemaText(scan), "struct<id:bigint,name:string,at:timestamp,part:int>");
  EXPECT_EQ(Rows(scan).size(), 5U);
  EXPECT_EQ(Rows(scan)[0], "0|0|1970-01-01 00:00:00|0");
  // A partition directory alone has no partition column.
  EXPECT_EQ(SchemaText(Read("parquet", Path("t/part=1"))), "struct<id:bigint,name:string,at:timestamp>");
  EXPECT_EQ(SchemaText(Read("parquet", Path("t/part=1"), {{"basepath", Path("t")}})),
            "struct<id:bigint,name:string,at:timestamp,part:int>");
}

TEST_F(Files, SaveModes) {
  ASSERT_TRUE(Write(Sample(2), "parquet", "t").ok());
  const auto again = Write(Sample(2), "parquet", "t");
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error()->condition, "PATH_ALREADY_EXISTS");
  EXPECT_EQ(*Write(Sample(2), "parquet", "t", plan::SaveMode::kIgnore), 0);
  ASSERT_TRUE(Write(Sample(3), "parquet", "t", plan::SaveMode::kAppend).ok());
  EXPECT_EQ(Rows(Read("parquet", Path("t"))).size(), 5U);
  ASSERT_TRUE(Write(Sample(1), "parquet", "t", plan::SaveMode::kOverwrite).ok());
  EXPECT_EQ(Rows(Read("parquet", Path("t"))).size(), 1U);
  const auto self = Write(Read("parquet", Path("t")), "parquet", "t", plan::SaveMode::kOverwrite);
  ASSERT_FALSE(self.ok());
  EXPECT_EQ(self.error()->condition, "FAILED_READ_FILE.FILE_NOT_EXIST");
}

TEST_F(Files, OverwritesOnlyWrittenPartitionsWhenAsked) {
  ASSERT_TRUE(Write(Sample(5), "json", "t", plan::SaveMode::kErrorIfExists, {"part"}).ok());
  ASSERT_TRUE(Write(Sample(1), "json", "t", plan::SaveMode::kOverwrite, {"part"}, {}, true).ok());
  const auto files = FilesBelow("t");
  ASSERT_EQ(files.size(), 3U);
  EXPECT_TRUE(files[2].starts_with("part=1/part-0000") && files[2].ends_with(".c000.json")) << files[2];
}

TEST_F(Files, WritesCsvAsSparkDoes) {
  const auto one =
      SelectOne({plan::IntegerLiteral(1), TextLiteral("a,\"b\\"), plan::NullLiteral(DataType::String()),
                 TextLiteral(""), CastTo(TextLiteral("2020-01-02 03:04:05.678"), DataType::Timestamp()),
                 TextLiteral(" trimmed ")});
  std::vector<std::pair<std::string, plan::ExpressionPtr>> items;
  for (size_t i = 0; i < one->output.size(); ++i)
    items.emplace_back("c" + std::to_string(i), Ref(one->output[i]));
  const auto named = ProjectOf(one, items);
  const auto written = Write(named, "csv", "t", plan::SaveMode::kErrorIfExists, {}, {{"header", "true"}});
  ASSERT_TRUE(written.ok()) << written.error()->message;
  EXPECT_EQ(Content("t"), "c0,c1,c2,c3,c4,c5\n1,\"a,\\\"b\\\\\",,\"\",2020-01-02T03:04:05.678Z,trimmed\n");
}

TEST_F(Files, WritesJsonWithoutNullFields) {
  const auto range = RangeOf(0, 1);
  const auto list = DataType::Array(DataType::Double());
  const auto named = ProjectOf(
      range, {{"a", Ref(range->output[0])},
              {"b", plan::NullLiteral(DataType::String())},
              {"c", TypedLiteral(plan::Value{plan::ValueList{plan::Value{1e10}, plan::Value{}}}, list)},
              {"d", TextLiteral("x\"\n\x01")},
              {"e", TypedLiteral(plan::Value{std::string("\x01\x02\x03\x04")}, DataType::Binary())}});
  ASSERT_TRUE(Write(named, "json", "t").ok());
  EXPECT_EQ(Content("t"), "{\"a\":0,\"c\":[1.0E10,null],\"d\":\"x\\\"\\n\\u0001\",\"e\":\"AQIDBA==\"}\n");
}

TEST_F(Files, WritesTextOfOneColumn) {
  const auto range = RangeOf(0, 3);
  const auto text = ProjectOf(range, {{"value", CastTo(Ref(range->output[0]), DataType::String())}});
  ASSERT_TRUE(Write(text, "text", "t").ok());
  EXPECT_EQ(Content("t"), "0\n1\n2\n");
  const auto refused = Write(range, "text", "u");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error()->condition, "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE");
  EXPECT_FALSE(fs::exists(directory_ / "u"));
}

TEST_F(Files, RefusesWhatItCannotRead) {
  EXPECT_EQ(Read("orc", Path("t")), nullptr);
  EXPECT_EQ(Read("parquet", Path("nothing")), nullptr);
  EXPECT_EQ(error_, "PATH_NOT_FOUND");
  EXPECT_EQ(Read("parquet", directory_.string()), nullptr);
  EXPECT_EQ(error_, "UNABLE_TO_INFER_SCHEMA");
  std::ofstream(Path("bad.parquet")) << "no parquet at all";
  EXPECT_EQ(Read("parquet", Path("bad.parquet")), nullptr);
  EXPECT_EQ(error_, "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER");
}

TEST_F(Files, MissingColumnsAreNull) {
  ASSERT_TRUE(Write(Sample(2), "parquet", "t").ok());
  const auto schema = DataType::Struct({{"extra", DataType::Double()}, {"ID", DataType::Long()}});
  EXPECT_EQ(Rows(Read("parquet", Path("t"), {}, schema)), (std::vector<std::string>{"NULL|0", "NULL|1"}));
}

TEST_F(Files, ReadsThroughGlobs) {
  ASSERT_TRUE(Write(Sample(2), "parquet", "a1").ok());
  ASSERT_TRUE(Write(Sample(3), "parquet", "a2").ok());
  ASSERT_TRUE(Write(Sample(4), "parquet", "b1").ok());
  EXPECT_EQ(Rows(Read("parquet", Path("a*"))).size(), 5U);
  EXPECT_EQ(Rows(Read("parquet", "file://" + Path("{a1,b1}"))).size(), 6U);
  EXPECT_TRUE(MatchesGlob("part-[0-4]?.{csv,json}", "part-3x.json"));
  EXPECT_FALSE(MatchesGlob("part-[^0-4]", "part-3"));
}

TEST_F(Files, LimitAndColumnsReachTheScan) {
  ASSERT_TRUE(Write(Sample(10), "parquet", "t").ok());
  const auto scan = Read("parquet", Path("t"));
  const auto one = ProjectOf(scan, {{"name", Ref(scan->output[1])}});
  const auto text = SharedExecutor().Explain(one);
  ASSERT_TRUE(text.ok()) << text.error()->message;
  EXPECT_NE(text->find("c" + std::to_string(scan->output[1].id)), std::string::npos) << *text;
  EXPECT_EQ(text->find("c" + std::to_string(scan->output[0].id)), std::string::npos) << *text;
}

TEST(Partitions, TypesOfValues) {
  const auto type_of = [](const std::vector<std::string>& values) {
    std::vector<FoundFile> files;
    for (const auto& value : values) files.push_back({"/t/k=" + value + "/f", "/t"});
    const auto partitions = DiscoverPartitions(files, nullptr, true);
    return partitions.ok() ? partitions->columns[0].type->CatalogString() : partitions.error()->condition;
  };
  EXPECT_EQ(type_of({"1", "2"}), "int");
  EXPECT_EQ(type_of({"1", "3000000000"}), "bigint");
  EXPECT_EQ(type_of({"1", "1.5"}), "double");
  EXPECT_EQ(type_of({"2020-01-01"}), "date");
  EXPECT_EQ(type_of({"2020-01-01 00%3A00%3A00"}), "timestamp");
  EXPECT_EQ(type_of({"1", "x"}), "string");
  EXPECT_EQ(type_of({"__HIVE_DEFAULT_PARTITION__"}), "string");
  EXPECT_EQ(type_of({"__HIVE_DEFAULT_PARTITION__", "7"}), "int");
}

TEST_F(Files, InfersFromEveryRangeOfALargeFile) {
  std::ofstream file(Path("large.csv"));
  file << "id,note\n";
  for (int i = 0; i < 2000000; ++i) file << i << ",7654321\n";
  file << "3000000000,end\n";
  file.close();
  const auto read = Read("csv", Path("large.csv"), {{"header", "true"}, {"inferschema", "true"}});
  EXPECT_EQ(read->output[0].type->CatalogString(), "bigint");
  EXPECT_EQ(read->output[1].type->CatalogString(), "string");
}

TEST_F(Files, ReadsFilesForTheirSchemaOnceUntilTheyChange) {
  const auto now = fs::file_time_type::clock::now();
  const auto write = [&](const char* value, int hours_ago) {
    std::ofstream file(Path("numbers.csv"));
    for (int i = 0; i < 50000; ++i) file << value << "\n";
    file.close();
    fs::last_write_time(Path("numbers.csv"), now - std::chrono::hours(hours_ago));
  };
  const auto type = [&] {
    return Read("csv", Path("numbers.csv"), {{"inferschema", "true"}})->output[0].type->CatalogString();
  };
  write("1234567", 2);
  EXPECT_EQ(type(), "int");
  write("no-more", 2);
  EXPECT_EQ(type(), "int") << "nothing tells that the file has changed";
  write("no-more", 1);
  EXPECT_EQ(type(), "string");
}

}  // namespace
}  // namespace hearth::engine::testing
