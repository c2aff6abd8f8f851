// A runner that remembers and does nothing: tests of doors move its runs by hand.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "runner/runner.h"

namespace hearth::front::control {

class FakeRunner final : public runner::Runner {
 public:
  base::Result<runner::SubmitAnswer> Submit(const runner::Caller& caller,
                                            runner::SubmitRequest request) override {
    std::lock_guard lock(mutex_);
    if (is_full) return Fail(base::ErrorKind::kResourceExhausted, "too many runs wait");
    for (const auto& [id, history] : runs_) {
      const runner::Run& run = history.run;
      if (request.idempotency_key.empty() || run.idempotency_key != request.idempotency_key ||
          run.team != request.spec.team)
        continue;
      if (run.fingerprint != request.fingerprint)
        return Fail(base::ErrorKind::kConflict, "the key was used for another request");
      return runner::SubmitAnswer{run, true};
    }
    runner::RunHistory history;
    runner::Run& run = history.run;
    run.id = runner::RunId("run-" + std::to_string(runs_.size() + 1));
    run.idempotency_key = request.idempotency_key;
    run.fingerprint = request.fingerprint;
    run.team = request.spec.team;
    run.user = caller.user;
    run.name = request.spec.name;
    run.environment = request.spec.environment;
    run.spec = request.spec;
    run.callback_url = request.callback_url;
    run.cause = "accepted";
    run.created_at = 1'700'000'000'000'000;
    history.events.push_back({run.id, 1, run.created_at, 0, run.state, run.cause});
    runs_[run.id.text()] = history;
    return runner::SubmitAnswer{run, false};
  }
  base::Result<runner::Run> Check(const runner::Caller& caller, const runner::RunId& id) override {
    HEARTH_ASSIGN(const runner::RunHistory history, History(caller, id));
    return history.run;
  }
  base::Result<runner::RunHistory> History(const runner::Caller& caller, const runner::RunId& id) override {
    std::lock_guard lock(mutex_);
    const auto found = runs_.find(id.text());
    if (found == runs_.end()) return Fail(base::ErrorKind::kNoSuchElement, "there is no job " + id.text());
    if (!caller.team.empty() && caller.team != found->second.run.team)
      return Fail(base::ErrorKind::kPermissionDenied, "the job belongs to another team");
    return found->second;
  }
  base::Result<runner::CancelAnswer> Cancel(const runner::Caller& caller, const runner::RunId& id,
                                            const std::string& reason) override {
    HEARTH_ASSIGN(runner::RunHistory history, History(caller, id));
    if (runner::IsFinal(history.run.state)) return runner::CancelAnswer{false, history.run};
    Move(id.text(), runner::RunState::kCancelled, reason);
    HEARTH_ASSIGN(history, History(caller, id));
    return runner::CancelAnswer{true, history.run};
  }
  base::Result<runner::RunPage> List(const runner::Caller& caller, const runner::RunFilter& filter) override {
    std::lock_guard lock(mutex_);
    runner::RunPage page;
    for (const auto& [id, history] : runs_) {
      const runner::Run& run = history.run;
      const bool fits = (caller.team.empty() || run.team == caller.team) &&
                        (filter.team.empty() || run.team == filter.team) &&
                        (filter.idempotency_key.empty() || run.idempotency_key == filter.idempotency_key) &&
                        (!filter.state || run.state == *filter.state);
      if (fits) page.runs.insert(page.runs.begin(), run);
    }
    if (static_cast<int32_t>(page.runs.size()) > filter.limit) {
      page.runs.resize(static_cast<size_t>(filter.limit));
      page.next_page_token = "more";
    }
    return page;
  }
  base::Result<std::vector<runner::Event>> Events(const runner::Caller& caller, const runner::RunId& id,
                                                  int32_t after_sequence) override {
    HEARTH_ASSIGN(const runner::RunHistory history, History(caller, id));
    std::vector<runner::Event> events;
    std::ranges::copy_if(history.events, std::back_inserter(events),
                         [&](const runner::Event& event) { return event.sequence > after_sequence; });
    return events;
  }
  base::Result<runner::LogPage> Log(const runner::Caller& caller, const runner::RunId& id, int32_t attempt,
                                    int64_t offset, int64_t limit) override {
    HEARTH_ASSIGN(const runner::RunHistory history, History(caller, id));
    std::lock_guard lock(mutex_);
    const auto found = logs_.find({id.text(), attempt == 0 ? history.run.attempts : attempt});
    if (found == logs_.end()) return Fail(base::ErrorKind::kNoSuchElement, "there is no such attempt");
    const auto& [text, is_whole] = found->second;
    const auto size = static_cast<int64_t>(text.size());
    const int64_t begin = offset < 0 ? std::max<int64_t>(0, size + offset) : std::min(offset, size);
    runner::LogPage page;
    page.text = text.substr(static_cast<size_t>(begin), static_cast<size_t>(limit));
    page.next_offset = begin + static_cast<int64_t>(page.text.size());
    page.at_end = is_whole && page.next_offset == size;
    return page;
  }

  // ---- By hand

  void Move(const std::string& id, runner::RunState state, const std::string& cause) {
    std::lock_guard lock(mutex_);
    runner::RunHistory& history = runs_.at(id);
    history.run.state = state;
    history.run.cause = cause;
    if (runner::IsFinal(state)) history.run.ended_at = history.run.created_at + 1'500'000;
    const auto sequence = static_cast<int32_t>(history.events.size()) + 1;
    history.events.push_back(
        {history.run.id, sequence, history.run.created_at, history.run.attempts, state, cause});
  }
  void AddAttempt(const std::string& id, runner::Attempt attempt) {
    std::lock_guard lock(mutex_);
    runner::RunHistory& history = runs_.at(id);
    attempt.run = history.run.id;
    attempt.number = ++history.run.attempts;
    history.attempts.push_back(std::move(attempt));
    logs_[{id, history.run.attempts}];
  }
  void ChangeLastAttempt(const std::string& id, const std::function<void(runner::Attempt&)>& change) {
    std::lock_guard lock(mutex_);
    change(runs_.at(id).attempts.back());
  }
  void AddLog(const std::string& id, int32_t attempt, const std::string& text, bool is_whole = false) {
    std::lock_guard lock(mutex_);
    auto& [log, whole] = logs_[{id, attempt}];
    log += text;
    whole = is_whole;
  }
  runner::RunHistory At(const std::string& id) {
    std::lock_guard lock(mutex_);
    return runs_.at(id);
  }

  std::atomic<bool> is_full = false;

 private:
  static base::Error Fail(base::ErrorKind kind, const std::string& message) {
    base::Error error;
    error.kind = kind;
    error.message = message;
    return error;
  }

  std::mutex mutex_;
  std::map<std::string, runner::RunHistory> runs_;
  std::map<std::pair<std::string, int32_t>, std::pair<std::string, bool>> logs_;
};

}  // namespace hearth::front::control
