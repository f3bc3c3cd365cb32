#include "notebooks/python/src/gil.h"

#include <cxxabi.h>
#include <unistd.h>

namespace mylonite::python {
namespace {

[[noreturn]] void wait_for_the_end() {
  for (;;) ::pause();
}

}  // namespace

WithoutGil::~WithoutGil() {
  try {
    PyEval_RestoreThread(state_);
  } catch (abi::__forced_unwind&) {
    wait_for_the_end();
  }
}

WithGil::WithGil() {
  try {
    state_ = PyGILState_Ensure();
  } catch (abi::__forced_unwind&) {
    wait_for_the_end();
  }
}

}  // namespace mylonite::python
