// Runs a fuzz target without a fuzzer: every file of the corpus as it is, cut short at each length (up to a
// limit), and with bytes changed by a fixed sequence, so that a failure is found again. Arguments: files and
// folders.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kCuts = 200;
constexpr int kChanges = 200;

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

size_t RunFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Run(content);
  const size_t stride = content.size() / kCuts + 1;
  for (size_t length = 0; length < content.size(); length += stride) Run(content.substr(0, length));
  std::minstd_rand random(1);
  for (int change = 0; change < kChanges && !content.empty(); ++change) {
    std::string changed = content;
    changed[random() % changed.size()] = static_cast<char>(random());
    const size_t from = random() % changed.size();
    changed += changed.substr(from, random() % 16);
    Run(changed);
  }
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  size_t files = 0;
  for (int at = 1; at < count; ++at) {
    if (!std::filesystem::is_directory(arguments[at])) {
      files += RunFile(arguments[at]);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(arguments[at]))
      files += RunFile(entry.path());
  }
  std::printf("%zu corpus files\n", files);
  return files == 0 ? 1 : 0;
}
