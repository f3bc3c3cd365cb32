// The standard streams, and bytes in the forms that users ask for: raw, hex, or JSON, one object a line.
//
// A failed write (a full disk, a closed pipe) is an Error of code kIo; SIGPIPE must be ignored, as run_program does.
// Thread-safety: print and flush as stdio's; callers that need whole lines in order hold a lock of their own.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::cli {

Status print(std::string_view text);
Status flush();                           // also returns the error of an earlier print
void print_error(std::string_view text);  // to standard error; a failure is ignored
bool errors_go_to_a_terminal();           // then progress may be shown

// Whether the error means that standard output is a pipe whose reader is gone. It needs no message: the user closed it.
bool is_closed_pipe(const Error& error);

struct Form {
  bool hex = false;  // keys and values, in and out
  bool json = false;
};

Result<std::string> bytes_from(std::string_view text, const Form& form);  // kInvalidArgument: not hex
std::string text_from(std::string_view bytes, const Form& form);

}  // namespace mylonite::cli
