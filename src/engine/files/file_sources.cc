#include "engine/files/file_sources.h"

#include <strings.h>

#include <algorithm>

#include "engine/files/format.h"
#include "engine/files/inferred_schemas.h"
#include "engine/files/partitions.h"
#include "engine/files/paths.h"
#include "engine/text/parse.h"

namespace hearth::engine {

namespace {

std::string OptionOr(const FileOptions& options, const char* name, std::string otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? std::move(otherwise) : found->second;
}

bool IsTrue(const FileOptions& options, const char* name, bool otherwise = false) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : strcasecmp(found->second.c_str(), "true") == 0;
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

base::Error CannotInfer(const std::string& name) {
  const std::string format = name == "parquet" ? "Parquet" : name == "text" ? "Text" : Upper(name);
  return base::MakeError(base::ErrorKind::kAnalysis, "UNABLE_TO_INFER_SCHEMA",
                         "No schema can be inferred for " + format + "; it must be given.",
                         {{"format", format}});
}

// The time an option names, in microseconds.
base::Status ReadTimeOption(const FileOptions& options, const char* name, std::optional<int64_t>* time) {
  const auto found = options.find(name);
  if (found == options.end()) return {};
  HEARTH_ASSIGN(const TimeZone zone, FindTimeZone(OptionOr(options, "timezone", "UTC")));
  *time = ParseTimestamp(found->second, zone);
  if (*time) return {};
  return base::MakeError(base::ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1294",
                         std::string("The option ") + name + " takes a time, not " + found->second + ".",
                         {{"strategy", name}, {"timeString", found->second}});
}

base::Status CheckOptions(const FileFormat& format, const FileOptions& options) {
  const auto refuse = [&](const std::string& name) {
    return base::NotImplemented("option " + name + " of format " + format.name);
  };
  for (const auto& name : format.refused_options) {
    if (options.count(name) > 0) return refuse(name);
  }
  return {};
}

class LocalFileSources : public plan::FileSources {
 public:
  base::Result<std::shared_ptr<const plan::FileSource>> Resolve(const plan::FileRequest& request) override {
    const std::string name = request.format.empty() ? "parquet" : request.format;
    const FileFormat* format = FindFileFormat(name);
    if (!format) return UnknownFormat(name, "reading");
    HEARTH_RETURN_IF_ERROR(CheckOptions(*format, request.options));
    ListOptions list_options;
    list_options.recursive = IsTrue(request.options, "recursivefilelookup");
    list_options.name_glob = OptionOr(request.options, "pathglobfilter", "");
    list_options.base_path = OptionOr(request.options, "basepath", "");
    HEARTH_RETURN_IF_ERROR(ReadTimeOption(request.options, "modifiedbefore", &list_options.modified_before));
    HEARTH_RETURN_IF_ERROR(ReadTimeOption(request.options, "modifiedafter", &list_options.modified_after));
    HEARTH_ASSIGN(const auto files, ListFiles(request.paths, list_options));
    auto source = std::make_shared<plan::FileSource>();
    source->format = name;
    source->options = request.options;
    source->schema_is_given = request.schema != nullptr;
    for (const auto& file : files) source->paths.push_back(file.path);
    Partitions partitions;
    if (list_options.recursive) {
      partitions.values.resize(files.size());
    } else {
      HEARTH_ASSIGN(partitions, DiscoverPartitions(files, request.schema, true));
    }
    source->partition_columns = std::move(partitions.columns);
    source->partition_values = std::move(partitions.values);
    plan::TypePtr schema = request.schema;
    if (!schema) {
      if (source->paths.empty()) return CannotInfer(name);
      HEARTH_ASSIGN(schema, Infer(*format, source->paths, request.options));
      if (!schema) return CannotInfer(name);
    }
    // A column that directories name is not read from the files.
    for (const auto& field : schema->fields()) {
      const bool is_partition = std::any_of(
          source->partition_columns.begin(), source->partition_columns.end(),
          [&](const auto& column) { return strcasecmp(column.name.c_str(), field.name.c_str()) == 0; });
      if (is_partition) continue;
      source->columns.push_back(field);
      source->columns.back().nullable = true;
      source->columns.back().type = field.type->AsNullable();
    }
    return std::shared_ptr<const plan::FileSource>(std::move(source));
  }

 private:
  base::Result<plan::TypePtr> Infer(const FileFormat& format, const std::vector<std::string>& paths,
                                    const FileOptions& options) {
    auto key = InferredSchemas::KeyOf(format.name, paths, options);
    if (plan::TypePtr kept = key ? inferred_.Find(*key) : nullptr) return kept;
    HEARTH_ASSIGN(plan::TypePtr schema, format.infer(paths, options));
    // The key was taken before the files were read: what was written since has another one.
    if (key && schema) inferred_.Keep(std::move(*key), schema);
    return schema;
  }

  InferredSchemas inferred_;
};

}  // namespace

std::unique_ptr<plan::FileSources> MakeFileSources() { return std::make_unique<LocalFileSources>(); }

}  // namespace hearth::engine
