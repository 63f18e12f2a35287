// The ISO 20022 messages that have a closed cycle's nets settled: pacs.029.001.02 and
// pacs.009.001.08, one message for each cycle and currency with a net.
//
// Ids are made of the cycle, the currency and a movement's place among the message's (debtors by
// name, then creditors by name), so that both messages call one net by one id and a message that
// is made again is known as the same:
//   P29-B202103010001-CNY, P09-B202103010001-CNY      messages
//   B202103010001-CNY-1                               movements and transfers
// A cycle that a recast or a shared loss changed after its cut-off has other nets, which must not
// be taken for those of an earlier message: from its second version on all ids say which it is,
// P29-B202103010001-CNY-v2 and B202103010001-CNY-v2-1. Where an agent other than the scheme is
// named the message is another one, P09-B202103010001-CNY+PBOC, but its transfers move the same
// nets and keep their ids, so that no net moves twice.
//
// Parties are identified by their names in the ledger: no reading has their codes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>

#include "adapters/files/naming.h"
#include "projections/journal/journal.h"

namespace longmen::adapters {
namespace {

using projections::ReadStore;

constexpr size_t kTextMax = 35;      // Max35Text
constexpr size_t kIndexMax = 7;      // "-123456"
constexpr size_t kKindSize = 4;      // "P29-", which leaves more than an index does
constexpr size_t kCurrencySize = 4;  // "-CNY"
constexpr __int128 kAmountEnd = 1'000'000'000'000'000'000;  // 18 digits, decimals included
constexpr Nanos kNanosPerMillisecond = 1'000'000;

// A net that is to be moved.
struct Net {
  std::string participant;
  std::string counterparty;  // of a pair's net: whom the participant pays
  int64_t minor = 0;
};

// What one message is about.
struct Nets {
  Currency currency;
  std::vector<Net> nets;
  int64_t total = 0;  // of what is moved, whichever way
};

// Everything two messages of a cycle share.
struct Subject {
  ClosedCycle closed;
  Nanos created = 0;
  std::string cycle;        // as a reference
  std::string cycle_in_id;  // as a part of ids
  std::string version;      // behind the currency in ids: "-v2"; empty of the first
};

// A text that is too long keeps its beginning, and its hash tells it from all others.
std::string Abbreviated(const std::string& text, size_t max) {
  constexpr size_t kHashDigits = 16;
  if (text.size() <= max) return text;
  return text.substr(0, max - kHashDigits - 1) + "." +
         Hex(Sha256(AsBytes(text))).substr(0, kHashDigits);
}

Status CheckIdentification(std::string_view text, const std::string& field) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (plain && !text.empty() && text.size() <= kTextMax) return Ok();
  return Error{
      plain ? Code::TOO_LONG : Code::BAD_TEXT, field,
      fmt::format("an identification is 1 to {} characters of printable ASCII without spaces: {}",
                  kTextMax, text)};
}

Result<int64_t> Representable(__int128 minor, Currency currency, const std::string& whose) {
  if (minor < kAmountEnd && -minor < kAmountEnd) return static_cast<int64_t>(minor);
  return Error{Code::AMOUNT_OUT_OF_RANGE, whose,
               fmt::format("{} minor units of {} are more than the 18 digits of ISO 20022", minor,
                           currency.alphabetic())};
}

Result<Nanos> LastMovement(const ReadStore& store, Sequence until) {
  Nanos last = 0;
  for (Sequence low = 1, high = until; low <= high;) {
    const Sequence middle = low + (high - low) / 2;
    const auto later = projections::Journal(store, middle, until, 1);
    if (!later.ok()) return later.error();
    if (later->empty()) {
      high = middle - 1;
    } else {
      last = later->front().recorded_at;
      low = later->front().sequence + 1;
    }
  }
  return last;
}

Result<Subject> ReadSubject(const ReadStore& store, std::string_view cycle_name) {
  auto closed = ReadClosedCycle(store, cycle_name);
  if (!closed.ok()) return closed.error();
  const CycleState& cycle = closed->positions.cycle;
  const projections::PositionsVersion& version = closed->positions.version;
  const bool first = version.by == 0;
  // No reading says when the cut-off was recorded. The last movement before it is of the log too,
  // and after it the message could have been made.
  const auto created =
      first ? LastMovement(store, cycle.cut_off) : Result<Nanos>(version.recorded_at);
  if (!created.ok()) return created.error();
  std::string number = first ? "" : fmt::format("-v{}", version.number);
  std::string reference = Abbreviated(cycle.name, kTextMax);
  std::string in_id = Abbreviated(cycle.name, kTextMax - kCurrencySize - kIndexMax - number.size());
  return Subject{.closed = std::move(closed).value(),
                 .created = *created - *created % kNanosPerMillisecond,
                 .cycle = std::move(reference),
                 .cycle_in_id = std::move(in_id),
                 .version = std::move(number)};
}

// Takes a net into its currency's message; what is zero moves nothing.
Status AddNet(const WideSum& wide, Currency currency, Net net, std::map<Currency, Nets>& all) {
  if (wide.value() == 0) return Ok();
  RETURN_IF_ERROR(CheckIdentification(net.participant, "participant"));
  const auto minor = Representable(wide.value(), currency, net.participant);
  if (!minor.ok()) return minor.error();
  net.minor = *minor;
  Nets& message = all[currency];
  message.currency = currency;
  message.nets.push_back(std::move(net));
  return Ok();
}

// Each message with its total, in the order of their codes.
Result<std::vector<Nets>> Messages(std::map<Currency, Nets> all) {
  std::vector<Nets> messages;
  for (auto& [currency, message] : all) {
    __int128 sum = 0;
    for (const Net& net : message.nets) sum += net.minor < 0 ? -net.minor : net.minor;
    const auto total = Representable(sum, currency, "sum");
    if (!total.ok()) return total.error();
    message.total = *total;
    messages.push_back(std::move(message));
  }
  std::sort(messages.begin(), messages.end(), [](const Nets& a, const Nets& b) {
    return a.currency.alphabetic() < b.currency.alphabetic();
  });
  return messages;
}

// Debtors first: who settles by hand collects before paying out.
Result<std::vector<Nets>> MultilateralNets(const projections::CyclePositions& positions) {
  std::map<Currency, Nets> all;
  for (const auto& position : positions.positions) {
    RETURN_IF_ERROR(
        AddNet(position.flow.net(), position.currency, {.participant = position.participant}, all));
  }
  for (auto& [currency, message] : all) {
    std::stable_partition(message.nets.begin(), message.nets.end(),
                          [](const Net& net) { return net.minor < 0; });
  }
  return Messages(std::move(all));
}

// Each pair once, as the one that owes sees it.
Result<std::vector<Nets>> BilateralNets(const projections::CyclePositions& positions) {
  std::map<Currency, Nets> all;
  for (const auto& position : positions.bilateral) {
    const WideSum net = position.flow.net();
    if (net.value() >= 0) continue;
    RETURN_IF_ERROR(CheckIdentification(position.counterparty, "participant"));
    RETURN_IF_ERROR(
        AddNet(net, position.currency,
               {.participant = position.participant, .counterparty = position.counterparty}, all));
  }
  return Messages(std::move(all));
}

pugi::xml_node Put(pugi::xml_node parent, const char* name) { return parent.append_child(name); }
void Put(pugi::xml_node parent, const char* name, const std::string& text) {
  parent.append_child(name).text().set(text.c_str());
}
void PutAmount(pugi::xml_node parent, const char* name, int64_t minor, Currency currency) {
  pugi::xml_node amount = Put(parent, name);
  amount.append_attribute("Ccy").set_value(std::string(currency.alphabetic()).c_str());
  amount.text().set(FormatMinor(minor < 0 ? -minor : minor, currency).c_str());
}
void PutInstitution(pugi::xml_node parent, const char* name, const std::string& participant) {
  Put(Put(Put(Put(parent, name), "FinInstnId"), "Othr"), "Id", participant);
}

// The root of a message and its business element.
pugi::xml_node Begin(pugi::xml_document& document, const char* name_space, const char* element) {
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node root = document.append_child("Document");
  root.append_attribute("xmlns").set_value(name_space);
  return Put(root, element);
}

// "B202103010001-CNY-v2": all nets of one currency, and how the ids of each begin.
std::string NetsId(const std::string& cycle, const Subject& subject, const Nets& nets) {
  return fmt::format("{}-{}{}", cycle, nets.currency.alphabetic(), subject.version);
}
std::string NetsId(const Subject& subject, const Nets& nets) {
  return NetsId(subject.cycle_in_id, subject, nets);
}
std::string MovementId(const Subject& subject, const Nets& nets, size_t index) {
  return fmt::format("{}-{}", NetsId(subject, nets), index + 1);
}

// An agent is part of a message's id where somebody named it.
std::string InstructionsId(const Subject& subject, const Nets& nets, const std::string& agent) {
  if (agent.empty()) return "P09-" + NetsId(subject, nets);
  const std::string whole = NetsId(subject.closed.positions.cycle.name, subject, nets);
  return "P09-" + Abbreviated(whole + "+" + agent, kTextMax - kKindSize);
}

// MsgId and CreDtTm, with which every header begins.
pugi::xml_node PutHeader(pugi::xml_node message, const std::string& id, const Subject& subject) {
  pugi::xml_node header = Put(message, "GrpHdr");
  Put(header, "MsgId", id);
  Put(header, "CreDtTm", FormatInstant(subject.created));
  return header;
}

void PutMovement(pugi::xml_node request, const Subject& subject, const Nets& nets, size_t index) {
  const Net& net = nets.nets[index];
  pugi::xml_node movement = Put(request, "MvmntRcrd");
  Put(movement, "Id", MovementId(subject, nets, index));
  Put(movement, "SeqNb", fmt::format("{}", index + 1));
  pugi::xml_node amount = Put(movement, "Amt");
  PutAmount(amount, "Amt", net.minor, nets.currency);
  Put(amount, "CdtDbt", net.minor < 0 ? "DBIT" : "CRDT");
  Put(Put(Put(Put(Put(movement, "Ptcpt"), "Id"), "OrgId"), "Othr"), "Id", net.participant);
  Put(movement, "Ref", subject.cycle);
}

void BuildRequest(const Subject& subject, const Nets& nets, pugi::xml_document& document) {
  pugi::xml_node message =
      Begin(document, "urn:iso:std:iso:20022:tech:xsd:pacs.029.001.02", "MulSttlmReq");
  pugi::xml_node header = PutHeader(message, "P29-" + NetsId(subject, nets), subject);
  Put(header, "NbOfSttlmReqs", "1");
  Put(header, "CtrlSum", FormatMinor(nets.total, nets.currency));
  pugi::xml_node settlement = Put(header, "SttlmInf");
  Put(settlement, "SttlmMtd", "CLRG");
  Put(Put(settlement, "ClrSys"), "Prtry", subject.closed.positions.cycle.scheme);
  pugi::xml_node request = Put(message, "SttlmReq");
  Put(request, "InstrId", NetsId(subject, nets));
  Put(request, "SttlmCycl", subject.cycle);
  Put(request, "NbOfMvmntRcrds", fmt::format("{}", nets.nets.size()));
  for (size_t i = 0; i < nets.nets.size(); ++i) PutMovement(request, subject, nets, i);
  // The schema has times of the day for a settlement and no date.
  pugi::xml_node more = Put(message, "SplmtryData");
  Put(more, "PlcAndNm", "SttlmReq/SttlmDt");
  pugi::xml_node date = Put(Put(more, "Envlp"), "SttlmDt");
  date.append_attribute("xmlns").set_value("urn:longmen:pacs.029.supplement");
  date.text().set(FormatDate(subject.closed.settlement_date).c_str());
}

// `agent`: empty where it is the scheme's own.
void PutTransfer(pugi::xml_node message, const Subject& subject, const Nets& nets, size_t index,
                 const std::string& agent) {
  const Net& net = nets.nets[index];
  const std::string& collector =
      agent.empty() ? subject.closed.positions.cycle.scheme.text() : agent;
  const std::string& other = net.counterparty.empty() ? collector : net.counterparty;
  pugi::xml_node transfer = Put(message, "CdtTrfTxInf");
  pugi::xml_node id = Put(transfer, "PmtId");
  Put(id, "InstrId", MovementId(subject, nets, index));
  Put(id, "EndToEndId", MovementId(subject, nets, index));
  Put(id, "ClrSysRef", subject.cycle);
  PutAmount(transfer, "IntrBkSttlmAmt", net.minor, nets.currency);
  PutInstitution(transfer, "Dbtr", net.minor < 0 ? net.participant : other);
  PutInstitution(transfer, "Cdtr", net.minor < 0 ? other : net.participant);
  const CycleState& cycle = subject.closed.positions.cycle;
  Put(Put(transfer, "RmtInf"), "Ustrd",
      fmt::format("Net of cycle {} of {}", cycle.name, cycle.scheme));
}

void BuildInstructions(const Subject& subject, const Nets& nets, const std::string& agent,
                       pugi::xml_document& document) {
  pugi::xml_node message =
      Begin(document, "urn:iso:std:iso:20022:tech:xsd:pacs.009.001.08", "FICdtTrf");
  pugi::xml_node header = PutHeader(message, InstructionsId(subject, nets, agent), subject);
  Put(header, "NbOfTxs", fmt::format("{}", nets.nets.size()));
  Put(header, "CtrlSum", FormatMinor(nets.total, nets.currency));
  PutAmount(header, "TtlIntrBkSttlmAmt", nets.total, nets.currency);
  Put(header, "IntrBkSttlmDt", FormatDate(subject.closed.settlement_date));
  Put(Put(header, "SttlmInf"), "SttlmMtd", "CLRG");
  for (size_t i = 0; i < nets.nets.size(); ++i) PutTransfer(message, subject, nets, i, agent);
}

class ToFile final : public pugi::xml_writer {
 public:
  explicit ToFile(FileWriter& file) : file_(file) {}
  void write(const void* data, size_t size) override {
    file_.Write({static_cast<const char*>(data), size});
  }

