#include "events/base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

// Names are short: a call into the library costs as much as hashing one.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "events/base/check.h"

namespace longmen {

Hash128 Xxh3(Bytes bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

uint64_t Xxh3Seeded(Bytes bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Digest256 Sha256(Bytes bytes) {
  Sha256Stream stream;
  stream.Add(bytes);
  return stream.Finish();
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) == 1,
        "hash.init");
}

Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256Stream::Add(Bytes bytes) {
  CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1,
        "hash.add");
}

Digest256 Sha256Stream::Finish() {
  Digest256 digest;
  CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), nullptr) == 1,
        "hash.finish");
  return digest;
}

Digest256 KeyedToken(Bytes key, Bytes fact) {
  Digest256 digest;
  unsigned int length = 0;
  const uint8_t* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), fact.data(),
                             fact.size(), digest.data(), &length);
  CHECK(done != nullptr && length == digest.size(), "hash.token");
  return digest;
}

std::string Hex(Bytes bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace longmen
