// longmen simulate: what a business day's systems would send, as files, and what must come of it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "adapters/cli/command.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::cli {
namespace {

using simulation::Feed;
using simulation::kFeeds;

constexpr double kScaleMax = 1'000;

struct SimulateOptions {
  std::string out;
  std::string scenario = "all";
  double scale = 1;
  uint64_t seed = 2021;
};

Result<std::vector<Feed>> FeedsOf(const std::string& scenario) {
  std::vector<Feed> feeds;
  std::string names = "all";
  for (size_t i = 0; i < simulation::kFeedCount; ++i) {
    names += fmt::format(", {}", kFeeds[i].scenario);
    if (scenario == "all" || scenario == kFeeds[i].scenario) feeds.push_back(static_cast<Feed>(i));
  }
  if (feeds.empty()) {
    return Error{Code::USAGE, "scenario", fmt::format("{} is none of {}", scenario, names)};
  }
  return feeds;
}

// A new directory, or an empty one: nothing that is there is written over.
Status PrepareDirectory(const std::string& out) {
  std::error_code failure;
  std::filesystem::create_directories(out, failure);
  if (!failure && !std::filesystem::is_empty(out, failure) && !failure) {
    return Error{Code::USAGE, "DIR", out + " is not empty"};
  }
  if (failure) return Error{Code::STORAGE_FAILED, "DIR", out + ": " + failure.message()};
  return Ok();
}

int RunSimulate(const SimulateOptions& options) {
  auto feeds = FeedsOf(options.scenario);
  if (!feeds.ok()) return Fail(feeds.error());
  if (!(options.scale > 0 && options.scale <= kScaleMax)) {
    return Fail({Code::USAGE, "scale", fmt::format("above 0 and at most {}", kScaleMax)});
  }
  if (const Status prepared = PrepareDirectory(options.out); !prepared.ok()) {
    return Fail(prepared.error());
  }
  const auto day = simulation::Simulate(
      {.seed = options.seed, .scale = options.scale, .feeds = std::move(*feeds)});
  if (const Status written = simulation::WriteFiles(day, options.out); !written.ok()) {
    return Fail(written.error());
  }
  fmt::print("{} proposals in {}/setup.ndjson\n", day.setup.size(), options.out);
  for (const Feed feed : day.options.feeds) {
    const auto records = std::ranges::count(day.events, feed, &simulation::Sent::feed);
    fmt::print("{} records in {}/{}.ndjson, from source {}\n", records, options.out,
               NameOf(feed).scenario, NameOf(feed).source);
  }
  fmt::print("what must come of them: {}/expected.json\n", options.out);
  return kDone;
}

}  // namespace

Command DeclareSimulate(CLI::App& app) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* simulate =
      app.add_subcommand("simulate", "write what a business day's systems would send");
  simulate->add_option("DIR", options->out, "where to: a new or empty directory")->required();
  simulate->add_option("--scenario", options->scenario, "one of them, or all")
      ->capture_default_str();
  simulate->add_option("--scale", options->scale, "1: the published volume of a day")
      ->capture_default_str();
  simulate->add_option("--seed", options->seed, "of everything that is drawn")
      ->capture_default_str();
  return {simulate, [options] { return RunSimulate(*options); }};
}

}  // namespace longmen::adapters::cli
