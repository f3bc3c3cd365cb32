// Text inside HTML or XML. Pure.
#pragma once

#include <string>
#include <string_view>

namespace mylonite {

// The same text as the content of an element, or as the value of an attribute in double quotes.
std::string escaped_markup(std::string_view text);

}  // namespace mylonite
