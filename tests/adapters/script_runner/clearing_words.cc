#include "tests/adapters/script_runner/clearing_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <sstream>

#include "tests/adapters/script_runner/fill.h"

namespace longmen::script {
namespace {

using Words = std::vector<std::string>;

Error Wrong(const std::string& what) { return Error{Code::USAGE, "", what}; }

Status SetYuan(schema::Debit::Builder debit, const std::string& word) {
  auto money = ParseMoney(word, kYuan);
  if (!money) return Wrong("not an amount: " + word);
  debit.getAmount().setMinor(money->minor);
  debit.getAmount().setCurrency(kYuan.numeric);
  return Ok();
}

Status FillTransfer(schema::Debit::Builder debit, const World& world, const Words& words,
                    const Words& defaults) {
  if (words.size() < 5) return Wrong("transfer ID PAYER PAYEE AMOUNT");
  RETURN_IF_ERROR(SetYuan(debit, words[4]));
  debit.setKind(schema::DebitKind::PAYOUT);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setPayer(words[2]);
  debit.setPayee(words[3]);
  RETURN_IF_ERROR(FillPairs(debit, defaults, 0, world.date));
  return FillPairs(debit, words, 5, world.date);
}

// Of a payment that waits.
Status FillChange(schema::Debit::Builder debit, const World& world, const Words& words) {
  const auto movement = world.ledger().FindMovement(kSource, words[1]);
  if (!movement) return Wrong("no payment " + words[1]);
  debit.getAmount().setMinor(movement->amount.minor);
  debit.getAmount().setCurrency(movement->amount.currency.numeric);
  debit.setKind(schema::DebitKind::PAYOUT);
  debit.initResolves().setId(words[1]);
  if (words[0] == "take_back") {
    debit.setOutcome(schema::Outcome::FAILED);
    debit.setReason("taken back");
    return Ok();
  }
  if (words.size() < 3) return Wrong("queue ID ACTION");
  debit.setOutcome(schema::Outcome::PENDING);
  RETURN_IF_ERROR(FillPairs(debit, {"queueAction", words[2]}, 0, world.date));
  return FillPairs(debit, words, 3, world.date);
}

Status FillLiquidity(schema::Debit::Builder debit, const Words& words) {
  if (words.size() != 3) return Wrong(words[0] + " takes a bank and an amount");
  RETURN_IF_ERROR(SetYuan(debit, words[2]));
  debit.setKind(schema::DebitKind::LIQUIDITY);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  // An asset: what there is, is a debit.
  const bool in = words[0] == "liquidity_in";
  debit.setPayer(words[1] + (in ? "/pboc" : "/world"));
  debit.setPayee(words[1] + (in ? "/world" : "/pboc"));
  return Ok();
}

// settle|settling CYCLE [of A,B | BANK NET]
Status FillPositions(schema::Settlement::Builder settlement, const World& world,
                     const Words& words) {
  std::set<std::string> only;
  const bool some = words.size() == 4 && words[2] == "of";
  std::istringstream in(some ? words[3] : "");
  for (std::string bank; std::getline(in, bank, ',');) only.insert(bank);
  if (words.size() != 2 && words.size() != 4) return Wrong(words[0] + " CYCLE [of BANK,BANK]");
  World::ByParticipant positions = world.Positions(words[1]);
  std::erase_if(positions,
                [&](const auto& entry) { return some && !only.contains(entry.first.first); });
  settlement.setReference("hvps-1");
  auto list = settlement.initPositions(static_cast<unsigned>(positions.size()));
  unsigned next = 0;
  for (const auto& [of, position] : positions) {
    auto stated = list[next++];
    stated.setParticipant(of.first);
    stated.setCurrency(of.second);
    stated.setGrossIn(position.in);
    stated.setGrossOut(position.out);
    stated.setNet(position.net());
    if (some || words.size() < 4 || words[2] != of.first) continue;
    auto net = ParseMoney(words[3], Currency{of.second});
    if (!net) return Wrong("not an amount: " + words[3]);
    stated.setNet(net->minor);
  }
  return Ok();
}

Status FillShares(schema::Settlement::Builder settlement, const Words& words) {
  size_t from = 4;
  settlement.setCurrency(kYuan.numeric);
  if (words.size() > 5 && words[4] == "collateral") {
    auto collateral = ParseMoney(words[5], kYuan);
    if (!collateral) return Wrong("not an amount: " + words[5]);
    settlement.setCollateralMinor(collateral->minor);
    from = 6;
  }
  if (words.size() % 2 != 0) return Wrong("no share of " + words.back());
  auto shares = settlement.initShares(static_cast<unsigned>((words.size() - from) / 2));
  for (unsigned i = 0; i < shares.size(); ++i) {
    const std::string& word = words[from + 2 * i + 1];
    auto share = ParseMoney(word, kYuan);
    if (!share) return Wrong("not an amount: " + word);
    shares[i].setParticipant(words[from + 2 * i]);
    shares[i].setMinor(share->minor);
  }
  return Ok();
}

Status FillSettlement(schema::Settlement::Builder settlement, const World& world,
                      const Words& words) {
  using enum schema::SettlementAction;
  const std::string& verb = words[0];
  if (verb == "close") {
    if (words.size() != 4 || words[2] != "next") return Wrong("close CYCLE next NAME");
    settlement.setAction(CLOSED);
    settlement.setNext(words[3]);
    return Ok();
  }
  if (verb == "abort") {
    settlement.setAction(ABORTED);
    settlement.setReason("not funded");
    return Ok();
  }
  if (verb == "resolve") {
    if (words.size() != 3) return Wrong("resolve CYCLE fifo|value");
    settlement.setAction(RESOLUTION_ASKED);
    settlement.setCurrency(kYuan.numeric);
    return FillPairs(settlement, {"mode", words[2]}, 0, world.date);
  }
  if (verb == "recast" || verb == "share_loss") {
    if (words.size() < 4 || words[2] != "without") return Wrong(verb + " CYCLE without BANK");
    settlement.setAction(verb == "recast" ? RECAST : LOSS_SHARED);
    settlement.setWithout(words[3]);
    settlement.setReason("it failed");
    return verb == "recast" ? Ok() : FillShares(settlement, words);
  }
  settlement.setAction(verb == "settle" ? SETTLED : SETTLING);
  return FillPositions(settlement, world, words);
}

}  // namespace

bool IsClearingWord(const std::string& word) {
  constexpr std::array<const char*, 12> kWords = {
      "transfer", "queue",  "take_back", "liquidity_in", "liquidity_out", "resolve",
      "close",    "settle", "settling",  "abort",        "recast",        "share_loss"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

Status FillClearing(schema::Proposal::Builder proposal, const World& world, const Words& words,
                    const Words& defaults) {
  if (words.size() < 2) return Wrong(words[0] + " of what?");
  const std::string& verb = words[0];
  if (verb == "transfer") {
    proposal.setId(words[1]);
    return FillTransfer(proposal.getBody().initDebit(), world, words, defaults);
  }
  if (verb == "queue" || verb == "take_back") {
    return FillChange(proposal.getBody().initDebit(), world, words);
  }
  if (verb == "liquidity_in" || verb == "liquidity_out") {
    return FillLiquidity(proposal.getBody().initDebit(), words);
  }
  proposal.setKey(words[1]);
  return FillSettlement(proposal.getBody().initSettlement(), world, words);
}

}  // namespace longmen::script
