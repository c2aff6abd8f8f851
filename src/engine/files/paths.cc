#include "engine/files/paths.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace hearth::engine {

namespace fs = std::filesystem;

namespace {

bool HasGlob(const std::string& text) { return text.find_first_of("*?[{") != std::string::npos; }

// Replaces the first {a,b} by each of its alternatives, until none is left.
void ExpandBraces(const std::string& pattern, std::vector<std::string>* expanded) {
  size_t open = std::string::npos;
  int depth = 0;
  std::vector<size_t> commas;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '{') {
      if (depth++ == 0) open = i;
    } else if (pattern[i] == ',' && depth == 1) {
      commas.push_back(i);
    } else if (pattern[i] == '}' && depth > 0 && --depth == 0) {
      commas.push_back(i);
      size_t start = open + 1;
      for (const size_t comma : commas) {
        ExpandBraces(pattern.substr(0, open) + pattern.substr(start, comma - start) + pattern.substr(i + 1),
                     expanded);
        start = comma + 1;
      }
      return;
    }
  }
  expanded->push_back(pattern);
}

bool MatchesClass(const char* pattern, const char** after, char c) {
  const char* p = pattern + 1;
  const bool negated = *p == '^' || *p == '!';
  if (negated) ++p;
  bool found = false;
  for (bool first = true; *p && (*p != ']' || first); first = false) {
    if (p[1] == '-' && p[2] && p[2] != ']') {
      found = found || (c >= p[0] && c <= p[2]);
      p += 3;
    } else {
      found = found || c == *p;
      ++p;
    }
  }
  *after = *p ? p + 1 : p;
  return found != negated;
}

bool MatchesPlain(const char* pattern, const char* name) {
  while (*pattern) {
    if (*pattern == '*') {
      for (const char* rest = name;; ++rest) {
        if (MatchesPlain(pattern + 1, rest)) return true;
        if (!*rest) return false;
      }
    }
    if (!*name) return false;
    if (*pattern == '[') {
      if (!MatchesClass(pattern, &pattern, *name)) return false;
    } else if (*pattern == '?') {
      ++pattern;
    } else {
      if (*pattern == '\\' && pattern[1]) ++pattern;
      if (*pattern != *name) return false;
      ++pattern;
    }
    ++name;
  }
  return !*name;
}

bool IsHidden(const std::string& name) {
  return (name[0] == '_' && name.find('=') == std::string::npos) || name[0] == '.' ||
         (name.size() > 10 && name.compare(name.size() - 10, 10, "._COPYING_") == 0);
}

base::Error PathNotFound(const std::string& path) {
  return base::MakeError(base::ErrorKind::kAnalysis, "PATH_NOT_FOUND",
                         "The path " + path + " does not exist.", {{"path", path}});
}

std::vector<std::string> SortedNames(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// The existing paths that a pattern stands for.
void ExpandGlob(const fs::path& base, const std::vector<std::string>& parts, size_t index,
                std::vector<fs::path>* found) {
  if (index == parts.size()) {
    found->push_back(base);
    return;
  }
  std::error_code error;
  if (!HasGlob(parts[index])) {
    const fs::path next = base / parts[index];
    if (fs::exists(next, error)) ExpandGlob(next, parts, index + 1, found);
    return;
  }
  for (const auto& name : SortedNames(base)) {
    if (!IsHidden(name) && MatchesGlob(parts[index], name)) ExpandGlob(base / name, parts, index + 1, found);
  }
}

std::vector<fs::path> Expand(const std::string& path) {
  std::vector<std::string> patterns;
  ExpandBraces(path, &patterns);
  std::vector<fs::path> found;
  for (const auto& pattern : patterns) {
    std::vector<std::string> parts;
    for (const auto& part : fs::path(pattern).relative_path()) parts.push_back(part.string());
    ExpandGlob("/", parts, 0, &found);
  }
  return found;
}

bool IsWanted(const std::string& path, const std::string& name, const ListOptions& options) {
  if (!options.name_glob.empty() && !MatchesGlob(options.name_glob, name)) return false;
  if (!options.modified_before && !options.modified_after) return true;
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return false;
  const int64_t time = int64_t{status.st_mtim.tv_sec} * 1000000 + status.st_mtim.tv_nsec / 1000;
  return (!options.modified_before || time < *options.modified_before) &&
         (!options.modified_after || time > *options.modified_after);
}

void ListDirectory(const fs::path& directory, const std::string& base, const ListOptions& options,
                   std::vector<FoundFile>* files) {
  std::error_code error;
  std::vector<fs::path> directories;
  for (const auto& name : SortedNames(directory)) {
    if (IsHidden(name)) continue;
    const fs::path path = directory / name;
    if (fs::is_directory(path, error)) {
      directories.push_back(path);
    } else if (IsWanted(path.string(), name, options)) {
      files->push_back({path.string(), base});
    }
  }
  for (const auto& path : directories) ListDirectory(path, base, options, files);
}

}  // namespace

bool MatchesGlob(const std::string& pattern, const std::string& name) {
  std::vector<std::string> patterns;
  ExpandBraces(pattern, &patterns);
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& plain) { return MatchesPlain(plain.c_str(), name.c_str()); });
}

base::Result<std::string> LocalPath(const std::string& path) {
  std::string rest = path;
  const size_t colon = path.find(':');
  const size_t slash = path.find('/');
  // A colon before the first slash ends a scheme.
  if (colon != std::string::npos && colon > 0 && (slash == std::string::npos || colon < slash) &&
      slash == colon + 1) {
    if (path.substr(0, colon) != "file")
      return base::NotImplemented("the file system " + path.substr(0, colon));
    rest = path.substr(colon + 1);
    const size_t start = rest.find_first_not_of('/');
    rest = start == std::string::npos ? "/" : "/" + rest.substr(start);
  }
  std::error_code error;
  fs::path absolute = fs::absolute(rest.empty() ? "." : rest, error).lexically_normal();
  std::string text = absolute.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::string PrintedPath(const std::string& local_path) { return "file:" + local_path; }

base::Result<std::vector<FoundFile>> ListFiles(const std::vector<std::string>& paths,
                                               const ListOptions& options) {
  std::vector<FoundFile> files;
  std::string base_path;
  if (!options.base_path.empty()) {
    HEARTH_ASSIGN(base_path, LocalPath(options.base_path));
  }
  for (const auto& given : paths) {
    HEARTH_ASSIGN(const std::string path, LocalPath(given));
    std::error_code error;
    std::vector<fs::path> roots;
    if (fs::exists(path, error)) {
      roots.push_back(path);
    } else if (HasGlob(path)) {
      roots = Expand(path);
    }
    if (roots.empty()) return PathNotFound(PrintedPath(path));
    for (const auto& root : roots) {
      const bool is_directory = fs::is_directory(root, error);
      const std::string own_base = is_directory ? root.string() : root.parent_path().string();
      const std::string& base = base_path.empty() ? own_base : base_path;
      if (is_directory) {
        ListDirectory(root, base, options, &files);
      } else if (!IsHidden(root.filename().string()) &&
                 IsWanted(root.string(), root.filename().string(), options)) {
        files.push_back({root.string(), base});
      }
    }
  }
  return files;
}

}  // namespace hearth::engine
