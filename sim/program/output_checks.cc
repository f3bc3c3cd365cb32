#include "sim/program/output_checks.h"

namespace mylonite::sim {

std::optional<cli::Ending> refuse_outputs(std::vector<cli::GivenPath> written,
                                          const std::vector<cli::GivenPath>& read) {
  std::erase_if(written, [](const cli::GivenPath& each) { return each.path.empty(); });
  if (const Status distinct = cli::check_distinct(written, read); !distinct.ok()) return distinct.error();
  for (const cli::GivenPath& each : written) {
    if (const Status can = cli::check_writable(each.path); !can.ok()) {
      return cli::Ending(can.error(), cli::Exit::kEnvironment);
    }
  }
  return std::nullopt;
}

}  // namespace mylonite::sim
