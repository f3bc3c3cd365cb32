#include "sim/run/batches.h"

namespace mylonite::sim {

WriteBatch batch_of(const std::vector<BatchItem>& items) {
  WriteBatch batch;
  for (const BatchItem& item : items) {
    if (!item.high.empty()) {
      batch.remove_range(item.key, item.high);
    } else if (item.value) {
      batch.put(item.key, *item.value);
    } else {
      batch.remove(item.key);
    }
  }
  return batch;
}

}  // namespace mylonite::sim
