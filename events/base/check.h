// CHECK: for bugs, on in every build. Prints what it saw and aborts; never used on input.
#pragma once

#include <fmt/format.h>

#include <string>

namespace longmen {

[[noreturn]] void CheckFailed(const char* condition, const char* name, const std::string& values);

template <typename... Values>
std::string CheckValues(const Values&... values) {
  std::string text;
  ((text += fmt::format(" {}", values)), ...);
  return text;
}

}  // namespace longmen

// CHECK(balance >= 0, "account.floor", account, balance)
#define CHECK(condition, name, ...)                                                  \
  do {                                                                               \
    if (!(condition)) [[unlikely]]                                                   \
      ::longmen::CheckFailed(#condition, name, ::longmen::CheckValues(__VA_ARGS__)); \
  } while (false)
