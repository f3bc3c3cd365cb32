#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "sim/shrink/simplify.h"

namespace mylonite::sim {
namespace {

// Calls visit(key) for each key of an operation, bounds included, or visit(value) for each value.
struct TextVisitor {
  std::function<void(std::string&)> on_key;
  std::function<void(std::string&)> on_value;

  void visit(BatchItem& item) const {
    on_key(item.key);
    if (!item.high.empty()) on_key(item.high);
    if (item.value) on_value(*item.value);
  }
  void visit(Bounds& bounds) const {
    on_key(bounds.low);
    if (bounds.high) on_key(*bounds.high);
  }
  template <class Op>
  void visit(Op& operation) const {
    if constexpr (requires { operation.key; }) on_key(operation.key);
    if constexpr (requires { operation.value; }) on_value(operation.value);
    if constexpr (requires { operation.low; }) on_key(operation.low);
    if constexpr (requires { operation.high; }) on_key(operation.high);
    if constexpr (requires { operation.middle; }) on_key(operation.middle);
    if constexpr (requires { operation.bounds; }) visit(operation.bounds);
    if constexpr (requires { operation.keys; }) std::ranges::for_each(operation.keys, on_key);
    if constexpr (requires { operation.steps.targets; }) std::ranges::for_each(operation.steps.targets, on_key);
    if constexpr (requires { operation.items; }) {
      for (BatchItem& item : operation.items) visit(item);
    }
  }
};

void visit_texts(Scenario& scenario, const TextVisitor& visitor) {
  for (IncarnationPlan& plan : scenario.incarnations) {
    for (auto& client : plan.clients) {
      for (Operation& operation : client) {
        std::visit([&](auto& each) { visitor.visit(each); }, operation);
      }
    }
  }
}

std::set<std::string> texts_of(const Scenario& scenario, bool keys) {
  Scenario copy = scenario;
  std::set<std::string> texts;
  const auto take = [&](std::string& text) { texts.insert(text); };
  const auto leave = [](std::string&) {};
  visit_texts(copy,
              keys ? TextVisitor{.on_key = take, .on_value = leave} : TextVisitor{.on_key = leave, .on_value = take});
  return texts;
}

using Renaming = std::map<std::string, std::string>;

bool try_renamed(Search& search, const Renaming& renaming, bool keys) {
  if (search.stopped()) return false;  // before the candidate is built
  Scenario candidate = search.scenario();
  const auto rename = [&](std::string& text) {
    if (const auto found = renaming.find(text); found != renaming.end()) text = found->second;
  };
  const auto leave = [](std::string&) {};
  visit_texts(candidate, keys ? TextVisitor{.on_key = rename, .on_value = leave}
                              : TextVisitor{.on_key = leave, .on_value = rename});
  return search.keep_if_smaller(std::move(candidate));
}

// "a", "b", … in order; of more than 26 all have two letters. The empty text stays.
Renaming short_names(const std::set<std::string>& texts) {
  Renaming names;
  const bool two = texts.size() > 26;
  std::size_t index = 0;
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    std::string name;
    if (two) name += static_cast<char>('a' + index / 26 % 26);
    name += static_cast<char>('a' + index % 26);
    names[text] = name;
    ++index;
  }
  return names;
}

// All keys at once, in their order; then each as another one, so that there are fewer.
void simplify_keys(Search& search) {
  try_renamed(search, short_names(texts_of(search.scenario(), true)), true);
  for (const std::string& key : texts_of(search.scenario(), true)) {
    if (search.stopped()) return;
    if (key.empty()) continue;
    const auto others = texts_of(search.scenario(), true);
    for (const std::string& other : others) {
      if (other >= key) break;
      if (!other.empty() && try_renamed(search, {{key, other}}, true)) break;
    }
  }
  for (const std::string& key : texts_of(search.scenario(), true)) {
    if (key.size() > 1) try_renamed(search, {{key, key.substr(0, 1)}}, true);
  }
}

// All values at once; then each alone: short, or its letters alike and ever fewer.
void simplify_values(Search& search) {
  if (try_renamed(search, short_names(texts_of(search.scenario(), false)), false)) return;
  char letter = 'a';
  for (const std::string& value : texts_of(search.scenario(), false)) {
    if (search.stopped()) return;
    const char own = letter;
    letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1);
    if (value.empty() || try_renamed(search, {{value, std::string(1, own)}}, false)) continue;
    std::string now = value;
    const auto replace = [&](std::string by) {
      if (!try_renamed(search, {{now, by}}, false)) return false;
      now = std::move(by);
      return true;
    };
    replace(std::string(value.size(), own));
    for (std::size_t by = now.size() / 2; by > 0; by /= 2) {
      while (now.size() > by && replace(now.substr(0, now.size() - by))) {
      }
    }
  }
}

