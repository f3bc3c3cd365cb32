#include "sim/report/perfetto.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/json.h"

namespace mylonite::sim {
namespace {

class TraceEvents {
 public:
  explicit TraceEvents(const Recording& recording) : recording_(recording) {}
  std::string object();

 private:
  struct Place {
    std::size_t incarnation = 0;
    int fiber = 0;
  };
  static JsonObject event(const char* phase, const std::string& name, const Place& place);
  void names(std::size_t incarnation);
  void turns(std::size_t incarnation);
  // `end`: empty for what was cut off, which lasts to the end of the incarnation.
  void slice(const std::string& name, const Place& place, const Recording::Position& begin,
             const std::optional<Recording::Position>& end, JsonObject details);
  void instant(const std::string& name, const Place& place, const Recording::Position& at, JsonObject details);

  const Recording& recording_;
  JsonArray events_;
};

JsonObject TraceEvents::event(const char* phase, const std::string& name, const Place& place) {
  JsonObject object;
  object.text("ph", phase).text("name", name).number("pid", place.incarnation + 1);
  return object.signed_number("tid", place.fiber);
}

void TraceEvents::names(std::size_t incarnation) {
  const auto add = [&](const char* what, int fiber, const std::string& name) {
    events_.add(event("M", what, {.incarnation = incarnation, .fiber = fiber})
                    .raw("args", JsonObject().text("name", name).object())
                    .object());
  };
  add("process_name", 0, fmt::format("incarnation {}", incarnation + 1));
  add("thread_name", 0, "the running thread");
  int fiber = 0;
  for (const std::string& name : recording_.incarnations[incarnation].fibers) add("thread_name", ++fiber, name);
}

void TraceEvents::turns(std::size_t incarnation) {
  const Recording::Incarnation& of = recording_.incarnations[incarnation];
  for (std::size_t i = 0; i < of.turns.size(); ++i) {
    const std::uint64_t until = i + 1 < of.turns.size() ? of.turns[i + 1].step : of.end.step + 1;
    const auto fiber = static_cast<std::size_t>(of.turns[i].fiber);
    events_.add(event("X", of.fibers.at(fiber - 1), {.incarnation = incarnation})
                    .text("cat", "turn")
                    .number("ts", of.turns[i].step)
                    .number("dur", until - of.turns[i].step)
                    .object());
  }
}

void TraceEvents::slice(const std::string& name, const Place& place, const Recording::Position& begin,
                        const std::optional<Recording::Position>& end, JsonObject details) {
  const std::uint64_t last = end ? end->step : recording_.incarnations[place.incarnation].end.step;
  if (!end) details.flag("cut_off", true);
  events_.add(event("X", name, place)
                  .number("ts", begin.step)
                  .number("dur", last - begin.step)
                  .raw("args", details.number("ns", begin.ns).object())
                  .object());
}

void TraceEvents::instant(const std::string& name, const Place& place, const Recording::Position& at,
                          JsonObject details) {
  events_.add(event("i", name, place)
                  .text("s", place.fiber == 0 ? "p" : "t")
                  .number("ts", at.step)
                  .raw("args", details.number("ns", at.ns).object())
                  .object());
}

std::string TraceEvents::object() {
  for (std::size_t i = 0; i < recording_.incarnations.size(); ++i) {
    names(i);
    turns(i);
  }
  for (const Recording::Operation& each : recording_.operations) {
    JsonObject details;
    details.number("client", each.client).text("answer", each.answer);
    slice(each.text, {each.incarnation, each.fiber}, each.begin, each.end, details);
  }
  for (const Recording::FileCall& each : recording_.calls) {
    JsonObject details;
    details.text("path", each.path).number("bytes", each.bytes).text("answer", each.answer);
    slice(each.text, {each.incarnation, each.fiber}, each.begin, each.end, details);
    if (!each.fault.empty()) instant("fault: " + each.fault, {each.incarnation, each.fiber}, each.begin, {});
  }
  for (const Recording::Crash& each : recording_.crashes) {
    JsonArray lost;
    for (const std::string& unit : each.lost) lost.text(unit);
    JsonObject details;
    details.flag("power_loss", each.power_loss).raw("lost", lost.array());
    instant(each.why, {each.incarnation}, each.at, details);
  }
  for (const Recording::Violation& each : recording_.violations) {
    JsonObject details;
    details.text("what", each.what);
    instant("the failure: rule " + each.rule, {each.incarnation}, each.at, details);
  }
  JsonObject whole;
  whole.raw("traceEvents", events_.array()).text("displayTimeUnit", "ns");
  JsonObject other;
  other.number_text("seed", recording_.seed).text("time", "1 us is one step of the schedule");
  return whole.raw("otherData", other.object()).line();
}

}  // namespace

std::string perfetto_json(const Recording& recording) { return TraceEvents(recording).object(); }

}  // namespace mylonite::sim
