#include "tests/support/generator/generator.h"

namespace longmen::generator {

namespace {

// How a step moves the clock: mostly by seconds, now and then by hours or a day, and sometimes
// backwards, as clocks do.
Nanos Forward(Random& random) {
  const size_t choice = random.Below(1'000);
  if (choice < 60) return -random.Between(0, 30) * kNanosPerSecond;
  if (choice < 940) return random.Between(0, 90) * kNanosPerSecond;
  if (choice < 985) return random.Between(5, 60) * kNanosPerMinute;
  if (choice < 997) return random.Between(60, 300) * kNanosPerMinute;
  return kNanosPerDay;
}

ProposalBytes Rebuild(const ProposalBytes& bytes,
                      const std::function<void(schema::Proposal::Builder)>& change) {
  ProposalReader reader(bytes.bytes());
  capnp::MallocMessageBuilder message;
  message.setRoot(reader.get());
  change(message.getRoot<schema::Proposal>());
  return Canonicalize(message.getRoot<schema::Proposal>().asReader()).value();
}

}  // namespace

// The same identity with other content, or with what identity does not compare.
ProposalBytes Generator::Altered(const ProposalBytes& proposal) {
  const bool outside = random_.Percent(40);
  return Rebuild(proposal, [&](schema::Proposal::Builder builder) {
    if (outside) {
      auto original = builder.initOriginal(4);
      original[0] = static_cast<uint8_t>(random_.Below(256));
      auto details = builder.getDetails();
      if (details.isParking() && details.getParking().hasPlate()) {
        details.getParking().getPlate().setKeyId("k2");
      }
    } else {
      builder.setOccurredAt(builder.getOccurredAt() + 1);
    }
  });
}

std::vector<ProposalBytes> Generator::Repeat() {
  std::vector<ProposalBytes> group = random_.Pick(history_);
  const size_t choice = random_.Below(100);
  if (choice < 40) return group;
  if (choice < 70) {
    ProposalBytes& one = group[random_.Below(group.size())];
    one = Altered(one);
    if (random_.Percent(30)) group[0] = Altered(group[0]);
  } else if (choice < 82) {
    // Some known, some not; or known ones of two groups.
    if (random_.Percent(50)) {
      group.push_back(TariffDraft("day").Finish());
    } else {
      group = {group.front(), random_.Pick(history_).back()};
    }
  } else if (choice < 92) {
    group = {group[random_.Below(group.size())]};
  } else {
    group.push_back(Altered(group.front()));  // twice the same identity
  }
  return group;
}

Step Generator::Next(uint64_t seed, const reference::State& state) {
  struct Action {
    const char* label;
    unsigned weight;
    Drafts (Generator::*make)();
  };
  static constexpr Action kActions[] = {
      {"order.place", 26, &Generator::PlaceOrder},
      {"order.change", 6, &Generator::ChangeOrder},
      {"authorization", 18, &Generator::Authorize},
      {"debit.payment", 20, &Generator::Pay},
      {"group.place_and_pay", 4, &Generator::PlaceAndPay},
      {"debit.alone", 7, &Generator::StandAlone},
      {"debit.queued", 7, &Generator::PayQueued},
      {"queue.change", 6, &Generator::ChangeQueue},
      {"debit.exchange", 3, &Generator::Exchange},
      {"debit.resolve", 8, &Generator::ResolveDebit},
      {"refund", 9, &Generator::Refund},
      {"refund.resolve", 4, &Generator::ResolveRefund},
      {"cycle.close", 4, &Generator::CloseCycle},
      {"cycle.settle", 4, &Generator::SettleCycle},
      {"cycle.abort", 2, &Generator::AbortCycle},
      {"cycle.default", 3, &Generator::Default},
      {"file.header", 2, &Generator::FileHeader},
      {"file.line", 5, &Generator::FileLine},
      {"file.trailer", 3, &Generator::FileTrailer},
      {"resolution", 5, &Generator::Resolve},
      {"registration.account", 5, &Generator::ChangeAccount},
      {"registration.cover", 4, &Generator::ChangeCover},
      {"registration.mandate", 3, &Generator::ChangeMandate},
      {"registration.other", 2, &Generator::ChangeOther},
  };
  static const unsigned total = [] {
    unsigned sum = 0;
    for (const Action& action : kActions) sum += action.weight;
    return sum;
  }();

  random_ = Random(seed);
  state_ = &state;
  now_ += Forward(random_);
  Step step{.group = {}, .now = now_, .label = "repeat"};
  if (random_.Percent(2)) {
    step.label = "tick";
    return step;
  }
  if (random_.Percent(6)) {
    step.group = Repeat();
    return step;
  }
  const auto draw = [&]() -> const Action& {
    size_t at = random_.Below(total);
    for (const Action& action : kActions) {
      if (at < action.weight) return action;
      at -= action.weight;
    }
    return kActions[0];
  };
  // Several unrelated actions as one group, now and then.
  const int64_t members = random_.Percent(8) ? random_.Between(2, 4) : 1;
  while (step.group.empty()) {
    for (int64_t i = 0; i < members; ++i) {
      const Action& action = draw();
      step.label = members == 1 ? action.label : "group.mixed";
      for (Draft& draft : (this->*action.make)()) step.group.push_back(draft.Finish());
    }
  }
  history_.push_back(step.group);
  return step;
}

}  // namespace longmen::generator
