// The laboratory with a policy of one's own: `own_policy_lab endure --policy overflow`. See own_policy.h.
#include "tests/examples/own_policy.h"

#include "experiments/program/program.h"

int main(int argc, char** argv) {
  return mylonite::experiments::run_program(argc, argv,
                                            {.name = "own_policy_lab", .compaction_policies = own_policy::policies()});
}
