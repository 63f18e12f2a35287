// What a queue settles, by the vectors of domain E5.
#include "engine/clearing/gridlock.h"

#include "tests/engine/clearing/queues.h"

namespace longmen::engine {
namespace {

struct Vector {
  const char* id;
  const char* liquidity;
  const char* payments;
  const char* fifo;      // what is let go one by one, in that order
  const char* bypass;    // likewise
  const char* together;  // what gridlock resolution settles
  const char* after;     // what the last of these that settles anything leaves
};

constexpr Vector kVectors[] = {
    {"G1", "A0 B0 C0", "A>B 100, B>C 100, C>A 100",  //
     "", "", "A>B 100, B>C 100, C>A 100", "A0 B0 C0"},
    {"G2", "A20 B10 C10", "A>B 100, B>C 110, C>A 100",  //
     "", "", "A>B 100, B>C 110, C>A 100", "A20 B0 C20"},
    {"G3", "A10 B5 C0", "A>B 50, A>C 40, B>C 60, C>A 45, C>B 30",  //
     "", "", "", "A10 B5 C0"},
    {"G4", "A0 B0 C0", "A>B 100, B>C 50",  //
     "", "", "", "A0 B0 C0"},
    {"G5", "A0 B10 C20", "A>C 50, A>C 50, B>A 60, B>C 40, C>A 60, C>A 40",  //
     "", "", "A>C 50, A>C 50, C>A 60, C>A 40", "A0 B10 C20"},
    {"Q1", "A60 B0 C0", "A>B 100, A>C 50, C>A 30",  //
     "", "A>C 50, C>A 30", "", "A40 B0 C20"},
    {"G4, A is given 100", "A100 B0 C0", "A>B 100, B>C 50",  //
     "A>B 100, B>C 50", "A>B 100, B>C 50", "A>B 100, B>C 50", "A0 B50 C50"},
};

TEST(Queue, SettlesAsTheHandbookSays) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.id);
    const PaymentQueue queue = Queue(vector.liquidity, vector.payments);
    const Released fifo = SettleAlone(queue, QueueOrder::kFifo);
    const Released bypass = SettleAlone(queue, QueueOrder::kBypassFifo);
    const Resolution together = ResolveFifo(queue);
    EXPECT_EQ(Text(queue, fifo.payments), vector.fifo);
    EXPECT_EQ(Text(queue, bypass.payments), vector.bypass);
    EXPECT_EQ(Text(queue, together.settles), vector.together);
    EXPECT_EQ(Text(together.count > 0 ? After(queue, together.settles) : bypass.liquidity),
              vector.after);
    ExpectSound(queue, together);
  }
}

TEST(Queue, TakesTheFirstSoManyOfEverySender) {
  const PaymentQueue g5 = Queue(kVectors[4].liquidity, kVectors[4].payments);
  const Resolution fifo = ResolveFifo(g5);
  EXPECT_EQ(fifo.of_sender, (std::vector<uint32_t>{2, 0, 2}));
  EXPECT_TRUE(fifo.value == 200);
}

struct ByValue {
  const char* liquidity;
  const char* payments;
  const char* settles;
};

TEST(Queue, SettlesMostValueWhateverTheOrder) {
  const ByValue vectors[] = {
      // Where everything can settle, it does.
      {"A0 B0 C0", "A>B 100, B>C 100, C>A 100", "A>B 100, B>C 100, C>A 100"},
      // The first payment of A's is too much; those behind it are not.
      {"A60 B0 C0", "A>B 100, A>C 50, C>A 30", "A>C 50, C>A 30"},
      // In fifo: 200, the pair of A and C.
      {"A0 B10 C20", "A>C 50, A>C 50, B>A 60, B>C 40, C>A 60, C>A 40",
       "A>C 50, A>C 50, C>A 60, C>A 40"},
      // Of two sets of one value: more payments.
      {"A6 B0", "A>B 6, A>B 4, A>B 2", "A>B 4, A>B 2"},
      // Of as many as well: what comes first in the queue.
      {"A6 B0 C0", "A>B 5, A>C 6, A>B 6", "A>C 6"},
      {"A6 B0 C0", "A>B 4, A>C 2, A>B 2, A>C 4", "A>B 4, A>C 2"},
      {"A0 B0", "A>B 3", ""},
      {"A0 B0", "", ""},
  };
  for (const auto& [liquidity, payments, settles] : vectors) {
    const PaymentQueue queue = Queue(liquidity, payments);
    const Resolution resolution = ResolveByValue(queue);
    EXPECT_EQ(Text(queue, resolution.settles), settles) << payments;
    EXPECT_TRUE(resolution.value == resolution.value_max) << payments;
    ExpectSound(queue, resolution);
  }
}

// Who is below zero settles what it is paid for, and gets no deeper; alone it pays nothing before
// it has come above.
TEST(Queue, NeverTakesAnybodyDeeperBelowZero) {
  const PaymentQueue even = Queue("A-50 B0", "A>B 30, B>A 30");
  EXPECT_EQ(Text(even, ResolveFifo(even).settles), "A>B 30, B>A 30");
  EXPECT_EQ(Text(even, ResolveByValue(even).settles), "A>B 30, B>A 30");
  EXPECT_EQ(Text(even, SettleAlone(even, QueueOrder::kFifo).payments), "");

  const PaymentQueue deeper = Queue("A-50 B0", "A>B 31, B>A 30");
  EXPECT_EQ(ResolveFifo(deeper).count, 0u);
  EXPECT_EQ(ResolveByValue(deeper).count, 0u);

  const PaymentQueue above = Queue("A-50 B80", "A>B 30, B>A 80");
  EXPECT_EQ(Text(above, SettleAlone(above, QueueOrder::kBypassFifo).payments), "B>A 80, A>B 30");
}

TEST(Queue, PassesByOnlyWhereItIsTold) {
  const PaymentQueue queue = Queue("A10 B0", "A>B 11, A>B 10, B>A 4, A>B 3");
  EXPECT_EQ(Text(queue, SettleAlone(queue, QueueOrder::kFifo).payments), "");
  EXPECT_EQ(Text(queue, SettleAlone(queue, QueueOrder::kBypassFifo).payments),
            "A>B 10, B>A 4, A>B 3");
}

TEST(Queue, HoldsTheLargestAmountsThereAre) {
  constexpr int64_t kMost = INT64_MAX;
  const PaymentQueue queue{{kMost, 0, kMost}, {{0, 1, kMost}, {2, 1, kMost}, {1, 0, kMost}}};
  EXPECT_EQ(ResolveFifo(queue).count, 3u);
  EXPECT_EQ(ResolveByValue(queue).count, 3u);
  EXPECT_TRUE(ResolveByValue(queue).value == static_cast<__int128>(kMost) * 3);
  const Released released = SettleAlone(queue, QueueOrder::kFifo);
  EXPECT_EQ(released.payments, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_TRUE(released.liquidity[1] == kMost);
}

}  // namespace
}  // namespace longmen::engine
