// Whose files and movements are whose, where a statement is taken out again (docs/rules.md,
// Resolution).
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

class Withdrawal : public testing::Test {
 protected:
  void SetUp() override {
    book_.Participant("ICBC");
    book_.Participant("CCB");
    Draft source = book_.New("ccb-desk");
    auto given = source.registration().initSource();
    given.initParticipants(1).set(0, "CCB");
    given.setMaxLate(kNanosPerMinute);
    auto bodies = given.initBodies(2);
    bodies.set(0, schema::BodyKind::STATEMENT);
    bodies.set(1, schema::BodyKind::RESOLUTION);
    ASSERT_EQ(book_.Propose(std::move(source)), "accepted");
    ASSERT_EQ(book_.Propose(Header("icbc.csv", "ICBC")), "accepted");
  }
  Draft Header(const std::string& file, const std::string& participant) {
    Draft draft = book_.New(file);
    auto statement = draft.statement();
    SetAmount(statement, 0, 156);
    statement.setAction(schema::StatementAction::HEADER);
    statement.setParticipant(participant);
    return draft;
  }
  std::string Withdraw(const std::string& source, const std::string& file) {
    Draft draft = book_.New("");
    draft.root().setSource(source);
    auto resolution = draft.resolution();
    SetAmount(resolution, 0, 156);
    resolution.setKind(schema::ResolutionKind::WITHDRAWN);
    resolution.setWithdraws(file);
    resolution.setReason("issued again");
    resolution.setBy("alice");
    resolution.setApprovedBy("bob");
    return book_.Propose(std::move(draft));
  }

  Book book_;
};

TEST_F(Withdrawal, IsOfOnesOwnFilesOnly) {
  ASSERT_EQ(book_.Propose(Header("ccb.csv", "CCB")), "accepted");
  EXPECT_EQ(Withdraw("ccb-desk", "icbc.csv"), "not_permitted");
  EXPECT_EQ(Withdraw("ccb-desk", "ccb.csv"), "accepted");
  EXPECT_EQ(Withdraw("op", "icbc.csv"), "accepted");
  book_.ExpectWhole();
}

TEST_F(Withdrawal, IsMadeOnce) {
  EXPECT_EQ(Withdraw("op", "other.csv"), "unknown_file");
  ASSERT_EQ(Withdraw("op", "icbc.csv"), "accepted");
  EXPECT_EQ(Withdraw("op", "icbc.csv"), "already_resolved");
  EXPECT_EQ(book_.Propose(Header("icbc.csv", "ICBC")), "file_exists");
  book_.ExpectWhole();
}

}  // namespace
}  // namespace longmen::generator
