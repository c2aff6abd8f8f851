// What every backend must do, whatever runs behind it. A backend's test instantiates the suite with a maker
// of jobs.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/uuid.h"
#include "runner/backend.h"

namespace hearth::runner::testing {

// The jobs that a backend under test is asked to run.
enum class Sample {
  kSucceeds,  // prints "hello from the job" and ends well
  kFails,     // ends with exit code 3
  kRunsLong,  // runs for minutes and ends when asked to
  kStubborn,  // runs for minutes and ends only when forced
};

struct BackendUnderTest {
  std::function<std::unique_ptr<Backend>()> open;  // again: as after a restart of the runner
  std::function<manifest::JobSpec(Sample)> sample;
  std::chrono::seconds patience{30};
};

class BackendConformance : public ::testing::Test {
 protected:
  // A test's fixture fills it before the first use.
  void Use(BackendUnderTest under_test) {
    under_test_ = std::move(under_test);
    backend_ = under_test_.open();
  }
  void Reopen() {
    backend_.reset();
    backend_ = under_test_.open();
  }
  Backend& backend() { return *backend_; }

  Attempt NewAttempt(Sample sample) {
    Attempt attempt;
    std::string random = base::RandomUuid();
    std::erase(random, '-');
    attempt.run = RunId("job-" + random.substr(0, 28));
    attempt.token = attempt.run.text() + "-1";
    attempt.backend = backend_->name();
    attempt.spec = under_test_.sample(sample);
    backend_->Complete(&attempt.spec);
    const auto place = backend_->Place(attempt.spec);
    EXPECT_TRUE(place.ok()) << (place.ok() ? "" : place.error()->message);
    if (place.ok()) attempt.cluster = *place;
    return attempt;
  }
  static AttemptReference ReferenceTo(const Attempt& attempt) {
    return {attempt.token, attempt.cluster, attempt.native_id};
  }
  Observation WaitFor(const Attempt& attempt, Progress progress) {
    Observation seen;
    const auto until = std::chrono::steady_clock::now() + under_test_.patience;
    while (std::chrono::steady_clock::now() < until) {
      const auto observed = backend_->Observe(ReferenceTo(attempt));
      if (observed.ok()) seen = *observed;
      if (seen.progress == progress) return seen;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << attempt.token << " did not come to " << static_cast<int>(progress) << " but is at "
                  << static_cast<int>(seen.progress) << " " << seen.message;
    return seen;
  }

  void ChecksSuccess();
  void ChecksFailure();
  void ChecksCreatingTwice();
  void ChecksUnknown();
  void ChecksStop(Sample sample, StopUrgency urgency);
  void ChecksRestart();
  void ChecksLog();
  void ChecksRemoval();

 private:
  BackendUnderTest under_test_;
  std::unique_ptr<Backend> backend_;
};

inline void BackendConformance::ChecksSuccess() {
  const Attempt attempt = NewAttempt(Sample::kSucceeds);
  const auto created = backend().Create(attempt);
  ASSERT_TRUE(created.ok()) << created.error()->message;
  const Observation seen = WaitFor(attempt, Progress::kEnded);
  EXPECT_TRUE(seen.outcome.succeeded);
  EXPECT_GT(seen.started_at, 0);
  EXPECT_GE(seen.ended_at, seen.started_at);
  EXPECT_NE(seen.outcome.log_tail.find("hello from the job"), std::string::npos) << seen.outcome.log_tail;
}

inline void BackendConformance::ChecksFailure() {
  const Attempt attempt = NewAttempt(Sample::kFails);
  ASSERT_TRUE(backend().Create(attempt).ok());
  const Observation seen = WaitFor(attempt, Progress::kEnded);
  EXPECT_FALSE(seen.outcome.succeeded);
  EXPECT_EQ(seen.outcome.exit_code, 3);
}

// The same token is the same thing, while it runs and after it has ended.
inline void BackendConformance::ChecksCreatingTwice() {
  const Attempt attempt = NewAttempt(Sample::kSucceeds);
  const auto first = backend().Create(attempt);
  ASSERT_TRUE(first.ok());
  const auto second = backend().Create(attempt);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first->native_id, second->native_id);
  const Observation ended = WaitFor(attempt, Progress::kEnded);
  const auto third = backend().Create(attempt);
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(third->progress, Progress::kEnded);
  EXPECT_EQ(third->ended_at, ended.ended_at);
}

inline void BackendConformance::ChecksUnknown() {
  const Attempt attempt = NewAttempt(Sample::kSucceeds);
  const auto seen = backend().Observe(ReferenceTo(attempt));
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->progress, Progress::kAbsent);
  EXPECT_TRUE(backend().Stop(ReferenceTo(attempt), StopUrgency::kGraceful).ok());
  EXPECT_TRUE(backend().Remove(ReferenceTo(attempt)).ok());
}

