// Means with intervals, for the few numbers of an experiment. The laboratory's floating point lives here and in what
// shows figures: nothing here steers a run.
//
// The interval of a mean is Student's, of 95 %. Source: W. S. Gosset, The Probable Error of a Mean, Biometrika 1908.
// Thread-safety: pure functions.
#pragma once

#include <span>

namespace mylonite::experiments {

struct Interval {
  double mean = 0;
  double half = 0;  // the mean is within ± half; infinite for a single value
};

Interval interval_of(std::span<const double> values);  // requires one value

}  // namespace mylonite::experiments
