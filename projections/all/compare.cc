#include <algorithm>
#include <deque>
#include <optional>

#include "projections/all/all.h"

namespace longmen::projections {
namespace {

// A store's pairs one after the other, fetched in pages, so that two stores can be walked abreast.
class Cursor {
 public:
  explicit Cursor(const ReadStore& store) : store_(store) { Fetch(); }
  bool done() const { return page_.empty(); }
  const std::string& key() const { return page_.front().first; }
  const std::string& value() const { return page_.front().second; }
  void Next() {
    last_ = std::move(page_.front().first);
    page_.pop_front();
    if (page_.empty()) Fetch();
  }

 private:
  void Fetch() {
    store_.Scan({}, last_, [&](std::string_view key, std::string_view value) {
      page_.emplace_back(key, value);
      return page_.size() < 1'000;
    });
  }

  const ReadStore& store_;
  std::deque<std::pair<std::string, std::string>> page_;
  std::string last_;
};

std::string OwnerOf(std::string_view key) {
  for (const Projection* projection : Projections()) {
    if (key.starts_with(projection->prefix())) return std::string(projection->name());
  }
  if (key == kAppliedKey || key == "format") return std::string(key);
  return "unknown";
}

std::string Printable(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (c >= 0x20 && c < 0x7f) {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
    }
  }
  return text;
}

}  // namespace

std::vector<Difference> Compare(const ReadStore& stored, const ReadStore& derived) {
  std::vector<Difference> differences;
  const auto report = [&](const std::string& key, bool in_stored, bool in_derived) {
    const std::string owner = OwnerOf(key);
    if (std::ranges::find(differences, owner, &Difference::projection) != differences.end()) return;
    differences.push_back(
        {.projection = owner, .key = Printable(key), .stored = in_stored, .derived = in_derived});
  };
  Cursor a(stored);
  Cursor b(derived);
  while (!a.done() || !b.done()) {
    if (b.done() || (!a.done() && a.key() < b.key())) {
      report(a.key(), true, false);
      a.Next();
    } else if (a.done() || b.key() < a.key()) {
      report(b.key(), false, true);
      b.Next();
    } else {
      if (a.value() != b.value()) report(a.key(), true, true);
      a.Next();
      b.Next();
    }
  }
  return differences;
}

Digest256 StoreDigest(const ReadStore& store) {
  Sha256Stream digest;
  const auto add = [&](std::string_view bytes) {
    const std::string size = fmt::format("{}:", bytes.size());
    digest.Add(AsBytes(size));
    digest.Add(AsBytes(bytes));
  };
  store.Scan({}, {}, [&](std::string_view key, std::string_view value) {
    add(key);
    add(value);
    return true;
  });
  return digest.Finish();
}

}  // namespace longmen::projections
