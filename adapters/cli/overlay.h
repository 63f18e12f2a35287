// Overlay: changes in memory over a store that must not be written.
#pragma once

#include <map>
#include <memory>

#include "projections/store/store.h"

namespace longmen::adapters::cli {

class Overlay final : public projections::Store {
 public:
  // `below` null: over nothing.
  explicit Overlay(std::shared_ptr<const projections::ReadStore> below)
      : below_(std::move(below)) {}

  std::optional<std::string> Get(std::string_view key) const override;
  void Scan(std::string_view prefix, std::string_view after,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override;
  void Put(std::string_view key, std::string_view value) override;
  void Delete(std::string_view key) override;
  void Append(std::string_view key, std::string_view bytes) override;
  void Amend(std::string_view key, std::string_view head, std::string_view tail) override;

 private:
  std::shared_ptr<const projections::ReadStore> below_;
  std::map<std::string, std::optional<std::string>, std::less<>> changes_;  // nothing: deleted
};

}  // namespace longmen::adapters::cli
