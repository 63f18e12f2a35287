#include "tests/bench/common/workload.h"

#include <capnp/message.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "events/base/check.h"

namespace longmen::bench {
namespace {

constexpr uint16_t kCny = 156;
constexpr int64_t kFloor = 1'000'000'000'000;
constexpr Nanos kFirstId = 1'767'225'600 * kNanosPerSecond;  // 2026-01-01: time-ordered ids begin
constexpr Nanos kNanosAnId = 10'000;

// Stand-ins for the variable parts of a stencil: found again by their bytes.
constexpr std::string_view kIdMark = "IIIIIIIIIIIIIIIIIIII";
constexpr std::string_view kKeyMark = "KKKKKKKKKKKKKKKKKKKK";
constexpr std::string_view kPayerMark = "PPPPPPPPPP";
constexpr std::string_view kPayeeMark = "QQQQQQQQQQ";
constexpr int64_t kMinorMark = 0x0000'0a1b'2c3d'4e5f;

// Numbers without a pattern, the same in every run; no two numbers give the same.
uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

constexpr std::string_view kBanks[] = {"ICBC", "CCB"};
std::string_view BankOf(size_t account) { return kBanks[account % 2]; }
std::string NameAt(size_t bank, std::string_view digits) {
  return fmt::format("{}.62220{}", kBanks[bank], digits);
}

struct Names {
  std::string_view id;
  std::string_view key;
};

template <typename Fill>
ProposalBytes Build(const std::string& source, Names names, Nanos now, Fill fill) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(now);
  proposal.setSource(source);
  proposal.setId(std::string(names.id));
  proposal.setKey(std::string(names.key));
  fill(proposal);
  auto sealed = Canonicalize(proposal.asReader());
  CHECK(sealed.ok() && CheckShape(proposal.asReader()).ok(), "bench.workload", names.id);
  return std::move(*sealed);
}

class Registrar {
 public:
  explicit Registrar(Nanos now) : now_(now) {}

  template <typename Fill>
  void Add(const std::string& source, const std::string& id, const std::string& key, Fill fill) {
    out.push_back(Build(source, {id, key}, now_, [&](schema::Proposal::Builder proposal) {
      fill(proposal.getBody().initRegistration());
    }));
  }

  void Bank(const std::string& bank) {
    Add("bench", "p-" + bank, bank, [&](auto body) { body.initParticipant().setName(bank); });
    const std::string clearing = bank + ".clearing";
    Add("bench", "a-" + clearing, clearing, [&](auto body) {
      auto row = body.initAccount();
      row.setParticipant(bank);
      row.setCurrency(kCny);
      row.setKind(schema::AccountKind::CLEARING);
      row.setUnlimited(true);
      row.setScheme("nucc");
    });
  }

  void Account(size_t number) {
    const std::string name = PaymentMix::AccountName(number);
    Add("bench", "a-" + name, name, [&](auto body) {
      auto row = body.initAccount();
      row.setParticipant(std::string(BankOf(number)));
      row.setCurrency(kCny);
      row.setFloorMinor(kFloor);
    });
  }

  std::vector<ProposalBytes> out;

