#include "core/tool/doctor.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/rt/rt.h"
#include "core/tool/advice.h"
#include "core/tool/beside_writer.h"
#include "core/tool/store_directory.h"
#include "core/tool/text.h"
#include "core/tool/verify.h"
#include "core/version/manifest.h"
#include "core/vfs/posix.h"

namespace mylonite::tool {
namespace {

// The process that holds the file's lock, by the kernel's list; 0: none, or one that this process cannot see. Asking by
// a lock of our own could refuse somebody's open.
std::uint64_t holder_of(const std::string& lock_file) {
  struct stat facts{};
  if (::stat(lock_file.c_str(), &facts) != 0) return 0;
  const std::string place = fmt::format(" {:02x}:{:02x}:{} ", major(facts.st_dev), minor(facts.st_dev), facts.st_ino);
  std::FILE* const locks = std::fopen("/proc/locks", "r");
  if (locks == nullptr) return 0;
  std::uint64_t holder = 0;
  char line[256];
  while (holder == 0 && std::fgets(line, sizeof line, locks) != nullptr) {
    const std::string_view text = line;
    const std::size_t write = text.find(" WRITE ");
    if (text.find(" FLOCK ") == std::string_view::npos || write == std::string_view::npos) continue;
    if (text.find(place) == std::string_view::npos) continue;
    holder = std::strtoull(line + write + 7, nullptr, 10);
  }
  std::fclose(locks);
  return holder;
}

Check lock_check(const std::string& directory) {
  const std::uint64_t holder = holder_of(directory + "/LOCK");
  if (holder == 0) return {.name = "lock", .found = "no process that can be seen has the store open"};
  return {.name = "lock",
          .verdict = Verdict::kNote,
          .found = fmt::format("process {} has the store open", holder),
          .next = "others may read meanwhile; they may write once it has closed it"};
}

// A store whose stamps are far ahead goes on from them, but retention and expiry wait.
Check stamps_check(const StoreDirectory& store) {
  constexpr std::uint64_t kAheadSeconds = 60;  // the ceiling of stamps is some seconds ahead
  const auto loaded = despite_a_writer(store.whole, [&] { return load_manifest(*store.fs, store.directory); });
  if (!loaded.ok()) return {.name = "stamps", .verdict = Verdict::kMend, .found = loaded.error().to_string()};
  Timestamp newest;
  for (const TableInfo* table : loaded->version.tables()) newest = std::max(newest, table->newest);
  const std::uint64_t now = rt::wall_ticks();
  if (newest.ticks <= now + kAheadSeconds * kTicksPerSecond)
    return {.name = "stamps", .found = "not ahead of the clock"};
  return {.name = "stamps",
          .verdict = Verdict::kMend,
          .found = fmt::format("the newest is {} seconds ahead of the clock", (newest.ticks - now) / kTicksPerSecond),
          .next = "set the clock, if it is behind; retention and expiry count from the stamps"};
}

Result<Check> verify_check(const StoreDirectory& store, const Options& options) {
  const auto verified = verify_in_short(store, options);
  if (!verified.ok()) return verified.error();
  Check check{.name = "verify", .found = verified->text};
  if (verified->damages == 0) return check;
  check.verdict = Verdict::kMend;
  check.next =
      "make a copy of the whole directory; `mylonite verify` names each damage, `mylonite repair` saves the rest";
  return check;
}

Status check_store(const std::string& given, const Options& options, std::vector<Check>& all) {
  const auto store = locate(options.data_dir);
  if (!store.ok()) {
    if (store.error().code() != Code::kNotAStore) return store.error();
    const auto fs = vfs::open_posix(given);
    const bool empty = fs.ok() && (*fs)->list("").ok() && (*fs)->list("")->empty();
    all.push_back({.name = "store",
                   .verdict = empty ? Verdict::kNote : Verdict::kMend,
                   .found = empty ? "an empty directory" : "other files, and no store",
                   .next = empty ? "`mylonite put` makes a store here" : "name a store, or an empty directory"});
    return {};
  }
  all.push_back(lock_check(store->whole));
  all.push_back(stamps_check(*store));
  auto verified = verify_check(*store, options);
  if (!verified.ok()) return verified.error();
  all.push_back(std::move(*verified));
  return {};
}

std::string_view verdict_name(Verdict verdict) {
  return verdict == Verdict::kWell ? "well" : verdict == Verdict::kNote ? "note" : "mend";
}

std::string as_json(const std::vector<Check>& checks, std::uint64_t mend) {
  JsonArray all;
  for (const Check& check : checks) {
    JsonObject object;
    object.text("name", check.name).text("verdict", verdict_name(check.verdict)).text("found", check.found);
    if (!check.next.empty()) object.text("next", check.next);
    all.add(object.object());
  }
  return JsonObject().raw("checks", all.array()).number("to_mend", mend).line();
}

std::string as_text(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks) {
    text += fmt::format("{:<4}  {:<11}  {}\n", verdict_name(check.verdict), check.name, check.found);
    if (!check.next.empty()) text += fmt::format("{:19}{}\n", "", check.next);
  }
  return text;
}

Result<cli::Exit> doctor(const std::string& given, const Arguments& arguments) {
  std::vector<Check> checks = check_machine(arguments.options);
  const std::string place = given.empty() ? "." : given;
  struct stat facts{};
  if (::stat(place.c_str(), &facts) != 0) {
    return Error(Code::kIo, std::system_category().message(errno)).in(place);
  }
  if (!S_ISDIR(facts.st_mode)) return Error(Code::kIo, "not a directory").in(place);
  for (Check& each : check_place(place, arguments.options)) checks.push_back(std::move(each));
  if (!given.empty()) {
    if (Status done = check_store(given, arguments.options, checks); !done.ok()) return done.error();
  }
  const auto mend = static_cast<std::uint64_t>(std::ranges::count(checks, Verdict::kMend, &Check::verdict));
  const std::string text = arguments.form.json ? as_json(checks, mend) : as_text(checks);
  if (Status done = cli::print(text); !done.ok()) return done.error();
  return mend == 0 ? cli::Exit::kDone : cli::Exit::kFinding;
}

cli::Ending run_doctor(const RawArguments& raw) {
  RawArguments here = raw;
  if (here.directory.empty()) here.directory = ".";
  const auto arguments = decode(here);
  if (!arguments.ok()) return arguments.error();
  const auto exit = doctor(raw.directory, *arguments);
  if (exit.ok()) return *exit;
  cli::Ending ending(exit.error(), cli::Exit::kEnvironment);
  ending.next = "name a directory that exists, and that you may read";
  return ending;
}

}  // namespace

cli::Command doctor_command(RawArguments& raw, cli::Parameter settings) {
  return {.name = "doctor",
          .what = "Check the machine, and a store; exit 1 if something is to be mended, 7 if it cannot look",
          .example = "mylonite doctor my-data",
          .parameters = {{.name = "DIR",
                          .to = &raw.directory,
                          .meaning = "a store's directory; without it the machine and the current directory",
                          .offer = cli::Offer::kDirectories},
                         std::move(settings),
                         {.name = "--json", .to = &raw.json, .meaning = "print one JSON object; errors, too"}},
          .run = [&raw] { return run_doctor(raw); },
          .more = "It leaves nothing behind. `mylonite load --help` lists the options for --set."};
}

}  // namespace mylonite::tool
