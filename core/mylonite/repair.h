// What Store::repair() found and did.
//
// Ranges of keys and of logs are all that was lost. Outside of them every key reads as before the damage, unless
// deletes_may_return is set. Inside of a range a key may be missing, or may show an older version, also a deleted one.
// Nothing that was never written is shown. Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/timestamp.h>

namespace mylonite {

enum class RepairMode : std::uint8_t {
  kRepair,
  kDryRun,  // reads everything and reports; nothing in the directory changes
};

// Where the tree of tables comes from.
enum class TreeSource : std::uint8_t {
  kManifest,      // a whole manifest: it decides what is live
  kManifestPart,  // the records of a damaged manifest that are whole, and the tables that exist
  kTables,        // the tables that exist: no manifest is readable
};

struct RepairReport {
  // A file that was not simply kept.
  struct File {
    enum class Fate : std::uint8_t {
      kSalvaged,  // what can be read of it stands in new tables
      kSetAside,  // nothing of it was usable
      kMissing,   // the manifest needs it, and it is not there
    };
    std::string name;
    Fate fate = Fate::kSetAside;
    std::string why;   // of the damage, with its offset
    std::string kept;  // where the original is now, from the store's directory; empty: nowhere
  };
  // Both ends are included. No `low`: from the first key; no `high`: to the last key.
  struct LostKeys {
    std::string file;
    std::optional<std::string> low;
    std::optional<std::string> high;
    bool range_deletes = false;  // of them only range deletes were lost: all entries are there
  };
  struct LostLog {
    std::string file;
    std::uint64_t from = 0;           // bytes
    std::optional<std::uint64_t> to;  // empty: unknown
    // The lost batches have stamps between these two, ends excluded. At most all.
    Timestamp after;
    Timestamp before = kTimestampMax;
  };

  bool sound = true;  // no damage was found, and nothing was changed
  bool dry_run = false;
  TreeSource tree = TreeSource::kManifest;
  // Changes of the tree are unknown. So a table that was merged away may count again, and with it a key that was
  // deleted or expired. Versions that are shown are right otherwise: newer ones win.
  bool deletes_may_return = false;
  std::vector<File> files;
  std::vector<LostKeys> lost_keys;
  std::vector<LostLog> lost_logs;
  std::uint64_t tables_kept = 0;
  std::uint64_t tables_written = 0;
  std::uint64_t entries_salvaged = 0;  // of damaged tables, into new ones
  std::uint64_t tables_merged = 0;     // sound ones, whose order nothing shows
  std::uint64_t records_replayed = 0;  // of logs
  std::uint64_t log_bytes_torn = 0;    // at the ends of logs: never known durable, and no damage
  std::uint64_t files_ignored = 0;     // left-overs of unfinished work, which the next open removes
};

}  // namespace mylonite
