#include "tests/adapters/script_runner/setup.h"

#include <capnp/message.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <sstream>

#include "tests/adapters/script_runner/fill.h"
#include "tests/adapters/script_runner/tables.h"

namespace longmen::script {
namespace {

using Words = std::vector<std::string>;

Error Wrong(const std::string& what) { return Error{Code::USAGE, "", what}; }

// Proposals under construction, proposed together.
class Group {
 public:
  Group(World& world, std::string source) : world_(world), source_(std::move(source)) {}

  schema::Proposal::Builder Add(const std::string& key) {
    auto& message = messages_.emplace_back(std::make_unique<capnp::MallocMessageBuilder>());
    auto proposal = message->initRoot<schema::Proposal>();
    proposal.setSource(source_);
    proposal.setId(world_.NextId());
    proposal.setOccurredAt(world_.now);
    proposal.setKey(key);
    return proposal;
  }

  Status Propose() {
    std::vector<ProposalBytes> group;
    for (const auto& message : messages_) {
      const auto proposal = message->getRoot<schema::Proposal>().asReader();
      if (auto shape = CheckShape(proposal); !shape.ok()) {
        world_.Invalid(shape.error());
        return Ok();
      }
      auto bytes = Canonicalize(proposal);
      if (!bytes) return bytes.error();
      group.push_back(*std::move(bytes));
    }
    return world_.Propose(group);
  }

