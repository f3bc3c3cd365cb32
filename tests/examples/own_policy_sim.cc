// The simulator that draws a policy of one's own, too. See own_policy.h.
#include "tests/examples/own_policy.h"

#include <mylonite/sim/program.h>

int main(int argc, char** argv) {
  return mylonite::sim::run_program(argc, argv,
                                    {.name = "own_policy_sim", .compaction_policies = own_policy::policies()});
}