// The operations that may stand for another one, simplest first.
std::vector<Operation> simpler(const op::Batch& batch) {
  if (batch.items.size() != 1) return {};
  const BatchItem& item = batch.items.front();
  if (item.value) return {op::Put{.key = item.key, .value = *item.value}};
  if (!item.high.empty()) return {op::RemoveRange{.low = item.key, .high = item.high}};
  return {op::Remove{.key = item.key}};
}
std::vector<Operation> simpler(const op::BatchSync& batch) { return {op::Batch{.items = batch.items}}; }
std::vector<Operation> simpler(const op::Ingest& ingest) { return {op::Batch{.items = ingest.items}}; }
std::vector<Operation> simpler(const op::GetInto& get) { return {op::Get{.key = get.key}}; }
std::vector<Operation> simpler(const op::GetAsOf& get) { return {op::Get{.key = get.key}}; }
std::vector<Operation> simpler(const op::MultiGet& get) {
  if (get.keys.size() != 1) return {};
  return {op::Get{.key = get.keys.front()}};
}
std::vector<Operation> simpler(const op::ScanBack& scan) {
  return {op::Scan{.bounds = {}, .limit = UINT64_MAX}, op::Scan{.bounds = scan.bounds, .limit = scan.limit}};
}
std::vector<Operation> simpler(const op::ScanAsOf& scan) {
  return {op::Scan{.bounds = scan.bounds, .limit = UINT64_MAX}};
}
std::vector<Operation> simpler(const op::CompactLevel&) { return {op::Flush{}}; }
std::vector<Operation> simpler(const op::CompactRange&) { return {op::Flush{}, op::CompactLevel{}}; }
std::vector<Operation> simpler(const op::Checkpoint&) { return {op::Flush{}}; }
std::vector<Operation> simpler(const op::RemoveRange& remove) { return {op::Remove{.key = remove.low}}; }
std::vector<Operation> simpler(const op::RemoveFrom& remove) { return {op::Remove{.key = remove.low}}; }
template <class Op>
std::vector<Operation> simpler(const Op&) {
  return {};
}

// The values that a field may have instead, plainest first. Keys and values are not fields here.
std::vector<std::uint64_t> smaller(std::uint64_t number) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t each : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, number / 2}) {
    if (each < number) all.push_back(each);
  }
  return all;
}

// Appends copies of the operation with a field made plainer.
template <class Op>
void with_plainer_fields(const Op& operation, std::vector<Operation>& out) {
  const Op defaults;
  for_each_field<Op>([&](const auto& field) {
    using Value = std::decay_t<decltype(operation.*field.member)>;
    if constexpr (std::is_same_v<Value, std::string>) {
      return;
    } else {
      if (operation.*field.member == defaults.*field.member) return;
      out.push_back(operation);
      std::get<Op>(out.back()).*field.member = defaults.*field.member;
      if constexpr (std::is_same_v<Value, std::uint64_t> || std::is_same_v<Value, std::uint32_t>) {
        for (const std::uint64_t each : smaller(operation.*field.member)) {
          out.push_back(operation);
          std::get<Op>(out.back()).*field.member = static_cast<Value>(each);
        }
      }
      if constexpr (std::is_same_v<Value, Steps>) {
        for (const std::uint64_t each : smaller((operation.*field.member).seed)) {
          out.push_back(operation);
          (std::get<Op>(out.back()).*field.member).seed = each;
        }
      }
    }
  });
}

std::vector<Operation> candidates_for(const Operation& operation) {
  std::vector<Operation> all = std::visit([](const auto& each) { return simpler(each); }, operation);
  std::visit([&](const auto& each) { with_plainer_fields(each, all); }, operation);
  return all;
}

// Counted through all clients of all incarnations; null: there are fewer.
Operation* operation_at(Scenario& scenario, std::size_t index) {
  for (IncarnationPlan& plan : scenario.incarnations) {
    for (auto& client : plan.clients) {
      if (index < client.size()) return &client[index];
      index -= client.size();
    }
  }
  return nullptr;
}