 private:
  Nanos now_;
};

void FillSource(schema::Source::Builder source) {
  source.setAllParticipants(true);
  source.setAllSchemes(true);
  source.setMaxLate(kNanosPerDay);
  source.setMaxEarly(kNanosPerDay);
  auto bodies = source.initBodies(6);
  for (uint32_t i = 0; i < 6; ++i) bodies.set(i, static_cast<schema::BodyKind>(i));
}

// Who proposes payments, and when they occur.
struct Author {
  const std::string& source;
  Nanos now;
};

// One payment's three proposals, as a client's codec would write them.
ProposalBytes BuildOrder(const Author& by, Names names, int64_t minor, const std::string& payer,
                         const std::string& payee, bool across) {
  return Build(by.source, names, by.now, [&](schema::Proposal::Builder proposal) {
    auto order = proposal.getBody().initOrder();
    order.getAmount().setMinor(minor);
    order.getAmount().setCurrency(kCny);
    order.setPayer(payer);
    order.setPayee(payee);
    if (across) order.setScheme("nucc");
  });
}

ProposalBytes BuildAuthorization(const Author& by, Names names, int64_t minor) {
  return Build(by.source, names, by.now, [&](schema::Proposal::Builder proposal) {
    auto authorization = proposal.getBody().initAuthorization();
    authorization.setAction(schema::AuthorizationAction::GRANTED);
    authorization.setMethod(schema::AuthorizationMethod::USB_KEY);
    authorization.setHoldMinor(minor);
  });
}

ProposalBytes BuildDebit(const Author& by, Names names, int64_t minor) {
  return Build(by.source, names, by.now, [&](schema::Proposal::Builder proposal) {
    auto debit = proposal.getBody().initDebit();
    debit.getAmount().setMinor(minor);
    debit.getAmount().setCurrency(kCny);
    debit.setOutcome(schema::Outcome::SUCCEEDED);
  });
}

ProposalBytes BuildRefund(const Author& by, Names names, const std::string& debit) {
  return Build(by.source, names, by.now, [&](schema::Proposal::Builder proposal) {
    auto refund = proposal.getBody().initRefund();
    refund.getAmount().setMinor(1);
    refund.getAmount().setCurrency(kCny);
    refund.setOutcome(schema::Outcome::SUCCEEDED);
    refund.initDebit().setId(debit);
  });
}

std::vector<size_t> Places(Bytes bytes, std::string_view mark) {
  std::vector<size_t> places;
  for (auto at = bytes.begin();;) {
    at = std::search(at, bytes.end(), mark.begin(), mark.end());
    if (at == bytes.end()) return places;
    places.push_back(static_cast<size_t>(at - bytes.begin()));
    ++at;
  }
}

void Put(uint8_t* bytes, const std::vector<size_t>& places, const void* value, size_t size) {
  for (const size_t place : places) std::memcpy(bytes + place, value, size);
}

// 20 characters that say which payment and, where `kind` is not zero, which of its events.
void WriteName(IdOrder order, size_t number, char kind, char* out) {
  constexpr std::string_view kKeyDay = "20210301";
  const uint64_t dice = Mix(number + 1);
  switch (order) {
    case IdOrder::kMixed:
      if (kind == 0) {
        fmt::format_to(out, "{}{:012}", kKeyDay, number);
      } else {
        fmt::format_to(out, "{}{:08x}{:011}", kind, dice >> 32, number);
      }
      return;
    case IdOrder::kRandom:
      // Of its own for every kind, so that the ids of one payment have nothing in common.
      kind = kind == 0 ? 'k' : kind;
      fmt::format_to(out, "{}{:016x}{:03x}", kind, Mix(dice + static_cast<uint64_t>(kind) * 8191),
                     dice & 0xfff);
      return;
    case IdOrder::kTimeOrdered:
      fmt::format_to(out, "{:019}{}", kFirstId + static_cast<Nanos>(number) * kNanosAnId,
                     kind == 0 ? 'k' : kind);
      return;
  }
}

std::string Name(IdOrder order, size_t number, char kind) {
  std::string name(kIdMark.size(), '\0');
  WriteName(order, number, kind, name.data());
  return name;
}

}  // namespace

std::vector<ProposalBytes> SetUp(const std::string& registrar, size_t accounts, Nanos now) {
  Registrar out(now);
  out.Add(registrar, "s-bench", "bench", [](auto body) { FillSource(body.initSource()); });
  out.Add("bench", "c-nucc", "nucc", [](auto body) { body.initScheme().setCyclePrefix("B"); });
  for (const std::string_view bank : kBanks) out.Bank(std::string(bank));
  for (size_t i = 0; i < accounts; ++i) out.Account(i);
  return std::move(out.out);
}

std::string PaymentMix::AccountName(size_t account) {
  return NameAt(account % 2, fmt::format("{:010}", account));
}

struct PaymentMix::Payment {
  size_t number;
  size_t payer;
  size_t payee;
  bool across;
  int64_t minor;
};