inline void BackendConformance::ChecksStop(Sample sample, StopUrgency urgency) {
  const Attempt attempt = NewAttempt(sample);
  ASSERT_TRUE(backend().Create(attempt).ok());
  WaitFor(attempt, Progress::kRunning);
  EXPECT_TRUE(backend().Stop(ReferenceTo(attempt), urgency).ok());
  EXPECT_TRUE(backend().Stop(ReferenceTo(attempt), urgency).ok());
  EXPECT_FALSE(WaitFor(attempt, Progress::kEnded).outcome.succeeded);
  EXPECT_TRUE(backend().Stop(ReferenceTo(attempt), urgency).ok());
}

// A restarted runner knows the token only.
inline void BackendConformance::ChecksRestart() {
  const Attempt attempt = NewAttempt(Sample::kRunsLong);
  ASSERT_TRUE(backend().Create(attempt).ok());
  WaitFor(attempt, Progress::kRunning);
  Reopen();
  WaitFor(attempt, Progress::kRunning);
  EXPECT_TRUE(backend().Stop(ReferenceTo(attempt), StopUrgency::kForced).ok());
  WaitFor(attempt, Progress::kEnded);
  Reopen();
  WaitFor(attempt, Progress::kEnded);
}

inline void BackendConformance::ChecksLog() {
  const Attempt attempt = NewAttempt(Sample::kSucceeds);
  ASSERT_TRUE(backend().Create(attempt).ok());
  WaitFor(attempt, Progress::kEnded);
  std::string whole;
  LogPage page;
  do {
    const auto read = backend().ReadLog(ReferenceTo(attempt), page.next_offset, 7);
    ASSERT_TRUE(read.ok());
    page = *read;
    ASSERT_LE(page.text.size(), 7u);
    whole += page.text;
  } while (!page.at_end && whole.size() < 100000);
  EXPECT_NE(whole.find("hello from the job"), std::string::npos);
  const auto tail = backend().ReadLog(ReferenceTo(attempt), -4, 100);
  ASSERT_TRUE(tail.ok());
  EXPECT_EQ(tail->text, whole.substr(whole.size() - 4));
}

inline void BackendConformance::ChecksRemoval() {
  const Attempt attempt = NewAttempt(Sample::kSucceeds);
  ASSERT_TRUE(backend().Create(attempt).ok());
  WaitFor(attempt, Progress::kEnded);
  EXPECT_TRUE(backend().Remove(ReferenceTo(attempt)).ok());
  WaitFor(attempt, Progress::kAbsent);
  EXPECT_TRUE(backend().Remove(ReferenceTo(attempt)).ok());
}

}  // namespace hearth::runner::testing

// One test for each rule; `Fixture` derives from BackendConformance and calls Use in SetUp.
#define HEARTH_BACKEND_CONFORMANCE(Fixture)                                                             \
  TEST_F(Fixture, EndsWell) { ChecksSuccess(); }                                                        \
  TEST_F(Fixture, TellsHowItFailed) { ChecksFailure(); }                                                \
  TEST_F(Fixture, CreatesOnceUnderOneToken) { ChecksCreatingTwice(); }                                  \
  TEST_F(Fixture, KnowsWhatItDoesNotKnow) { ChecksUnknown(); }                                          \
  TEST_F(Fixture, StopsWhenAsked) {                                                                     \
    ChecksStop(::hearth::runner::testing::Sample::kRunsLong, ::hearth::runner::StopUrgency::kGraceful); \
  }                                                                                                     \
  TEST_F(Fixture, StopsWhenForced) {                                                                    \
    ChecksStop(::hearth::runner::testing::Sample::kStubborn, ::hearth::runner::StopUrgency::kForced);   \
  }                                                                                                     \
  TEST_F(Fixture, FindsItAgainAfterARestart) { ChecksRestart(); }                                       \
  TEST_F(Fixture, ReadsLogsInPieces) { ChecksLog(); }                                                   \
  TEST_F(Fixture, GivesBackWhatItHeld) { ChecksRemoval(); }
