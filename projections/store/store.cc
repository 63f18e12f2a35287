#include "projections/store/store.h"

namespace longmen::projections {

namespace {

// Record by record, with nothing gathered.
class SimpleFolder final : public Folder {
 public:
  SimpleFolder(const Projection& projection, Store& store)
      : projection_(projection), store_(store) {}
  void Fold(const RecordView& record, schema::Proposal::Reader proposal,
            const Effects& effects) override {
    projection_.Fold(record, proposal, effects, store_);
  }
  void Finish() override {}

 private:
  const Projection& projection_;
  Store& store_;
};

}  // namespace

void Projection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                      const Effects& effects, Store& store) const {
  const auto folder = Begin(store);
  folder->Fold(record, proposal, effects);
  folder->Finish();
}

std::unique_ptr<Folder> Projection::Begin(Store& store) const {
  return std::make_unique<SimpleFolder>(*this, store);
}

std::optional<std::string> MapStore::Get(std::string_view key) const {
  const auto found = pairs_.find(key);
  if (found == pairs_.end()) return std::nullopt;
  return found->second;
}

void MapStore::Scan(std::string_view prefix, std::string_view after,
                    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  auto at =
      after.empty() || after < prefix ? pairs_.lower_bound(prefix) : pairs_.upper_bound(after);
  for (; at != pairs_.end() && at->first.starts_with(prefix); ++at) {
    if (!visit(at->first, at->second)) return;
  }
}

void MapStore::Put(std::string_view key, std::string_view value) {
  pairs_.insert_or_assign(std::string(key), std::string(value));
}

void MapStore::Delete(std::string_view key) {
  const auto found = pairs_.find(key);
  if (found != pairs_.end()) pairs_.erase(found);
}

void MapStore::Append(std::string_view key, std::string_view bytes) {
  const auto found = pairs_.find(key);
  if (found == pairs_.end()) return Put(key, bytes);
  found->second += bytes;
}

void MapStore::Amend(std::string_view key, std::string_view head, std::string_view tail) {
  auto found = pairs_.lower_bound(key);
  if (found == pairs_.end() || found->first != key) {
    found = pairs_.emplace_hint(found, key, std::string());
  }
  AmendValue(found->second, {.head = head, .tail = tail});
}

}  // namespace longmen::projections
