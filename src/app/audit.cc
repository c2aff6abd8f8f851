#include "app/audit.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hearth::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int64_t kSecond = 1000000;
constexpr milliseconds kPeriod{250};
constexpr int64_t kReadsTogether = 10 * kSecond;
constexpr std::chrono::seconds kForgetPeriod{60};
constexpr size_t kMostChanges = 20000;
constexpr size_t kMostReads = 20000;
// Rows of one transaction: others wait for it.
constexpr size_t kRowsAtOnce = 500;
constexpr int32_t kForgottenAtOnce = 2000;
constexpr int kForgetRounds = 50;
constexpr size_t kLongestSubject = 300;

constexpr std::array<std::string_view, 5> kChanges = {"Submit", "Cancel", "Apply", "Delete", "Resume"};

// Somebody without a token may ask for anything, as often as he likes: that counts as reading.
bool IsRead(const front::identity::AuditRow& row) {
  if (row.outcome == "PERMISSION_DENIED") return false;
  return row.outcome == "UNAUTHENTICATED" || std::ranges::find(kChanges, row.call) == kChanges.end();
}

// Stored by the runner, in the transaction that did it.
bool IsStored(const front::identity::AuditRow& row) {
  return row.outcome == "OK" && (row.call == "Apply" || row.call == "Delete" || row.call == "Resume");
}

runner::AuditRow ToStored(const front::identity::AuditRow& row) {
  runner::AuditRow stored;
  stored.at = row.at;
  stored.user = row.user;
  stored.team = row.team;
  stored.call = row.call;
  stored.subject = row.subject.substr(0, kLongestSubject);
  stored.outcome = row.outcome;
  stored.address = row.address;
  stored.is_read = IsRead(row);
  return stored;
}

}  // namespace

Audit::Audit(std::unique_ptr<front::identity::AuditSink> file, runner::Database& database, AuditPolicy policy,
             const base::Clock& clock)
    : file_(std::move(file)), store_(database), policy_(policy), clock_(clock), thread_([this] { Run(); }) {}

Audit::~Audit() { Stop(); }

void Audit::Record(const front::identity::AuditRow& row) {
  file_->Record(row);
  if (IsStored(row)) return;
  runner::AuditRow stored = ToStored(row);
  std::lock_guard lock(mutex_);
  if (is_stopped_) return;
  if (!stored.is_read) {
    if (changes_.size() < kMostChanges) changes_.push_back(std::move(stored));
    return;
  }
  std::vector<std::string> key = {stored.user,    stored.team,    stored.call,
                                  stored.subject, stored.outcome, stored.address};
  const auto same = reads_.find(key);
  if (same != reads_.end()) {
    ++same->second.calls;
    return;
  }
  if (reads_.size() >= kMostReads) return;
  if (reads_.empty()) oldest_read_ = stored.at;
  reads_.emplace(std::move(key), std::move(stored));
}

void Audit::Stop() {
  {
    std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Audit::Run() {
  steady_clock::time_point forgotten;
  while (true) {
    bool is_last = false;
    {
      std::unique_lock lock(mutex_);
      is_last = wake_.wait_for(lock, kPeriod, [this] { return is_stopped_; });
    }
    Write(is_last ? Which::kAll : Which::kDue);
    if (is_last) return;
    if (steady_clock::now() - forgotten < kForgetPeriod) continue;
    forgotten = steady_clock::now();
    Forget();
  }
}

void Audit::Write(Which which) {
  std::vector<runner::AuditRow> rows;
  {
    std::lock_guard lock(mutex_);
    rows = std::exchange(changes_, {});
    const bool is_old = clock_.NowMicroseconds() - oldest_read_ >= kReadsTogether;
    if (which == Which::kAll || is_old || reads_.size() >= kMostReads / 2) {
      for (auto& [key, row] : reads_) rows.push_back(std::move(row));
      reads_.clear();
    }
  }
  for (size_t from = 0; from < rows.size(); from += kRowsAtOnce) {
    const size_t count = std::min(kRowsAtOnce, rows.size() - from);
    // A store that does not answer leaves the file as the only witness.
    (void)store_.Audit(std::span(rows).subspan(from, count));
  }
}

void Audit::Forget() {
  const int64_t now = clock_.NowMicroseconds();
  for (int round = 0; round < kForgetRounds; ++round) {
    const auto gone = store_.ForgetAudit(now - policy_.change_seconds * kSecond,
                                         now - policy_.read_seconds * kSecond, kForgottenAtOnce);
    if (!gone.ok() || *gone < kForgottenAtOnce) return;
  }
}

}  // namespace hearth::app
