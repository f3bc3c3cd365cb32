// consumer DIR: a store in DIR, one write, one read.
#include <cstdio>

#include <mylonite/store.h>

int main(int argc, char** argv) {
  mylonite::Options options;
  options.data_dir = argc == 2 ? argv[1] : "data";
  auto store = mylonite::Store::open(options);
  if (!store.ok()) return std::fprintf(stderr, "%s\n", store.error().to_string().c_str()), 1;
  const auto stamp = (*store)->put("key", "value");
  const auto value = (*store)->get("key");
  return stamp.ok() && value.ok() && *value == "value" && (*store)->close().ok() ? 0 : 1;
}
