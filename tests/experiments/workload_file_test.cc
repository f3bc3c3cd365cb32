// Workloads from files: what each form means, and what each mistake is answered with.
#include "experiments/workload/workload_file.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/names.h"
#include "core/cli/files.h"
#include "core/compaction/policies.h"
#include "experiments/run/run.h"
#include "experiments/workload/operation_stream.h"
#include "experiments/workload/workload_export.h"

namespace mylonite::experiments {
namespace {

// "update 2 20": kind, key, size of a value or entries of a scan; a phase ends with a dash.
std::vector<std::string> operations_of(const PlannedWorkload& workload) {
  std::vector<std::string> all;
  OperationStream stream(workload, 1);
  KeyTexts keys(workload);
  for (std::size_t i = 0; i < stream.phases().size(); ++i) {
    stream.begin(i);
    while (const auto at = stream.next()) {
      std::string& line = all.emplace_back(kOperationNames[static_cast<std::size_t>(at->kind)]);
      line += fmt::format(" {}", keys.at(at->index));
      if (at->length > 0) line += fmt::format(" {}", at->length);
      if (at->generation > 0 && at->value_bytes != kUsualValueBytes) line += fmt::format(" {}", at->value_bytes);
    }
    all.emplace_back("-");
  }
  return all;
}
using Lines = std::vector<std::string>;

PlannedWorkload workload_from(const std::string& text) {
  auto workload = parse_workload(text, "w");
  EXPECT_TRUE(workload.ok()) << workload.error().to_string();
  return *workload;
}

std::string refusal(const std::string& text) {
  const auto workload = parse_workload(text, "w");
  return workload.ok() ? "" : workload.error().to_string();
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// Goal: the laboratory's own form. Method: every kind, two phases, sizes here and there. Expectation: a write without a
// size has the mean of the others.
TEST(WorkloadFileTest, Operations) {
  const PlannedWorkload workload = workload_from(
      "# mine\nkeys 5\nphase load unmeasured\ninsert 0 100\n\n  insert 1\r\nphase run bursts seconds=90\nupdate 1 "
      "20\nread 0\n"
      "read_absent 3\nscan 0 3\ndelete 1\nread_modify_write 0");
  const std::string zeros(15, '0');
  EXPECT_EQ(operations_of(workload),
            (Lines{"insert " + zeros + "0 100", "insert " + zeros + "1 60", "-", "update " + zeros + "1 20",
                   "read " + zeros + "0", "read_absent " + zeros + "3", "scan " + zeros + "0 3",
                   "delete " + zeros + "1", "read_modify_write " + zeros + "0 60", "-"}));
  EXPECT_EQ(workload.keys(), 5U);
  EXPECT_EQ(workload.value_bytes, 60U);
  EXPECT_FALSE(workload.phases[0].measured);
  EXPECT_TRUE(workload.phases[1].measured && workload.phases[1].bursts);
  EXPECT_EQ(workload.phases[1].seconds, 90U);
  EXPECT_EQ(operations_of(workload_from("update 0\n")), (Lines{"update " + zeros + "0", "-"}));
}

// Goal: a trace of RocksDB. Method: every type; keys of several lengths. Expectation: what is read before it is written
// was there before; seeks are scans of one entry, and make no key; keys are numbered by their texts.
TEST(WorkloadFileTest, Trace) {
  const PlannedWorkload workload = workload_from(
      "0x6262 0 0 0 1\n0x63 1 0 40 2\n0x61 6 0 0 3\n0x64 2 0 0 3\n0x65 3 0 0 4\n0x66 5 0 20 5\n0x63 7 0 0 6\n"
      "0x6262 8 0 0 7\n0x63 0 0 0 8\n");
  EXPECT_EQ(operations_of(workload),
            (Lines{"insert bb 30", "insert d 30", "insert e 30", "-", "read bb", "update c 40", "scan a 1", "delete d",
                   "delete e", "read_modify_write f 20", "scan c 1", "read bb", "read c", "-"}));
  EXPECT_EQ(workload.keys(), 6U);
  EXPECT_EQ(workload.value_bytes, 30U);
  EXPECT_FALSE(workload.phases[0].measured);
}

// Goal: a property file of YCSB is the workload of the table that has its shares. Method: workload D, whose inserts and
// draws of the latest keys are all that the table can do; scans of one length.
TEST(WorkloadFileTest, Properties) {
  const PlannedWorkload workload = workload_from(
      "recordcount=4000\noperationcount = 4000\nworkload=site.ycsb.workloads.CoreWorkload\nreadallfields=true\n"
      "readproportion=0.95\nupdateproportion=0\nscanproportion=.0\ninsertproportion=0.050\n"
      "requestdistribution=latest\nfieldcount=2\nfieldlength=50\n");
  EXPECT_EQ(operations_of(workload), operations_of(workload_of(*find_workload_plan("ycsb_d"), 4000)));
  EXPECT_EQ(workload.value_bytes, 100U);
  const PlannedWorkload scans = workload_from(
      "recordcount=4000\noperationcount=100\nreadproportion=0\nupdateproportion=0\nscanproportion=1\nmaxscanlength=7\n"
      "minscanlength=7\n");
  EXPECT_EQ(operations_of(scans).at(4001).substr(22), "7");
  EXPECT_EQ(scans.value_bytes, 1000U);
}

// Goal: a workload is the same whatever editor saved it. Method: each form with the mark of UTF-8 and other line ends;
// UTF-16; a number with an exponent.
TEST(WorkloadFileTest, FormsOfText) {
  const std::string forms[] = {"insert 0\nupdate 0 20\n", "0x6262 0 0 0 1\n0x63 1 0 40 2\n",
                               "recordcount=1000\noperationcount=10\nmaxscanlength=7\n"};
  for (const std::string& plain : forms) {
    std::string saved = "\xEF\xBB\xBF";
    for (const char each : plain) saved += each == '\n' ? std::string("\r\n") : std::string(1, each);
    EXPECT_EQ(operations_of(workload_from(saved)), operations_of(workload_from(plain))) << plain;
  }
  EXPECT_EQ(refusal(std::string("\xFF\xFEu\0", 4)),
            "invalid argument: w: expected text in UTF-8, found UTF-16: save it as UTF-8");
  EXPECT_TRUE(
      has(refusal("recordcount=5e3\n"), "w, line 1: expected recordcount=NUMBER from 1 to 2147483647, found '5e3'"));
}

// Goal: each mistake is named with its place, what was expected and what was found. Method: one of each.
TEST(WorkloadFileTest, Mistakes) {
  const std::string sizes = "recordcount=1000\noperationcount=10\n";
  EXPECT_TRUE(has(refusal(""), "empty file"));
  EXPECT_TRUE(has(refusal("recordcount=5\n"), "'operationcount=NUMBER'"));
  EXPECT_TRUE(has(refusal(sizes + "readpropotion=1"), "w, line 3: no property is named 'readpropotion'; did you mean"));
  EXPECT_TRUE(has(refusal(sizes + "requestdistribution=zipfan"), "did you mean 'zipfian'?"));
  EXPECT_TRUE(has(refusal(sizes + "insertproportion=1"), "sum 1, found 2.000"));
  EXPECT_TRUE(has(refusal(sizes + "insertproportion=0.3333"), "three decimals"));
  EXPECT_TRUE(has(refusal(sizes + "recordcount=4"), "once"));
  EXPECT_TRUE(has(refusal(sizes + "recordcount"), "NAME=VALUE"));
  EXPECT_TRUE(has(refusal("recordcount=1e6"), "w, line 1: expected recordcount=NUMBER"));
  EXPECT_TRUE(has(refusal("0x41 4 0 0 1\n"), "range delete"));
  EXPECT_TRUE(has(refusal("0x41 9 0 0 1\n"), "from 0 to 8, found '9'"));
  EXPECT_TRUE(has(refusal("0x41 1 0 10 5\n0x42 1 1 10 5\n"), "w, line 2: expected column family 0"));
  EXPECT_TRUE(has(refusal("0x4 1 0 10 5\n"), "found '0x4'"));
  EXPECT_TRUE(has(refusal("0x41 1 0 10\n"), "found 4 words"));
  EXPECT_TRUE(has(refusal("0x" + std::string(140'000, '4') + " 1 0 10 5\n"), "at most 65536 bytes, found 70000"));
  EXPECT_TRUE(has(refusal("insert 4\nupdat 5\n"), "w, line 2: no operation is named 'updat'; did you mean 'update'?"));
  EXPECT_TRUE(has(refusal("hello\n"), "properties of YCSB"));
  EXPECT_TRUE(has(refusal("\x01\xff\n"), "named '?"));
  EXPECT_TRUE(has(refusal("insert x\n"), "found 'x'"));
  EXPECT_TRUE(has(refusal("insert 2000000000\n"), "without large gaps"));
  EXPECT_TRUE(has(refusal("scan 4\n"), "'scan KEY ENTRIES'"));
  EXPECT_TRUE(has(refusal("delete 4 4\n"), "'delete KEY', found 3 words"));
  EXPECT_TRUE(has(refusal("phase a unmeasured\ninsert 4\n"), "found none"));
  EXPECT_TRUE(has(refusal("phase a\ninsert 0\nphase b unmeasured\nupdate 0\n"),
                  "w, line 3: expected unmeasured phases before the measured ones, found 'b'"));
}

std::string exported(std::string_view format, std::string_view workload) {
  std::string text;
  const auto row = row_named("format", format, kWorkloadFormats);
  const Status done = (*row)->write(*find_workload_plan(workload), {.entries = 4000, .value_bytes = 112},
                                    [&](std::string_view piece) -> Status {
                                      text += piece;
                                      return {};
                                    });
  return done.ok() ? text : done.error().message();
}

// Goal: an exported workload is the same workload. Method: every one as operations, those that YCSB knows as
// properties: the same draws.
TEST(WorkloadFileTest, ExportsReadBack) {
  std::string in_properties;
  for (const WorkloadPlan& plan : workload_plans()) {
    const PlannedWorkload own = workload_of(plan, 4000);
    const PlannedWorkload read = workload_from(exported("operations", plan.name));
    EXPECT_EQ(operations_of(read), operations_of(own)) << plan.name;
    EXPECT_EQ(read.keys(), own.keys()) << plan.name;
    const std::string properties = exported("ycsb", plan.name);
    if (has(properties, "has no properties of YCSB")) continue;
    in_properties += fmt::format(" {}", plan.name);
    const PlannedWorkload drawn = workload_from(properties);
    EXPECT_EQ(operations_of(drawn), operations_of(own)) << plan.name;
    EXPECT_EQ(drawn.keys(), own.keys()) << plan.name;
  }
  EXPECT_EQ(in_properties, " upd_u upd_z upd_l write_95 ycsb_a ycsb_b ycsb_c ycsb_d ycsb_e ycsb_f");
}

// Goal: an exported trace has the keys and kinds of the workload. Method: writes and reads of one, line by line; a read
// with a write is two lines.
TEST(WorkloadFileTest, ExportsATrace) {
  const std::string text = exported("trace", "ycsb_f");
  EXPECT_TRUE(has(text, "0x30303030303030303030303030303130 1 0 112 ")) << text.substr(0, 200);
  const PlannedWorkload read = workload_from(text);
  EXPECT_EQ(read.keys(), 4000U);
  EXPECT_EQ(read.value_bytes, 112U);
  EXPECT_EQ(read.phases.size(), 1U);
  EXPECT_NEAR(static_cast<double>(read.recording->operations.size()), 4000 + 2000 + 2 * 2000, 200);
}

// Goal: a file gives the figures of the workload that it was exported from. Method: every workload, run twice.
TEST(WorkloadFileTest, ExportsHaveTheSameFigures) {
  const std::string path = testing::TempDir() + "exported.txt";
  for (const WorkloadPlan& plan : workload_plans()) {
    RunSpec spec{.workload = std::string(plan.name), .entries = 4000, .buffer_entries = 64, .size_ratio = 4};
    if (plan.name == "burst") spec.load_percent = 50;
    const auto own = run_spec(spec, standard_policies());
    ASSERT_TRUE(cli::write_file(path, exported("operations", plan.name)).ok());
    spec.workload = kFileWorkload;
    spec.workload_file = path;
    const auto from_file = run_spec(spec, standard_policies());
    ASSERT_TRUE(own.ok() && from_file.ok()) << plan.name;
    EXPECT_EQ(from_file->figures, own->figures) << plan.name;
    EXPECT_EQ(from_file->failure, "") << plan.name;
    EXPECT_EQ(from_file->spec.workload_file, "exported.txt");
  }
}

}  // namespace
}  // namespace mylonite::experiments
