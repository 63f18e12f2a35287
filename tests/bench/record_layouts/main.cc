// record_layouts: what each candidate layout of a record costs, on the same invented payments.
//
//   record_layouts [--csv] [PAYMENTS]      default 4000 payments of each kind
//
// Prints a table for people, or with --csv one line "figure,layout,mix,value,unit" a figure. Every
// rate is the median of seven runs in this process. docs/format.md quotes it.
#include <fmt/format.h>
#include <lz4.h>
#include <time.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>

#include "events/base/hash.h"
#include "events/block/block.h"
#include "layouts.h"

namespace longmen::layouts {
namespace {

struct Figure {
  std::string figure, layout, mix;
  double value = 0;
  std::string unit;
};
std::vector<Figure> figures;

void Note(std::string figure, std::string_view layout, std::string_view mix, double value,
          std::string unit) {
  figures.push_back(
      {std::move(figure), std::string(layout), std::string(mix), value, std::move(unit)});
}

// Processor time of this thread: nothing here waits, and others may use the machine.
double ThreadNanos() {
  timespec now{};
  CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "layouts.clock");
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Nanoseconds an event, median of seven runs after one to warm up.
double Measure(size_t events, const std::function<void()>& run) {
  run();
  std::vector<double> runs;
  for (int i = 0; i < 7; ++i) {
    const double start = ThreadNanos();
    run();
    runs.push_back((ThreadNanos() - start) / static_cast<double>(events));
  }
  std::nth_element(runs.begin(), runs.begin() + 3, runs.end());
  return runs[3];
}

struct Blocks {
  std::vector<std::vector<uint64_t>> words;  // aligned
  std::vector<size_t> sizes;
  size_t bytes = 0;
  Bytes at(size_t i) const { return WordBytes(words[i], sizes[i]); }
};

Blocks Encode(Layout& layout, std::span<const Fact> facts, size_t per_block) {
  Blocks blocks;
  for (size_t from = 0; from < facts.size(); from += per_block) {
    std::vector<uint8_t> bytes;
    layout.Encode(facts.subspan(from, std::min(per_block, facts.size() - from)), bytes);
    blocks.words.push_back(AlignedCopy(bytes));
    blocks.sizes.push_back(bytes.size());
    blocks.bytes += bytes.size();
  }
  return blocks;
}

struct Compressor {
  std::string name;
  std::function<size_t(Bytes, std::vector<char>&)> compress;
  std::function<void(const std::vector<char>&, size_t, std::vector<char>&)> expand;
};

std::vector<Compressor> Compressors() {
  std::vector<Compressor> list;
  list.push_back({"lz4",
                  [](Bytes in, std::vector<char>& out) {
                    out.resize(static_cast<size_t>(LZ4_compressBound(static_cast<int>(in.size()))));
                    return static_cast<size_t>(LZ4_compress_default(
                        reinterpret_cast<const char*>(in.data()), out.data(),
                        static_cast<int>(in.size()), static_cast<int>(out.size())));
                  },
                  [](const std::vector<char>& in, size_t size, std::vector<char>& out) {
                    LZ4_decompress_safe(in.data(), out.data(), static_cast<int>(size),
                                        static_cast<int>(out.size()));
                  }});
  for (int level : {1, 3}) {
    list.push_back(
        {fmt::format("zstd-{}", level),
         [level](Bytes in, std::vector<char>& out) {
           static ZSTD_CCtx* const context = ZSTD_createCCtx();  // kept, as RocksDB keeps its own
           out.resize(ZSTD_compressBound(in.size()));
           return ZSTD_compressCCtx(context, out.data(), out.size(), in.data(), in.size(), level);
         },
         [](const std::vector<char>& in, size_t size, std::vector<char>& out) {
           static ZSTD_DCtx* const context = ZSTD_createDCtx();
           ZSTD_decompressDCtx(context, out.data(), out.size(), in.data(), size);
         }});
  }
  return list;
}

void MeasureCompression(Layout& layout, std::span<const Fact> facts, std::string_view mix,
                        size_t block_bytes, std::string_view label, double event_bytes) {
  const auto per_block =
      std::max<size_t>(1, static_cast<size_t>(static_cast<double>(block_bytes) / event_bytes));
  const Blocks blocks = Encode(layout, facts, per_block);
  const auto events = static_cast<double>(facts.size());
  for (const Compressor& compressor : Compressors()) {
    std::vector<std::vector<char>> packed(blocks.words.size());
    std::vector<size_t> sizes(blocks.words.size());
    const double deflate = Measure(facts.size(), [&] {
      for (size_t i = 0; i < packed.size(); ++i) {
        sizes[i] = compressor.compress(blocks.at(i), packed[i]);
      }
    });
    std::vector<char> out;
    const double inflate = Measure(facts.size(), [&] {
      for (size_t i = 0; i < packed.size(); ++i) {
        out.resize(blocks.sizes[i]);
        compressor.expand(packed[i], sizes[i], out);
      }
    });
    CHECK(std::memcmp(out.data(), blocks.at(packed.size() - 1).data(), out.size()) == 0,
          "layouts.compression", compressor.name);
    size_t total = 0;
    for (size_t size : sizes) total += size;
    const std::string name = fmt::format("{} {}", compressor.name, label);
    Note(name, layout.name(), mix, static_cast<double>(total) / events, "bytes/event");
    Note(name + " compress", layout.name(), mix, deflate, "ns/event");
    Note(name + " expand", layout.name(), mix, inflate, "ns/event");
  }
}

void MeasureRates(Layout& layout, std::span<const Fact> facts, std::string_view mix,
                  uint64_t expected, double event_bytes) {
  const auto per_block = static_cast<size_t>((1u << 20) / event_bytes);
  Note("encode", layout.name(), mix,
       Measure(facts.size(), [&] { Encode(layout, facts, per_block); }), "ns/event");
  const Blocks blocks = Encode(layout, facts, per_block);
  Note("decode", layout.name(), mix,
       Measure(facts.size(),
               [&] {
                 Sink sink;
                 for (size_t i = 0; i < blocks.words.size(); ++i) layout.Decode(blocks.at(i), sink);
                 CHECK(sink.sum() == expected, "layouts.fields", layout.name());
               }),
       "ns/event");
  if (layout.name() == "A canonical") {
    const auto by_capnp = CapnProtoByCapnp();
    Note("encode by capnp's own", layout.name(), mix,
         Measure(facts.size(), [&] { Encode(*by_capnp, facts, per_block); }), "ns/event");
    CHECK(Encode(*by_capnp, facts, per_block).words == blocks.words, "layouts.form");
    Note("canonical check", layout.name(), mix,
         Measure(facts.size(),
                 [&] {
                   for (size_t i = 0; i < blocks.words.size(); ++i) {
                     CHECK(AllCanonical(blocks.at(i)), "layouts.canonical", i);
                   }
                 }),
         "ns/event");
  }
  uint64_t seen = 0;
  Note("sha-256 of the bytes", layout.name(), mix,
       Measure(facts.size(),
               [&] {
                 for (size_t i = 0; i < blocks.words.size(); ++i) {
                   seen += Sha256(blocks.at(i))[0];
                 }
               }),
       "ns/event");
  CHECK(seen != 0, "layouts.digest");
}

// What text names cost the engine instead of numbers: one XXH3 over each.
void MeasureNames(std::span<const Fact> facts) {
  uint64_t sum = 0;
  size_t count = 0;
  const double cost = Measure(facts.size(), [&] {
    for (const Fact& fact : facts) {
      for (size_t i = 0; i < kNames; ++i) {
        if (fact.texts[i].empty()) continue;
        sum += Xxh3(AsBytes(fact.texts[i])).low;
        ++count;
      }
    }
  });
  CHECK(sum != 0, "layouts.names");
  Note("xxh3 of its names", "A canonical", "all", cost, "ns/event");
  Note("names", "A canonical", "all",
       static_cast<double>(count) / 8 / static_cast<double>(facts.size()), "per event");
}

uint64_t Expected(std::span<const Fact> facts) {
  Sink sink;
  for (const Fact& fact : facts) {
    sink.Header(fact.header);
    for (uint8_t i = 0; i < kIntFields; ++i) sink.Int(static_cast<IntField>(i), fact.ints[i]);
    for (uint8_t i = 0; i < kTextFields; ++i) sink.Text(static_cast<TextField>(i), fact.texts[i]);
  }
  return sink.sum();
}

struct NamedMix {
  std::string_view name;
  Mix mix;
  bool evidence;
};
constexpr NamedMix kMixes[] = {{"b2b", Mix::kB2b, false},
                               {"parking", Mix::kParking, false},
                               {"campus", Mix::kCampus, false},
                               {"all", Mix::kAll, false},
                               {"all+original", Mix::kAll, true}};

void MeasureMix(const NamedMix& mix, size_t payments, uint64_t seed) {
  const auto facts = MakeFacts(mix.mix, payments, mix.evidence, seed);
  const uint64_t expected = Expected(facts);
  std::vector<std::unique_ptr<Layout>> layouts;
  layouts.push_back(CapnProto());
  layouts.push_back(PlainCapnProto());
  layouts.push_back(PackedCapnProto());
  layouts.push_back(InternedCapnProto());
  layouts.push_back(BlockCapnProto());
  layouts.push_back(TagLengthValue());
  for (auto& layout : layouts) {
    const Blocks blocks = Encode(*layout, facts, 1'500);
    const double event_bytes =
        static_cast<double>(blocks.bytes) / static_cast<double>(facts.size());
    Note("stored", layout->name(), mix.name, event_bytes, "bytes/event");
    if (mix.mix != Mix::kAll) continue;
    MeasureRates(*layout, facts, mix.name, expected, event_bytes);
    MeasureCompression(*layout, facts, mix.name, 8u << 10, "8 KiB", event_bytes);
    MeasureCompression(*layout, facts, mix.name, 1u << 20, "1 MiB", event_bytes);
  }
  if (mix.name == "all") MeasureNames(facts);
}

void Print(bool csv) {
  if (csv) {
    fmt::print("figure,layout,mix,value,unit\n");
    for (const Figure& f : figures) {
      fmt::print("{},{},{},{:.1f},{}\n", f.figure, f.layout, f.mix, f.value, f.unit);
    }
    return;
  }
  // One row a figure and mix, one column a layout.
  std::vector<std::string> columns, rows;
  auto add = [](std::vector<std::string>& list, const std::string& item) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
  };
  auto row_of = [](const Figure& f) {
    return fmt::format("{:<13} {:<22}{:>12}", f.mix, f.figure, f.unit);
  };
  for (const Figure& f : figures) {
    add(columns, f.layout);
    add(rows, row_of(f));
  }
  fmt::print("{:<48}", "");
  for (const std::string& column : columns) fmt::print("{:>17}", column);
  for (const std::string& row : rows) {
    fmt::print("\n{:<48}", row);
    for (const std::string& column : columns) {
      auto found = std::find_if(figures.begin(), figures.end(), [&](const Figure& f) {
        return f.layout == column && row_of(f) == row;
      });
      fmt::print("{:>17}", found == figures.end() ? "" : fmt::format("{:.1f}", found->value));
    }
  }
  const Evolution evolution = TryEvolution();
  fmt::print("\n\na struct with two more fields, both absent: {} bytes instead of {}; {}\n",
             evolution.after, evolution.before,
             evolution.reads ? "old bytes read through it, and its bytes are the old ones"
                             : "THE OLD BYTES DO NOT READ THROUGH IT");
}

}  // namespace
}  // namespace longmen::layouts

int main(int argc, char** argv) {
  using namespace longmen::layouts;
  bool csv = false;
  size_t payments = 4'000;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--csv")
      csv = true;
    else
      payments = std::max(1ull, std::strtoull(argv[i], nullptr, 10));
  }
  const char* seed_text = std::getenv("LONGMEN_SEED");
  const uint64_t seed = seed_text ? std::strtoull(seed_text, nullptr, 10) : 20210301;
  fmt::print(stderr, "seed {} (LONGMEN_SEED), {} payments of each kind\n", seed, payments);
  for (const NamedMix& mix : kMixes) MeasureMix(mix, payments, seed);
  Print(csv);
  return TryEvolution().reads ? 0 : 1;
}
