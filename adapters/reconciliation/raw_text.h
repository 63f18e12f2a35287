// RawText: the lines of a statement file as they came, compressed as an event keeps them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace longmen::adapters {

class RawCompressor {
 public:
  RawCompressor();
  ~RawCompressor();
  // One zstd frame that says how much it holds. Valid until the next call.
  std::string_view Compress(std::string_view text);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// What a frame holds. CORRUPT where it is none, or holds more than an event's lines ever do.
Result<std::string> Decompress(std::string_view frame);

}  // namespace longmen::adapters
