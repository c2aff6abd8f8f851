// The local backend against real processes: `python` is a shell script here, the supervisor is the program
// under test's own.
#include "runner/backends/local/local_backend.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "runner/backends/local/processes.h"
#include "runner/testing/backend_conformance.h"

namespace hearth::runner::local {
namespace {

namespace fs = std::filesystem;
using testing::Sample;

class LocalBackendTest : public testing::BackendConformance {
 protected:
  void SetUp() override {
    const char* binary = std::getenv("HEARTH_BINARY");
    if (binary == nullptr || !fs::exists(binary))
      GTEST_SKIP() << "HEARTH_BINARY names no program to supervise with";
    root_ = fs::temp_directory_path() / fmt::format("hearth-local-{}", ::getpid());
    fs::create_directories(root_ / "bin");
    // spark-submit, as far as this test needs one: it runs the job's file as a shell script.
    Write("bin/spark-submit",
          "#!/bin/sh\nwhile [ \"$1\" = --conf ]; do shift 2; done\nexec /bin/sh \"$@\"\n");
    fs::permissions(root_ / "bin/spark-submit", fs::perms::owner_all);
    Use({[this, binary = std::string(binary)] {
           LocalOptions options;
           options.directory = (root_ / "attempts").string();
           options.programs = {binary, root_.string(), "python3"};
           options.grace_seconds = 2;
           auto backend = OpenLocalBackend(options);
           EXPECT_TRUE(backend.ok());
           return std::move(*backend);
         },
         [this](Sample sample) { return Spec(sample); }});
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  fs::path Write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name) << text;
    return root_ / name;
  }
  manifest::JobSpec Job(const std::string& script) {
    manifest::JobSpec spec;
    spec.name = "job";
    spec.team = "red";
    spec.application.kind = manifest::ApplicationKind::kPySpark;
    spec.application.main_file = Write(fmt::format("{}.py", next_++), script).string();
    return spec;
  }
  manifest::JobSpec Spec(Sample sample) {
    switch (sample) {
      case Sample::kSucceeds:
        return Job("echo hello from the job\n");
      case Sample::kFails:
        return Job("echo it goes wrong >&2\nexit 3\n");
      case Sample::kRunsLong:
        return Job("sleep 120\n");
      case Sample::kStubborn:
        return Job("trap '' TERM\nfor i in $(seq 1000); do sleep 0.2; done\n");
    }
    return {};
  }
  Attempt Start(const manifest::JobSpec& spec) {
    Attempt attempt = NewAttempt(Sample::kSucceeds);
    attempt.spec = spec;
    backend().Complete(&attempt.spec);
    EXPECT_TRUE(backend().Create(attempt).ok());
    return attempt;
  }

  // Of the attempt's program: an attempt runs a moment before its program is there.
  static std::vector<pid_t> ProgramOf(const Attempt& attempt) {
    std::vector<pid_t> processes;
    for (int i = 0; i < 200 && processes.empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      processes = ProcessesOf(attempt.token);
    }
    return processes;
  }
  static pid_t SupervisorOf(const Attempt& attempt) {
    const std::vector<pid_t> program = ProgramOf(attempt);
    if (program.empty()) return 0;
    std::ifstream stat(fmt::format("/proc/{}/stat", program.front()));
    std::string pid, name, state;
    pid_t parent = 0;
    stat >> pid >> name >> state >> parent;
    return parent;
  }

