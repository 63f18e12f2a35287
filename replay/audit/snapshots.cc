#include "replay/audit/snapshots.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/snapshot/snapshot.h"

namespace longmen::replay {
namespace {

// A state begins with the number of its format.
constexpr size_t kFormatBytes = 8;

bool OfAnotherBuild(Bytes stored, Bytes derived) {
  return stored.size() >= kFormatBytes &&
         !std::equal(derived.begin(), derived.begin() + kFormatBytes, stored.begin());
}

std::string WhereTheyPart(Bytes stored, Bytes derived) {
  const auto at = std::mismatch(stored.begin(), stored.end(), derived.begin(), derived.end());
  return fmt::format(
      "its state of {} bytes is not the one that the log gives ({} bytes): they "
      "part at byte {}",
      stored.size(), derived.size(), at.first - stored.begin());
}

}  // namespace

StoredSnapshots FindSnapshots(const std::string& directory) {
  return {directory, engine::ListSnapshots(directory)};
}

SnapshotCheck::SnapshotCheck(const StoredSnapshots& stored)
    : directory_(stored.directory), waiting_(stored.sequences), stored_(waiting_.size()) {
  std::sort(waiting_.rbegin(), waiting_.rend());
}

void SnapshotCheck::Pass(Sequence last, const Digest256& chain, const engine::Ledger* ledger,
                         std::vector<Finding>& findings, std::vector<std::string>& notes) {
  for (; !waiting_.empty() && waiting_.back() <= last; waiting_.pop_back()) {
    Compare(waiting_.back(), last, chain, ledger, findings, notes);
  }
}

void SnapshotCheck::Compare(Sequence at, Sequence last, const Digest256& chain,
                            const engine::Ledger* ledger, std::vector<Finding>& findings,
                            std::vector<std::string>& notes) {
  const std::string place = engine::SnapshotPath(directory_, at);
  const auto snapshot = engine::ReadSnapshot(directory_, at);
  if (!snapshot.ok() && snapshot.error().code == Code::NOT_FOUND) {
    --stored_;  // a living engine keeps the newest only
    return;
  }
  const auto differs = [&](std::string why) {
    findings.push_back({"snapshot_differs", at, place, std::move(why)});
  };
  if (!snapshot.ok()) {
    findings.push_back({"snapshot_unreadable", at, place, Describe(snapshot.error())});
  } else if (at != last) {
    differs(fmt::format("no block ends there: the next one ends at {}", last));
  } else if (snapshot->head.block != chain) {
    differs(fmt::format("it stands on block {}; the log has {} there", Hex(snapshot->head.block),
                        Hex(chain)));
  } else if (ledger == nullptr) {
    notes.push_back(place + " was not compared: the decisions before it could not be made again");
  } else {
    const std::vector<uint8_t> derived = ledger->Save();
    if (OfAnotherBuild(snapshot->state(), derived)) {
      notes.push_back(place + " was not compared: it is of another build, and no longer used");
    } else if (!std::ranges::equal(snapshot->state(), Bytes(derived))) {
      differs(WhereTheyPart(snapshot->state(), derived));
    } else {
      ++equal_;
    }
  }
}

void SnapshotCheck::Finish(Sequence end, bool whole, std::vector<Finding>& findings) {
  if (!whole) return;  // the finding that ended the reading says why
  for (; !waiting_.empty(); waiting_.pop_back()) {
    const std::string place = engine::SnapshotPath(directory_, waiting_.back());
    findings.push_back({"snapshot_ahead", waiting_.back(), place,
                        fmt::format("stands beyond the end of the log ({})", end)});
  }
}

}  // namespace longmen::replay
