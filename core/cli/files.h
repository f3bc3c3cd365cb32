// Files of results, by the user's path: read whole, written whole, or written line by line.
//
// An incomplete file has a temporary name, NAME.part, so a file under its own name is complete. Errors name the path.
// Thread-safety: functions, any thread; a LineFile, one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/status.h>

namespace mylonite::cli {

// The temporary ending of an incomplete file.
inline constexpr std::string_view kPartial = ".part";
inline bool is_partial(std::string_view path) { return path.ends_with(kPartial); }

Result<std::string> read_file(const std::string& path);
// The next step for who could not read a file of lines: names its .part, if that is there instead. Empty: no advice.
std::string advice_for_unread(const std::string& path, const Error& error);
Status write_file(const std::string& path, std::string_view text);

// Writes STEM.ENDING, or STEM-2.ENDING, STEM-3.ENDING, … where another file has the name. Returns the path; a file with
// this very text keeps its name.
Result<std::string> keep_file(const std::string& stem, std::string_view ending, std::string_view text);

// Whether such a file could be written now. Nothing is left of the try.
Status check_writable(const std::string& path);

// The names in a directory, sorted as bytes.
Result<std::vector<std::string>> names_in(const std::string& directory);
Status remove_file(const std::string& path);

// Makes the directory, but not its parents. An existing directory is no error.
Status make_directory(const std::string& path);

// A path, and the word of the command line that has it ("--csv").
struct GivenPath {
  std::string option;
  std::string path;
};
// kInvalidArgument if a file that is to be written would take the place of another one, or of one that is read, by
// whatever path. A file counts with its .part.
Status check_distinct(const std::vector<GivenPath>& written, const std::vector<GivenPath>& read);

class LineFile {
 public:
  // Begins the file. A path that cannot be written is refused here, and one where a directory, a device or a pipe
  // stands. Behind a symbolic link its target is written.
  static Result<LineFile> create(const std::string& path);

  Status add(std::string_view line);  // with its newline; in the kernel on return
  Status complete();                  // gives the file its name; the last call
  Status discard() const;             // removes what there is of it; the last call
  std::string partial_path() const;   // where it is until then

 private:
  LineFile(std::string path, std::unique_ptr<vfs::FileSystem> fs, std::unique_ptr<vfs::File> file)
      : path_(std::move(path)), fs_(std::move(fs)), file_(std::move(file)) {}

  std::string path_;
  std::unique_ptr<vfs::FileSystem> fs_;  // of the directory that holds it
  std::unique_ptr<vfs::File> file_;
};

}  // namespace mylonite::cli
