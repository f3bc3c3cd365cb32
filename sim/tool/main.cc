// `mylonite-sim`: runs the store through seeded crashes and replays what it found. See `mylonite-sim --help`.
#include <mylonite/sim/program.h>

int main(int argc, char** argv) { return mylonite::sim::run_program(argc, argv); }
