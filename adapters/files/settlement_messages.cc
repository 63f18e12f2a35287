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

#include "adapters/files/iso_message.h"
#include "adapters/files/naming.h"

namespace longmen::adapters {
namespace {

using projections::ReadStore;

constexpr size_t kTextMax = kIsoTextMax;
constexpr size_t kIndexMax = 7;      // "-123456"
constexpr size_t kKindSize = 4;      // "P29-", which leaves more than an index does
constexpr size_t kCurrencySize = 4;  // "-CNY"

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

Status CheckIdentification(std::string_view text, const std::string& field) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (plain && !text.empty() && text.size() <= kTextMax) return Ok();
  return Error{
      plain ? Code::TOO_LONG : Code::BAD_TEXT, field,
      fmt::format("an identification is 1 to {} characters of printable ASCII without spaces: {}",
                  kTextMax, text)};
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
                 .created = *created,
                 .cycle = std::move(reference),
                 .cycle_in_id = std::move(in_id),
                 .version = std::move(number)};
}

// Takes a net into its currency's message; what is zero moves nothing.
Status AddNet(const WideSum& wide, Currency currency, Net net, std::map<Currency, Nets>& all) {
  if (wide.value() == 0) return Ok();
  RETURN_IF_ERROR(CheckIdentification(net.participant, "participant"));
  const auto minor = IsoAmount(wide.value(), currency, net.participant);
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
    const auto total = IsoAmount(sum, currency, "sum");
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

void PutInstitution(XmlWriter& xml, std::string_view name, const std::string& participant) {
  xml.PutIn({name, "FinInstnId", "Othr", "Id"}, participant);
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
void PutHeader(XmlWriter& xml, const std::string& id, const Subject& subject) {
  xml.Put("MsgId", id);
  xml.Put("CreDtTm", IsoInstant(subject.created));
}

void PutMovement(XmlWriter& xml, const Subject& subject, const Nets& nets, size_t index) {
  const Net& net = nets.nets[index];
  const XmlElement movement(xml, "MvmntRcrd");
  xml.Put("Id", MovementId(subject, nets, index));
  xml.Put("SeqNb", fmt::format("{}", index + 1));
  {
    const XmlElement amount(xml, "Amt");
    PutAmount(xml, "Amt", net.minor, nets.currency);
    xml.Put("CdtDbt", net.minor < 0 ? "DBIT" : "CRDT");
  }
  xml.PutIn({"Ptcpt", "Id", "OrgId", "Othr", "Id"}, net.participant);
  xml.Put("Ref", subject.cycle);
}

void WriteRequest(const Subject& subject, const Nets& nets, FileWriter& file) {
  IsoDocument document(file, "urn:iso:std:iso:20022:tech:xsd:pacs.029.001.02", "MulSttlmReq");
  XmlWriter& xml = document.xml();
  {
    const XmlElement header(xml, "GrpHdr");
    PutHeader(xml, "P29-" + NetsId(subject, nets), subject);
    xml.Put("NbOfSttlmReqs", "1");
    xml.Put("CtrlSum", FormatMinor(nets.total, nets.currency));
    const XmlElement settlement(xml, "SttlmInf");
    xml.Put("SttlmMtd", "CLRG");
    xml.PutIn({"ClrSys", "Prtry"}, subject.closed.positions.cycle.scheme);
  }
  {
    const XmlElement request(xml, "SttlmReq");
    xml.Put("InstrId", NetsId(subject, nets));
    xml.Put("SttlmCycl", subject.cycle);
    xml.Put("NbOfMvmntRcrds", fmt::format("{}", nets.nets.size()));
    for (size_t i = 0; i < nets.nets.size(); ++i) PutMovement(xml, subject, nets, i);
  }
  // The schema has times of the day for a settlement and no date.
  const XmlElement more(xml, "SplmtryData");
  xml.Put("PlcAndNm", "SttlmReq/SttlmDt");
  const XmlElement envelope(xml, "Envlp");
  xml.Put("SttlmDt", FormatDate(subject.closed.settlement_date),
          {"xmlns", "urn:longmen:pacs.029.supplement"});
}

// `agent`: empty where it is the scheme's own.
void PutTransfer(XmlWriter& xml, const Subject& subject, const Nets& nets, size_t index,
                 const std::string& agent) {
  const Net& net = nets.nets[index];
  const CycleState& cycle = subject.closed.positions.cycle;
  const std::string& collector = agent.empty() ? cycle.scheme.text() : agent;
  const std::string& other = net.counterparty.empty() ? collector : net.counterparty;
  const XmlElement transfer(xml, "CdtTrfTxInf");
  {
    const XmlElement id(xml, "PmtId");
    xml.Put("InstrId", MovementId(subject, nets, index));
    xml.Put("EndToEndId", MovementId(subject, nets, index));
    xml.Put("ClrSysRef", subject.cycle);
  }
  PutAmount(xml, "IntrBkSttlmAmt", net.minor, nets.currency);
  PutInstitution(xml, "Dbtr", net.minor < 0 ? net.participant : other);
  PutInstitution(xml, "Cdtr", net.minor < 0 ? other : net.participant);
  xml.PutIn({"RmtInf", "Ustrd"}, fmt::format("Net of cycle {} of {}", cycle.name, cycle.scheme));
}

void WriteInstructions(const Subject& subject, const Nets& nets, const std::string& agent,
                       FileWriter& file) {
  IsoDocument document(file, "urn:iso:std:iso:20022:tech:xsd:pacs.009.001.08", "FICdtTrf");
  XmlWriter& xml = document.xml();
  {
    const XmlElement header(xml, "GrpHdr");
    PutHeader(xml, InstructionsId(subject, nets, agent), subject);
    xml.Put("NbOfTxs", fmt::format("{}", nets.nets.size()));
    xml.Put("CtrlSum", FormatMinor(nets.total, nets.currency));
    PutAmount(xml, "TtlIntrBkSttlmAmt", nets.total, nets.currency);
    xml.Put("IntrBkSttlmDt", FormatDate(subject.closed.settlement_date));
    xml.PutIn({"SttlmInf", "SttlmMtd"}, "CLRG");
  }
  for (size_t i = 0; i < nets.nets.size(); ++i) PutTransfer(xml, subject, nets, i, agent);
}

Result<IsoFile> CreateFile(const ExportTo& to, const char* kind, const Subject& subject,
                           const Nets& nets, const std::string& agent = {}) {
  const ExportRange& range = subject.closed.range;
  return IsoFile::Create(
      to,
      fmt::format("{}-{}-{}{}", kind, FileNamePart(subject.closed.positions.cycle.name),
                  nets.currency.alphabetic(), agent.empty() ? "" : "-" + FileNamePart(agent)),
      range.first, range.last);
}

}  // namespace

Result<std::vector<ExportedFile>> ExportSettlementRequests(const ReadStore& store,
                                                           const ExportTo& to,
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
    auto file = CreateFile(to, "pacs029", *subject, nets);
    if (!file.ok()) return file.error();
    WriteRequest(*subject, nets, file->file);
    auto exported = file->Finish(nets.nets.size());
    if (!exported.ok()) return exported.error();
    files.push_back(std::move(exported).value());
  }
  return files;
}

Result<std::vector<ExportedFile>> ExportSettlementInstructions(const ReadStore& store,
                                                               const ExportTo& to,
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
    auto file = CreateFile(to, "pacs009", *subject, nets, agent);
    if (!file.ok()) return file.error();
    WriteInstructions(*subject, nets, agent, file->file);
    auto exported = file->Finish(nets.nets.size());
    if (!exported.ok()) return exported.error();
    files.push_back(std::move(exported).value());
  }
  return files;
}

}  // namespace longmen::adapters
