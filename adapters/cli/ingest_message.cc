#include "adapters/cli/ingest_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <future>
#include <map>

#include "adapters/cli/command.h"
#include "adapters/cli/progress.h"
#include "adapters/cli/tally.h"
#include "adapters/cli/whole_file.h"
#include "adapters/http/problem.h"
#include "adapters/iso20022/gateway_records.h"
#include "adapters/iso20022/payment_status.h"
#include "adapters/xml/load.h"
#include "projections/store/applied.h"

namespace longmen::adapters::cli {
namespace {

namespace iso = iso20022;
using engine::AnswerKind;

constexpr size_t kBatchRecords = 2'000;

// What reading a message needs, and what comes of it.
struct Load {
  const IngestMessageOptions& options;
  const iso::Mapping& mapping;
  const std::string& bytes;
  Node& node;
  Tally tally;
  std::string answer;  // the message that answers it; empty: none
};

// One answer a record; fewer where the engine could promise nothing any more, because what follows
// a gap must not be decided before what is in it.
std::vector<ItemAnswer> Decide(Load& load, schema::Scenario scenario,
                               const std::vector<std::string>& records) {
  Progress progress("ingested", "transactions");
  std::vector<ItemAnswer> answers;
  while (answers.size() < records.size() && !load.tally.HasUnavailable()) {
    const size_t end = std::min(answers.size() + kBatchRecords, records.size());
    std::vector<std::string> batch(records.begin() + static_cast<std::ptrdiff_t>(answers.size()),
                                   records.begin() + static_cast<std::ptrdiff_t>(end));
    std::promise<std::vector<ItemAnswer>> promise;
    load.node.IngestJson(
        load.options.source, scenario, std::move(batch),
        [&](std::vector<ItemAnswer> items) { promise.set_value(std::move(items)); });
    for (ItemAnswer& item : promise.get_future().get()) {
      const http::Members members = {std::move(item)};
      load.tally.Add(answers.size() + 1, members);
      if (load.options.json) fmt::print("{}\n", http::MembersJson(members));
      answers.push_back(members.front());
    }
    progress.Show(answers.size());
  }
  return answers;
}

// What was not accepted, or was in spite of a rule.
struct Judged {
  bool accepted = false;
  bool retry = false;
  iso::StatusReason reason;
};

Judged Judge(const ItemAnswer* item) {
  if (item == nullptr) return {.retry = true, .reason = {"unavailable", "not sent"}};
  Judged judged{.accepted = true};
  for (const engine::Answer& answer : item->answers) {
    const bool taken =
        answer.kind == AnswerKind::kAccepted || answer.kind == AnswerKind::kDuplicate;
    if (taken && answer.exception != Code::NONE) {
      judged.reason = {std::string(CodeName(answer.exception)), "booked in spite of it"};
    }
    if (taken) continue;
    const std::string_view code =
        answer.code == Code::NONE ? AnswerKindName(answer.kind) : CodeName(answer.code);
    std::string more = answer.field;
    if (!item->message.empty()) more += (more.empty() ? "" : ": ") + item->message;
    return {.retry = answer.kind == AnswerKind::kUnavailable,
            .reason = {std::string(code), std::move(more)}};
  }
  return judged;
}

const ItemAnswer* At(const std::vector<ItemAnswer>& answers, size_t index) {
  return index < answers.size() ? &answers[index] : nullptr;
}

// Takes in a pain.001.
Status TakePayments(Load& load) {
  auto& store = load.node.projections();
  const auto initiation = iso::ReadInitiation(load.bytes, load.mapping.utc_offset_minutes());
  if (!initiation.ok()) {
    const auto report =
        iso::StatusOfRefused(store, iso::ReadInitiationHeader(load.bytes), initiation.error());
    if (!report.ok()) return report.error();
    load.answer = iso::WriteStatusReport(*report);
    return initiation.error();
  }
  const auto records = iso::ToEnterpriseRecords(*initiation, load.mapping);
  std::vector<std::string> lines;
  for (const auto& record : records) lines.push_back(record.json);
  const auto answers = Decide(load, schema::Scenario::ENTERPRISE, lines);
  RETURN_IF_ERROR(load.node.AwaitProjected(load.node.log().AckedFrontier()));
  std::vector<iso::LoadedRecord> loaded;
  for (size_t i = 0; i < records.size(); ++i) {
    Judged judged = Judge(At(answers, i));
    if (judged.accepted) judged.reason = {};
    loaded.push_back({records[i], std::move(judged.reason), judged.retry});
  }
  const auto report = iso::StatusOfLoaded(store, load.node.log(), *initiation, loaded);
  if (!report.ok()) return report.error();
  load.answer = iso::WriteStatusReport(*report);
  return Ok();
}

// Decides records of the gateway; the answer to the first of each transaction.
std::vector<iso::GatewayAnswer> DecideGateway(Load& load, const iso::GatewayRecords& records) {
  std::vector<std::string> lines;
  for (const auto& record : records) lines.push_back(record.json);
  const auto answers = Decide(load, schema::Scenario::B2B_GATEWAY, lines);
  std::vector<iso::GatewayAnswer> first;
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].transaction < first.size()) continue;
    Judged judged = Judge(At(answers, i));
    first.push_back({judged.accepted, judged.retry, std::move(judged.reason)});
  }
  return first;
}