 private:
  FileWriter& file_;
};

Result<ExportedFile> Save(const pugi::xml_document& document, const std::string& directory,
                          const char* kind, const Subject& subject, const Nets& nets,
                          const std::string& agent = {}) {
  const ExportRange& range = subject.closed.range;
  const std::string name = ExportName(
      fmt::format("{}-{}-{}{}", kind, FileNamePart(subject.closed.positions.cycle.name),
                  nets.currency.alphabetic(), agent.empty() ? "" : "-" + FileNamePart(agent)),
      range.first, range.last, "xml");
  auto file = FileWriter::Create(directory, name);
  if (!file.ok()) return file.error();
  ToFile to(*file);
  document.save(to, "  ");
  file->Write("\n");
  ExportedFile exported{.path = {},
                        .name = name,
                        .rows = nets.nets.size(),
                        .first = range.first,
                        .last = range.last,
                        .sha256 = file->Seal()};
  auto path = file->Finish();
  if (!path.ok()) return path.error();
  exported.path = std::move(path).value();
  return exported;
}

}  // namespace

Result<std::vector<ExportedFile>> ExportSettlementRequests(const ReadStore& store,
                                                           const std::string& directory,
                                                           std::string_view cycle_name) {
  const auto subject = ReadSubject(store, cycle_name);
  if (!subject.ok()) return subject.error();
  const CycleState& cycle = subject->closed.positions.cycle;
  if (cycle.method != schema::SettlementMethod::MULTILATERAL_NET)
    return std::vector<ExportedFile>{};
  RETURN_IF_ERROR(CheckIdentification(cycle.scheme.text(), "scheme"));
  const auto messages = MultilateralNets(subject->closed.positions);
  if (!messages.ok()) return messages.error();
  std::vector<ExportedFile> files;
  for (const Nets& nets : *messages) {
    pugi::xml_document document;
    BuildRequest(*subject, nets, document);
    auto file = Save(document, directory, "pacs029", *subject, nets);
    if (!file.ok()) return file.error();
    files.push_back(std::move(file).value());
  }
  return files;
}

