#include "sim/report/stack_text.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace mylonite::sim {
namespace {

constexpr std::size_t kInner = 16;
constexpr std::size_t kOuter = 4;

struct Frame {
  std::string module;
  std::uintptr_t offset = 0;
  std::string name{};  // empty: not known
};

std::vector<Frame> located(std::span<const std::uintptr_t> stack) {
  std::vector<Frame> frames;
  for (const std::uintptr_t address : stack) {
    Dl_info info{};
    // A return address is that of the next instruction, which may be of another line. Only the first is no such one.
    const std::uintptr_t at = frames.empty() ? address : address - 1;
    const bool found = ::dladdr(reinterpret_cast<const void*>(at), &info) != 0 && info.dli_fname != nullptr;
    frames.push_back(
        found ? Frame{.module = info.dli_fname, .offset = at - reinterpret_cast<std::uintptr_t>(info.dli_fbase)}
              : Frame{.module = "?", .offset = at});
  }
  return frames;
}

// The running program has the name that it was started by, which need not lead to it from here.
std::string path_of(const std::string& module) {
  if (module.find('/') != std::string::npos && ::access(module.c_str(), R_OK) == 0) return module;
  char path[4096];
  const ssize_t bytes = ::readlink("/proc/self/exe", path, sizeof path);
  return bytes > 0 ? std::string(path, static_cast<std::size_t>(bytes)) : module;
}

void name_all(const std::string& module, const std::vector<Frame*>& frames) {
  const std::string path = path_of(module);
  if (path.find('\'') != std::string::npos) return;  // it would end the quotes
  std::string command = fmt::format("addr2line -C -f -p -s -e '{}'", path);
  for (const Frame* frame : frames) command += fmt::format(" {:#x}", frame->offset);
  command += " 2>/dev/null";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
  if (!output) return;
  std::string text;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, output.get())) > 0;) text.append(buffer, got);
  std::string_view rest = text;
  for (Frame* frame : frames) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!line.starts_with("??")) frame->name = line.substr(0, line.find(" at ??"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
}

// Behind raise(), abort(), what the C++ runtime does at an exception that nobody catches, and our own notes of these.
std::vector<Frame>::const_iterator behind_an_abort(const std::vector<Frame>& frames) {
  constexpr std::array<std::string_view, 4> kEnding = {"pthread_kill", "abort", "on_terminate", "mylonite::invariant"};
  auto first = frames.begin();
  for (auto frame = first; frame != frames.end() && frame - frames.begin() < std::ptrdiff_t{kInner}; ++frame) {
    const auto is_part = [&](std::string_view part) { return frame->name.find(part) != std::string::npos; };
    if (std::ranges::any_of(kEnding, is_part)) first = frame + 1;
  }
  const bool aborted = first != frames.begin();
  const auto of_the_runtime = [](const Frame& frame) {
    return frame.module.find("libstdc++") != std::string::npos || frame.module.find("libgcc_s") != std::string::npos;
  };
  return aborted ? std::find_if_not(first, frames.end(), of_the_runtime) : first;
}

// The type in "std::_Function_handler<R (A), type>::_M_invoke(…)", whose code the compiler has put there.
std::string functor_in(std::string_view frame) {
  constexpr std::string_view kHandler = "std::_Function_handler<";
  if (!frame.starts_with(kHandler)) return "";
  const std::size_t end = frame.rfind(">::_M_invoke");
  if (end == std::string_view::npos) return "";
  const std::size_t signature = frame.rfind("), ", end);
  return signature == std::string_view::npos ? "" : std::string(frame.substr(signature + 3, end - signature - 3));
}

// No name of the store's own code, but of a library, of memcpy and its like, or of a module.
bool of_a_library(std::string_view function) {
  constexpr std::array<std::string_view, 11> kOutside = {
      "std::",  "__gnu_cxx::", "operator new", "__mem",           "memcpy", "memmove",
      "memset", "memcmp",      "__GI_",        "mylonite::sim::", "/"};
  const auto begins_with = [&](std::string_view what) {
    return function.starts_with(what) || function.starts_with("void " + std::string(what)) ||
           function.starts_with("bool " + std::string(what));
  };
  return function == "raise" || std::ranges::any_of(kOutside, begins_with);
}

}  // namespace

std::string function_in(std::string_view frame) {
  if (const std::string functor = functor_in(frame); !functor.empty()) return functor + "::operator()";
  constexpr std::string_view kUnnamed = "(anonymous namespace)";
  constexpr std::string_view kOperator = "operator";
  int depth = 0;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    if (frame.substr(i).starts_with(kUnnamed)) {
      i += kUnnamed.size() - 1;
    } else if (frame.substr(i).starts_with(kOperator)) {
      i += kOperator.size();
      i = frame.substr(i).starts_with("()") ? i + 1 : std::min(frame.find_first_not_of("<>=-[]", i), frame.size()) - 1;
    } else if (frame[i] == '<') {
      ++depth;
    } else if (frame[i] == '>') {
      --depth;
    } else if (frame[i] == '(' && depth == 0) {
      return std::string(frame.substr(0, i));
    }
  }
  return std::string(frame.substr(0, frame.rfind(" at ")));
}

std::string stack_text(std::span<const std::uintptr_t> stack, const std::string& indent) {
  std::vector<Frame> frames = located(stack);
  std::map<std::string, std::vector<Frame*>> by_module;
  for (Frame& frame : frames) by_module[frame.module].push_back(&frame);
  for (const auto& [module, of] : by_module) name_all(module, of);
  const auto first = behind_an_abort(frames);
  const auto begins = [](const Frame& frame) { return frame.name.find("Fiber::start") != std::string::npos; };
  const auto last = std::find_if(first, frames.cend(), begins);
  const auto count = static_cast<std::size_t>(last - first);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == kInner && count > kInner + kOuter) {
      text += fmt::format("{}… {} more\n", indent, count - kInner - kOuter);
      i = count - kOuter;
    }
    const Frame& frame = first[static_cast<std::ptrdiff_t>(i)];
    text += indent + (frame.name.empty() ? fmt::format("{} + {:#x}", frame.module, frame.offset) : frame.name) + "\n";
  }
  return text;
}

std::string innermost_function(std::span<const std::uintptr_t> stack) {
  const std::string text = stack_text(stack.first(std::min(stack.size(), kInner)), "");
  std::string first;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string function = function_in(rest.substr(0, end));
    if (!of_a_library(function)) return function;
    if (first.empty()) first = std::move(function);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return first;
}

}  // namespace mylonite::sim
