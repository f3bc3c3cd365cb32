#include "core/tool/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/json.h"
#include "core/rt/rt.h"

namespace mylonite::tool {
namespace {

struct Line {
  std::uint64_t number = 0;
  std::string key;
  std::string value;
};

class LineReader {
 public:
  LineReader() = default;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader() { std::free(buffer_); }

  // Empty optional: the end. The last line may lack its newline.
  Result<std::optional<Line>> next(const cli::Form& form) {
    const ssize_t length = ::getline(&buffer_, &capacity_, stdin);
    if (length < 0) {
      if (std::feof(stdin) != 0) return std::optional<Line>();
      return Error(Code::kIo, fmt::format("read: {}", std::system_category().message(errno))).in("standard input");
    }
    ++number_;
    std::string_view text(buffer_, static_cast<std::size_t>(length));
    if (text.ends_with('\n')) text.remove_suffix(1);
    auto line = parse(text, form);
    if (!line.ok()) return line.error().prefixed(fmt::format("line {}", number_));
    return std::optional<Line>(std::move(*line));
  }

 private:
  Result<Line> parse(std::string_view text, const cli::Form& form) const {
    const std::size_t tab = text.find('\t');
    if (tab == std::string_view::npos) {
      return Error(Code::kInvalidArgument, fmt::format("expected key<TAB>value, found '{}'", printable(text)));
    }
    auto key = cli::bytes_from(text.substr(0, tab), form);
    if (!key.ok()) return key.error();
    auto value = cli::bytes_from(text.substr(tab + 1), form);
    if (!value.ok()) return value.error();
    return Line{.number = number_, .key = std::move(*key), .value = std::move(*value)};
  }

  char* buffer_ = nullptr;
  std::size_t capacity_ = 0;
  std::uint64_t number_ = 0;
};

class Loader {
 public:
  Loader(Store& store, const Arguments& arguments) : store_(store), arguments_(arguments) {}

  void work() {
    while (const auto line = next()) {
      const auto at = store_.put(line->key, line->value);
      if (at.ok()) {
        acknowledge(*line, *at);
      } else {
        stop(at.error().prefixed(fmt::format("line {}", line->number)));
      }
    }
  }

  // Once all workers have returned.
  Status finish() {
    const rt::Lock lock(mutex_);
    if (progress_shown_) cli::print_error("\n");
    if (failure_) return *failure_;
    if (!arguments_.form.json) return {};
    return cli::print(JsonObject().number("loaded", loaded_).number("stamp", newest_.ticks).line());
  }

 private:
  static constexpr std::uint64_t kProgressEveryNs = 200'000'000;

  std::optional<Line> next() {
    rt::Lock reading(input_mutex_);
    if (stopped()) return std::nullopt;
    auto line = reader_.next(arguments_.form);
    if (line.ok()) return std::move(*line);
    stop(line.error());
    return std::nullopt;
  }

  void acknowledge(const Line& line, Timestamp at) {
    rt::Lock lock(mutex_);
    ++loaded_;
    newest_ = std::max(newest_, at);
    show_progress();
    if (!arguments_.acks) return;
    const cli::Form& form = arguments_.form;
    const std::string text = form.json ? JsonObject().bytes("key", line.key, form.hex).number("stamp", at.ticks).line()
                                       : cli::text_from(line.key, form) + "\n";
    Status said = cli::print(text);
    if (said.ok()) said = cli::flush();
    if (!said.ok() && !failure_) failure_ = said.error();
  }

  void show_progress() REQUIRES(mutex_) {
    if (!on_terminal_) return;
    const std::uint64_t now = rt::monotonic_ns();
    if (progress_shown_ && now - progress_at_ns_ < kProgressEveryNs) return;
    cli::print_error(fmt::format("\r{} loaded", loaded_));
    progress_shown_ = true;
    progress_at_ns_ = now;
  }

  bool stopped() {
    rt::Lock lock(mutex_);
    return failure_.has_value();
  }

  void stop(const Error& why) {
    rt::Lock lock(mutex_);
    if (!failure_) failure_ = why;
  }

  Store& store_;
  const Arguments& arguments_;
  const bool on_terminal_ = cli::errors_go_to_a_terminal();

  rt::Mutex input_mutex_;  // held while a line is read; taken before mutex_
  LineReader reader_ GUARDED_BY(input_mutex_);

  rt::Mutex mutex_;  // guards standard output, too
  std::optional<Error> failure_ GUARDED_BY(mutex_);
  std::uint64_t loaded_ GUARDED_BY(mutex_) = 0;
  Timestamp newest_ GUARDED_BY(mutex_);
  bool progress_shown_ GUARDED_BY(mutex_) = false;
  std::uint64_t progress_at_ns_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

Status load(Store& store, const Arguments& arguments) {
  Loader loader(store, arguments);
  std::vector<rt::Thread> writers;
  for (std::uint64_t i = 0; i < arguments.writers; ++i) {
    writers.emplace_back(fmt::format("writer-{}", i), [&loader] { loader.work(); });
  }
  for (rt::Thread& writer : writers) writer.join();
  return loader.finish();
}

}  // namespace mylonite::tool
