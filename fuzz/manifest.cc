// Any bytes as a file of manifests and as a submission: every answer is a value or findings. What a document
// is printed as reads back to the same print.
#include "manifest/manifest.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "manifest/job_config.h"

namespace {

using namespace hearth::manifest;  // NOLINT(google-build-using-namespace)

void PrintAndReadBack(const Document& document) {
  const auto resolved = Resolve(document, {});
  if (!resolved) return;
  const std::string printed = ToYaml(resolved->root);
  const ManifestFile again = ReadManifests(printed, "print");
  const auto twice = again.documents.size() == 1 ? Resolve(again.documents[0], {})
                                                 : Checked<ResolvedDocument>(tl::unexpected(again.errors));
  if (twice && ToYaml(twice->root) == printed && Compare(document.kind, resolved->root, twice->root).empty())
    return;
  std::fprintf(stderr, "the print does not read back to itself\n%s\n%s\n", printed.c_str(),
               twice ? ToYaml(twice->root).c_str() : Render(twice.error()).c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Target local = {"local", {{}, "2026-01-31"}, nullptr};
  Lint(text, "fuzz", {});
  const ManifestFile file = ReadManifests(text, "fuzz");
  for (const Document& document : file.documents) {
    PrintAndReadBack(document);
    if (const auto job = ResolveJob(document, local); job) {
      const auto again = JobSpecFromJson(ToJson(*job));
      if (!again.ok() || ToJson(*again) != ToJson(*job)) std::abort();
    }
  }
  if (const auto job = ReadSubmitRequest(text, local); job) {
    const auto again = JobSpecFromJson(ToJson(job->spec));
    if (!again.ok() || ToJson(*again) != ToJson(job->spec)) std::abort();
  }
  return 0;
}
