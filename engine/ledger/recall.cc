#include "engine/ledger/recall.h"

#include <algorithm>

#include "engine/ledger/identities.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

// What a hash is of; a part of the history's format, in the low bits of the number beside it.
enum class HashOf : uint64_t { kLines = 0, kIdentity = 1, kOrder = 2, kMovement = 3 };
constexpr uint64_t kKinds = 4;

void Put(History& history, HashOf what, uint64_t hash, uint64_t number) {
  history.Put(hash, number * kKinds + static_cast<uint64_t>(what));
}
Numbers FindAll(History& history, HashOf what, uint64_t hash) {
  Numbers found;
  for (const uint64_t number : history.Find(hash)) {
    if (number % kKinds == static_cast<uint64_t>(what)) found.push_back(number / kKinds);
  }
  return found;
}

uint64_t SeedOf(const History& history, HashOf what) {
  return history.seed() + static_cast<uint64_t>(what) * 0x9e3779b97f4a7c15;
}
uint64_t IdentityHash(const History& history, std::string_view source, std::string_view id) {
  const uint64_t seed = SeedOf(history, HashOf::kIdentity);
  return Xxh3Seeded(AsBytes(id), seed + Xxh3Seeded(AsBytes(source), seed));
}
uint64_t OrderHash(const History& history, schema::Scenario scenario, std::string_view key) {
  return Xxh3Seeded(AsBytes(key),
                    SeedOf(history, HashOf::kOrder) + (static_cast<uint64_t>(scenario) << 32));
}
uint64_t MovementHash(const History& history, Sequence sequence) {
  return Xxh3Seeded({reinterpret_cast<const uint8_t*>(&sequence), sizeof sequence},
                    SeedOf(history, HashOf::kMovement));
}

// Files keep their numbers.
uint64_t LinesHash(const History& history, const LinesKey& key) {
  const uint32_t numbers[] = {key.file.number, key.row};
  return Xxh3Seeded({reinterpret_cast<const uint8_t*>(numbers), sizeof numbers},
                    SeedOf(history, HashOf::kLines));
}

// --- bundles as bytes: what it is of, the order if there is one, the movements; or the lines

enum class BundleOf : uint8_t { kMovement, kOrder, kLines };

void WriteBundle(ArchiveWriter& archive, const State& state, const OrderRow& order) {
  archive(BundleOf::kOrder);
  archive(order);
  archive(static_cast<uint32_t>(order.movements.size()));
  for (const Sequence sequence : order.movements) archive(*state.movements.Find(sequence));
}

void WriteBundle(ArchiveWriter& archive, const State&, const MovementRow& movement) {
  archive(BundleOf::kMovement);
  archive(uint32_t{1});
  archive(movement);
}

void WriteBundle(ArchiveWriter& archive, const State&, const LinesRow& lines) {
  archive(BundleOf::kLines);
  archive(lines);
}

template <typename Row>
uint64_t Store(History& history, const State& state, const Row& row) {
  ArchiveWriter archive;
  WriteBundle(archive, state, row);
  return history.Store(archive.bytes());
}

std::optional<Bundle> ReadBundle(Bytes bytes) {
  ArchiveReader archive(bytes);
  Bundle bundle;
  BundleOf of = BundleOf::kMovement;
  archive(of);
  if (of == BundleOf::kLines) {
    archive(bundle.lines.emplace());
  } else {
    if (of == BundleOf::kOrder) archive(bundle.order.emplace());
    archive(bundle.movements);
  }
  const bool whole = archive.AtEnd() && of <= BundleOf::kLines &&
                     (of != BundleOf::kMovement || bundle.movements.size() == 1);
  return whole ? std::optional(std::move(bundle)) : std::nullopt;
}

std::optional<Bundle> Fetch(History& history, uint64_t place) {
  const auto bytes = history.Fetch(place);
  if (!bytes) return std::nullopt;
  auto bundle = ReadBundle(*bytes);
  if (!bundle) history.Fail({Code::CORRUPT, "history", "a bundle is not as it was written"});
  return bundle;
}

Sequence ChangedOf(const Bundle& bundle) {
  if (bundle.lines) return bundle.lines->changed;
  return bundle.order ? bundle.order->changed : bundle.movements.front().changed;
}

