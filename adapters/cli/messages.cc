// longmen payment-status: what became of a pain.001 that was loaded, as pain.002.
// longmen messages: the payments and refunds of a cycle or a book date, as messages between banks.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "adapters/cli/command.h"
#include "adapters/cli/names.h"
#include "adapters/cli/view.h"
#include "adapters/cli/whole_file.h"
#include "adapters/iso20022/gateway_messages.h"
#include "adapters/iso20022/payment_status.h"
#include "adapters/node/new_directory.h"

namespace longmen::adapters::cli {
namespace {

struct StatusOptions {
  ViewOptions view;
  std::string message;
  std::string out = "-";
};

int RunPaymentStatus(const StatusOptions& options) {
  auto view = View::Open(options.view);
  if (!view.ok()) return Fail(view.error());
  const auto report =
      iso20022::StatusOfMessage((*view)->projections(), (*view)->log(), options.message);
  if (!report.ok()) return Fail(report.error());
  if (const Status read = (*view)->status(); !read.ok()) return Fail(read.error());
  const Status written = WriteWholeFile(options.out, iso20022::WriteStatusReport(*report));
  return written.ok() ? kDone : Fail(written.error());
}

struct MessagesOptions {
  ViewOptions view;
  std::string out;
  std::string what;
  std::string cycle;
  std::string date;
  std::string participant;
  std::string mapping;
  bool json = false;
};

Result<iso20022::MessageScope> ScopeOf(const MessagesOptions& options) {
  if (options.cycle.empty() == options.date.empty()) {
    return Error{Code::USAGE, "cycle", "either --cycle or --date says of what"};
  }
  iso20022::MessageScope scope{.cycle = options.cycle, .participant = options.participant};
  if (options.date.empty()) return scope;
  const auto date = DateOf(options.date, "date");
  if (!date.ok()) return date.error();
  scope.date = *date;
  return scope;
}

void PrintFile(const ExportedFile& file, bool json) {
  if (json) {
    fmt::print(R"({{"file":{},"rows":"{}","firstSequence":"{}","lastSequence":"{}","sha256":"{}"}})"
               "\n",
               Quoted(file.path), file.rows, file.first, file.last, Hex(file.sha256));
  } else {
    fmt::print("{}  {} transactions\n", file.path, file.rows);
  }
}

int RunMessages(const MessagesOptions& options) {
  const auto scope = ScopeOf(options);
  if (!scope.ok()) return Fail(scope.error());
  const auto mapping = ReadMapping(options.mapping);
  if (!mapping.ok()) return Fail(mapping.error());
  const Status outside = CheckOutside(options.out, options.view.directory);
  if (!outside.ok()) return Fail(outside.error());
  auto view = View::Open(options.view);
  if (!view.ok()) return Fail(view.error());
  const auto exporter =
      options.what == "pacs008" ? iso20022::ExportCreditTransfers : iso20022::ExportPaymentReturns;
  const auto files = exporter((*view)->projections(), options.out, *scope, *mapping);
  if (!files.ok()) return Fail(files.error());
  if (const Status read = (*view)->status(); !read.ok()) return Fail(read.error());
  for (const ExportedFile& file : *files) PrintFile(file, options.json);
  if (files->empty())
    fmt::print(stderr, "longmen: there is no such transaction, hence no message\n");
  return kDone;
}

}  // namespace

Command DeclarePaymentStatus(CLI::App& app) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* status =
      app.add_subcommand("payment-status", "what became of a payment message, as pain.002");
  status->add_option("DIR", options->view.directory, "the ledger's directory")->required();
  status->add_option("MESSAGE", options->message, "the message's id (MsgId)")->required();
  status->add_option("--out", options->out, "the file; - is standard output")
      ->capture_default_str();
  status->add_option("--as-of", options->view.as_of, "as it was after this sequence");
  return {status, [options] { return RunPaymentStatus(*options); }};
}

Command DeclareMessages(CLI::App& app) {
  auto options = std::make_shared<MessagesOptions>();
  CLI::App* messages =
      app.add_subcommand("messages", "the gateway's payments or refunds as messages between banks");
  messages->add_option("DIR", options->view.directory, "the ledger's directory")->required();
  messages->add_option("OUT", options->out, "the directory for the files; made if missing")
      ->required();
  messages->add_option("--what", options->what, "pacs008: payments; pacs004: refunds and returns")
      ->check(CLI::IsMember({"pacs008", "pacs004"}))
      ->required();
  messages->add_option("--cycle", options->cycle, "of this cycle");
  messages->add_option("--date", options->date, "of this book date");
  messages->add_option("--participant", options->participant, "that pays (default: all)");
  messages->add_option("--mapping", options->mapping,
                       "what accounts and agents are called outside");
  messages->add_option("--as-of", options->view.as_of, "as it was after this sequence");
  messages->add_flag("--json", options->json, "one JSON object a file");
  return {messages, [options] { return RunMessages(*options); }};
}

}  // namespace longmen::adapters::cli
