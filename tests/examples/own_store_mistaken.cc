// The same with a planted mistake: the new log's name is never made durable. See own_store.h.
#include "tests/examples/own_store.h"

#include <mylonite/sim/program.h>

int main(int argc, char** argv) {
  return mylonite::sim::run_program(
      argc, argv, {.name = "own_store_mistaken", .store = own_store::own_store(own_store::Mistake::kNameNotSynced)});
}
