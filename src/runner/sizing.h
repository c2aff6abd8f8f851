// What size a job should have, by what its earlier runs needed. A recommendation with its reason; never the
// last word.
#pragma once

#include <string>
#include <vector>

#include "runner/run.h"

namespace hearth::runner {

struct Recommendation {
  manifest::Resources resources;  // what the spec says, changed where there is a reason to
  std::string text;               // for people: what, why, from how many runs; empty: nothing to say
  double confidence = 0;          // 0 to 1
};

// `history`: ended attempts of the same job, newest first. Grows at once, shrinks slowly and only after
// several runs that lacked nothing. Leaves what somebody wrote down (spec.given) as it is.
Recommendation Recommend(const manifest::JobSpec& spec, const std::vector<Attempt>& history);

}  // namespace hearth::runner
