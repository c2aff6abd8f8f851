// Paths as Spark takes them: URIs of the local file system, globs, directories read as a whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace hearth::engine {

struct FoundFile {
  std::string path;  // absolute
  std::string base;  // the directory under which k=v directories count as partitions
};

struct ListOptions {
  bool recursive = false;                  // recursiveFileLookup: no partitions
  std::string name_glob;                   // pathGlobFilter: on file names; empty for all
  std::optional<int64_t> modified_before;  // in microseconds, both exclusive
  std::optional<int64_t> modified_after;
  std::string base_path;  // basePath: instead of each path itself; empty for none
};

// "file:/x", "file:///x" and plain paths as an absolute local path. kUnsupported for other file systems.
base::Result<std::string> LocalPath(const std::string& path);
// "file:/x", as Spark prints paths.
std::string PrintedPath(const std::string& local_path);

// The files behind the paths, in the order of their names within each path; names that start with '_' or '.'
// do not count. PATH_NOT_FOUND for a path that does not exist or a glob that matches nothing.
base::Result<std::vector<FoundFile>> ListFiles(const std::vector<std::string>& paths,
                                               const ListOptions& options);

// Hadoop's globs: * ? [a-c] [^a] {x,y} and a backslash before a literal; within one name.
bool MatchesGlob(const std::string& pattern, const std::string& name);

}  // namespace hearth::engine
