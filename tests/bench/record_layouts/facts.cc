#include "facts.h"

#include <fmt/format.h>

#include <random>

namespace longmen::layouts {
namespace {

constexpr Nanos kStart = 1'614'560'400'000'000'000;  // 2021-03-01T09:00 in Beijing
constexpr int64_t kCny = 156;
constexpr int64_t kDay = 18'687;

constexpr std::array<std::string_view, 5> kBanks = {
    "C1010211000012", "C1010511003703", "C1040311005293", "C1030811000077", "C1031311000047"};

class Maker {
 public:
  Maker(uint64_t seed, bool evidence) : random_(seed), evidence_(evidence) {}

  void B2b() {
    const auto payer_bank = Bank(), payee_bank = Bank();
    const std::string payer = Account(payer_bank, 4'000), payee = Account(payee_bank, 300);
    const std::string key = fmt::format("20210301{}", Digits(16));
    const int64_t minor = 100 * Below(5'000'000) + 100;
    Fact order = Start(kOrder, 1, "nucc-b2b", key);
    order[kMinor] = minor;
    order[kCurrency] = kCny;
    order[kValidUntil] = order[kOccurredAt] + kNanosPerDay;
    order[kPayer] = payer;
    order[kPayee] = payee;
    order[kScheme] = "nucc";
    order[kMandate] = fmt::format("{}/ebank", payer.substr(0, 18));
    order[kSubmitter] = fmt::format("maker-{}", Below(90) + 10);
    order[kChannel] = "gateway";
    order[kStage] = 1;
    order[kAcceptingBank] = payee_bank;
    order[kAccountBank] = payer_bank;
    order[kPayeeBank] = payee_bank;
    order[kMerchant] = fmt::format("Trading Platform {}", Below(40));
    Evidence(order,
             R"({{"id":"{}","type":"payment_request","order_no":"{}","amount":"{}.00",)"
             R"("currency":"CNY","payer_account":"{}","payee_account":"{}","accepting_bank":)"
             R"("{}","account_bank":"{}","sent_at":"2021-03-01T09:12:31.402Z","sign":"{}"}})",
             order[kId], key, minor / 100, payer, payee, payee_bank, payer_bank, Digits(64));
    Finish(order);

    Fact grant = Start(kAuthorization, 1, "nucc-b2b", key);
    grant[kAction] = 1;
    grant[kHoldMinor] = minor;
    grant[kHoldUntil] = grant[kOccurredAt] + kNanosPerDay;
    grant[kMethod] = 2;
    grant[kOrderVersion] = 1;
    grant[kLevel] = 1;
    grant[kBy] = fmt::format("checker-{}", Below(90) + 10);
    grant[kStage] = 7;
    Finish(grant);

    Fact debit = Movement(kDebit, 1, "nucc-b2b", key, minor);
    debit[kBasis] = 1;
    debit[kCompletes] = 1;
    debit[kChannel] = "nucc";
    debit[kChannelReference] = fmt::format("2021030100{}", Digits(18));
    debit[kStage] = 11;
    debit[kTransactionId] = debit[kChannelReference];
    Finish(debit);
  }

  void Parking() {
    const std::string payer = fmt::format("mirror:{}", Bank());
    const std::string lot = fmt::format("lot-{:04}", Below(453));
    const std::string key = fmt::format("P20210301{}{}", lot.substr(4), Digits(9));
    Fact order = Start(kOrder, 2, "psbc-pos", key);
    order[kMinor] = 2000;
    order[kCurrency] = kCny;
    order[kPayee] = "pending:" + lot;
    order[kScheme] = "unionpay";
    order[kChannel] = "handheld";
    order[kResource] = fmt::format("{}/bay-{:03}", lot, Below(60));
    order[kEnteredAt] = order[kOccurredAt];
    order[kWallet] = 1 + Below(3);
    order[kLot] = lot;
    order[kBay] = order[kResource].substr(9);
    order[kTariff] = "xining-day";
    order[kPlateCiphertext] = Random(38);
    order[kPlateKeyId] = fmt::format("plate-{}", Digits(6));
    order[kPlateToken] = Random(32);
    order[kPayerToken] = Random(32);
    Evidence(order,
             R"({{"id":"{}","type":"scan","session":"{}","lot":"{}","bay":"{}","tariff":)"
             R"("xining-day","at":"2021-03-01T09:12:31Z","device":"pos-{}","plate":"{}"}})",
             order[kId], key, lot, order[kBay], Digits(6), Digits(40));
    Finish(order);

    Fact debit = Movement(kDebit, 2, "psbc-pos", key, 2000);
    debit[kPayer] = payer;
    debit[kChannel] = "unionpay";
    debit[kChannelReference] = fmt::format("4200000925{}", Digits(18));
    Finish(debit);
    const std::string debit_id = facts_.back()[kId];

    Fact fee = Movement(kDebit, 2, "psbc-pos", key, 200 + 200 * Below(8));
    fee[kDebitKind] = 5;
    fee[kPayer] = "pending:" + lot;
    fee[kPayee] = "revenue:xining-parking";
    fee[kEnteredAt] = order[kEnteredAt];
    fee[kLeftAt] = fee[kOccurredAt];
    fee[kFeeMinor] = fee[kMinor];
    Finish(fee);

    Fact refund = Movement(kRefund, 2, "psbc-pos", key, 2000 - fee[kMinor]);
    refund[kRefundOf] = debit_id;
    refund[kChannel] = "unionpay";
    refund[kChannelReference] = fmt::format("5000000925{}", Digits(18));
    Finish(refund);
  }

  void Campus() {
    const std::string school = fmt::format("{:03}", Below(57));
    const std::string key = fmt::format("{}2021{}", school, Digits(13));
    const int64_t minor = 100 * (100 + Below(700));
    Fact order = Start(kOrder, 0, "bob-camp", key);
    order[kMinor] = minor;
    order[kCurrency] = kCny;
    order[kValidUntil] = kStart + 30 * kNanosPerDay;
    order[kPayee] = fmt::format("pending:school-{}", school);
    order[kScheme] = "unionpay";
    Evidence(order,
             R"({{"id":"{}","type":"bill","payment_no":"{}","school":"{}","item":"tuition",)"
             R"("amount":"{}.00","student_token":"{}","until":"2021-03-31"}})",
             order[kId], key, school, minor / 100, Digits(32));
    Finish(order);

    Fact debit = Movement(kDebit, 0, "bob-camp", key, minor);
    debit[kPayer] = fmt::format("mirror:{}", Bank());
    debit[kChannel] = "unionpay";
    debit[kChannelReference] = fmt::format("6221{}", Digits(17));
    Finish(debit);
  }

  std::vector<Fact> Take() { return std::move(facts_); }

 private:
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  std::string Digits(size_t count) {
    std::string text(count, '0');
    for (char& c : text) c = static_cast<char>('0' + Below(10));
    return text;
  }
  std::string Random(size_t count) {
    std::string bytes(count, '\0');
    for (char& c : bytes) c = static_cast<char>(1 + Below(255));
    return bytes;
  }
  std::string Bank() { return std::string(kBanks[static_cast<size_t>(Below(5))]); }
  std::string Account(std::string_view bank, int64_t population) {
    return fmt::format("{}:{:015}", bank.substr(1, 4), 102'000'200'112'000 + 7 * Below(population));
  }

  // Every record of a payment is a little later than the one before; ids sort by time.
  Fact Start(Body body, int64_t scenario, std::string_view source, const std::string& key) {
    Fact fact;
    now_ += 3'000'000 + Below(2'000'000);
    fact[kBody] = body;
    fact[kScenario] = scenario;
    fact[kOccurredAt] = now_ / 1'000'000 * 1'000'000;
    fact[kSource] = source;
    fact[kId] = fmt::format("20210301{:06}{}", (now_ - kStart) / 10'000'000, Digits(6));
    fact[kKey] = key;
    return fact;
  }
  Fact Movement(Body body, int64_t scenario, std::string_view source, const std::string& key,
                int64_t minor) {
    Fact fact = Start(body, scenario, source, key);
    fact[kMinor] = minor;
    fact[kCurrency] = kCny;
    fact[kOutcome] = 1;
    fact[kClearingDate] = kDay;
    fact.header.cycle = 17;
    return fact;
  }
  template <typename... Values>
  void Evidence(Fact& fact, fmt::format_string<Values...> text, Values&&... values) {
    if (evidence_) fact[kOriginal] = fmt::format(text, std::forward<Values>(values)...);
  }
  void Finish(Fact& fact) {
    fact.header.sequence = facts_.size() + 1;
    fact.header.recorded_at = now_ + Below(2'000'000);
    fact.header.book_date = kDay;
    fact.header.rules_version = 1;
    facts_.push_back(fact);
  }

  std::mt19937_64 random_;
  bool evidence_;
  Nanos now_ = kStart;
  std::vector<Fact> facts_;
};

}  // namespace

std::vector<Fact> MakeFacts(Mix mix, size_t payments, bool evidence, uint64_t seed) {
  Maker maker(seed, evidence);
  for (size_t i = 0; i < payments; ++i) {
    if (mix == Mix::kB2b || mix == Mix::kAll) maker.B2b();
    if (mix == Mix::kParking || mix == Mix::kAll) maker.Parking();
    if (mix == Mix::kCampus || mix == Mix::kAll) maker.Campus();
  }
  return maker.Take();
}

}  // namespace longmen::layouts
