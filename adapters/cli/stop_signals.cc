#include "adapters/cli/stop_signals.h"

#include <pthread.h>

namespace longmen::adapters::cli {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void StopSignals::Wait() { sigwait(&signals_, &came_); }

bool StopSignals::CameWithin(std::chrono::milliseconds time) {
  if (came_ != 0) return true;
  const timespec wait{.tv_sec = time.count() / 1'000, .tv_nsec = time.count() % 1'000 * 1'000'000};
  const int signal = sigtimedwait(&signals_, nullptr, &wait);
  if (signal > 0) came_ = signal;
  return came_ != 0;
}

std::string_view StopSignals::what() const {
  if (came_ == 0) return "";
  return came_ == SIGINT ? "interrupted" : "told to stop";
}

}  // namespace longmen::adapters::cli
