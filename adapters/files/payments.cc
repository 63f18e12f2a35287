// The payment list of enterprises (domain A4.8): one line a payment.
#include "projections/payments/payments.h"

#include "adapters/files/naming.h"
#include "projections/store/body.h"

namespace longmen::adapters {
namespace {

constexpr size_t kPage = 1'000;

using projections::EnumName;

// "li asked one_time_code; li granted one_time_code; zhao granted level 1 certificate"
std::string ChainOf(const projections::Payment& payment) {
  std::string chain;
  for (const projections::Decision& decision : payment.decisions) {
    if (!chain.empty()) chain += "; ";
    chain += decision.by.empty() ? EnumName(decision.action)
                                 : decision.by + " " + EnumName(decision.action);
    if (decision.level != 0) chain += fmt::format(" level {}", decision.level);
    if (decision.method != schema::AuthorizationMethod::UNSTATED) {
      chain += " " + EnumName(decision.method);
    }
  }
  return chain;
}

void PaymentRow(const projections::Payment& payment, CsvFile& file, ControlSums& sums) {
  const Currency currency = payment.amount.currency;
  const auto codes = projections::BankCodesOf(payment);
  const bool asked = payment.risk_method != schema::AuthorizationMethod::UNSTATED;
  file.Row({CsvText(payment.reference),
            CsvText(payment.mode),
            CsvText(payment.submitter),
            CsvText(OrderStatusName(payment.status)),
            CsvText(codes.request),
            CsvText(codes.result),
            CsvText(currency.alphabetic()),
            CsvNumber(payment.amount.minor),
            CsvAmount(payment.amount.minor, currency),
            CsvText(payment.payer),
            CsvText(payment.payee),
            CsvText(payment.payee_name),
            CsvText(payment.payee_bank),
            CsvText(payment.payee_branch),
            CsvText(payment.purpose),
            CsvText(payment.batch),
            CsvNumber(payment.line),
            CsvText(payment.channel),
            CsvText(payment.channel_reference),
            CsvDate(payment.clearing_date),
            CsvNumber(payment.fee),
            CsvNumber(payment.refunded),
            CsvText(payment.risk_policy),
            CsvNumber(payment.risk_points),
            CsvText(asked ? EnumName(payment.risk_method) : ""),
            CsvText(ChainOf(payment)),
            CsvNumber(payment.placed),
            CsvNumber(payment.sequence)});
  if (payment.outcome == schema::Outcome::SUCCEEDED) sums.Add(-payment.amount.minor, currency);
  sums.Add(payment.refunded, currency);
}

}  // namespace

Result<ExportedFile> ExportPayments(const projections::ReadStore& store,
                                    const std::string& directory) {
  const auto range = ResolveRange(store, {});
  if (!range.ok()) return range.error();
  auto file = CsvFile::Create(
      directory, ExportName("payments", range->first, range->last),
      {"payment",    "mode",          "submitter", "status",         "req_sts",     "rtn_flg",
       "currency",   "amount_minor",  "amount",    "payer",          "payee",       "payee_name",
       "payee_bank", "payee_branch",  "purpose",   "batch",          "line",        "channel",
       "reference",  "clearing_date", "fee_minor", "refunded_minor", "risk_policy", "risk_points",
       "risk_step",  "decisions",     "placed",    "sequence"});
  if (!file.ok()) return file.error();
  ControlSums sums;
  for (std::string after;;) {
    const auto page = projections::Payments(store, after, kPage);
    if (!page.ok()) return page.error();
    for (const auto& payment : *page) PaymentRow(payment, *file, sums);
    if (page->size() < kPage) break;
    after = page->back().reference;
  }
  return file->Finish(range->first, range->last, sums);
}

}  // namespace longmen::adapters
