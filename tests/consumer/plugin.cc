// A shared object with the library inside, as a language binding is one. Its one function returns 0 when all is well.
#include <mylonite/store.h>

extern "C" int use_store(const char* directory) {
  mylonite::Options options;
  options.data_dir = directory;
  auto store = mylonite::Store::open(options);
  if (!store.ok() || !(*store)->put("key", "value").ok() || !(*store)->flush().ok()) return 1;
  const auto value = (*store)->get("key");
  return value.ok() && *value == "value" && (*store)->close().ok() ? 0 : 1;
}
