// longmen init: a new ledger in a directory.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "adapters/cli/command.h"
#include "adapters/cli/names.h"
#include "adapters/node/node.h"

namespace longmen::adapters::cli {
namespace {

constexpr size_t kNameBytesMax = 35;

struct InitOptions {
  std::string directory;
  std::string name = "ledger";
  std::string utc_offset = "+08:00";
  std::string at;
  bool json = false;
};

// The ledger's name is the key of its first record, which no door checks.
Status CheckName(std::string_view name) {
  const bool sound = !name.empty() && name.size() <= kNameBytesMax &&
                     std::all_of(name.begin(), name.end(), [](char c) {
                       return c > ' ' && c <= '~' && c != '"' && c != '\\';
                     });
  if (sound) return Ok();
  return Error{Code::USAGE, "name", "1 to 35 printable ASCII characters, no space, no quote"};
}

int RunInit(const InitOptions& options) {
  const auto offset = UtcOffset(options.utc_offset);
  if (!offset.ok()) return Fail(offset.error());
  const auto clock = ClockAt(options.at, "at");
  if (!clock.ok()) return Fail(clock.error());
  if (const Status name = CheckName(options.name); !name.ok()) return Fail(name.error());
  const auto token = Node::Init(options.directory, options.name, *offset, *clock);
  if (!token.ok()) return Fail(token.error());
  if (options.json) {
    fmt::print(R"({{"directory":{},"name":"{}","utcOffset":"{}","operatorToken":"{}"}})"
               "\n",
               Quoted(options.directory), options.name, options.utc_offset, *token);
  } else {
    fmt::print("ledger {} in {}, book dates at {}\n", options.name, options.directory,
               options.utc_offset);
    fmt::print("operator token: {}\n", *token);
    fmt::print("It may do everything and is shown this once: only its hash is kept.\n");
  }
  return kDone;
}

}  // namespace

Command DeclareInit(CLI::App& app) {
  auto options = std::make_shared<InitOptions>();
  CLI::App* init = app.add_subcommand("init", "make a new ledger and print its operator's token");
  init->add_option("DIR", options->directory, "where; made if missing")->required();
  init->add_option("--name", options->name, "the ledger's name")->capture_default_str();
  init->add_option("--utc-offset", options->utc_offset, "whose dates its books follow")
      ->capture_default_str();
  init->add_option("--at", options->at,
                   "the instant of its first record, for files of the past (default: now)");
  init->add_flag("--json", options->json, "one JSON object");
  return {init, [options] { return RunInit(*options); }};
}

}  // namespace longmen::adapters::cli
