// The payment mix: order, authorization with a hold, debit; between accounts of two banks, 30 % of
// them across. Nothing of it is made while something is timed.
//
// Every payment follows from its number, so that a later run can name what an earlier one wrote.
#pragma once

#include <string>
#include <vector>

#include "events/codec/codec.h"

namespace longmen::bench {

inline constexpr size_t kEventsAPayment = 3;

// How the 20 characters of an id are made; the order's number likewise.
enum class IdOrder {
  kMixed,        // a letter for the kind, 8 random hex digits, the number
  kRandom,       // a letter, 19 random hex digits
  kTimeOrdered,  // a clock's nanoseconds first, as in ULIDs and version 7 UUIDs
};

// What the ledger needs before the first payment, in order. Accounts may go below zero as far as
// these payments can take them, which saves each its first deposit. `registrar` registers the
// source that the payments come from: an operator, or in a log without any, that source itself.
std::vector<ProposalBytes> SetUp(const std::string& registrar, size_t accounts, Nanos now);

class PaymentMix {
 public:
  // `source` proposes them.
  PaymentMix(size_t accounts, IdOrder ids, Nanos now, std::string source = "bench");

  // `count` payments from the `first`th on: three proposals each, in order.
  std::vector<ProposalBytes> Payments(size_t first, size_t count) const;
  // Only their orders: they stay open.
  std::vector<ProposalBytes> Orders(size_t first, size_t count) const;
  // Gives back one minor unit of the debit of each payment.
  std::vector<ProposalBytes> Refunds(size_t first, size_t count) const;
  // Closes a cycle of the payments' scheme.
  ProposalBytes Closing(const std::string& cycle, const std::string& next) const;

  size_t accounts() const { return accounts_; }
  static std::string AccountName(size_t account);

 private:
  // The bytes of one shape of proposal, and where its variable parts lie in them.
  struct Stencil {
    ProposalBytes bytes;
    std::vector<size_t> id, key, payer, payee, minor;
  };
  struct Payment;

  Payment Draw(size_t number) const;
  ProposalBytes Stamp(const Stencil& stencil, char kind, const Payment& payment) const;
  const Stencil& OrderStencil(const Payment& payment) const;

  const size_t accounts_;
  const IdOrder ids_;
  const Nanos now_;
  const std::string source_;
  std::vector<Stencil> orders_;  // by the payer's bank and whether it goes across
  Stencil authorization_;
  Stencil debit_;
};

}  // namespace longmen::bench
