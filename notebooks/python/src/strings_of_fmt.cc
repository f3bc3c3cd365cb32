// fmt::vformat, in place of the one in fmt's shared library: its strings must come from this module's operator new.
// Engine code keeps some of them, and they die with a simulated machine.
#include <iterator>

#include <fmt/format.h>

FMT_BEGIN_NAMESPACE

auto vformat(string_view text, format_args args) -> std::string {
  std::string made;
  vformat_to(std::back_inserter(made), text, args);
  return made;
}

FMT_END_NAMESPACE
