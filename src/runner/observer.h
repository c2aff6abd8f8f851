// Who is told what was stored about runs: metrics and traces.
#pragma once

#include "runner/run.h"

namespace hearth::runner {

// One event of a run's life, as it was stored.
struct Transition {
  RunState before;         // equal to the state of `run` when the event is only a note
  const Run& run;          // as it is now
  const Attempt* attempt;  // stored with it; null: none was
};

enum class CallbackEnd { kTaken, kToBeTriedAgain, kGivenUp };

// Each server tells of what it stored itself: of several on one store, all together tell each transition
// once. What may or may not have been stored (the answer to the commit was lost) is not told. Called by the
// thread that stored it, after the transaction and without a lock; from several threads at once. Returns at
// once and waits for nothing.
class Observer {
 public:
  virtual ~Observer() = default;

  // `is_new`: false when the key named a run that was there.
  virtual void OnSubmitted(const Run& /*run*/, bool /*is_new*/) {}
  virtual void OnTransition(const Transition& /*transition*/) {}
  // One POST that was owed; kinds as in store/store.h.
  virtual void OnCallback(const std::string& /*kind*/, CallbackEnd /*end*/) {}
};

}  // namespace hearth::runner