// The newest bundle under the hash that is not of a later record than the state's last one, and of
// which `is_it(bundle)`.
template <typename IsIt>
std::optional<Bundle> Newest(const State& state, History& history, HashOf what, uint64_t hash,
                             IsIt is_it) {
  std::optional<Bundle> newest;
  Sequence changed = 0;
  for (const uint64_t place : FindAll(history, what, hash)) {
    std::optional<Bundle> bundle = Fetch(history, place);
    if (!bundle || !is_it(*bundle)) continue;
    const Sequence at = ChangedOf(*bundle);
    if (at > state.last_sequence || at < changed) continue;
    changed = at;
    newest = std::move(bundle);
  }
  return newest;
}

std::optional<Bundle> RecallAlone(const State& state, History& history, Sequence sequence) {
  return Newest(state, history, HashOf::kMovement, MovementHash(history, sequence),
                [sequence](const Bundle& bundle) {
                  return !bundle.order && !bundle.lines &&
                         bundle.movements.front().sequence == sequence;
                });
}

std::optional<Bundle> RecallLines(const State& state, History& history, const LinesKey& key) {
  return Newest(state, history, HashOf::kLines, LinesHash(history, key),
                [&key](const Bundle& bundle) { return bundle.lines && bundle.lines->Is(key); });
}

// The bundle that the movement of a record lies in.
std::optional<Bundle> RecallWith(const State& state, History& history, Sequence sequence) {
  if (auto alone = RecallAlone(state, history, sequence)) return alone;
  const auto record = history.Record(sequence);
  if (!record) return std::nullopt;
  const auto proposal = ReadCanonical(record->proposal);
  return RecallOrder(state, history, proposal.getScenario(), View(proposal.getKey()));
}

// The sequences of records that may be an identity's, up to the state's last one.
Numbers RecordsOf(const State& state, History& history, std::string_view source,
                  std::string_view id) {
  Numbers found;
  for (const uint64_t sequence :
       FindAll(history, HashOf::kIdentity, IdentityHash(history, source, id))) {
    const bool again = std::find(found.begin(), found.end(), sequence) != found.end();
    if (sequence <= state.last_sequence && !again) found.push_back(sequence);
  }
  return found;
}

bool Began(const MovementRow& movement, const RecalledRow::Key& identity) {
  return movement.source == identity.source && movement.id == identity.id;
}

// --- into the history

// Whether the row is to be stored now; afterwards it says whether the history has it.
template <typename Row>
bool ToStore(const History& history, Row& row, Sequence changed) {
  if (row.stored) return false;
  row.stored = changed <= history.mark() || !history.read_only();
  return row.stored && changed > history.mark();
}

void StoreOnce(const State& state, History& history, OrderRow& order) {
  if (!ToStore(history, order, order.changed)) return;
  Put(history, HashOf::kOrder, OrderHash(history, order.scenario, order.name),
      Store(history, state, order));
}

void StoreOnce(const State& state, History& history, MovementRow& movement) {
  if (!ToStore(history, movement, movement.changed)) return;
  Put(history, HashOf::kMovement, MovementHash(history, movement.sequence),
      Store(history, state, movement));
}

void StoreOnce(const State& state, History& history, LinesRow& lines) {
  if (!ToStore(history, lines, lines.changed)) return;
  Put(history, HashOf::kLines, LinesHash(history, lines.row_key), Store(history, state, lines));
}

void StoreOnce(const State& state, History& history, IdentityRow& row) {
  if (!ToStore(history, row, row.sequence)) return;
  Put(history, HashOf::kIdentity,
      IdentityHash(history, state.source_names[row.source].name, row.id), row.sequence);
}

// --- into memory

class Warmer {
 public:
  Warmer(State& state, History& history, Sequence settled)
      : state_(state), history_(history), settled_(settled) {}

  // Whether it came; it is not in memory.
  bool Identity(std::string_view source, std::string_view id) {
    auto row = RecallIdentity(state_, history_, source, id);
    if (!row) return false;
    const auto ref = state_.ids.Insert(row->RowKey());
    Came(ref, std::move(*row), state_.ids, Aged::Kind::kIdentity);
    return true;
  }

