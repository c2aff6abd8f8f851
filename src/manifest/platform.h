// What the platform team owns: which image an engine's version means, jars of CoreETL releases, and defaults
// for each environment. One YAML file:
//
//   images:                      # the first row that fits wins; a key left out, or "*", fits anything
//     - {version: "3.5", environment: prod, type: spark-oss, image: "spark-platform/3.5-oss-coreetl:2.7.0"}
//     - {image: "spark-platform:{version}-latest"}
//   coreEtl: {"2.7.0": "s3://platform/core-etl-2.7.0.jar"}
//   environments:
//     prod: {resources: {driver: {memory: 4g}}}   # a part of spec, laid under each manifest
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/field_error.h"
#include "manifest/node.h"

namespace hearth::manifest {

struct ImageRow {
  std::string version;      // "3.5" fits 3.5.1 too; empty: any
  std::string environment;  // empty: any
  std::string type;         // empty: any
  std::string image;        // {version} stands for the version asked for
};

struct Platform {
  std::vector<ImageRow> images;
  std::map<std::string, std::string> core_etl_jars;
  std::map<std::string, Node> environments;  // parts of spec, canonical
};

// Without images, or without environments, it has those that are built in.
Checked<Platform> ReadPlatform(std::string_view text, std::string file);
// What is built in: local, test, staging and prod.
const Platform& DefaultPlatform();

// None when no row fits.
std::optional<std::string> ImageFor(const Platform& platform, std::string_view version,
                                    std::string_view environment, std::string_view type);

}  // namespace hearth::manifest
