#include "tests/damage/campaign.h"

#include <fmt/format.h>

namespace mylonite::damage {
namespace {

std::string share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "-" : fmt::format("{:.3f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

Campaign run_campaign(const std::vector<Image>& images, std::uint64_t from, std::uint64_t to) {
  constexpr std::size_t kTold = 20;
  Campaign campaign;
  for (std::uint64_t seed = from; seed < to; ++seed) {
    const Harm harm = draw_harm(images, seed);
    const Judged judged = judge(images[harm.image], harm);
    Tally& tally = campaign.roles[static_cast<std::size_t>(harm.role)];
    ++tally.classes[static_cast<std::size_t>(judged.outcome)];
    tally.opened += judged.opened ? 1 : 0;
    tally.keys += judged.keys;
    tally.served += judged.served;
    tally.all += judged.all;
    tally.right += judged.right;
    tally.deletes_returned += judged.deletes_returned ? 1 : 0;
    if (judged.outcome != Class::kWrong) continue;
    ++campaign.wrong_count;
    if (campaign.wrong.size() < kTold) {
      campaign.wrong.push_back(fmt::format("seed {}: {}: {} of {} ({}) from byte {}: {}", seed, images[harm.image].name,
                                           row_of(harm.kind).name, harm.file, role_name(harm.role), harm.from,
                                           judged.why));
    }
  }
  return campaign;
}

std::string table_of(const Campaign& campaign) {
  std::string text = fmt::format("{:<14}{:>10}{:>10}{:>14}{:>7}{:>9}{:>12}{:>12}{:>10}\n", "role", "detected",
                                 "harmless", "undetectable", "WRONG", "opens", "served", "repaired", "returned");
  for (std::size_t role = 0; role < kRoles; ++role) {
    const Tally& tally = campaign.roles[role];
    text += fmt::format("{:<14}{:>10}{:>10}{:>14}{:>7}{:>9}{:>12}{:>12}{:>10}\n", role_name(static_cast<Role>(role)),
                        tally.classes[0], tally.classes[1], tally.classes[2], tally.classes[3], tally.opened,
                        share(tally.served, tally.keys), share(tally.right, tally.all), tally.deletes_returned);
  }
  for (const std::string& each : campaign.wrong) text += each + "\n";
  return text;
}

}  // namespace mylonite::damage