 private:
  World& world_;
  std::string source_;
  std::vector<std::unique_ptr<capnp::MallocMessageBuilder>> messages_;
};

schema::Registration::Builder Register(Group& group, const std::string& name) {
  return group.Add(name).initBody().initRegistration();
}

void AddAccount(Group& group, const std::string& name, const std::string& participant,
                schema::AccountKind kind, const std::string& scheme, Currency currency = kYuan,
                bool unlimited = true) {
  auto account = Register(group, name).initAccount();
  account.setParticipant(participant);
  account.setKind(kind);
  account.setCurrency(currency.numeric);
  account.setUnlimited(unlimited);
  if (!scheme.empty()) account.setScheme(scheme);
}

// "a,b": a and b.
Words Listed(const std::string& list) {
  std::istringstream in(list);
  Words items;
  for (std::string item; std::getline(in, item, ',');) items.push_back(item);
  return items;
}

// "ICBC/nucc" for yuan, "ICBC/nucc/USD".
std::string InCurrency(const std::string& account, Currency currency) {
  return currency == kYuan ? account : account + "/" + std::string(currency.alphabetic());
}

// bank ICBC nucc,unionpay [CNY,USD] [limited]: the participant, its account at the central bank
// ("ICBC/pboc"), and what each scheme owes it ("ICBC/nucc"), in yuan or in each of the currencies
// ("ICBC/nucc/USD"). limited: it pays what it has at the central bank, and no more; what it has
// comes from "ICBC/world".
Status AddBank(Group& group, const Words& words) {
  const std::string& bank = words[1];
  const bool limited = words.back() == "limited";
  Register(group, bank).initParticipant().setName(bank);
  for (const std::string& code : Listed(words.size() > (limited ? 4 : 3) ? words[3] : "CNY")) {
    const auto currency = CurrencyFromAlphabetic(code);
    if (!currency) return Wrong("not a currency: " + code);
    AddAccount(group, InCurrency(bank + "/pboc", *currency), bank, schema::AccountKind::SETTLEMENT,
               "", *currency, !limited);
    if (limited) {
      AddAccount(group, InCurrency(bank + "/world", *currency), bank, schema::AccountKind::MIRROR,
                 "", *currency);
    }
    for (const std::string& scheme : Listed(words.size() > 2 ? words[2] : "")) {
      AddAccount(group, InCurrency(bank + "/" + scheme, *currency), bank,
                 schema::AccountKind::CLEARING, scheme, *currency);
    }
  }
  return Ok();
}

// money ACCOUNT AMOUNT: comes from outside the books, by a report of the account's bank.
Status AddMoney(Group& group, World& world, const Words& words) {
  const auto account = world.ledger().FindAccount(words[1]);
  if (words.size() != 3 || !account) return Wrong("money takes a known account and an amount");
  auto amount = ParseMoney(words[2], account->balance.currency);
  if (!amount) return Wrong("not an amount: " + words[2]);
  const std::string world_account =
      InCurrency(account->participant + "/world", account->balance.currency);
  if (!world.ledger().FindAccount(world_account)) {
    AddAccount(group, world_account, account->participant, schema::AccountKind::MIRROR, "",
               account->balance.currency);
  }
  auto debit = group.Add("opening").initBody().initDebit();
  debit.getAmount().setMinor(amount->minor);
  debit.getAmount().setCurrency(amount->currency.numeric);
  debit.setKind(schema::DebitKind::TOP_UP);
  debit.setBasis(schema::Basis::REPORTED);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setPayer(world_account);
  debit.setPayee(words[1]);
  return Ok();
}

// The lists of a mandate, from clauses:
//   limit WINDOW AMOUNT refuse|step_up, count WINDOW NUMBER refuse|step_up,
//   level NUMBER above AMOUNT, approver LEVEL PERSON
Status FillMandate(schema::Mandate::Builder mandate, const Words& words, const std::string& date) {
  Words pairs;
  std::string limits;
  std::string levels;
  std::string approvers;
  const auto add = [](std::string& list, const std::string& item) {
    list += (list.empty() ? "" : ",") + item;
  };
  for (size_t i = 2; i < words.size();) {
    const size_t left = words.size() - i;
    if ((words[i] == "limit" || words[i] == "count") && left >= 4) {
      std::string amount = fmt::format("\"count\":{}", words[i + 2]);
      if (words[i] == "limit") {
        auto money = ParseMoney(words[i + 2], kYuan);
        if (!money) return Wrong("not an amount: " + words[i + 2]);
        amount = fmt::format("\"amountMinor\":\"{}\"", money->minor);
      }
      add(limits, fmt::format("{{\"window\":\"{}\",{},\"passing\":\"{}\"}}", words[i + 1], amount,
                              words[i + 3]));
      i += 4;
    } else if (words[i] == "level" && left >= 4) {
      auto money = ParseMoney(words[i + 3], kYuan);
      if (!money) return Wrong("not an amount: " + words[i + 3]);
      add(levels,
          fmt::format("{{\"level\":{},\"aboveMinor\":\"{}\"}}", words[i + 1], money->minor));
      i += 4;
    } else if (words[i] == "approver" && left >= 3) {
      add(approvers, fmt::format("{{\"level\":{},\"person\":\"{}\"}}", words[i + 1], words[i + 2]));
      i += 3;
    } else if (left >= 2) {
      pairs.insert(pairs.end(), {words[i], words[i + 1]});
      i += 2;
    } else {
      return Wrong("no value for " + words[i]);
    }
  }
  if (!limits.empty()) pairs.insert(pairs.end(), {"limits", "[" + limits + "]"});
  if (!levels.empty()) pairs.insert(pairs.end(), {"levels", "[" + levels + "]"});
  if (!approvers.empty()) pairs.insert(pairs.end(), {"approvers", "[" + approvers + "]"});
  return FillPairs(mandate, pairs, 0, date);
}

// tariff NAME free 30 step 60 price 2.00 cap 20.00 (minutes and yuan)
Status FillTariff(schema::Tariff::Builder tariff, const Words& words, const std::string& date) {
  constexpr std::array<std::array<const char*, 2>, 4> kNames = {{{"free", "freeMinutes"},
                                                                 {"step", "stepMinutes"},
                                                                 {"price", "stepMinor"},
                                                                 {"cap", "capMinor"}}};
  Words pairs = words;
  for (size_t i = 2; i < pairs.size(); i += 2) {
    for (const auto& [word, field] : kNames) {
      if (pairs[i] == word) pairs[i] = field;
    }
  }
  tariff.setCurrency(kYuan.numeric);
  return FillPairs(tariff.initParking(), pairs, 2, date);
}

// The clauses of a fare table (kilometres and yuan):
//   step 6 2.00, beyond 8 1.00, max 9.00, stay 210, same 2.00, receivable ACCOUNT,
//   segment FROM TO 1.5, discount NAME 85 (% of the fare), funded ACCOUNT 100 (% of the last
//   discount)
class FareWords {
 public:
  explicit FareWords(schema::FareTable::Builder fare) : fare_(fare) {}

  Status Fill(const Words& words) {
    for (size_t i = 2; i < words.size();) {
      const size_t taken = Take(words, i);
      if (taken == 0) return Wrong("no such clause of a fare table: " + words[i]);
      i += taken;
    }
    auto steps = fare_.initSteps(static_cast<unsigned>(steps_.size()));
    for (unsigned i = 0; i < steps.size(); ++i) {
      steps[i].setUpToMetres(Metres(steps_[i].first));
      steps[i].setMinor(Minor(steps_[i].second));
    }
    auto segments = fare_.initSegments(static_cast<unsigned>(segments_.size()));
    for (unsigned i = 0; i < segments.size(); ++i) {
      segments[i].setFrom(segments_[i][0]);
      segments[i].setTo(segments_[i][1]);
      segments[i].setMetres(Metres(segments_[i][2]));
    }
    auto discounts = fare_.initDiscounts(static_cast<unsigned>(discounts_.size()));
    for (unsigned i = 0; i < discounts.size(); ++i) {
      discounts[i].setName(discounts_[i].name);
      discounts[i].setPayPermille(discounts_[i].pay);
      discounts[i].setFunderPermille(discounts_[i].funded);
      if (!discounts_[i].funder.empty()) discounts[i].setFunder(discounts_[i].funder);
    }
    return Ok();
  }

