// The standard streams, and bytes in the forms that users ask for: raw, hex, or JSON, one object a line.
//
// A failed write (a full disk, a closed pipe) is an Error of code kIo; SIGPIPE must be ignored, as run_program does.
// Thread-safety: print and flush as stdio's; callers that need whole lines in order hold a lock of their own.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::cli {

// Gives each standard stream that is closed a file that fails on every use. Otherwise the first file that the program
// opens would take the stream's number, and output would land there.
void occupy_closed_streams();

Status print(std::string_view text);
Status flush();                           // and what an earlier print could not write
void print_error(std::string_view text);  // to standard error; where that fails, nobody is left to be informed
bool errors_go_to_a_terminal();           // then progress may be shown

// Whether standard output was a pipe that nobody reads any more. Users know: they closed it.
bool is_closed_pipe(const Error& error);

struct Form {
  bool hex = false;  // keys and values, in and out
  bool json = false;
};

Result<std::string> bytes_from(std::string_view text, const Form& form);  // kInvalidArgument: not hex
std::string text_from(std::string_view bytes, const Form& form);

}  // namespace mylonite::cli