Result<std::vector<ExportedFile>> ExportSettlementInstructions(const ReadStore& store,
                                                               const std::string& directory,
                                                               std::string_view cycle_name,
                                                               std::string_view agent_name) {
  const auto subject = ReadSubject(store, cycle_name);
  if (!subject.ok()) return subject.error();
  const auto& positions = subject->closed.positions;
  std::vector<ExportedFile> files;
  const auto method = positions.cycle.method;
  const bool multilateral = method == schema::SettlementMethod::MULTILATERAL_NET;
  if (!multilateral && method != schema::SettlementMethod::BILATERAL_NET) return files;
  const std::string& scheme = positions.cycle.scheme.text();
  // Between two of a pair there is no agent.
  const std::string agent(multilateral && agent_name != scheme ? agent_name : std::string_view());
  if (const Status fit = CheckIdentification(agent.empty() ? scheme : agent, "settlement-agent");
      multilateral && !fit.ok()) {
    return Error{Code::USAGE, fit.error().field, fit.error().message};
  }
  const auto messages = multilateral ? MultilateralNets(positions) : BilateralNets(positions);
  if (!messages.ok()) return messages.error();
  for (const Nets& nets : *messages) {
    pugi::xml_document document;
    BuildInstructions(*subject, nets, agent, document);
    auto file = Save(document, directory, "pacs009", *subject, nets, agent);
    if (!file.ok()) return file.error();
    files.push_back(std::move(file).value());
  }
  return files;
}

}  // namespace longmen::adapters
