#include "adapters/demo/day_client.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>

namespace longmen::adapters::demo {

using namespace simulation;

namespace {

namespace json = boost::json;

constexpr Nanos kSlice = 10 * kNanosPerMinute;
constexpr int64_t kBatchLines = 2'000;
constexpr std::string_view kDesk = "settlement-desk";
constexpr std::string_view kNdjson = "application/x-ndjson";

// Shows how far the day is, on a line of its own on a terminal and once an hour elsewhere.
void ShowProgress(Nanos at, size_t sent, size_t of) {
  const int64_t minutes = (at - kMidnight) / kNanosPerMinute;
  if (::isatty(STDERR_FILENO) != 0) {
    fmt::print(stderr, "\rdemo: {:02}:{:02}  {} of {} records{}", minutes / 60, minutes % 60, sent,
               of, sent >= of ? "\n" : "");
  } else if (minutes % 240 == 0) {
    fmt::print(stderr, "demo: {:02}:00  {} of {} records\n", minutes / 60, sent, of);
  }
}

std::string Text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_string() ? std::string(value->as_string().c_str()) : "";
}

Error NotAsPromised(const std::exception& failure) {
  return {Code::MALFORMED, "http", std::string("an answer is not as promised: ") + failure.what()};
}

Error Unexpected(std::string_view what, const HttpAnswer& answer) {
  return {Code::UNANSWERABLE, "http",
          fmt::format("{}: status {}: {}", what, answer.status, answer.body.substr(0, 300))};
}

}  // namespace

Status DayClient::Hear(std::string_view answers) try {
  while (!answers.empty()) {
    const size_t end = answers.find('\n');
    const std::string_view line = answers.substr(0, end);
    answers.remove_prefix(end == std::string_view::npos ? answers.size() : end + 1);
    if (line.empty()) continue;
    json::error_code failure;
    const json::value parsed = json::parse({line.data(), line.size()}, failure);
    if (failure || !parsed.is_object()) {
      return Error{Code::MALFORMED, "http", "an answer is not JSON: " + std::string(line)};
    }
    const json::object& object = parsed.as_object();
    const std::string answer = Text(object, "answer");
    if (std::string sequence = Text(object, "sequence"); !sequence.empty()) {
      last_sequence_ = std::move(sequence);
    }
    if (answer == "accepted") {
      ++heard_.accepted;
    } else if (answer == "duplicate") {
      ++heard_.duplicates;
    } else if (answer == "invalid") {
      ++heard_.invalid;
    } else if (answer == "refused") {
      ++heard_.refused[Text(object, "code")];
    } else {
      if (heard_.other++ == 0) heard_.first_surprise = line;
    }
    if (std::string code = Text(object, "exception"); !code.empty()) {
      ++heard_.booked[code];
    } else if (const json::value* members = object.if_contains("answers")) {
      for (const json::value& member : members->as_array()) {
        code = Text(member.as_object(), "exception");
        if (!code.empty()) ++heard_.booked[code];
      }
    }
  }
  return Ok();
} catch (const std::exception& failure) {
  return NotAsPromised(failure);
}

Status DayClient::Propose(std::string_view token, const std::vector<std::string>& proposals) {
  std::string lines;
  for (const std::string& proposal : proposals) lines += proposal + "\n";
  const int64_t before = heard_.accepted;
  const auto answer = http_.Post("/v1/proposals", token, kNdjson, lines);
  if (!answer.ok()) return answer.error();
  ++requests_;
  if (answer->status != 200) return Unexpected("proposals", *answer);
  RETURN_IF_ERROR(Hear(answer->body));
  heard_.sent += static_cast<int64_t>(proposals.size());
  if (heard_.accepted - before != static_cast<int64_t>(proposals.size())) {
    return Unexpected("not every registration was accepted", *answer);
  }
  return Ok();
}

Status DayClient::SendBatch(Feed feed, Batch& batch) {
  if (batch.count == 0) return Ok();
  const auto answer = http_.Post(fmt::format("/v1/records/{}", NameOf(feed).scenario),
                                 TokenOf(NameOf(feed).source, seed_), kNdjson, batch.lines);
  if (!answer.ok()) return answer.error();
  ++requests_;
  heard_.sent += batch.count;
  batch = {};
  if (answer->status != 200) return Unexpected("records", *answer);
  return Hear(answer->body);
}