  void Order(const OrderRow::Key& key) {
    const auto ref = state_.orders.RefOf(key);
    if (!ref.empty()) return Keep(state_.orders, ref);
    if (auto bundle = RecallOrder(state_, history_, key.scenario, key.name)) {
      Insert(std::move(*bundle));
    }
  }

  void Line(std::string_view file, uint32_t line) {
    const auto named = state_.files.RefOf(file);
    if (named.empty() || line == 0 || line > state_.files[named].lines) return;
    const LinesKey key = LinesKey::Of(named, line);
    if (!state_.file_lines.RefOf(key).empty()) return;
    auto bundle = RecallLines(state_, history_, key);
    if (!bundle) {
      return history_.Fail({Code::CORRUPT, "history", "lines of a statement file are missing"});
    }
    Came(state_.file_lines.Insert(key), std::move(*bundle->lines), state_.file_lines,
         Aged::Kind::kLines);
  }

  void Movement(std::string_view source, std::string_view id) {
    const auto named = state_.source_names.RefOf(source);
    if (named.empty()) return;
    const RecalledRow::Key identity{named, id};
    if (const IdentityRow* known = state_.ids.Find(identity)) {
      if (known->refused == Code::NONE) At(known->sequence);
      return;
    }
    if (const RecalledRow* recalled = state_.recalled.Find(identity)) {
      return At(recalled->movement);
    }
    for (const Sequence sequence : RecordsOf(state_, history_, source, id)) {
      At(sequence);
      const MovementRow* movement = state_.movements.Find(sequence);
      if (movement == nullptr || !Began(*movement, identity)) continue;
      const auto row = state_.recalled.Insert(identity);
      state_.recalled.Mutable(row).movement = sequence;
      return;
    }
  }

 private:
  // The movement that a record began, if it began one, with its order or its debit.
  void At(Sequence sequence) {
    auto ref = state_.movements.RefOf(sequence);
    if (ref.empty()) {
      auto bundle = RecallWith(state_, history_, sequence);
      if (!bundle) return;
      const bool has_it =
          std::any_of(bundle->movements.begin(), bundle->movements.end(),
                      [sequence](const MovementRow& row) { return row.sequence == sequence; });
      if (!has_it) return;
      Insert(std::move(*bundle));
      ref = state_.movements.RefOf(sequence);
    }
    const MovementRow& movement = state_.movements[ref];
    if (movement.of_order()) return Order({movement.scenario, movement.key});
    Keep(state_.movements, ref);
    if (movement.kind == MovementKind::kRefund) At(movement.debit);
  }

  // What is old and about to change is put away as it is; not what may yet be undone.
  template <typename Row>
  void Keep(Table<Row>& table, Ref<Row> ref) {
    const bool undoable = table[ref].changed > settled_;
    if (state_.IsOld(table[ref]) && !undoable) StoreOnce(state_, history_, table.Mutable(ref));
  }

  void Insert(Bundle bundle) {
    if (bundle.order && !state_.orders.RefOf(bundle.order->RowKey()).empty()) return;
    for (MovementRow& movement : bundle.movements) {
      const auto ref = state_.movements.Insert(movement.sequence);
      const bool alone = !movement.of_order();
      Came(ref, std::move(movement), state_.movements,
           alone ? std::optional(Aged::Kind::kMovement) : std::nullopt);
    }
    if (!bundle.order) return;
    const auto ref = state_.orders.Insert(bundle.order->RowKey());
    Came(ref, std::move(*bundle.order), state_.orders, Aged::Kind::kOrder);
  }

  template <typename Row>
  void Came(Ref<Row> ref, Row row, Table<Row>& table, std::optional<Aged::Kind> kind) {
    row.stored = true;
    table.Mutable(ref) = std::move(row);
    if (kind) Age(state_, *kind, ref, state_.last_sequence);
  }

  State& state_;
  History& history_;
  const Sequence settled_;
};

// --- out of memory

void Erase(State& state, Ref<MovementRow> ref) {
  const MovementRow& movement = state.movements[ref];
  if (state.recalled.size() > 0) {
    const auto recalled = state.recalled.RefOf({movement.source, movement.id});
    if (!recalled.empty()) state.recalled.Erase(recalled);
  }
  state.movements.Erase(ref);
}

