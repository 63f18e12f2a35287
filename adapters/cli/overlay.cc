#include "adapters/cli/overlay.h"

namespace longmen::adapters::cli {

std::optional<std::string> Overlay::Get(std::string_view key) const {
  if (const auto change = changes_.find(key); change != changes_.end()) return change->second;
  return below_ == nullptr ? std::nullopt : below_->Get(key);
}

void Overlay::Scan(std::string_view prefix, std::string_view after,
                   const std::function<bool(std::string_view, std::string_view)>& visit) const {
  auto change =
      after.empty() || after < prefix ? changes_.lower_bound(prefix) : changes_.upper_bound(after);
  const auto in_reach = [&] {
    return change != changes_.end() && change->first.starts_with(prefix);
  };
  bool going = true;
  // Shows the changes before a key; the one at it hides what is below.
  const auto show_changes = [&](const std::string_view* until) {
    while (going && in_reach() && (until == nullptr || change->first < *until)) {
      if (change->second) going = visit(change->first, *change->second);
      ++change;
    }
  };
  if (below_ != nullptr) {
    below_->Scan(prefix, after, [&](std::string_view key, std::string_view value) {
      show_changes(&key);
      if (!going) return false;
      if (in_reach() && change->first == key) {
        if (change->second) going = visit(key, *change->second);
        ++change;
      } else {
        going = visit(key, value);
      }
      return going;
    });
  }
  show_changes(nullptr);
}

void Overlay::Put(std::string_view key, std::string_view value) {
  changes_.insert_or_assign(std::string(key), std::string(value));
}

void Overlay::Delete(std::string_view key) {
  changes_.insert_or_assign(std::string(key), std::nullopt);
}

void Overlay::Append(std::string_view key, std::string_view bytes) {
  Put(key, Get(key).value_or("").append(bytes));
}

void Overlay::Amend(std::string_view key, std::string_view head, std::string_view tail) {
  std::string value = Get(key).value_or("");
  projections::AmendValue(value, {.head = head, .tail = tail});
  Put(key, value);
}

}  // namespace longmen::adapters::cli
