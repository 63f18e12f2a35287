// The hashes against published vectors: a log that is read in ten years depends on them.
#include "events/base/hash.h"

#include <gtest/gtest.h>

namespace longmen {
namespace {

TEST(Sha256, GivesTheVectorsOfFips180) {
  EXPECT_EQ(Hex(Sha256(AsBytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, StreamsToTheSameDigest) {
  Sha256Stream stream;
  stream.Add(AsBytes("a"));
  stream.Add({});
  stream.Add(AsBytes("bc"));
  EXPECT_EQ(Hex(stream.Finish()), Hex(Sha256(AsBytes("abc"))));
}

TEST(KeyedToken, GivesTheVectorOfRfc4231) {
  EXPECT_EQ(Hex(KeyedToken(AsBytes("Jefe"), AsBytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Xxh3, GivesTheVectorOfTheEmptyInput) {
  const Hash128 hash = Xxh3({});
  EXPECT_EQ(hash.low, 0x6001c324468d497fu);
  EXPECT_EQ(hash.high, 0x99aa06d3014798d8u);
}

}  // namespace
}  // namespace longmen
