#include "replay/program/print.h"

#include <capnp/schema.h>

#include <algorithm>
#include <cstdio>

namespace longmen::replay {
namespace {

// A text as a JSON string.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string PostingsJson(const Effects& effects) {
  std::string json = "[";
  for (const Posting& posting : effects.postings) {
    json += fmt::format(R"({}{{"account":{},"participant":{},"minor":"{}","currency":"{}"}})",
                        json.size() > 1 ? "," : "", Quoted(posting.account),
                        Quoted(posting.participant), posting.amount.minor,
                        posting.amount.currency.alphabetic());
  }
  return json + "]";
}

std::string_view ComparedName(Compared compared) {
  switch (compared) {
    case Compared::kNoneStored:
      return "none_stored";
    case Compared::kNotCompared:
      return "not_compared";
    case Compared::kDiffers:
      return "differ";
    case Compared::kEqual:
      return "equal";
  }
  return "";
}

void PrintDerived(const VerifyReport& report) {
  switch (report.projections) {
    case Compared::kNoneStored:
      fmt::print("projections                    -   none stored: nothing to compare\n");
      break;
    case Compared::kNotCompared:
      fmt::print("projections                    -   stored, but not comparable\n");
      break;
    case Compared::kDiffers:
      fmt::print("projections differ  {:>12}   compared at this sequence\n", report.projections_at);
      break;
    case Compared::kEqual:
      fmt::print("projections equal   {:>12}   compared at this sequence\n", report.projections_at);
      break;
  }
  switch (report.history) {
    case Compared::kNoneStored:
      fmt::print("history                        -   none stored: nothing to compare\n");
      break;
    case Compared::kNotCompared:
      fmt::print("history                        -   stored, but not comparable\n");
      break;
    case Compared::kDiffers:
      fmt::print("history differs     {:>12}   what was old at this sequence\n", report.history_at);
      break;
    case Compared::kEqual:
      if (report.history_at == 0) {
        fmt::print("history                        -   nothing is old yet\n");
      } else {
        fmt::print("history equal       {:>12}   what was old at this sequence\n",
                   report.history_at);
      }
      break;
  }
  if (report.snapshots == 0) {
    fmt::print("snapshots                      -   none stored: nothing to compare\n");
  } else {
    fmt::print("snapshots equal     {:>12}   of {}, byte for byte\n", report.snapshots_equal,
               report.snapshots);
  }
}

void PrintVerdict(const VerifyReport& report) {
  fmt::print("state               {}\n", Hex(report.state));
  // Of a block that is durable: what lies behind it may yet be lost, and is no anchor.
  if (report.anchor.sequence > 0) {
    fmt::print("sequence {}, chain {}\n", report.anchor.sequence, Hex(report.anchor.chain));
  }
  if (!report.clean()) {
    fmt::print("{} finding(s)\n", report.findings.size());
  } else if (report.expected == 0) {
    fmt::print("clean, but not held against an anchor kept elsewhere (--expect)\n");
  } else {
    fmt::print("clean, and it holds {} anchor(s) kept elsewhere\n", report.expected);
  }
}

void PrintReportJson(const VerifyReport& report) {
  for (const Finding& finding : report.findings) {
    fmt::print(R"({{"finding":"{}","sequence":"{}","place":{},"detail":{}}})"
               "\n",
               finding.name, finding.sequence, Quoted(finding.place), Quoted(finding.detail));
  }
  for (const std::string& note : report.notes) {
    fmt::print(R"({{"note":{}}})"
               "\n",
               Quoted(note));
  }
  fmt::print(R"({{"findings":{},"blocks":"{}","records":"{}","decided":"{}","refusalsRemade":"{}",)"
             R"("translationsTaken":"{}","projections":"{}","projectionsAt":"{}",)"
             R"("snapshots":{},"snapshotsEqual":{},"history":"{}","historyAt":"{}","anchors":{},)",
             report.findings.size(), report.blocks, report.records, report.decided,
             report.refusals_remade, report.translations_taken, ComparedName(report.projections),
             report.projections_at, report.snapshots, report.snapshots_equal,
             ComparedName(report.history), report.history_at, report.expected);
  fmt::print(R"("lastBlock":"{}","state":"{}","sequence":"{}","chain":"{}"}})"
             "\n",
             Hex(report.last_block), Hex(report.state), report.anchor.sequence,
             Hex(report.anchor.chain));
}

}  // namespace

std::optional<schema::Scenario> ScenarioFromName(std::string_view name) {
  for (auto enumerant : capnp::Schema::from<schema::Scenario>().getEnumerants()) {
    if (SnakeCase(enumerant.getProto().getName().cStr()) == name) {
      return static_cast<schema::Scenario>(enumerant.getOrdinal());
    }
  }
  return std::nullopt;
}

std::string ScenarioNames() {
  std::string names;
  for (auto enumerant : capnp::Schema::from<schema::Scenario>().getEnumerants()) {
    names += (names.empty() ? "" : ", ") + SnakeCase(enumerant.getProto().getName().cStr());
  }
  return names;
}

