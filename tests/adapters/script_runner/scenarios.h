// The scenarios as scripts know them: adapters, and the schemas of their records.
#pragma once

#include <capnp/schema.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/port/port.h"

namespace longmen::script {

class ScenarioWords {
 public:
  // parking, b2b_gateway or tutorial.
  Status Choose(const std::string& name);

  schema::Scenario kind() const {
    return adapter_ == nullptr ? schema::Scenario::NONE : adapter_->scenario();
  }
  const adapters::ScenarioAdapter* adapter() const { return adapter_.get(); }

  // The record that `words` (step, business key, fields) describe, as JSON.
  Result<std::string> RecordJson(const std::vector<std::string>& words,
                                 const std::vector<std::string>& defaults, const std::string& id,
                                 Nanos occurred_at, const std::string& date) const;

 private:
  std::unique_ptr<adapters::ScenarioAdapter> adapter_;
  capnp::StructSchema record_;
};

}  // namespace longmen::script
