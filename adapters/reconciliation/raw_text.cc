#include "adapters/reconciliation/raw_text.h"

#include <zstd.h>

namespace longmen::adapters {
namespace {

constexpr int kLevel = 1;
constexpr size_t kTextMax = 4u << 20;  // a hundred lines of the longest kind

}  // namespace

struct RawCompressor::Context {
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
  std::string frame;
  ~Context() { ZSTD_freeCCtx(zstd); }
};

RawCompressor::RawCompressor() : context_(std::make_unique<Context>()) {}
RawCompressor::~RawCompressor() = default;

std::string_view RawCompressor::Compress(std::string_view text) {
  std::string& frame = context_->frame;
  frame.resize(std::max(frame.size(), ZSTD_compressBound(text.size())));
  const size_t size = ZSTD_compressCCtx(context_->zstd, frame.data(), frame.size(), text.data(),
                                        text.size(), kLevel);
  CHECK(ZSTD_isError(size) == 0, "raw_text.compress", ZSTD_getErrorName(size));
  return std::string_view(frame).substr(0, size);
}

Result<std::string> Decompress(std::string_view frame) {
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  const bool known = size != ZSTD_CONTENTSIZE_ERROR && size != ZSTD_CONTENTSIZE_UNKNOWN;
  if (!known || size > kTextMax) return Error{Code::CORRUPT, "raw", "no compressed lines"};
  std::string text(size, '\0');
  const size_t got = ZSTD_decompress(text.data(), text.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0 || got != size) {
    return Error{Code::CORRUPT, "raw", "the compressed lines are damaged"};
  }
  return text;
}

}  // namespace longmen::adapters