PaymentMix::Payment PaymentMix::Draw(size_t number) const {
  const uint64_t dice = Mix(number + 1);
  const size_t payer = dice % accounts_;
  const bool across = dice / accounts_ % 10 < 3;
  // The same bank has the accounts of the same parity.
  const size_t step = 2 * (1 + dice / 7919 % (accounts_ / 2 - 2)) + (across ? 1 : 0);
  return {.number = number,
          .payer = payer,
          .payee = (payer + step) % accounts_,
          .across = across,
          .minor = static_cast<int64_t>(1 + dice % 100'000)};
}

PaymentMix::PaymentMix(size_t accounts, IdOrder ids, Nanos now, std::string source)
    : accounts_(accounts), ids_(ids), now_(now), source_(std::move(source)) {
  CHECK(accounts_ >= 8 && accounts_ % 2 == 0, "bench.accounts", accounts_);
  const auto stencil = [](ProposalBytes bytes) {
    const std::string minor(reinterpret_cast<const char*>(&kMinorMark), sizeof kMinorMark);
    const Bytes in = bytes.bytes();
    Stencil made{.id = Places(in, kIdMark),
                 .key = Places(in, kKeyMark),
                 .payer = Places(in, kPayerMark),
                 .payee = Places(in, kPayeeMark),
                 .minor = Places(in, minor)};
    CHECK(made.id.size() == 1 && made.key.size() == 1 && made.minor.size() == 1, "bench.stencil");
    made.bytes = std::move(bytes);
    return made;
  };
  constexpr Names kMarks = {kIdMark, kKeyMark};
  const Author by{source_, now};
  for (const size_t bank : {0, 1}) {
    for (const bool across : {false, true}) {
      orders_.push_back(stencil(BuildOrder(by, kMarks, kMinorMark, NameAt(bank, kPayerMark),
                                           NameAt(across ? 1 - bank : bank, kPayeeMark), across)));
    }
  }
  authorization_ = stencil(BuildAuthorization(by, kMarks, kMinorMark));
  debit_ = stencil(BuildDebit(by, kMarks, kMinorMark));
  // What is stamped is what the codec would have written.
  for (size_t i = 0; i < 100; ++i) {
    const Payment payment = Draw(i);
    const auto names = [&](char kind) { return Name(ids_, i, kind); };
    const std::string key = names(0);
    CHECK(Stamp(OrderStencil(payment), 'o', payment) ==
              BuildOrder(by, {names('o'), key}, payment.minor, AccountName(payment.payer),
                         AccountName(payment.payee), payment.across),
          "bench.stamp", i);
    CHECK(Stamp(authorization_, 'a', payment) ==
                  BuildAuthorization(by, {names('a'), key}, payment.minor) &&
              Stamp(debit_, 'd', payment) == BuildDebit(by, {names('d'), key}, payment.minor),
          "bench.stamp", i);
  }
}

const PaymentMix::Stencil& PaymentMix::OrderStencil(const Payment& payment) const {
  return orders_[payment.payer % 2 * 2 + (payment.across ? 1 : 0)];
}

ProposalBytes PaymentMix::Stamp(const Stencil& stencil, char kind, const Payment& payment) const {
  ProposalBytes made = stencil.bytes;
  // Ours until it is handed out.
  auto* bytes = const_cast<uint8_t*>(made.bytes().data());
  char name[kIdMark.size()];
  WriteName(ids_, payment.number, kind, name);
  Put(bytes, stencil.id, name, sizeof name);
  WriteName(ids_, payment.number, 0, name);
  Put(bytes, stencil.key, name, sizeof name);
  Put(bytes, stencil.minor, &payment.minor, sizeof payment.minor);
  if (!stencil.payer.empty()) {
    fmt::format_to(name, "{:010}", payment.payer);
    Put(bytes, stencil.payer, name, kPayerMark.size());
    fmt::format_to(name, "{:010}", payment.payee);
    Put(bytes, stencil.payee, name, kPayeeMark.size());
  }
  return made;
}

std::vector<ProposalBytes> PaymentMix::Payments(size_t first, size_t count) const {
  std::vector<ProposalBytes> out;
  out.reserve(count * kEventsAPayment);
  for (size_t i = first; i < first + count; ++i) {
    const Payment payment = Draw(i);
    out.push_back(Stamp(OrderStencil(payment), 'o', payment));
    out.push_back(Stamp(authorization_, 'a', payment));
    out.push_back(Stamp(debit_, 'd', payment));
  }
  return out;
}

std::vector<ProposalBytes> PaymentMix::Orders(size_t first, size_t count) const {
  std::vector<ProposalBytes> out;
  out.reserve(count);
  for (size_t i = first; i < first + count; ++i) {
    const Payment payment = Draw(i);
    out.push_back(Stamp(OrderStencil(payment), 'o', payment));
  }
  return out;
}

std::vector<ProposalBytes> PaymentMix::Refunds(size_t first, size_t count) const {
  std::vector<ProposalBytes> out;
  for (size_t i = first; i < first + count; ++i) {
    const std::string id = Name(ids_, i, 'r');
    const std::string key = Name(ids_, i, 0);
    out.push_back(BuildRefund({source_, now_}, {id, key}, Name(ids_, i, 'd')));
  }
  return out;
}

ProposalBytes PaymentMix::Closing(const std::string& cycle, const std::string& next) const {
  return Build(source_, {"close-" + cycle, cycle}, now_, [&](schema::Proposal::Builder proposal) {
    auto settlement = proposal.getBody().initSettlement();
    settlement.setAction(schema::SettlementAction::CLOSED);
    settlement.setNext(next);
  });
}

}  // namespace longmen::bench
