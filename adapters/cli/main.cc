#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <optional>
#include <system_error>

#include "adapters/cli/command.h"

namespace longmen::adapters::cli {
namespace {

// Further away than this, a name is not a slip of the finger.
constexpr size_t kSlipMax = 3;

// The command that the line had got to when it stopped making sense.
const CLI::App* Deepest(const CLI::App* app) {
  while (true) {
    const auto parsed = app->get_subcommands();
    if (parsed.empty()) return app;
    app = parsed.back();
  }
}

// "longmen query"
std::string PathOf(const CLI::App* app) {
  const std::string above = app->get_parent() == nullptr ? "" : PathOf(app->get_parent()) + " ";
  return above + app->get_name();
}

std::vector<std::string> NamesOf(const CLI::App* app, bool options) {
  std::vector<std::string> names;
  if (!options) {
    for (const CLI::App* command : app->get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(command->get_name());
    }
    return names;
  }
  for (const CLI::App* at = app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

std::optional<std::string> Nearest(std::string_view typed, const std::vector<std::string>& names) {
  std::optional<std::string> nearest;
  size_t least = std::min(kSlipMax, typed.size() / 2) + 1;
  for (const std::string& name : names) {
    const size_t distance = Distance(typed, name);
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string Explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* at = Deepest(&app);
  const std::vector<std::string> strange = app.remaining(true);
  if (strange.empty()) {
    std::string text = error.what();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  }
  std::string typed = strange.front();
  const bool option = typed.starts_with("-");
  typed = typed.substr(0, typed.find('='));
  const std::vector<std::string> names = NamesOf(at, option);
  const bool command = !option && !names.empty();
  std::string text = option    ? fmt::format("{} has no option {}", PathOf(at), typed)
                     : command ? fmt::format("{} has no command {}", PathOf(at), typed)
                               : fmt::format("{} takes no further argument {}", PathOf(at), typed);
  if (const auto nearest = Nearest(typed, names)) {
    text += fmt::format("; did you mean {}?", *nearest);
  } else if (command) {
    text += fmt::format("; it has {}", fmt::join(names, ", "));
  }
  return text;
}

std::string HintOf(const Error& error) {
  if (error.code == Code::LOCKED) {
    return " (another process, a server perhaps, has this ledger open: stop it, or send it what "
           "you have over HTTP; query and export work beside it, and so do import and resolve with "
           "--out)";
  }
  if (error.code == Code::STORAGE_FULL) return " (make room and try again)";
  if (error.code == Code::CORRUPT) return " (longmen-audit verify names the place)";
  return "";
}

// What was said counts only once it could be written; fmt throws where it meets that first.
int RunAndFlush(const Command& command) {
  bool written = true;
  int code = kFinding;
  try {
    code = command.run();
  } catch (const std::system_error&) {
    written = false;
  }
  if (written && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  return Fail({Code::STORAGE_FAILED, "", "standard output cannot be written"});
}

}  // namespace

size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

int Fail(const Error& error) {
  std::string text = Describe(error);
  std::replace(text.begin(), text.end(), '\n', ' ');
  fmt::print(stderr, "longmen: {}{}\n", text, HintOf(error));
  return error.code == Code::USAGE ? kUsage : kFinding;
}

int Main(int argc, const char* const* argv, std::span<const Declare> commands) {
  CLI::App app("A ledger and clearing engine on one append-only log of events.", "longmen");
  app.require_subcommand(1);
  std::vector<Command> declared;
  for (const Declare declare : commands) declared.push_back(declare(app));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "longmen: {} ({} --help)\n", Explain(app, error), PathOf(Deepest(&app)));
    return kUsage;
  }
  for (const Command& command : declared) {
    if (command.app->parsed()) return RunAndFlush(command);
  }
  return kUsage;
}

}  // namespace longmen::adapters::cli
