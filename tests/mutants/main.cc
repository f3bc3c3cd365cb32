// `mylonite-sim-NAME`: the simulator over an engine with the planted bug NAME, by its own name. So the commands that it
// prints start it again.
#include <mylonite/sim/program.h>

int main(int argc, char** argv) { return mylonite::sim::run_program(argc, argv, {.name = PROGRAM_NAME}); }
