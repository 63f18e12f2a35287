// longmen payment-status: what became of a pain.001 that was loaded, as pain.002.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "adapters/cli/command.h"
#include "adapters/cli/view.h"
#include "adapters/cli/whole_file.h"
#include "adapters/iso20022/payment_status.h"

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

}  // namespace longmen::adapters::cli
