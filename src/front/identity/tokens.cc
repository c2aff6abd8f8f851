#include "front/identity/tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <utility>
#include <vector>

#include "front/identity/digest.h"

namespace hearth::front::identity {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLookPeriod{2};
constexpr std::string_view kDigestMark = "sha256:";
constexpr size_t kDigestDigits = 64;
constexpr size_t kShortestToken = 16;

struct Entry {
  std::string digest;
  Caller caller;
};
using Entries = std::vector<Entry>;

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

base::Result<std::string> DigestOf(const std::string& token, const std::string& place) {
  if (!token.starts_with(kDigestMark)) {
    if (token.size() < kShortestToken)
      return Wrong(fmt::format("{}: the token is shorter than {} characters", place, kShortestToken));
    return Sha256Hex(token);
  }
  std::string digest = token.substr(kDigestMark.size());
  std::ranges::transform(digest, digest.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool is_hexadecimal =
      std::ranges::all_of(digest, [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (digest.size() != kDigestDigits || !is_hexadecimal)
    return Wrong(fmt::format("{}: after sha256: stand {} hexadecimal digits", place, kDigestDigits));
  return digest;
}

base::Result<Entries> ReadEntries(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Wrong(fmt::format("{}: the file with tokens cannot be read", path));
  Entries entries;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string token;
    Entry entry;
    std::string roles;
    if (!(words >> token)) continue;
    const std::string place = fmt::format("{}:{}", path, number);
    std::string rest;
    if (!(words >> entry.caller.user >> entry.caller.team) || (words >> roles >> rest))
      return Wrong(fmt::format("{}: a line is TOKEN USER TEAM [ROLE,ROLE…]", place));
    auto digest = DigestOf(token, place);
    if (!digest.ok()) return std::move(digest).Fail();
    entry.digest.swap(*digest);
    if (entry.caller.team == "*") entry.caller.team.clear();
    std::istringstream list(roles);
    for (std::string role; std::getline(list, role, ',');)
      if (!role.empty()) entry.caller.roles.insert(role);
    entries.push_back(std::move(entry));
  }
  if (entries.empty()) return Wrong(fmt::format("{}: the file holds no token", path));
  return entries;
}

class TokenFile final : public Authenticator {
 public:
  TokenFile(std::string path, const base::Clock& clock, Entries entries, fs::file_time_type changed)
      : path_(std::move(path)),
        clock_(clock),
        entries_(std::move(entries)),
        changed_(changed),
        looked_(clock.Steady()) {}

  base::Result<Caller> Authenticate(std::string_view authorization) override {
    const std::string_view token = BearerToken(authorization);
    std::lock_guard lock(mutex_);
    Refresh();
    const std::string digest = Sha256Hex(token);
    const Entry* found = nullptr;
    // All of them, always: how long it takes says nothing.
    for (const Entry& entry : entries_)
      if (EqualInConstantTime(entry.digest, digest)) found = &entry;
    if (found != nullptr && !token.empty()) return found->caller;
    base::Error error;
    error.kind = base::ErrorKind::kUnauthenticated;
    error.message =
        token.empty() ? "a token is needed: Authorization: Bearer TOKEN" : "the token is not known";
    return error;
  }

 private:
  void Refresh() {
    const auto now = clock_.Steady();
    if (now - looked_ < kLookPeriod) return;
    looked_ = now;
    std::error_code code;
    const auto changed = fs::last_write_time(path_, code);
    if (code || changed == changed_) return;
    auto entries = ReadEntries(path_);
    if (!entries.ok()) return;
    entries_ = std::move(*entries);
    changed_ = changed;
  }

  const std::string path_;
  const base::Clock& clock_;
  std::mutex mutex_;
  Entries entries_;
  fs::file_time_type changed_;
  std::chrono::steady_clock::time_point looked_;
};

}  // namespace

base::Result<std::unique_ptr<Authenticator>> MakeTokenFileAuthenticator(const std::string& file,
                                                                        const base::Clock& clock) {
  std::error_code ignored;
  const auto changed = fs::last_write_time(file, ignored);
  HEARTH_ASSIGN(Entries entries, ReadEntries(file));
  return std::unique_ptr<Authenticator>(
      std::make_unique<TokenFile>(file, clock, std::move(entries), changed));
}

}  // namespace hearth::front::identity
