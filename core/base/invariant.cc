#include "core/base/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace mylonite {

void invariant_failed(const Claim& claim, std::initializer_list<std::int64_t> values) {
  std::fprintf(stderr, "%s:%u: invariant broken: %s", claim.place.file_name(), claim.place.line(), claim.text);
  for (std::int64_t value : values) std::fprintf(stderr, " [%lld]", static_cast<long long>(value));
  std::fputc('\n', stderr);
  std::abort();
}

}  // namespace mylonite
