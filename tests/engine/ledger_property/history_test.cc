// A history held against a ledger that has all in memory: what was changed in it is found.
#include <gtest/gtest.h>

#include "engine/ledger/ledger.h"
#include "tests/support/generated_log/generated_log.h"
#include "tests/support/memory_history/memory_history.h"

namespace longmen::generator {
namespace {

constexpr Sequence kWindow = 8;

class Histories : public ::testing::Test {
 protected:
  void SetUp() override {
    engine::Ledger putting(kWindow);
    putting.Attach(history_);
    whole_.KeepForComparing();
    for (const engine::Emitted& record : records_) {
      const RecordView view{record.header, record.proposal.bytes(), {}};
      ASSERT_TRUE(putting.Apply(view).ok());
      ASSERT_TRUE(whole_.Apply(view).ok());
      putting.PutAway(SIZE_MAX);
    }
    ASSERT_GT(history_.mark(), records_.size() / 2);
    ASSERT_GT(history_.pile.size(), 20u);
    ASSERT_EQ(putting.StateDigest(), whole_.StateDigest());
  }

  std::string Compared() {
    EXPECT_TRUE(history_.Recover().ok());  // of what an earlier comparison found
    const Status same = whole_.Compare(history_);
    return same.ok() ? "same" : same.error().field + " " + same.error().message;
  }

  const std::vector<engine::Emitted> records_ = GenerateRecords(11, 400);
  engine::MemoryHistory history_{kWindow, [this](Sequence sequence) {
                                   const engine::Emitted& record = records_[sequence - 1];
                                   return RecordView{record.header, record.proposal.bytes(), {}};
                                 }};
  engine::Ledger whole_{kWindow};
};

TEST_F(Histories, AreWhatTheLogSays) { EXPECT_EQ(Compared(), "same"); }

TEST_F(Histories, ThatLackAnEntryAreFound) {
  // The number says what it is of in its low bits; 1 is an identity.
  for (auto it = history_.index.begin(); it != history_.index.end(); ++it) {
    if (it->second % 4 != 1 || it->second / 4 > history_.mark()) continue;
    history_.index.erase(it);
    break;
  }
  EXPECT_NE(Compared().find(" is not in the history"), std::string::npos) << Compared();
  EXPECT_TRUE(Compared().starts_with("id ")) << Compared();
}

TEST_F(Histories, ThatHaveABundleWithAnotherByteAreFound) {
  size_t found = 0;
  for (auto& bundle : history_.pile) {
    bundle[bundle.size() / 2] ^= 1;
    found += Compared() == "same" ? 0 : 1;
    bundle[bundle.size() / 2] ^= 1;
  }
  // Earlier versions of what changed again, too: a recovery may begin from them.
  EXPECT_EQ(found, history_.pile.size());
  EXPECT_EQ(Compared(), "same");
}

TEST_F(Histories, ThatHaveWhatNeverWasAreFound) {
  // The first byte says that it is an order; scenario and key follow.
  for (const auto& bundle : history_.pile) {
    if (bundle[0] != 1) continue;
    auto forged = bundle;
    forged[7] ^= 1;  // of the key
    history_.pile.push_back(forged);
    break;
  }
  EXPECT_NE(Compared().find("in the history never was so"), std::string::npos) << Compared();
  history_.pile.back() = {1, 2, 3};
  EXPECT_EQ(Compared(), "history a bundle is not as it was written");
}

}  // namespace
}  // namespace longmen::generator
