#include "runner/trace.h"

#include <gtest/gtest.h>

namespace hearth::runner {
namespace {

using StoredRun = Run;  // a test's own Run hides the other one

constexpr const char* kGiven = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Trace, ParentsAreReadAsTheStandardSays) {
  const auto read = ParseTraceParent(kGiven);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(read->span_id, "00f067aa0ba902b7");
  EXPECT_TRUE(read->is_sampled);
  EXPECT_EQ(TraceParentText(*read), kGiven);
  EXPECT_FALSE(ParseTraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02")->is_sampled);
  EXPECT_TRUE(ParseTraceParent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later"));
  for (const char* wrong : {"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(ParseTraceParent(wrong)) << wrong;
  }
}

TEST(Trace, IdsFollowFromTheRun) {
  StoredRun run;
  run.id = RunId("job-1");
  const TraceParent own = TraceOf(run);
  EXPECT_EQ(own.trace_id.size(), 32u);
  EXPECT_EQ(own.trace_id, TraceOf(run).trace_id);
  EXPECT_TRUE(own.span_id.empty());
  EXPECT_NE(SpanIdOf(run.id, "attempt 1"), SpanIdOf(run.id, "attempt 2"));
  EXPECT_EQ(TraceParentFor(run, 1, false), "");
  const auto told = ParseTraceParent(TraceParentFor(run, 1, true));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->trace_id, own.trace_id);
  EXPECT_EQ(told->span_id, SpanIdOf(run.id, "attempt 1"));
  run.trace_parent = kGiven;
  EXPECT_EQ(TraceOf(run).span_id, "00f067aa0ba902b7");
  EXPECT_EQ(TraceParentFor(run, 1, false), kGiven) << "nobody exports the attempt's own span";
  EXPECT_EQ(ParseTraceParent(TraceParentFor(run, 1, true))->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
}

}  // namespace
}  // namespace hearth::runner
