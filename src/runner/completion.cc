#include "runner/completion.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "runner/datasets.h"

namespace hearth::runner {
namespace {

using nlohmann::json;

constexpr const char* kSite = "https://hearth.dev";
constexpr const char* kEventSchema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
// docs/schemas/HearthJobRunFacet.json
constexpr const char* kFacetSchema =
    "https://hearth.dev/schemas/HearthJobRunFacet.json#/$defs/HearthJobRunFacet";
constexpr const char* kJobTypeSchema =
    "https://openlineage.io/spec/facets/2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet";
// RFC 9562, the namespace of addresses: 6ba7b811-9dad-11d1-80b4-00c04fd430c8.
constexpr std::array<unsigned char, 16> kAddressSpace = {0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
                                                         0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

std::string TimeText(int64_t microseconds) {
  constexpr int64_t kSecond = 1000000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<time_t>(microseconds / kSecond)),
                     microseconds % kSecond / 1000);
}

json ToJson(const Datasets& datasets) {
  json items = json::array();
  for (const Dataset& dataset : datasets.items)
    items.push_back({{"namespace", dataset.name_space}, {"name", dataset.name}});
  return items;
}

}  // namespace

std::string LineageRunId(const RunId& id) {
  std::string text(kAddressSpace.begin(), kAddressSpace.end());
  text += fmt::format("{}/jobs/{}", kSite, id.text());
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0f) | 0x50);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3f) | 0x80);
  std::string uuid;
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
    uuid += fmt::format("{:02x}", digest[i]);
  }
  return uuid;
}

std::string CompletionBody(const Run& run, const std::vector<Attempt>& attempts) {
  // A later attempt may find done what an earlier one wrote before it failed.
  DatasetCollector collector;
  for (const Attempt& attempt : attempts) collector.Add(attempt.outcome.written);
  const Datasets written = collector.Take();
  const std::string producer = fmt::format("{}/versions/{}", kSite, base::kHearthVersion);
  const bool is_streaming = run.spec.type == manifest::JobType::kStreaming;
  const json facet = {{"_producer", producer},
                      {"_schemaURL", kFacetSchema},
                      {"job_id", run.id.text()},
                      {"team", run.team},
                      {"environment", run.environment},
                      {"status", std::string(StateName(run.state))},
                      {"attempts", run.attempts},
                      {"submitted_at_ms", run.created_at / 1000},
                      {"ended_at_ms", run.ended_at / 1000},
                      {"outputs_cut", written.is_cut}};
  const json type = {{"_producer", producer},
                     {"_schemaURL", kJobTypeSchema},
                     {"processingType", is_streaming ? "STREAMING" : "BATCH"},
                     {"integration", "HEARTH"},
                     {"jobType", "JOB"}};
  const json body = {{"eventType", "COMPLETE"},
                     {"eventTime", TimeText(run.ended_at)},
                     {"producer", producer},
                     {"schemaURL", kEventSchema},
                     {"run", {{"runId", LineageRunId(run.id)}, {"facets", {{"hearth_job", facet}}}}},
                     {"job",
                      {{"namespace", fmt::format("hearth://{}/{}", run.environment, run.team)},
                       {"name", run.name},
                       {"facets", {{"jobType", type}}}}},
                     {"inputs", NamesItsData(run.spec) ? ToJson(SourcesOf(run.spec)) : json::array()},
                     {"outputs", ToJson(written)}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace hearth::runner
