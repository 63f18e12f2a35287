#include "adapters/http/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace longmen::adapters::http {
namespace {

// 0.1 ms to 10 s: an answer waits for one fsync, a queue or a timeout.
const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
    0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

prometheus::Gauge& AddGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

// A batch has thousands of answers and a handful of kinds, mostly the same one again and again.
class Tally {
 public:
  struct Row {
    engine::AnswerKind kind;
    Code code;
    double count;
  };

  void Add(const engine::Answer& answer) {
    if (last_ == rows_.size() || !Fits(rows_[last_], answer)) last_ = Find(answer);
    ++rows_[last_].count;
  }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  static bool Fits(const Row& row, const engine::Answer& answer) {
    return row.kind == answer.kind && row.code == answer.code;
  }
  size_t Find(const engine::Answer& answer) {
    size_t at = 0;
    while (at < rows_.size() && !Fits(rows_[at], answer)) ++at;
    if (at == rows_.size()) rows_.push_back({answer.kind, answer.code, 0});
    return at;
  }

  std::vector<Row> rows_;
  size_t last_ = 0;
};

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& answers =
      prometheus::BuildCounter()
          .Name("longmen_answers_total")
          .Help("Answers to proposals and records, by kind and code.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("longmen_http_requests_total")
                                                          .Help("Requests by route and status.")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram()
          .Name("longmen_http_request_seconds")
          .Help("From the request's last byte to its answer, by route.")
          .Register(registry);
  prometheus::Counter& refused_connections = prometheus::BuildCounter()
                                                 .Name("longmen_http_connections_refused_total")
                                                 .Help("Connections beyond the bound.")
                                                 .Register(registry)
                                                 .Add({});
  prometheus::Gauge& durable =
      AddGauge(registry, "longmen_sequence", "Last durable sequence of the log.");
  prometheus::Gauge& projected =
      AddGauge(registry, "longmen_projected_sequence", "Last sequence the projections include.");
  prometheus::Gauge& lag = AddGauge(registry, "longmen_projection_lag",
                                    "Durable records that the projections do not include yet.");
  prometheus::Gauge& connections =
      AddGauge(registry, "longmen_http_connections", "Open connections.");
  prometheus::Gauge& in_flight =
      AddGauge(registry, "longmen_http_requests_in_flight", "Requests being answered.");

  void Count(const Tally& tally) {
    for (const Tally::Row& row : tally.rows()) {
      answers
          .Add({{"kind", std::string(engine::AnswerKindName(row.kind))},
                {"code", std::string(CodeName(row.code))}})
          .Increment(row.count);
    }
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::CountAnswers(const std::vector<ItemAnswer>& items) {
  Tally tally;
  for (const ItemAnswer& item : items) {
    for (const engine::Answer& answer : item.answers) tally.Add(answer);
  }
  state_->Count(tally);
}

void Metrics::CountAnswers(std::span<const engine::Answer> answers) {
  Tally tally;
  for (const engine::Answer& answer : answers) tally.Add(answer);
  state_->Count(tally);
}

void Metrics::CountRequest(std::string_view route, int status, double seconds) {
  state_->requests.Add({{"route", std::string(route)}, {"status", std::to_string(status)}})
      .Increment();
  state_->seconds.Add({{"route", std::string(route)}}, kSeconds).Observe(seconds);
}

void Metrics::CountRefusedConnection() { state_->refused_connections.Increment(); }

std::string Metrics::Text(const Levels& levels) {
  state_->durable.Set(static_cast<double>(levels.durable));
  state_->projected.Set(static_cast<double>(levels.projected));
  state_->lag.Set(levels.durable > levels.projected
                      ? static_cast<double>(levels.durable - levels.projected)
                      : 0);
  state_->connections.Set(static_cast<double>(levels.connections));
  state_->in_flight.Set(static_cast<double>(levels.requests_in_flight));
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace longmen::adapters::http
