#include "notebooks/python/src/home.h"

namespace mylonite::python {

Home::Home(std::shared_ptr<Machine> machine)
    : born_(forks()), machine_(std::move(machine)), process_(machine_->start_process()) {}

bool Home::is_gone() const { return born_ != forks() || (machine_ && !machine_->lives(process_)); }

bool Home::reachable() const { return !is_gone() && (!machine_ || machine_->on_my_thread()); }

void Home::refuse() const {
  refuse_after_fork(born_);
  if (!machine_) return;
  static_cast<void>(machine_->computer());  // the thread
  if (is_gone()) raise_crashed();
}

}  // namespace mylonite::python
