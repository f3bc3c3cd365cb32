// `mylonite-lab`: the laboratory. See `mylonite-lab --help`.
#include "experiments/program/program.h"

int main(int argc, char** argv) { return mylonite::experiments::run_program(argc, argv); }
