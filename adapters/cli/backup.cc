// longmen backup and longmen restore: a ledger's directory copied whole, and one made from the
// copy. What is copied and how: adapters/node/backup.h.
#include "adapters/node/backup.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "adapters/cli/audit_program.h"
#include "adapters/cli/command.h"
#include "adapters/cli/names.h"
#include "adapters/cli/progress.h"
#include "adapters/demo/audit.h"

namespace longmen::adapters::cli {
namespace {

struct CopyArguments {
  std::string from;
  std::string to;
  bool verify = false;
  bool json = false;
};

// One line a phase: copied, summed, checked.
class Phases {
 public:
  void Show(std::string_view verb, uint64_t done, uint64_t of, std::string_view noun) {
    if (verb != verb_) {
      verb_ = verb;
      line_.emplace(verb, noun, of);
    }
    line_->Show(done);
  }

 private:
  std::string verb_;
  std::optional<Progress> line_;
};

// Everything the auditor can find, before the copy gets its name.
Status Audit(const std::string& directory, const std::string&) {
  auto verdict = demo::RunAudit(AuditProgram(), directory);
  if (!verdict.ok()) return verdict.error();
  if (verdict->exit_code == 0) return Ok();
  return Error{Code::CORRUPT, "audit", std::move(verdict->output)};
}

using Copying = Result<Copied> (*)(const CopyOptions&);

int RunCopy(const CopyArguments& arguments, Copying copy, std::string_view did) {
  CopyOptions options;
  options.from = arguments.from;
  options.to = arguments.to;
  if (arguments.verify) options.audit = Audit;
  auto phases = std::make_shared<Phases>();
  options.progress = [&phases](std::string_view verb, uint64_t done, uint64_t of,
                               std::string_view noun) { phases->Show(verb, done, of, noun); };
  const auto copied = copy(options);
  phases.reset();  // ends the line
  if (!copied.ok()) return Fail(copied.error());
  if (arguments.json) {
    fmt::print(R"({{"directory":{},"sequence":"{}","chain":"{}","bytes":"{}"}})"
               "\n",
               Quoted(arguments.to), copied->sequence, Hex(copied->chain), copied->bytes);
    return kDone;
  }
  fmt::print("{} {} in {}: {} bytes, {}\n", did, arguments.from, arguments.to, copied->bytes,
             arguments.verify ? "verified" : "chain checked");
  fmt::print("sequence {}, chain {}\n", copied->sequence, Hex(copied->chain));
  fmt::print(stderr, "Keep that line elsewhere: longmen-audit verify {} --expect {}\n",
             arguments.to, copied->anchor());
  return kDone;
}

void DeclareFlags(CLI::App& command, CopyArguments& arguments) {
  command.add_flag("--verify", arguments.verify,
                   "have longmen-audit make every decision of the copy again");
  command.add_flag("--json", arguments.json, "one JSON object");
}

}  // namespace

Command DeclareBackup(CLI::App& app) {
  auto arguments = std::make_shared<CopyArguments>();
  CLI::App* backup = app.add_subcommand("backup", "copy a ledger, beside its server too");
  backup->add_option("DIR", arguments->from, "the ledger's directory")->required();
  backup->add_option("TO", arguments->to, "the backup's directory; not there yet")->required();
  DeclareFlags(*backup, *arguments);
  return {backup, [arguments] { return RunCopy(*arguments, BackUp, "backed up"); }};
}

Command DeclareRestore(CLI::App& app) {
  auto arguments = std::make_shared<CopyArguments>();
  CLI::App* restore = app.add_subcommand("restore", "make a ledger from a backup");
  restore->add_option("BACKUP", arguments->from, "the backup's directory")->required();
  restore->add_option("DIR", arguments->to, "the ledger's directory; not there yet")->required();
  DeclareFlags(*restore, *arguments);
  return {restore, [arguments] { return RunCopy(*arguments, Restore, "restored"); }};
}

}  // namespace longmen::adapters::cli