Status DayClient::SendDay(const Day& day) {
  std::array<Batch, kFeedCount> batches;
  size_t next = 0;
  for (Nanos slice = kMidnight; slice < At(24); slice += kSlice) {
    RETURN_IF_ERROR(CloseAndSettle(day.options, slice));
    for (; next < day.events.size() && day.events[next].at < slice + kSlice; ++next) {
      const Sent& sent = day.events[next];
      Batch& batch = batches[static_cast<size_t>(sent.feed)];
      batch.lines += sent.json + "\n";
      if (++batch.count == kBatchLines) RETURN_IF_ERROR(SendBatch(sent.feed, batch));
    }
    for (size_t feed = 0; feed < kFeedCount; ++feed) {
      RETURN_IF_ERROR(SendBatch(static_cast<Feed>(feed), batches[feed]));
    }
    for (const Day::Proposed& proposal : day.treasury) {
      if (proposal.at < slice || proposal.at >= slice + kSlice) continue;
      RETURN_IF_ERROR(ProposeOne("treasury", proposal.json));
    }
    ShowProgress(slice + kSlice, next, day.events.size());
  }
  return CloseAndSettle(day.options, At(24));
}

Status DayClient::ProposeOne(std::string_view source, std::string proposal) {
  const auto answer =
      http_.Post("/v1/proposals", TokenOf(source, seed_), "application/json", std::move(proposal));
  if (!answer.ok()) return answer.error();
  ++requests_;
  ++heard_.sent;
  return Hear(answer->body);
}

Result<std::string> DayClient::Get(std::string_view target) {
  const auto answer =
      http_.Get(fmt::format("{}{}min_sequence={}", target,
                            target.find('?') == std::string_view::npos ? '?' : '&', last_sequence_),
                TokenOf("settlement-desk", seed_));
  if (!answer.ok()) return answer.error();
  ++requests_;
  if (answer->status != 200) return Unexpected(target, *answer);
  return answer->body;
}

// The positions of a closed cycle, as the settlement must state them; nothing where it is settled.
Result<std::string> DayClient::PositionsOf(std::string_view cycle) try {
  const auto page = Get(fmt::format("/v1/cycles/{}/positions", cycle));
  if (!page.ok()) return page.error();
  std::string positions;
  const json::value parsed = json::parse(*page);
  const bool pairs = Text(parsed.as_object(), "method") == "bilateral_net";
  for (const json::value& entry : parsed.at(pairs ? "bilateral" : "positions").as_array()) {
    const json::object& position = entry.as_object();
    const std::string towards =
        pairs ? fmt::format(R"("counterparty":"{}",)", Text(position, "counterparty")) : "";
    positions += fmt::format(
        R"({}{{"participant":"{}",{}"currency":"{}","grossIn":"{}","grossOut":"{}","net":"{}"}})",
        positions.empty() ? "" : ",", Text(position, "participant"), towards,
        Text(position, "currency"), Text(position, "grossInMinor"), Text(position, "grossOutMinor"),
        Text(position, "netMinor"));
  }
  return positions;
} catch (const std::exception& failure) {
  return NotAsPromised(failure);
}

// Everything the settlement desk does up to a moment: closes at the cut-off, settles later.
Status DayClient::CloseAndSettle(const SimulationOptions& day, Nanos until) {
  for (const CyclePlan& cycle : kCycles) {
    if (!day.Clears(cycle)) continue;
    if (cycle.cut_off > desk_done_ && cycle.cut_off <= until) {
      RETURN_IF_ERROR(ProposeOne(
          kDesk, fmt::format(R"({{"id":"close-{0}","key":"{0}","occurredAt":"{1}",)"
                             R"("settlement":{{"action":"closed","scheme":"{2}","next":"{3}"}}}})",
                             cycle.name, FormatInstant(cycle.cut_off), cycle.scheme, cycle.next)));
    }
  }
  for (const CyclePlan& cycle : kCycles) {
    if (!day.Clears(cycle) || cycle.settled <= desk_done_ || cycle.settled > until) continue;
    const auto positions = PositionsOf(cycle.name);
    if (!positions.ok()) return positions.error();
    const auto settle = [&](std::string_view id, std::string_view list) {
      return ProposeOne(
          kDesk,
          fmt::format(R"({{"id":"{}-{}","key":"{}","occurredAt":"{}",)"
                      R"("settlement":{{"action":"settled","reference":"HVPS-{}",)"
                      R"("positions":[{}]}}}})",
                      id, cycle.name, cycle.name, FormatInstant(cycle.settled), cycle.name, list));
    };
    if (&cycle == &kCycles[kB2bMorning] && day.Has(Feed::kB2b)) {
      // One bank is left out first, to see it refused: a settlement states the log's own figures.
      const size_t first_end = positions->find('}');
      if (first_end == std::string::npos || first_end + 2 > positions->size()) {
        return Error{Code::NOT_FOUND, "positions", "the morning's cycle has too few positions"};
      }
      RETURN_IF_ERROR(settle("settle-wrong", std::string_view(*positions).substr(first_end + 2)));
    }
    RETURN_IF_ERROR(settle("settle", *positions));
  }
  desk_done_ = until;
  return Ok();
}

}  // namespace longmen::adapters::demo
