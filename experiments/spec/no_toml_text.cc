#include "experiments/spec/toml_text.h"

namespace mylonite::experiments {

Result<TomlAsJson> json_of_toml(std::string_view, const std::string& file) {
  return Error(Code::kUnsupported,
               "this build reads no TOML: write the spec as JSON, or install libtomlplusplus-dev and build again")
      .in(file);
}

}  // namespace mylonite::experiments
