// host PLUGIN DIR: loads the plugin, which uses a store in DIR, and unloads it.
#include <dlfcn.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  void* plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (plugin == nullptr) return std::fprintf(stderr, "%s\n", dlerror()), 1;
  const auto use = reinterpret_cast<int (*)(const char*)>(dlsym(plugin, "use_store"));
  const int answer = use == nullptr ? 1 : use(argv[2]);
  return dlclose(plugin) == 0 ? answer : 1;
}
