// A slice of the campaign of silent corruption; mylonite-damage runs any number of seeds.
#include <gtest/gtest.h>

#include "tests/damage/campaign.h"

namespace mylonite::damage {
namespace {

// Goal: one damaged sector in any file never gives a wrong answer, verify sees it, and a repair loses no more than it
// names. Method: stores closed and killed; damages drawn by the role of the bytes. Expectation: none is judged wrong;
// damage in tables never keeps a store from answering other keys.
TEST(Damage, NoWrongAnswer) {
  const Campaign campaign = run_campaign(make_images(), 0, 3000);
  EXPECT_EQ(campaign.wrong_count, 0U) << table_of(campaign);
}

// Goal: the campaign is the same everywhere. Method: images made twice. Expectation: equal bytes.
TEST(Damage, ImagesAreTheSame) {
  const auto once = make_images();
  const auto twice = make_images();
  ASSERT_EQ(once.size(), twice.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_TRUE(once[i].files == twice[i].files) << once[i].name;
    for (std::size_t role = 0; role < kRoles; ++role) {
      EXPECT_TRUE(!once[i].parts[role].empty() || once[i].name.starts_with("logs only"))
          << once[i].name << " lacks " << role_name(static_cast<Role>(role));
    }
  }
}

}  // namespace
}  // namespace mylonite::damage
