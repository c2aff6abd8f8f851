// Temporary views: of one session, or of all sessions under the database global_temp.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/catalog.h"

namespace hearth::session {

inline constexpr std::string_view kGlobalTemporaryDatabase = "global_temp";

struct TemporaryView {
  plan::ViewInfo info;
  std::string sql_text;  // empty for views of DataFrames
  std::string comment;
  std::vector<std::string> column_comments;  // one for each column, or none
};
using TemporaryViewPtr = std::shared_ptr<const TemporaryView>;
using TemporaryViewMap = std::map<std::string, TemporaryViewPtr>;  // by lower-case name

// A snapshot is never changed: a view that was made of other views keeps them as they were. Thread-safe.
class TemporaryViews {
 public:
  TemporaryViews() : views_(std::make_shared<const TemporaryViewMap>()) {}

  std::shared_ptr<const TemporaryViewMap> Snapshot() const;
  TemporaryViewPtr Find(const std::string& name) const;
  // Error: TEMP_TABLE_OR_VIEW_ALREADY_EXISTS unless `replace`.
  base::Status Create(const std::string& name, TemporaryViewPtr view, bool replace);
  // False when there was none.
  bool Drop(const std::string& name);
  void CopyFrom(const TemporaryViews& other);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TemporaryViewMap> views_;
};

}  // namespace hearth::session