void Erase(State& state, Ref<OrderRow> ref) {
  for (const Sequence sequence : state.orders[ref].movements) {
    Erase(state, state.movements.RefOf(sequence));
  }
  state.orders.Erase(ref);
}

void Erase(State& state, Ref<IdentityRow> ref) { state.ids.Erase(ref); }
void Erase(State& state, Ref<LinesRow> ref) { state.file_lines.Erase(ref); }

// A movement of an order goes with it.
bool GoesAlone(const MovementRow& movement) { return !movement.of_order(); }
bool GoesAlone(const OrderRow&) { return true; }
bool GoesAlone(const IdentityRow&) { return true; }
bool GoesAlone(const LinesRow&) { return true; }

template <typename Row>
void Leave(State& state, History& history, Table<Row>& table, Ref<Row> ref) {
  Row* row = table.MutableIfThere(ref);
  if (row == nullptr || !GoesAlone(*row) || !state.IsOld(*row)) return;
  StoreOnce(state, history, *row);
  if (!row->stored) return;
  Erase(state, ref);
  state.partial = true;
}

}  // namespace

std::optional<Bundle> RecallOrder(const State& state, History& history, schema::Scenario scenario,
                                  std::string_view key) {
  return Newest(state, history, HashOf::kOrder, OrderHash(history, scenario, key),
                [&](const Bundle& bundle) {
                  return bundle.order && bundle.order->Is({scenario, key});
                });
}

std::optional<IdentityRow> RecallIdentity(const State& state, History& history,
                                          std::string_view source, std::string_view id) {
  std::optional<IdentityRow> found;
  const Ref<SourceNameRow> named = state.source_names.RefOf(source);
  if (named.empty()) return found;
  for (const Sequence sequence : RecordsOf(state, history, source, id)) {
    const auto record = history.Record(sequence);
    if (!record) return std::nullopt;
    ForEachIdentity(record->proposal, ReadCanonical(record->proposal), sequence,
                    [&](const Told& told) {
                      if (told.source != source || told.id != id) return;
                      found.emplace();
                      found->SetKey({named, id});
                      FillIn(*found, told);
                    });
  }
  return found;
}

std::optional<MovementRow> RecallMovement(const State& state, History& history,
                                          std::string_view source, std::string_view id) {
  const auto named = state.source_names.RefOf(source);
  if (named.empty()) return std::nullopt;
  Numbers records;
  if (const IdentityRow* known = state.ids.Find({named, id})) {
    if (known->refused == Code::NONE) records.push_back(known->sequence);
  } else {
    records = RecordsOf(state, history, source, id);
  }
  for (const Sequence sequence : records) {
    const MovementRow* here = state.movements.Find(sequence);
    if (here != nullptr && Began(*here, {named, id})) return *here;
    const auto bundle = RecallWith(state, history, sequence);
    if (!bundle) continue;
    for (const MovementRow& movement : bundle->movements) {
      if (movement.sequence == sequence && Began(movement, {named, id})) return movement;
    }
  }
  return std::nullopt;
}

void Expect(const State& state, const History* history, const Opened& proposal) {
  if (proposal.named.empty()) return;
  state.ids.Prefetch(proposal.identity);
  state.orders.Prefetch(proposal.order);
  if (history == nullptr) return;
  history->Prefetch(IdentityHash(*history, proposal.source, proposal.id()));
  if (!proposal.proposal.getBody().isOrder()) return;
  history->Prefetch(OrderHash(*history, proposal.scenario(), proposal.key()));
}

bool WarmIdentity(State& state, History& history, const Opened& proposal) {
  return Warmer(state, history, state.last_sequence).Identity(proposal.source, proposal.id());
}

void WarmSubject(State& state, History& history, Sequence settled, const Opened& proposal) {
  const auto body = proposal.proposal.getBody();
  const bool resolution = body.isResolution();
  if (!resolution && !body.isOrder() && !body.isAuthorization() && !body.isDebit() &&
      !body.isRefund()) {
    return;
  }
  Warmer warmer(state, history, settled);
  const auto by = [&](schema::Reference::Reader reference) {
    warmer.Movement(reference.hasSource() ? View(reference.getSource()) : proposal.source,
                    View(reference.getId()));
  };
  if (resolution) {
    for (auto movement : body.getResolution().getMovements()) by(movement);
    for (auto line : body.getResolution().getLines()) {
      warmer.Line(View(line.getFile()), line.getLine());
    }
    return;
  }
  warmer.Order(proposal.order);
  if (body.isDebit() && body.getDebit().hasResolves()) by(body.getDebit().getResolves());
  if (!body.isRefund()) return;
  const auto refund = body.getRefund();
  by(refund.hasResolves() ? refund.getResolves() : refund.getDebit());
}