  fs::path root_;
  int next_ = 0;
};

HEARTH_BACKEND_CONFORMANCE(LocalBackendTest)

TEST_F(LocalBackendTest, LeavesNoProcessBehind) {
  const Attempt attempt = Start(Job("sleep 100 &\n(setsid sleep 100 &)\necho gone\n"));
  const Observation seen = WaitFor(attempt, Progress::kEnded);
  EXPECT_TRUE(seen.outcome.succeeded);
  EXPECT_TRUE(ProcessesOf(attempt.token).empty());
}

TEST_F(LocalBackendTest, HoldsJobsToTheirMemory) {
  manifest::JobSpec spec =
      Job("exec python3 -c 'x = bytes([120]) * (300 << 20); import time; time.sleep(60)'\n");
  spec.resources.driver.memory_mib = 64;
  spec.resources.driver.overhead_mib = 64;
  const Observation seen = WaitFor(Start(spec), Progress::kEnded);
  EXPECT_EQ(seen.outcome.reason, "MemoryLimit") << seen.outcome.log_tail;
  EXPECT_GT(seen.outcome.metrics.at("peak_memory_mib"), 128);
}

TEST_F(LocalBackendTest, TellsSignalsFromExitCodes) {
  const Observation seen = WaitFor(Start(Job("kill -9 $$\n")), Progress::kEnded);
  EXPECT_EQ(seen.outcome.signal, SIGKILL);
  EXPECT_FALSE(seen.outcome.exit_code);
}

TEST_F(LocalBackendTest, NoticesThatASupervisorWasKilled) {
  const Attempt attempt = Start(Job("(setsid sleep 100 &)\nsleep 100\n"));
  WaitFor(attempt, Progress::kRunning);
  const pid_t supervisor = SupervisorOf(attempt);
  ASSERT_GT(supervisor, 1);
  ::kill(supervisor, SIGKILL);
  const Observation seen = WaitFor(attempt, Progress::kEnded);
  EXPECT_EQ(seen.outcome.reason, "SupervisorLost");
  EXPECT_TRUE(ProcessesOf(attempt.token).empty());
}

TEST_F(LocalBackendTest, LeavesNothingOfTheServerOpenInAJob) {
  const int file =
      ::open((root_ / "of-the-server").c_str(), O_CREAT | O_RDWR, 0600);  // no O_CLOEXEC: as libraries do
  const Attempt attempt = Start(Spec(Sample::kRunsLong));
  WaitFor(attempt, Progress::kRunning);
  const std::vector<pid_t> program = ProgramOf(attempt);
  ASSERT_FALSE(program.empty());
  for (const pid_t process : {SupervisorOf(attempt), program.front()}) {
    for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", process))) {
      const std::string open = fs::read_symlink(entry.path()).string();
      EXPECT_EQ(open.find("of-the-server"), std::string::npos);
      EXPECT_FALSE(open.starts_with("socket:")) << open;
    }
  }
  ::close(file);
  EXPECT_TRUE(backend().Stop(ReferenceTo(attempt), StopUrgency::kForced).ok());
}

TEST_F(LocalBackendTest, StopsWhatHasNotStarted) {
  const Attempt attempt = Start(Spec(Sample::kRunsLong));
  EXPECT_TRUE(backend().Stop(ReferenceTo(attempt), StopUrgency::kForced).ok());
  EXPECT_FALSE(WaitFor(attempt, Progress::kEnded).outcome.succeeded);
}

TEST_F(LocalBackendTest, AsksTheProgramToEnd) {
  const Attempt attempt =
      Start(Job("trap 'echo tidied up; exit 7' TERM\necho ready\nwhile :; do sleep 0.1; done\n"));
  const auto is_ready = [&] {
    const auto log = backend().ReadLog(ReferenceTo(attempt), 0, 1000);
    return log.ok() && log->text.find("ready") != std::string::npos;
  };
  for (int i = 0; i < 200 && !is_ready(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(backend().Stop(ReferenceTo(attempt), StopUrgency::kGraceful).ok());
  const Observation seen = WaitFor(attempt, Progress::kEnded);
  EXPECT_EQ(seen.outcome.exit_code, 7);
  EXPECT_NE(seen.outcome.log_tail.find("tidied up"), std::string::npos);
}

TEST_F(LocalBackendTest, KeepsTheEndOfALongLog) {
  const Attempt attempt =
      Start(Job("i=0; while [ $i -lt 60 ]; do head -c 1000000 /dev/zero | tr '\\0' x; i=$((i+1)); done; echo "
                "last line\n"));
  const Observation seen = WaitFor(attempt, Progress::kEnded);
  EXPECT_TRUE(seen.outcome.log_tail.ends_with("last line\n"));
  EXPECT_LE(seen.outcome.log_tail.size(), size_t{256} << 10);
  const auto page = backend().ReadLog(ReferenceTo(attempt), 0, 10);
  ASSERT_TRUE(page.ok());
  EXPECT_GT(page->next_offset, 10) << "the first pieces are dropped";
}

TEST_F(LocalBackendTest, SaysWhatAJobLacks) {
  manifest::JobSpec spec = Spec(Sample::kSucceeds);
  spec.secrets.push_back({"PASSWORD", "database", "password"});
  const auto place = backend().Place(spec);
  ASSERT_FALSE(place.ok());
  EXPECT_EQ(place.error()->kind, base::ErrorKind::kIllegalArgument);
}

}  // namespace
}  // namespace hearth::runner::local
