// mylonite-sim, in a program of one's own.
#include <mylonite/sim/program.h>

int main(int argc, char** argv) { return mylonite::sim::run_program(argc, argv); }
