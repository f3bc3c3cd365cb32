// Bytes as text and back. Keys, values and file contents travel as std::string (owned) and std::string_view
// (borrowed for the call); bytes compare as unsigned, which std::string_view does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mylonite {

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);  // empty optional: odd length or a non-hex digit

// Printable form for messages: text stays, other bytes become \xNN; cut after `longest` bytes with "… (N bytes)", where
// that saves room.
std::string printable(std::string_view bytes, std::size_t longest = 48);

// Where two byte strings begin to differ, as the end of a sentence: "; they differ from byte 448 on, 'a' and '\x00'".
// Empty where they are equal, or so short that both are printed whole.
std::string where_they_differ(std::string_view left, std::string_view right);

}  // namespace mylonite
