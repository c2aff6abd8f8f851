// What sessions have written, for whoever has to tell of it after the program.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "plan/executor.h"
#include "session/catalog_store.h"

namespace hearth::session {

// A line of JSON in a file for each, once, as soon as the rows are there: {"path": …} or {"catalog": …,
// "database": …, "table": …}. Bounded; what cannot be noted stops nobody. Thread-safe.
class WriteNotes {
 public:
  explicit WriteNotes(std::string file) : file_(std::move(file)) {}

  // The table whose folder it is, else the folder; a relative path is of this process's own.
  void Add(const plan::FileSink& sink, CatalogStore& catalog);

 private:
  const std::string file_;
  std::mutex mutex_;
  std::set<std::string> noted_;
};

// An engine whose executors note what they have written. All that it is given outlives it.
std::unique_ptr<plan::Engine> Noting(plan::Engine& engine, CatalogStore& catalog, WriteNotes& notes);

}  // namespace hearth::session