void simplify_each(Search& search) {
  for (std::size_t index = 0; !search.stopped(); ++index) {
    Scenario scenario = search.scenario();
    const Operation* const operation = operation_at(scenario, index);
    if (operation == nullptr) return;
    for (const Operation& each : candidates_for(*operation)) {
      Scenario candidate = search.scenario();
      Operation* const changed = operation_at(candidate, index);
      if (changed == nullptr) return;
      *changed = each;
      search.keep_if_smaller(std::move(candidate));
    }
  }
}

// The bytes that an operation writes to the log, without what each record costs; empty: it is no write.
std::optional<std::uint64_t> written_bytes(const Operation& operation) {
  Scenario one;
  one.incarnations.push_back({.clients = {{operation}}});
  if (!std::holds_alternative<op::Put>(operation) && !std::holds_alternative<op::Remove>(operation) &&
      !std::holds_alternative<op::Batch>(operation) && !std::holds_alternative<op::BatchSync>(operation)) {
    return std::nullopt;
  }
  std::uint64_t bytes = 0;
  const auto add = [&](std::string& text) { bytes += text.size(); };
  visit_texts(one, {.on_key = add, .on_value = add});
  return bytes;
}

// One put for several writes, of about their bytes: what follows stays where it was in the log.
std::optional<op::Put> joined(std::span<const Operation> writes, std::uint64_t of_a_record) {
  op::Put put{.key = "a", .value = ""};
  std::uint64_t bytes = 0;
  for (const Operation& each : writes) {
    const auto written = written_bytes(each);
    if (!written) return std::nullopt;
    bytes += *written + of_a_record;
    if (const auto* last = std::get_if<op::Put>(&each)) put.key = last->key;
  }
  put.value = std::string(bytes, 'a');
  return put;
}

// What a chunk of operations may be instead: a put of about its bytes; its last put and a flush; a flush.
std::vector<std::vector<Operation>> replacements(std::span<const Operation> chunk, bool of_mylonite) {
  std::vector<std::vector<Operation>> all;
  if (of_mylonite && chunk.size() > 1) {
    all.push_back({op::Flush{}});
    const auto last = std::ranges::find_if(chunk.rbegin(), chunk.rend(),
                                           [](const Operation& each) { return std::holds_alternative<op::Put>(each); });
    if (chunk.size() > 2 && last != chunk.rend()) all.push_back({*last, op::Flush{}});
  }
  constexpr std::uint64_t kBytesOfARecord[] = {0, 20, 32, 44};
  for (const std::uint64_t of_a_record : kBytesOfARecord) {
    if (const auto put = joined(chunk, of_a_record)) all.push_back({*put});
  }
  return all;
}

// Replaces runs of operations of a client by one or two.
void replace_chunks(Search& search, std::size_t incarnation, std::size_t client, std::uint64_t tries) {
  const auto client_of = [&](const Scenario& scenario) -> std::span<const Operation> {
    if (incarnation >= scenario.incarnations.size()) return {};
    const auto& clients = scenario.incarnations[incarnation].clients;
    return client < clients.size() ? std::span<const Operation>(clients[client]) : std::span<const Operation>();
  };
  for (std::size_t chunk = client_of(search.scenario()).size(); chunk > 1 && !search.stopped(); chunk /= 2) {
    for (std::size_t last = client_of(search.scenario()).size(); last >= chunk && !search.stopped();) {
      const std::size_t first = last - chunk;
      for (const auto& instead :
           replacements(client_of(search.scenario()).subspan(first, chunk), search.is_of_mylonite())) {
        Scenario candidate = search.scenario();
        auto& operations = candidate.incarnations[incarnation].clients[client];
        const auto at = operations.erase(operations.begin() + static_cast<std::ptrdiff_t>(first),
                                         operations.begin() + static_cast<std::ptrdiff_t>(last));
        operations.insert(at, instead.begin(), instead.end());
        if (search.search(std::move(candidate), tries / 4)) break;
      }
      last = std::min(first, client_of(search.scenario()).size());
    }
  }
}

}  // namespace

void simplify_operations(Search& search, std::uint64_t tries) {
  for (std::size_t i = 0; i < search.scenario().incarnations.size(); ++i) {
    for (std::size_t c = 0; i < search.scenario().incarnations.size(); ++c) {
      if (c >= search.scenario().incarnations[i].clients.size()) break;
      replace_chunks(search, i, c, tries);
    }
  }
  simplify_each(search);
  simplify_keys(search);
  simplify_values(search);
}

}  // namespace mylonite::sim
