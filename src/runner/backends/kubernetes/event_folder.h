// Where one attempt's event log goes, when its cluster has a place for them.
#pragma once

#include <filesystem>
#include <string>

#include "runner/backends/kubernetes/settings.h"
#include "runner/run.h"

namespace hearth::runner::kubernetes {

// The folder as it is mounted here. What cannot be made, read or removed stops nobody.
class EventFolder {
 public:
  EventFolder(const ClusterSettings& cluster, const std::string& token);

  // For drivers of any user. False: there is none, or it cannot be made.
  bool Make() const;
  void RemoveIfEmpty() const;
  void Remove() const;
  // Metrics, and what was written.
  void ReadInto(Outcome* outcome) const;

 private:
  std::filesystem::path path_;  // empty: none
};

}  // namespace hearth::runner::kubernetes