// A message that cannot be read is answered too, as of what the log last says.
Status RefuseMessage(Load& load, std::string_view message, const Error& error) {
  const auto applied = projections::ReadApplied(load.node.projections());
  if (!applied.ok()) return applied.error();
  load.answer = iso::WriteTransferStatuses(iso::RefusalOf(message, error, applied->recorded_at));
  return error;
}

Status TakeTransfers(Load& load, bool request) {
  const auto message = iso::ReadCreditTransfers(load.bytes, load.mapping.utc_offset_minutes());
  if (!message.ok()) return RefuseMessage(load, iso::kPacs008, message.error());
  const auto answers = DecideGateway(load, request ? iso::ToGatewayRequests(*message, load.mapping)
                                                   : iso::ToDebitNotices(*message, load.mapping));
  load.answer =
      iso::WriteTransferStatuses(iso::AnswerTo(*message, answers, request ? "ACCP" : "ACSC"));
  return Ok();
}

Status TakeDebits(Load& load) { return TakeTransfers(load, false); }
Status TakeRequests(Load& load) { return TakeTransfers(load, true); }

Status TakeReturns(Load& load) {
  const auto message = iso::ReadPaymentReturns(load.bytes, load.mapping.utc_offset_minutes());
  if (!message.ok()) return RefuseMessage(load, iso::kPacs004, message.error());
  const auto answers = DecideGateway(load, iso::ToGiveBacks(*message));
  load.answer = iso::WriteTransferStatuses(iso::AnswerTo(*message, answers));
  return Ok();
}

// A status is answered by nobody.
Status TakeStatuses(Load& load, bool success) {
  const auto message = iso::ReadTransferStatuses(load.bytes, load.mapping.utc_offset_minutes());
  if (!message.ok()) return message.error();
  const auto records =
      success ? iso::ToSuccessNotices(*message) : iso::ToDebitNotices(*message, load.mapping);
  if (!records.ok()) return records.error();
  DecideGateway(load, *records);
  return Ok();
}

Status TakeOutcomes(Load& load) { return TakeStatuses(load, false); }
Status TakeSuccesses(Load& load) { return TakeStatuses(load, true); }

using Taker = Status (*)(Load& load);
const std::map<std::string, Taker>& Takers() {
  static const std::map<std::string, Taker> takers = {
      {"pain.001", TakePayments}, {"pacs.008", TakeDebits},   {"pacs.008-request", TakeRequests},
      {"pacs.004", TakeReturns},  {"pacs.002", TakeOutcomes}, {"pacs.002-success", TakeSuccesses}};
  return takers;
}

Status CheckOptions(const IngestMessageOptions& options) {
  if (options.source.empty()) return Error{Code::USAGE, "source", "whose message is this?"};
  if (options.format == "pain.001" && options.mapping.empty()) {
    return Error{Code::USAGE, "mapping", "who acts for its debtors?"};
  }
  if (options.format.starts_with("pacs.002") && !options.status.empty()) {
    return Error{Code::USAGE, "status", "a status has no answer"};
  }
  return Ok();
}

Status Take(Load& load) {
  RETURN_IF_ERROR(CheckSource(load.node, load.options.source));
  const Status taken = Takers().at(load.options.format)(load);
  if (!load.answer.empty() && !load.options.status.empty()) {
    RETURN_IF_ERROR(WriteWholeFile(load.options.status, load.answer));
  }
  return taken;
}

}  // namespace

std::vector<std::string> MessageFormats() {
  std::vector<std::string> formats;
  for (const auto& [format, taker] : Takers()) formats.push_back(format);
  return formats;
}

int IngestMessage(const IngestMessageOptions& options) {
  if (const Status fit = CheckOptions(options); !fit.ok()) return Fail(fit.error());
  const auto mapping = ReadMapping(options.mapping);
  if (!mapping.ok()) return Fail(mapping.error());
  const auto bytes = ReadWholeFile(options.file, kXmlBytesMax);
  if (!bytes.ok()) return Fail(bytes.error());
  NodeOptions node_options;
  node_options.directory = options.directory;
  node_options.clock_follows_input = options.clock_follows_input;
  auto node = Node::Open(std::move(node_options));
  if (!node.ok()) return Fail(node.error());
  Load load{options, *mapping, *bytes, **node, {}, {}};
  const Status taken = Take(load);
  (*node)->Stop();
  if (!taken.ok()) return Fail(taken.error());
  // The summary is for people, who also watch a pipe that takes the answers.
  const bool piped = options.json || options.status == "-";
  fmt::print(piped ? stderr : stdout, "{}", load.tally.Text());
  return load.tally.Clean(options.refusals_ok) ? kDone : kFinding;
}

}  // namespace longmen::adapters::cli
