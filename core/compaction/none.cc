#include "core/compaction/none.h"

namespace mylonite {
namespace {

class None final : public CompactionPolicy {
 public:
  std::string_view name() const override { return "none"; }
  Decision pick(const PolicyView&, std::string_view) const override { return {}; }
};

}  // namespace

const CompactionPolicy& none_policy() {
  static const None kPolicy;
  return kPolicy;
}

}  // namespace mylonite