void PrintReport(const VerifyReport& report, bool json) {
  if (json) return PrintReportJson(report);
  for (const Finding& finding : report.findings) {
    fmt::print("FINDING  {}  at sequence {}, {}: {}\n", finding.name, finding.sequence,
               finding.place, finding.detail);
  }
  fmt::print("blocks              {:>12}   checksums, sequence and chain\n", report.blocks);
  fmt::print("records             {:>12}\n", report.records);
  fmt::print("decided again       {:>12}   up to this sequence, byte for byte\n", report.decided);
  fmt::print("refusals remade     {:>12}\n", report.refusals_remade);
  fmt::print("translations taken  {:>12}   refused before any proposal; not decided again\n",
             report.translations_taken);
  PrintDerived(report);
  for (const std::string& note : report.notes) fmt::print("note  {}\n", note);
  PrintVerdict(report);
}

// A proposal for people: the message as it came stands on its own line, not in base64 inside.
void PrintProposal(std::string_view head, schema::Proposal::Reader proposal) {
  std::string json = ToJson(proposal);
  constexpr std::string_view kOriginal = R"(,"original":")";
  if (const size_t at = json.find(kOriginal); at != std::string::npos) {
    json.erase(at, json.find('"', at + kOriginal.size()) + 1 - at);
  }
  fmt::print("{}{}\n", head, json);
  const auto original = proposal.getOriginal();
  if (original.size() == 0) return;
  const bool printable = std::all_of(original.begin(), original.end(),
                                     [](kj::byte c) { return c >= 0x20 && c != 0x7f; });
  fmt::print("          as it came: {}\n", printable ? std::string(original.begin(), original.end())
                                                     : fmt::format("{} bytes", original.size()));
}

// What was refused, readable: the bytes alone say nothing to an auditor.
void PrintRefusal(std::string_view head, schema::Refusal::Reader refusal) {
  fmt::print("{}refused {} [{}]\n", head, CodeName(refusal.getCode()), refusal.getField().cStr());
  const auto proposals = refusal.getProposals();
  for (unsigned i = 0; i < proposals.size(); ++i) {
    const ProposalReader member(Bytes(proposals[i].begin(), proposals[i].size()));
    PrintProposal(i == refusal.getIndex() ? "          at fault " : "          with it  ",
                  member.get());
  }
}

void PrintTrace(const RecordView& record, const Effects& effects, bool json) {
  if (json) {
    std::string line = ToJson(record);
    line.pop_back();
    fmt::print("{},\"postings\":{}}}\n", line, PostingsJson(effects));
    return;
  }
  const ProposalReader proposal(record.proposal);
  const auto head =
      fmt::format("{:>8}  {}  ", record.header.sequence, FormatInstant(record.header.recorded_at));
  if (proposal.get().getBody().isRefusal()) {
    PrintRefusal(head, proposal.get().getBody().getRefusal());
  } else {
    PrintProposal(head, proposal.get());
  }
  if (record.header.exception != Code::NONE) {
    fmt::print("          exception {}\n", CodeName(record.header.exception));
  }
  for (const Posting& posting : effects.postings) {
    fmt::print("          {:<36} {:>20}\n", posting.account, Format(posting.amount));
  }
  for (const HoldChange& hold : effects.holds) {
    fmt::print("          {:<36} {:>20} held\n", hold.account, Format(hold.amount));
  }
  if (effects.order) {
    fmt::print("          order {}\n", OrderStatusName(effects.order->status));
  }
}

void PrintLedger(const engine::Ledger& ledger, bool json) {
  for (const AccountState& account : ledger.Accounts()) {
    if (json) {
      fmt::print(
          R"({{"account":{},"participant":{},"balanceMinor":"{}","heldMinor":"{}","currency":"{}"}})"
          "\n",
          Quoted(account.account), Quoted(account.participant), account.balance.minor,
          account.held.minor, account.balance.currency.alphabetic());
    } else {
      fmt::print("{:<36} {:<16} {:>22} {:>22} held\n", account.account, account.participant,
                 Format(account.balance), Format(account.held));
    }
  }
  if (json) {
    fmt::print(R"({{"sequence":"{}","state":"{}"}})"
               "\n",
               ledger.last_sequence(), Hex(ledger.StateDigest()));
  } else {
    fmt::print("as of sequence {}, state {}\n", ledger.last_sequence(), Hex(ledger.StateDigest()));
  }
}

void PrintDifference(const std::optional<LogDifference>& difference, bool json) {
  if (!difference) {
    fmt::print("{}\n", json ? R"({"same":true})" : "the logs are the same");
    return;
  }
  const std::string where = difference->only_in_first    ? "only in the first"
                            : difference->only_in_second ? "only in the second"
                                                         : difference->field;
  if (json) {
    fmt::print(R"({{"same":false,"sequence":"{}","field":{}}})"
               "\n",
               difference->sequence, Quoted(where));
  } else {
    fmt::print("they part at sequence {}: {}\n", difference->sequence, where);
  }
}

}  // namespace longmen::replay
