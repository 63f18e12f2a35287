// FlatStore gives what MapStore gives, whatever is done to it and in whatever order.
#include "projections/store/flat_store.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::projections {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs PairsOf(const ReadStore& store, std::string_view prefix = "", std::string_view after = "",
              size_t most = SIZE_MAX) {
  Pairs pairs;
  store.Scan(prefix, after, [&](std::string_view key, std::string_view value) {
    pairs.emplace_back(key, value);
    return pairs.size() < most;
  });
  return pairs;
}

class FlatStoreTest : public ::testing::Test {
 protected:
  // Keys that share beginnings, and come again.
  std::string Key() { return std::string("abc/").substr(0, Draw(5)) + std::to_string(Draw(3'000)); }
  size_t Draw(size_t below) { return random_() % below; }

  void Change() {
    const std::string key = Key();
    const std::string value(Draw(40), static_cast<char>('a' + Draw(26)));
    switch (Draw(5)) {
      case 0:
        flat_.Delete(key);
        return map_.Delete(key);
      case 1:
        flat_.Append(key, value);
        return map_.Append(key, value);
      case 2: {
        const std::string_view tail = std::string_view(value).substr(0, Draw(value.size() + 1));
        const std::string head = Draw(3) == 0 ? "" : value + std::string(Draw(200), 'h');
        flat_.Amend(key, head, tail);
        return map_.Amend(key, head, tail);
      }
      default:
        flat_.Put(key, value);
        return map_.Put(key, value);
    }
  }

  std::mt19937_64 random_{testing::SeedOr(20210301)};
  FlatStore flat_;
  MapStore map_;
};

TEST_F(FlatStoreTest, GivesWhatAMapGives) {
  for (int i = 0; i < 200'000; ++i) {
    Change();
    if (i % 7 == 0) {
      const std::string key = Key();
      ASSERT_EQ(flat_.Get(key), map_.Get(key)) << key;
    }
    if (i % 1'000 == 0) {
      const std::string prefix = std::string("abc/").substr(0, Draw(5));
      const std::string after = Draw(2) == 0 ? "" : Key();
      const size_t most = 1 + Draw(500);
      ASSERT_EQ(PairsOf(flat_, prefix, after, most), PairsOf(map_, prefix, after, most));
    }
  }
  EXPECT_EQ(PairsOf(flat_), PairsOf(map_));
  EXPECT_TRUE(flat_.SameAs(map_));
}

TEST_F(FlatStoreTest, IsNotTheSameAsWhatDiffersInOnePair) {
  for (int i = 0; i < 5'000; ++i) Change();
  for (const auto& [key, value] : PairsOf(map_)) {
    if (Draw(50) != 0) continue;  // copies take long, and one is like the other
    MapStore less = map_;
    less.Delete(key);
    ASSERT_FALSE(flat_.SameAs(less)) << key << " is gone";
    MapStore other = map_;
    other.Append(key, "!");
    ASSERT_FALSE(flat_.SameAs(other)) << key << " has another value";
    MapStore more = map_;
    more.Put(key + "!", value);
    ASSERT_FALSE(flat_.SameAs(more)) << key << "! came";
    MapStore renamed = less;
    renamed.Put(key + "!", value);
    ASSERT_FALSE(flat_.SameAs(renamed)) << key << " has another name";
  }
}

}  // namespace
}  // namespace longmen::projections
