// The payment list of enterprises (domain A4.8): one line a payment.
#include "projections/payments/payments.h"

#include "adapters/files/naming.h"
#include "projections/store/body.h"

namespace longmen::adapters {
namespace {

constexpr size_t kPage = 1'000;

using projections::EnumName;
using enum ColumnType;

constexpr TableColumn kColumns[] = {
    {"payment", kText},         {"mode", kText},          {"submitter", kText},
    {"status", kText},          {"req_sts", kText},       {"rtn_flg", kText},
    {"currency", kText},        {"amount_minor", kMinor}, {"amount", kAmount},
    {"payer", kText},           {"payee", kText},         {"payee_name", kText},
    {"payee_bank", kText},      {"payee_branch", kText},  {"purpose", kText},
    {"batch", kText},           {"line", kCount},         {"channel", kText},
    {"reference", kText},       {"clearing_date", kDate}, {"fee_minor", kMinor},
    {"refunded_minor", kMinor}, {"risk_policy", kText},   {"risk_points", kCount},
    {"risk_step", kText},       {"decisions", kText},     {"placed", kCount},
    {"sequence", kCount}};

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

void PaymentRow(const projections::Payment& payment, ExportTable& table, ControlSums& sums) {
  const Currency currency = payment.amount.currency;
  const auto codes = projections::BankCodesOf(payment);
  const bool asked = payment.risk_method != schema::AuthorizationMethod::UNSTATED;
  table.Row({TextCell(payment.reference),
             TextCell(payment.mode),
             TextCell(payment.submitter),
             TextCell(OrderStatusName(payment.status)),
             TextCell(codes.request),
             TextCell(codes.result),
             TextCell(currency.alphabetic()),
             MinorCell(payment.amount.minor),
             AmountCell(payment.amount.minor, currency),
             TextCell(payment.payer),
             TextCell(payment.payee),
             TextCell(payment.payee_name),
             TextCell(payment.payee_bank),
             TextCell(payment.payee_branch),
             TextCell(payment.purpose),
             TextCell(payment.batch),
             CountCell(payment.line),
             TextCell(payment.channel),
             TextCell(payment.channel_reference),
             DateCell(payment.clearing_date),
             MinorCell(payment.fee),
             MinorCell(payment.refunded),
             TextCell(payment.risk_policy),
             CountCell(payment.risk_points),
             TextCell(asked ? EnumName(payment.risk_method) : ""),
             TextCell(ChainOf(payment)),
             CountCell(payment.placed),
             CountCell(payment.sequence)});
  if (payment.outcome == schema::Outcome::SUCCEEDED) sums.Add(-payment.amount.minor, currency);
  sums.Add(payment.refunded, currency);
}

}  // namespace

Result<ExportedFile> ExportPayments(const projections::ReadStore& store, const ExportTo& to) {
  const auto range = ResolveRange(store, {});
  if (!range.ok()) return range.error();
  auto table = ExportTable::Create(to, "payments", range->first, range->last, kColumns);
  if (!table.ok()) return table.error();
  ControlSums sums;
  for (std::string after;;) {
    const auto page = projections::Payments(store, after, kPage);
    if (!page.ok()) return page.error();
    for (const auto& payment : *page) PaymentRow(payment, *table, sums);
    if (page->size() < kPage) break;
    after = page->back().reference;
  }
  return table->Finish(range->last, sums);
}

}  // namespace longmen::adapters
