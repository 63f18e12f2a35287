#include "tests/bench/wire/workload.h"

#include <capnp/message.h>
#include <fmt/format.h>

namespace longmen::bench {
namespace {

constexpr uint16_t kCny = 156;
constexpr int64_t kFunds = 1'000'000'000'000;

// Numbers without a pattern, the same in every run.
uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

std::string_view BankOf(size_t account) { return account % 2 == 0 ? "ICBC" : "CCB"; }
std::string AccountName(size_t account) {
  return fmt::format("{}.62220{:010}", BankOf(account), account);
}

class Writer {
 public:
  Writer(const std::string& source, Nanos now) : source_(source), now_(now) {}

  template <typename Fill>
  void Add(const std::string& id, const std::string& key, Fill fill) {
    capnp::MallocMessageBuilder message;
    auto proposal = message.initRoot<schema::Proposal>();
    proposal.setOccurredAt(now_);
    proposal.setSource(source_);
    proposal.setId(id);
    proposal.setKey(key);
    fill(proposal);
    auto sealed = Canonicalize(proposal.asReader());
    CHECK(sealed.ok() && CheckShape(proposal.asReader()).ok(), "bench.workload", id);
    out.push_back(std::move(*sealed));
  }

  std::vector<ProposalBytes> out;

 private:
  const std::string& source_;
  Nanos now_;
};

void RegisterBank(Writer& writer, const std::string& bank) {
  writer.Add("p-" + bank, bank, [&](auto proposal) {
    proposal.getBody().initRegistration().initParticipant().setName(bank);
  });
  const auto account = [&](const std::string& name, schema::AccountKind kind) {
    writer.Add("a-" + name, name, [&](auto proposal) {
      auto row = proposal.getBody().initRegistration().initAccount();
      row.setParticipant(bank);
      row.setCurrency(kCny);
      row.setKind(kind);
      row.setUnlimited(true);
      if (kind == schema::AccountKind::CLEARING) row.setScheme("nucc");
    });
  };
  account(bank + ".clearing", schema::AccountKind::CLEARING);
  account(bank + ".vault", schema::AccountKind::MIRROR);
}

void RegisterAccount(Writer& writer, size_t number) {
  const std::string name = AccountName(number);
  writer.Add("a-" + name, name, [&](auto proposal) {
    auto row = proposal.getBody().initRegistration().initAccount();
    row.setParticipant(std::string(BankOf(number)));
    row.setCurrency(kCny);
  });
  writer.Add("f-" + name, "funding", [&](auto proposal) {
    auto debit = proposal.getBody().initDebit();
    debit.getAmount().setMinor(kFunds);
    debit.getAmount().setCurrency(kCny);
    debit.setKind(schema::DebitKind::TOP_UP);
    debit.setOutcome(schema::Outcome::SUCCEEDED);
    debit.setPayer(std::string(BankOf(number)) + ".vault");
    debit.setPayee(name);
  });
}

}  // namespace

std::vector<ProposalBytes> SetUp(const std::string& source, size_t accounts, Nanos now) {
  Writer writer(source, now);
  writer.Add("c-nucc", "nucc", [](auto proposal) {
    proposal.getBody().initRegistration().initScheme().setCyclePrefix("B");
  });
  RegisterBank(writer, "ICBC");
  RegisterBank(writer, "CCB");
  for (size_t i = 0; i < accounts; ++i) RegisterAccount(writer, i);
  return std::move(writer.out);
}

std::vector<ProposalBytes> Payments(const std::string& source, size_t first, size_t count,
                                    size_t accounts, Nanos now) {
  Writer writer(source, now);
  for (size_t i = first; i < first + count; ++i) {
    const uint64_t dice = Mix(i + 1);
    const size_t payer = dice % accounts;
    const bool across = dice / accounts % 10 < 3;
    // The same bank has the accounts of the same parity.
    const size_t step = 2 * (1 + dice / 7919 % (accounts / 2 - 2)) + (across ? 1 : 0);
    const size_t payee = (payer + step) % accounts;
    const auto minor = static_cast<int64_t>(1 + dice % 100'000);
    const std::string key = fmt::format("20210301{:012}", i);
    const auto id = [&](char kind) { return fmt::format("{}{:08x}{:011}", kind, dice >> 32, i); };
    writer.Add(id('o'), key, [&](auto proposal) {
      auto order = proposal.getBody().initOrder();
      order.getAmount().setMinor(minor);
      order.getAmount().setCurrency(kCny);
      order.setPayer(AccountName(payer));
      order.setPayee(AccountName(payee));
      if (across) order.setScheme("nucc");
    });
    writer.Add(id('a'), key, [&](auto proposal) {
      auto authorization = proposal.getBody().initAuthorization();
      authorization.setAction(schema::AuthorizationAction::GRANTED);
      authorization.setMethod(schema::AuthorizationMethod::USB_KEY);
      authorization.setHoldMinor(minor);
    });
    writer.Add(id('d'), key, [&](auto proposal) {
      auto debit = proposal.getBody().initDebit();
      debit.getAmount().setMinor(minor);
      debit.getAmount().setCurrency(kCny);
      debit.setOutcome(schema::Outcome::SUCCEEDED);
    });
  }
  return std::move(writer.out);
}

std::string AsMessages(const std::vector<ProposalBytes>& proposals) {
  std::string body;
  for (const ProposalBytes& proposal : proposals) {
    const Bytes bytes = proposal.bytes();
    const uint32_t table[2] = {0, static_cast<uint32_t>(bytes.size() / sizeof(uint64_t))};
    body.append(reinterpret_cast<const char*>(table), sizeof table);
    body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return body;
}

std::string AsLines(const std::vector<ProposalBytes>& proposals) {
  std::string body;
  for (const ProposalBytes& proposal : proposals) {
    body += ToJson(ProposalReader(proposal.bytes()).get());
    body += '\n';
  }
  return body;
}

}  // namespace longmen::bench