void WarmDecided(State& state, History& history, const Opened& proposal) {
  const auto body = proposal.proposal.getBody();
  if (body.isOrder() && body.getOrder().getAction() == schema::OrderAction::PLACED) return;
  WarmSubject(state, history, state.last_sequence, proposal);
}

namespace {

// `visit(table, ref)` with the row that aged.
template <typename Visit>
void Visited(State& state, const Aged& aged, Visit visit) {
  switch (aged.kind) {
    case Aged::Kind::kOrder:
      return visit(state.orders, Ref<OrderRow>{aged.number});
    case Aged::Kind::kMovement:
      return visit(state.movements, Ref<MovementRow>{aged.number});
    case Aged::Kind::kIdentity:
      return visit(state.ids, Ref<IdentityRow>{aged.number});
    case Aged::Kind::kLines:
      return visit(state.file_lines, Ref<LinesRow>{aged.number});
  }
}

// Nobody looked at these rows for a window: they come out of memory while others leave.
constexpr size_t kRowAhead = 12;
constexpr size_t kCellAhead = 6;

}  // namespace

namespace {

template <typename Row>
Hash128 HashOfBundle(const State& state, const Row& row) {
  ArchiveWriter archive;
  WriteBundle(archive, state, row);
  return Xxh3(archive.bytes());
}

}  // namespace

void KeepSuperseded(State& state, const Opened& proposal) {
  const auto keep = [&state](const auto& row) {
    if (state.IsOld(row)) state.superseded.insert(HashOfBundle(state, row));
  };
  if (const OrderRow* order = state.orders.Find(proposal.order)) return keep(*order);
  // A movement without an order changes by a refund of it, or by an outcome; then it is in flight.
  const auto body = proposal.proposal.getBody();
  if (!body.isRefund()) return;
  const auto refund = body.getRefund();
  Ref<MovementRow> debit;
  if (refund.hasResolves()) {
    const auto resolved =
        FindMovementBy(state, proposal.source, refund.getResolves(), MovementKind::kRefund);
    if (!resolved.empty()) debit = state.movements.RefOf(state.movements[resolved].debit);
  } else {
    debit = FindMovementBy(state, proposal.source, refund.getDebit(), MovementKind::kDebit);
  }
  if (!debit.empty() && !state.movements[debit].of_order()) keep(state.movements[debit]);
}

void PutAway(State& state, History& history, size_t most) {
  const Sequence through = state.OldThrough();
  auto& aged = state.aged;
  for (; most > 0 && !aged.empty() && aged.front().at <= through; --most) {
    if (aged.size() > kRowAhead) {
      Visited(state, aged[kRowAhead], [](auto& table, auto ref) { table.PrefetchRow(ref); });
      Visited(state, aged[kCellAhead], [](auto& table, auto ref) { table.PrefetchCell(ref); });
    }
    const Aged next = aged.front();
    aged.pop_front();
    Visited(state, next, [&](auto& table, auto ref) { Leave(state, history, table, ref); });
  }
  const bool all = aged.empty() || aged.front().at > through;
  const Sequence mark = all ? through : aged.front().at - 1;
  if (!history.read_only()) history.SetMark(mark, through);
}

