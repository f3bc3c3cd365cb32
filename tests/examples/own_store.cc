// The simulator with a store of one's own in it: `own_store run --seeds 0:2000`. See own_store.h.
#include "tests/examples/own_store.h"

#include <mylonite/sim/program.h>

int main(int argc, char** argv) {
  return mylonite::sim::run_program(argc, argv, {.name = "own_store", .store = own_store::own_store()});
}
