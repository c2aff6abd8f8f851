#include "front/control/log_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "front/control/conversions.h"

namespace hearth::front::control {
namespace {

constexpr int64_t kPageBytes = int64_t{256} << 10;
constexpr int64_t kFirstTailBytes = int64_t{64} << 10;
constexpr int64_t kLongestTailBytes = int64_t{4} << 20;
constexpr size_t kLongestLine = size_t{64} << 10;  // longer ones come in parts
constexpr std::chrono::milliseconds kShortestWait{200};
constexpr std::chrono::milliseconds kLongestWait{2000};
constexpr int kFailuresBeforeGivingUp = 30;

class Reader final : public LogReader {
 public:
  Reader(runner::Runner& runner, runner::Caller caller, const pb::LogsRequest& request, std::string logs_url)
      : runner_(runner),
        caller_(std::move(caller)),
        run_(request.job_id()),
        is_following_(request.follow()),
        is_attempt_fixed_(request.attempt() > 0),
        logs_url_(std::move(logs_url)),
        attempt_(request.attempt()),
        offset_(request.offset()) {}

  base::Status Open(int64_t tail_lines) {
    HEARTH_ASSIGN(const runner::Run run, runner_.Check(caller_, run_));
    if (attempt_ == 0) attempt_ = run.attempts;
    if (attempt_ == 0 || tail_lines == 0) return {};
    return FindTail(tail_lines);
  }

  base::Result<LogPiece> Next() override {
    if (attempt_ == 0) {
      HEARTH_ASSIGN(const bool goes_on, AdvanceAttempt());
      if (attempt_ == 0) return goes_on && is_following_ ? Wait() : End();
    }
    auto page = runner_.Log(caller_, run_, attempt_, offset_, kPageBytes);
    if (!page.ok()) {
      if (is_following_ && page.error()->kind == base::ErrorKind::kUnavailable &&
          ++failures_ < kFailuresBeforeGivingUp)
        return Wait();
      return std::move(page).Fail();
    }
    failures_ = 0;
    const bool is_dry = page->text.empty();
    pending_ += page->text;
    offset_ = page->next_offset;
    if (!is_dry && !page->at_end) return Lines(false, false);
    if (!is_following_) return Lines(true, true, page->at_end);
    return AtTheEdge(page->at_end);
  }

 private:
  // Nothing more now: another attempt, the end of the run, or more lines later.
  base::Result<LogPiece> AtTheEdge(bool at_end) {
    if (is_attempt_fixed_) return at_end ? Lines(true, true, true) : Wait();
    const int32_t before = attempt_;
    HEARTH_ASSIGN(const bool goes_on, AdvanceAttempt());
    if (attempt_ != before) {
      LogPiece piece = Take(true, before);
      offset_ = 0;
      return piece;
    }
    if (!goes_on && (at_end || ++quiet_after_end_ > 2)) return Lines(true, true, true);
    return Wait();
  }

  // To the next attempt when there is one; whether the run goes on.
  base::Result<bool> AdvanceAttempt() {
    HEARTH_ASSIGN(const runner::Run run, runner_.Check(caller_, run_));
    if (run.attempts > attempt_) ++attempt_;
    return !runner::IsFinal(run.state);
  }

  base::Status FindTail(int64_t lines) {
    for (int64_t bytes = kFirstTailBytes;; bytes *= 4) {
      HEARTH_ASSIGN(const runner::LogPage page, runner_.Log(caller_, run_, attempt_, -bytes, bytes));
      const int64_t start = page.next_offset - static_cast<int64_t>(page.text.size());
      // A last line without its end counts as a line.
      size_t at = page.text.size();
      int64_t missing = lines + (page.text.ends_with('\n') ? 1 : 0);
      while (missing > 0 && at > 0) {
        const size_t newline = page.text.rfind('\n', at - 1);
        if (newline == std::string::npos) break;
        at = newline;
        --missing;
      }
      if (missing == 0) {
        offset_ = start + static_cast<int64_t>(at) + 1;
        return {};
      }
      if (start <= 0 || bytes >= kLongestTailBytes) {
        offset_ = std::max<int64_t>(start, 0);
        return {};
      }
    }
  }

  base::Result<LogPiece> Wait() {
    LogPiece piece = Take(false, attempt_);
    wait_ = piece.lines.logs().empty() ? std::min(wait_ * 2, kLongestWait) : kShortestWait;
    piece.wait = wait_;
    return piece;
  }

  base::Result<LogPiece> End() {
    LogPiece piece = Take(true, attempt_);
    piece.end = true;
    return piece;
  }

  LogPiece Lines(bool all, bool end, bool at_end = false) {
    LogPiece piece = Take(all, attempt_);
    piece.end = end;
    piece.lines.set_at_end(at_end);
    wait_ = kShortestWait;
    return piece;
  }

  // The whole lines that were read; with `all` also the last one without its end.
  LogPiece Take(bool all, int32_t attempt) {
    size_t size = pending_.size();
    if (!all) {
      const size_t newline = pending_.rfind('\n');
      size = newline == std::string::npos ? 0 : newline + 1;
      if (size == 0 && pending_.size() > kLongestLine) size = pending_.size();
    }
    LogPiece piece;
    piece.lines.set_logs(ValidUtf8(std::string_view(pending_).substr(0, size)));
    pending_.erase(0, size);
    piece.lines.set_next_offset(offset_ - static_cast<int64_t>(pending_.size()));
    piece.lines.set_attempt(attempt);
    piece.lines.set_logs_url(logs_url_);
    return piece;
  }

  runner::Runner& runner_;
  const runner::Caller caller_;
  const runner::RunId run_;
  const bool is_following_;
  const bool is_attempt_fixed_;
  const std::string logs_url_;
  int32_t attempt_;
  int64_t offset_;
  std::string pending_;
  std::chrono::milliseconds wait_ = kShortestWait / 2;
  int failures_ = 0;
  int quiet_after_end_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<LogReader>> OpenLog(runner::Runner& runner, const runner::Caller& caller,
                                                 const pb::LogsRequest& request,
                                                 const std::string& public_url) {
  auto reader =
      std::make_unique<Reader>(runner, caller, request, LogsUrl(public_url, runner::RunId(request.job_id())));
  HEARTH_RETURN_IF_ERROR(reader->Open(request.tail_lines()));
  return std::unique_ptr<LogReader>(std::move(reader));
}

}  // namespace hearth::front::control