namespace {

Error Differs(std::string place, std::string detail) {
  return {Code::CORRUPT, std::move(place), std::move(detail)};
}
std::string NameOf(const OrderRow& order) {
  return fmt::format("order {} {}", static_cast<int>(order.scenario), order.name);
}
std::string NameOf(const MovementRow& movement) {
  return fmt::format("movement {}", movement.sequence);
}

std::string NameOf(const LinesRow& lines) {
  return fmt::format("lines {} of file {}", lines.row_key.row, lines.row_key.file.number);
}

std::vector<uint8_t> BytesOf(const Bundle& bundle) {
  ArchiveWriter archive;
  if (bundle.lines) {
    archive(BundleOf::kLines);
    archive(*bundle.lines);
  } else {
    archive(bundle.order ? BundleOf::kOrder : BundleOf::kMovement);
    if (bundle.order) archive(*bundle.order);
    archive(bundle.movements);
  }
  return {archive.bytes().begin(), archive.bytes().end()};
}

// A row that is old in memory is in the history as it is.
template <typename Row>
Status IsThere(const State& state, const Row& row, const std::optional<Bundle>& found) {
  if (!found) return Differs(NameOf(row), "is not in the history");
  ArchiveWriter archive;
  WriteBundle(archive, state, row);
  if (AsText(BytesOf(*found)) == AsText(archive.bytes())) return Ok();
  return Differs(NameOf(row), "is not as the history has it");
}

// What the history has is as something is, or was when it was old.
Status Was(const State& state, const Bundle& bundle, Bytes bytes) {
  if (ChangedOf(bundle) > state.last_sequence) return Ok();
  const Hash128 hash = Xxh3(bytes);
  const auto is = [&](const auto* row) {
    return row != nullptr && row->changed == ChangedOf(bundle) && HashOfBundle(state, *row) == hash;
  };
  if (state.superseded.contains(hash)) return Ok();
  if (bundle.order) {
    if (is(state.orders.Find(bundle.order->RowKey()))) return Ok();
    return Differs(NameOf(*bundle.order), "in the history never was so");
  }
  if (bundle.lines) {
    if (is(state.file_lines.Find(bundle.lines->row_key))) return Ok();
    return Differs(NameOf(*bundle.lines), "in the history never was so");
  }
  const MovementRow& movement = bundle.movements.front();
  if (is(state.movements.Find(movement.sequence))) return Ok();
  return Differs(NameOf(movement), "in the history never was so");
}

// Whether everything is as it should be, in one pass over what is stored and one over the index;
// looked up one by one, history would be read from all over the disk. It may say no where nothing
// is wrong, and does not say what.
class WholeHistory {
 public:
  WholeHistory(const State& state, History& history, Sequence through)
      : state_(state), history_(history), through_(through) {}

  bool Check() { return CheckStored() && CheckIndex() && history_.status().ok(); }

 private:
  struct Wanted {
    uint64_t hash;
    HashOf what;
    uint32_t row;
  };

  bool Old(const OrderRow& row) const { return row.settled() && row.changed <= through_; }
  bool Old(const MovementRow& row) const {
    return !row.of_order() && row.settled() && row.changed <= through_;
  }
  bool Old(const LinesRow& row) const { return row.settled() && row.changed <= through_; }

  bool CheckStored() {
    orders_.resize(state_.orders.numbers() + 1);
    movements_.resize(state_.movements.numbers() + 1);
    lines_.resize(state_.file_lines.numbers() + 1);
    bool sound = true;
    history_.ForEachStored([&](uint64_t place, Bytes bytes) {
      const auto bundle = ReadBundle(bytes);
      sound =
          bundle && (places_.empty() || places_.back() < place) && Was(state_, *bundle, bytes).ok();
      if (!sound) return false;
      places_.push_back(place);
      if (bundle->order) {
        Note(state_.orders, bundle->order->RowKey(), *bundle, place, orders_);
      } else if (bundle->lines) {
        Note(state_.file_lines, bundle->lines->row_key, *bundle, place, lines_);
      } else {
        Note(state_.movements, bundle->movements.front().sequence, *bundle, place, movements_);
      }
      return true;
    });
    return sound;
  }

  // Where an old row is stored.
  template <typename Row>
  void Note(const Table<Row>& table, const typename Row::Key& key, const Bundle& bundle,
            uint64_t place, std::vector<uint64_t>& stored_at) {
    const Ref<Row> ref = table.RefOf(key);
    if (ref.empty() || table[ref].changed != ChangedOf(bundle) || !Old(table[ref])) return;
    stored_at[ref.number] = place + 1;
  }

