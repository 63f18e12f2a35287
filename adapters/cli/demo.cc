// longmen demo: a whole day of every scenario, its books and its audit.
#include <CLI/CLI.hpp>

#include "adapters/cli/audit_program.h"
#include "adapters/cli/command.h"
#include "adapters/demo/demo.h"

namespace longmen::adapters::cli {
Command DeclareDemo(CLI::App& app) {
  auto options = std::make_shared<DemoOptions>();
  options->audit_program = AuditProgram();
  CLI::App* demo = app.add_subcommand("demo", "a day of every scenario, its books and its audit");
  demo->add_option("--out", options->out, "where; an earlier demo there is wiped")
      ->capture_default_str();
  demo->add_option("--seed", options->seed, "of everything that is drawn")->capture_default_str();
  demo->add_option("--scale", options->scale, "1: the casebook's volume")
      ->check(CLI::Range(0.001, 10.0))
      ->capture_default_str();
  demo->add_option("--audit", options->audit_program, "the auditor's program")
      ->capture_default_str();
  demo->add_flag("--json", options->json, "one JSON object instead of the page");
  return {demo, [options] { return RunDemo(*options); }};
}

}  // namespace longmen::adapters::cli
