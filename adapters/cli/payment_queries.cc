// Enterprises' payments, who handled them, and whom they pay.
#include "adapters/cli/queries.h"
#include "projections/payments/payments.h"

namespace longmen::adapters::cli {
namespace {

using enum ColumnKind;

Table PaymentTable(const std::vector<projections::Payment>& payments) {
  Table table{"payments",
              {{"payment"},
               {"mode"},
               {"submitter"},
               {"status"},
               {"reqSts"},
               {"rtnFlg"},
               {"currency"},
               {"amount", kAmount},
               {"payer"},
               {"payee"},
               {"channel"},
               {"fee", kAmount},
               {"batch"},
               {"line", kNumber},
               {"decisions", kNumber},
               {"sequence", kNumber}},
              {}};
  for (const projections::Payment& payment : payments) {
    const Currency currency = payment.amount.currency;
    const auto codes = projections::BankCodesOf(payment);
    table.Row({payment.reference, payment.mode, payment.submitter, OrderStatusName(payment.status),
               codes.request, codes.result, currency.alphabetic(),
               Cell::Amount(payment.amount.minor, currency), payment.payer, payment.payee,
               payment.channel, Cell::Amount(payment.fee, currency), payment.batch,
               Cell::Number(payment.line), Cell::Number(payment.decisions.size()),
               Cell::Number(payment.sequence)});
  }
  return table;
}

Tables Told(Result<std::vector<projections::Payment>> payments) {
  if (!payments.ok()) return payments.error();
  return std::vector{PaymentTable(*payments)};
}

}  // namespace

Tables QueryPayments(const ReadStore& store, const Page& page) {
  return Told(projections::Payments(store, page.after, page.limit));
}

Tables QueryHandled(const ReadStore& store, std::string_view person) {
  return Told(projections::HandledBy(store, person));
}

Tables QueryPayees(const ReadStore& store, std::string_view account) {
  const auto payees = projections::PayeesOf(store, account);
  if (!payees.ok()) return payees.error();
  Table table{"payees",
              {{"payee"}, {"name"}, {"bank"}, {"branch"}, {"payments", kNumber}, {"last", kNumber}},
              {}};
  for (const projections::Payee& payee : *payees) {
    table.Row({payee.account, payee.name, payee.bank, payee.branch, Cell::Number(payee.payments),
               Cell::Number(payee.last)});
  }
  return std::vector{std::move(table)};
}

}  // namespace longmen::adapters::cli
