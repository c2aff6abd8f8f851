// Names of tables and views as one session sees them: temporary views, then global temporary views, tables
// and views of the catalogue, then files (parquet.`path`).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plan/catalog.h"
#include "session/catalog_store.h"
#include "session/temporary_views.h"

namespace hearth::session {

// A snapshot: temporary views and the current database are those of the moment it was made. The store and the
// files outlive it.
class NameLookup final : public plan::Catalog {
 public:
  struct Scope {
    std::shared_ptr<const TemporaryViewMap> temporary;
    std::shared_ptr<const TemporaryViewMap> global_temporary;
    std::string current_database;
  };

  NameLookup(Scope scope, CatalogStore& store, plan::FileSources& files)
      : scope_(std::move(scope)), store_(store), files_(files) {}

  base::Result<std::variant<plan::ViewInfo, plan::TableLookup>> Lookup(
      const std::vector<std::string>& name) override;

  // Database and name of a table or persistent view: a one-part name is of the current database. Errors:
  // REQUIRES_SINGLE_PART_NAMESPACE.
  struct TableName {
    std::string database;
    std::string name;
  };
  base::Result<TableName> Qualify(const std::vector<std::string>& name) const;
  // Null when no temporary view has the name.
  TemporaryViewPtr FindTemporary(const std::vector<std::string>& name) const;
  // "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"
  std::string SearchPath() const;

 private:
  base::Result<plan::TableLookup> OpenTable(const TableRecord& table);
  base::Result<plan::ViewInfo> OpenView(const TableRecord& view);

  const Scope scope_;
  CatalogStore& store_;
  plan::FileSources& files_;
};

}  // namespace hearth::session
