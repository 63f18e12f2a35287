// RecordBlock: the stored block that holds a record, checked from end to end; the one place that
// finds a record by its sequence.
#pragma once

#include "engine/log/event_log.h"

namespace longmen::engine {

class RecordBlock {
 public:
  // Errors: corrupt where no block holds the sequence or it is damaged; the log's own.
  static Result<RecordBlock> Read(const LogReader& log, Sequence sequence);

  bool Holds(Sequence sequence) const {
    return sequence >= view_.header().first_sequence && sequence <= view_.header().last_sequence();
  }
  // Of a sequence that it holds; lives as long as this, wherever it is moved.
  const RecordView& record(Sequence sequence) const {
    return view_.records()[sequence - view_.header().first_sequence];
  }
  const BlockView& view() const { return view_; }

 private:
  RecordBlock(StoredBlock stored, BlockView view)
      : stored_(std::move(stored)), view_(std::move(view)) {}

  StoredBlock stored_;
  BlockView view_;
};

}  // namespace longmen::engine
