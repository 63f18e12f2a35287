#include "tests/adapters/script_runner/runner.h"

#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "tests/adapters/script_runner/clearing_words.h"
#include "tests/adapters/script_runner/expect.h"
#include "tests/adapters/script_runner/fill.h"
#include "tests/adapters/script_runner/scenarios.h"
#include "tests/adapters/script_runner/setup.h"
#include "tests/adapters/script_runner/world.h"

namespace longmen::script {
namespace {

using Words = std::vector<std::string>;

Error Wrong(const std::string& what) { return Error{Code::USAGE, "", what}; }

// What any action may end with.
struct Options {
  std::optional<Nanos> happened;
  std::string id;
  std::string source = kSource;
};

class Player {
 public:
  Status Play(const Line& line) {
    Words words = line.words;
    if (IsCheckWord(words[0])) {
      if (auto wrong = Check(world_, scenario_.kind(), words)) return Wrong(*wrong);
      return Ok();
    }
    if (words[0] == "scenario" || words[0] == "on" || words[0] == "at" || words[0] == "defaults" ||
        words[0] == "group") {
      return Note(words);
    }
    auto options = TakeOptions(words);
    if (!options) return options.error();
    if (in_group_ && IsProposal(words[0])) return AddProposal(words, *options);
    RETURN_IF_ERROR(Act(words, *options));
    if (auto wrong = CheckExpected(world_, line.expected)) return Wrong(*wrong);
    return Ok();
  }

  // A world that can register and act: `script` may do everything.
  Status Open() { return SetUp(world_, {"source", kSource}, kSource); }

 private:
  Status Note(const Words& words) {
    if (words[0] == "group") {
      in_group_ = true;
      return Ok();
    }
    if (words.size() < 2) return Wrong(words[0] + " needs a value");
    if (words[0] == "defaults") {
      defaults_[words[1]] = Words(words.begin() + 2, words.end());
      return Ok();
    }
    if (words[0] == "scenario") return scenario_.Choose(words[1]);
    if (words[0] == "on") {
      if (!ParseDate(words[1])) return Wrong("not a date: " + words[1]);
      world_.date = words[1];
      return SetNow("00:00");
    }
    return SetNow(words[1]);
  }

  Status SetNow(const std::string& word) {
    auto time = ParseTime(word, world_.date);
    if (!time) return time.error();
    world_.now = *time;
    return Ok();
  }

  Result<Options> TakeOptions(Words& words) {
    Options options;
    for (size_t i = 1; i + 1 < words.size();) {
      const std::string name = words[i];
      const std::string value = words[i + 1];
      if (name == "at") {
        RETURN_IF_ERROR(SetNow(value));
      } else if (name == "happened") {
        auto time = ParseTime(value, world_.date);
        if (!time) return time.error();
        options.happened = *time;
      } else if (name == "id") {
        options.id = value;
      } else if (name == "source" && words[0] != "source") {
        options.source = value;
      } else {
        ++i;
        continue;
      }
      const auto from = words.begin() + static_cast<ptrdiff_t>(i);
      words.erase(from, from + 2);
    }
    return options;
  }

  Status Act(const Words& words, const Options& options) {
    const std::string& verb = words[0];
    if (IsSetupWord(verb)) return SetUp(world_, words, options.source);
    if (verb == "tick") return world_.Tick();
    if (verb == "end") return ProposeGroup();
    if (IsProposal(verb)) {
      RETURN_IF_ERROR(AddProposal(words, options));
      return ProposeGroup();
    }
    if (verb == "record") {
      if (scenario_.adapter() == nullptr || words.size() != 2) return Wrong("record takes JSON");
      return world_.Ingest(*scenario_.adapter(), words[1], options.source);
    }
    return Ingest(words, options);
  }

  // A record by its schema.
  Status Ingest(const Words& words, const Options& options) {
    if (words.size() < 2) return Wrong("no such word: " + words[0]);
    const std::string id = options.id.empty() ? words[0] + "-" + words[1] : options.id;
    auto json = scenario_.RecordJson(words, defaults_[words[0]], id,
                                     options.happened.value_or(world_.now), world_.date);
    if (!json) return json.error();
    return world_.Ingest(*scenario_.adapter(), *json, options.source);
  }

  static bool IsProposal(const std::string& verb) {
    return verb == "propose" || IsClearingWord(verb);
  }

  Status AddProposal(const Words& words, const Options& options) {
    capnp::MallocMessageBuilder message;
    auto proposal = message.initRoot<schema::Proposal>();
    if (words[0] != "propose") {
      RETURN_IF_ERROR(FillClearing(proposal, world_, words, defaults_[words[0]]));
    } else if (words.size() != 2) {
      return Wrong("propose takes JSON");
    } else if (auto read = FromJson(words[1], proposal); !read.ok()) {
      return Reject(read.error());
    }
    if (!proposal.hasSource()) proposal.setSource(options.source);
    if (!options.id.empty()) proposal.setId(options.id);
    if (!proposal.hasId()) proposal.setId(world_.NextId());
    if (options.happened) proposal.setOccurredAt(*options.happened);
    if (proposal.getOccurredAt() == 0) proposal.setOccurredAt(world_.now);
    if (auto shape = CheckShape(proposal.asReader()); !shape.ok()) return Reject(shape.error());
    auto bytes = Canonicalize(proposal.asReader());
    if (!bytes) return Reject(bytes.error());
    group_.push_back(*std::move(bytes));
    return Ok();
  }

  // Malformed: the whole group is invalid, and that is an answer, not a fault of the script.
  Status Reject(const Error& error) {
    if (!invalid_) invalid_ = error;
    return Ok();
  }

  Status ProposeGroup() {
    in_group_ = false;
    const auto group = std::exchange(group_, {});
    if (const auto invalid = std::exchange(invalid_, std::nullopt)) {
      world_.Invalid(*invalid);
      return Ok();
    }
    return world_.Propose(group);
  }

  World world_;
  ScenarioWords scenario_;
  std::map<std::string, Words> defaults_;  // by step
  std::vector<ProposalBytes> group_;
  std::optional<Error> invalid_;
  bool in_group_ = false;
};

}  // namespace

std::vector<std::string> RunCase(const Case& play) {
  std::vector<std::string> wrong;
  Player player;
  if (auto opened = player.Open(); !opened.ok()) return {Describe(opened.error())};
  for (const Line& line : play.lines) {
    if (auto played = player.Play(line); !played.ok()) {
      wrong.push_back(fmt::format("{}:{}: {}", line.file, line.number, played.error().message));
    }
  }
  return wrong;
}

}  // namespace longmen::script