  bool CheckIndex() {
    state_.orders.ForEach([&](Ref<OrderRow> ref, const OrderRow& row) {
      if (!Old(row)) return;
      wanted_.push_back({OrderHash(history_, row.scenario, row.name), HashOf::kOrder, ref.number});
    });
    state_.movements.ForEach([&](Ref<MovementRow> ref, const MovementRow& row) {
      if (!Old(row)) return;
      wanted_.push_back({MovementHash(history_, row.sequence), HashOf::kMovement, ref.number});
    });
    state_.ids.ForEach([&](Ref<IdentityRow> ref, const IdentityRow& row) {
      if (row.sequence > through_) return;
      const std::string& source = state_.source_names[row.source].name.text();
      wanted_.push_back({IdentityHash(history_, source, row.id), HashOf::kIdentity, ref.number});
    });
    state_.file_lines.ForEach([&](Ref<LinesRow> ref, const LinesRow& row) {
      if (!Old(row)) return;
      wanted_.push_back({LinesHash(history_, row.row_key), HashOf::kLines, ref.number});
    });
    std::ranges::sort(wanted_, {}, &Wanted::hash);
    return std::ranges::all_of(wanted_, [this](const Wanted& wanted) { return IsThere(wanted); });
  }

  bool IsThere(const Wanted& wanted) {
    const Numbers found = FindAll(history_, wanted.what, wanted.hash);
    if (wanted.what == HashOf::kIdentity) {
      const Sequence sequence = state_.ids[Ref<IdentityRow>{wanted.row}].sequence;
      return std::ranges::find(found, sequence) != found.end();
    }
    const auto& stored_at = wanted.what == HashOf::kOrder   ? orders_
                            : wanted.what == HashOf::kLines ? lines_
                                                            : movements_;
    bool there = false;
    for (const uint64_t place : found) {
      if (place + 1 == stored_at[wanted.row]) {
        there = true;
      } else if (!std::ranges::binary_search(places_, place)) {
        return false;
      }
    }
    return there;
  }

  const State& state_;
  History& history_;
  const Sequence through_;
  std::vector<uint64_t> places_;  // all
  // By the row's number: its bundle's place and one.
  std::vector<uint64_t> orders_;
  std::vector<uint64_t> movements_;
  std::vector<uint64_t> lines_;
  std::vector<Wanted> wanted_;
};

}  // namespace

Status CompareHistory(const State& state, History& history) {
  const Sequence through = std::min(state.OldThrough(), history.mark());
  if (WholeHistory(state, history, through).Check()) return Ok();
  // What cannot be read is found nowhere: say so, and not that the first row is missing.
  RETURN_IF_ERROR(history.status());
  Status first = Ok();
  const auto note = [&](Status status) {
    if (first.ok()) first = std::move(status);
    if (first.ok()) first = history.status();
    return first.ok();
  };
  state.orders.ForEach([&](Ref<OrderRow>, const OrderRow& row) {
    if (!first.ok() || !row.settled() || row.changed > through) return;
    note(IsThere(state, row, RecallOrder(state, history, row.scenario, row.name)));
  });
  state.movements.ForEach([&](Ref<MovementRow>, const MovementRow& row) {
    if (!first.ok() || row.of_order() || !row.settled() || row.changed > through) return;
    note(IsThere(state, row, RecallAlone(state, history, row.sequence)));
  });
  state.file_lines.ForEach([&](Ref<LinesRow>, const LinesRow& row) {
    if (!first.ok() || !row.settled() || row.changed > through) return;
    note(IsThere(state, row, RecallLines(state, history, row.row_key)));
  });
  state.ids.ForEach([&](Ref<IdentityRow>, const IdentityRow& row) {
    if (!first.ok() || row.sequence > through) return;
    const std::string& source = state.source_names[row.source].name.text();
    const Numbers records = RecordsOf(state, history, source, row.id);
    if (std::find(records.begin(), records.end(), row.sequence) == records.end()) {
      note(Differs(fmt::format("id {} of {}", row.id, source), "is not in the history"));
    }
  });
  history.ForEachStored([&](uint64_t, Bytes bytes) {
    const auto bundle = ReadBundle(bytes);
    return note(bundle ? Was(state, *bundle, bytes)
                       : Differs("history", "a bundle is not as it was written"));
  });
  note(Ok());
  return first;
}

}  // namespace longmen::engine
