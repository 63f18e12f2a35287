#include "adapters/http/message.h"

#include "adapters/http/problem.h"

namespace longmen::adapters::http {

Reply::Reply(std::function<void(Response)> send) : slot_(std::make_shared<Slot>(std::move(send))) {}

void Reply::Send(Response response) const {
  if (!slot_->sent.exchange(true)) slot_->send(std::move(response));
}

Reply::Slot::~Slot() {
  if (!sent.exchange(true)) {
    send(Problem({Code::STOPPING, "", "no answer was given; look the id up or send it again"}));
  }
}

}  // namespace longmen::adapters::http
