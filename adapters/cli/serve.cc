// longmen serve: the HTTP door of a ledger, until SIGINT or SIGTERM.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "adapters/cli/command.h"
#include "adapters/cli/names.h"
#include "adapters/cli/stop_signals.h"
#include "adapters/http/server.h"

namespace longmen::adapters::cli {
namespace {

struct ServeOptions {
  std::string directory;
  std::string address = "127.0.0.1";
  uint16_t port = 8080;
  std::string clock = "system";
  bool json = false;
};

void AnnounceDoor(const ServeOptions& options, uint16_t port) {
  const std::string host = options.address.find(':') == std::string::npos
                               ? options.address
                               : "[" + options.address + "]";
  if (options.json) {
    fmt::print(R"({{"address":"{}","port":{}}})"
               "\n",
               options.address, port);
  } else {
    fmt::print("serving {} on http://{}:{}\n", options.directory, host, port);
  }
  std::fflush(stdout);  // whoever waits for the port reads it from a pipe
}

int RunServe(const ServeOptions& options) {
  StopSignals stop;
  signal(SIGPIPE, SIG_IGN);
  NodeOptions node_options;
  node_options.directory = options.directory;
  node_options.clock_follows_input = options.clock == "input";
  auto node = Node::Open(std::move(node_options));
  if (!node.ok()) return Fail(node.error());
  http::ServerOptions server_options;
  server_options.address = options.address;
  server_options.port = options.port;
  auto server = http::Server::Start(server_options, **node);
  if (!server.ok()) return Fail(server.error());
  AnnounceDoor(options, (*server)->port());
  stop.Wait();
  fmt::print(stderr, "longmen: {}: answering what was accepted\n", stop.what());
  (*server)->Stop();
  (*node)->Stop();
  return kDone;
}

}  // namespace

Command DeclareServe(CLI::App& app) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* serve = app.add_subcommand("serve", "answer over HTTP until SIGINT or SIGTERM");
  serve->add_option("DIR", options->directory, "the ledger's directory")->required();
  serve->add_option("--address", options->address, "where to listen")->capture_default_str();
  serve->add_option("--port", options->port, "0: any free one, which is printed")
      ->capture_default_str();
  serve->add_option("--clock", options->clock, "input: recordedAt follows occurredAt")
      ->check(CLI::IsMember({"system", "input"}))
      ->capture_default_str();
  serve->add_flag("--json", options->json, "the address and port as one JSON object");
  return {serve, [options] { return RunServe(*options); }};
}

}  // namespace longmen::adapters::cli
