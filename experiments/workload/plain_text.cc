#include "experiments/workload/plain_text.h"

namespace mylonite::experiments {

Result<std::string_view> plain_text(std::string_view text, const std::string& place) {
  if (text.starts_with("\xEF\xBB\xBF")) return text.substr(3);
  if (!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF")) return text;
  return Error(Code::kInvalidArgument, "expected text in UTF-8, found UTF-16: save it as UTF-8").in(place);
}

}  // namespace mylonite::experiments