 private:
  struct DiscountWords {
    std::string name;
    uint16_t pay = 0;
    std::string funder;
    uint16_t funded = 0;
  };

  static uint32_t Metres(const std::string& kilometres) {
    return static_cast<uint32_t>(std::llround(std::stod(kilometres) * 1'000));
  }
  static int64_t Minor(const std::string& yuan) {
    auto money = ParseMoney(yuan, kYuan);
    return money.ok() ? money->minor : -1;
  }
  static uint16_t Permille(const std::string& percent) {
    return static_cast<uint16_t>(std::llround(std::stod(percent) * 10));
  }

  // How many words the clause at `i` has; 0: there is none.
  size_t Take(const Words& words, size_t i) {
    const auto has = [&](const char* clause, size_t values) {
      return words[i] == clause && words.size() - i > values;
    };
    if (has("step", 2)) return steps_.emplace_back(words[i + 1], words[i + 2]), 3;
    if (has("segment", 3)) {
      segments_.push_back({words[i + 1], words[i + 2], words[i + 3]});
      return 4;
    }
    if (has("discount", 2)) {
      discounts_.push_back({words[i + 1], Permille(words[i + 2]), "", 0});
      return 3;
    }
    if (has("funded", 2) && !discounts_.empty()) {
      discounts_.back().funder = words[i + 1];
      discounts_.back().funded = Permille(words[i + 2]);
      return 3;
    }
    if (has("beyond", 2)) {
      fare_.setBeyondMetres(Metres(words[i + 1]));
      fare_.setBeyondMinor(Minor(words[i + 2]));
      return 3;
    }
    if (has("max", 1)) return fare_.setMaxMinor(Minor(words[i + 1])), 2;
    if (has("same", 1)) return fare_.setSameStationMinor(Minor(words[i + 1])), 2;
    if (has("receivable", 1)) return fare_.setReceivable(words[i + 1]), 2;
    if (has("stay", 1)) {
      fare_.setStayMinutes(static_cast<uint32_t>(std::stoul(words[i + 1])));
      return 2;
    }
    return 0;
  }

  schema::FareTable::Builder fare_;
  std::vector<std::pair<std::string, std::string>> steps_;
  std::vector<std::array<std::string, 3>> segments_;
  std::vector<DiscountWords> discounts_;
};

// A source may do everything, but for what the script says.
Status FillSource(schema::Source::Builder source, const Words& words, const std::string& date) {
  source.setMaxLate(48 * 60 * kNanosPerMinute);
  source.setMaxEarly(5 * kNanosPerMinute);
  const auto has = [&words](const char* name) {
    return std::find(words.begin(), words.end(), name) != words.end();
  };
  if (!has("participants")) source.setAllParticipants(true);
  if (!has("schemes")) source.setAllSchemes(true);
  if (!has("bodies")) {
    constexpr unsigned kBodies = 8;
    auto bodies = source.initBodies(kBodies);
    for (unsigned i = 0; i < kBodies; ++i) bodies.set(i, static_cast<schema::BodyKind>(i));
  }
  return FillPairs(source, words, 2, date);
}

Status Fill(Group& group, World& world, const Words& words) {
  const std::string& what = words[0];
  if (what == "bank") return AddBank(group, words);
  if (what == "money") return AddMoney(group, world, words);
  auto registration = Register(group, words[1]);
  if (what == "participant") {
    return FillPairs(registration.initParticipant(), words, 2, world.date);
  }
  if (what == "account") {
    auto account = registration.initAccount();
    account.setCurrency(kYuan.numeric);
    return FillPairs(account, words, 2, world.date);
  }
  if (what == "scheme") return FillPairs(registration.initScheme(), words, 2, world.date);
  if (what == "source") return FillSource(registration.initSource(), words, world.date);
  if (what == "mandate") return FillMandate(registration.initMandate(), words, world.date);
  if (what == "calendar") return FillCalendar(registration.initCalendar(), words);
  if (what == "fees") return FillFeeTable(registration.initFeeTable(), words);
  if (what == "risk") return FillRiskPolicy(registration.initRiskPolicy(), words);
  auto tariff = registration.initTariff();
  if (what == "fares") {
    tariff.setCurrency(kYuan.numeric);
    return FareWords(tariff.initFare()).Fill(words);
  }
  return FillTariff(tariff, words, world.date);
}

}  // namespace

bool IsSetupWord(const std::string& word) {
  constexpr std::array<const char*, 12> kWords = {"bank",   "participant", "account", "scheme",
                                                  "source", "mandate",     "tariff",  "fares",
                                                  "money",  "calendar",    "fees",    "risk"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

Status SetUp(World& world, const Words& words, const std::string& source) {
  if (words.size() < 2) return Wrong(words[0] + " needs a name");
  Group group(world, source);
  RETURN_IF_ERROR(Fill(group, world, words));
  return group.Propose();
}

}  // namespace longmen::script
