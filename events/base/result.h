// Result: a value or an Error, for failures and for malformed input.
//
// A business refusal is not an Error but a value (engine/ledger/decision.h); a bug is a CHECK.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "events/base/check.h"
#include "events/base/code.h"

namespace longmen {

struct Error {
  Code code = Code::NONE;
  std::string field;    // dotted path into what was given, where there is one
  std::string message;  // for people; nobody parses it
};

// One line for a terminal: "bad_text at order.payer: not UTF-8".
std::string Describe(const Error& error);

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: a value is a Result
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: so is an error

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  T& value() & {
    CHECK(ok(), "result.value", error().message);
    return std::get<T>(state_);
  }
  const T& value() const& {
    CHECK(ok(), "result.value", error().message);
    return std::get<T>(state_);
  }
  T&& value() && {
    CHECK(ok(), "result.value", error().message);
    return std::get<T>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return std::get<Error>(state_); }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;
inline Status Ok() { return Done{}; }

}  // namespace longmen

// RETURN_IF_ERROR(log.Append(...)): passes an Error on to the caller.
#define RETURN_IF_ERROR(expression)                                            \
  do {                                                                         \
    if (auto longmen_status = (expression); !longmen_status.ok()) [[unlikely]] \
      return longmen_status.error();                                           \
  } while (false)
