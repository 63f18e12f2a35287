#include "adapters/http/media.h"

namespace longmen::adapters::http {

std::string MediaType(std::string_view field) {
  std::string type;
  for (char c : field.substr(0, field.find(';'))) {
    if (c == ' ' || c == '\t') continue;
    type += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return type;
}

bool AcceptsType(std::string_view accept, std::string_view type) {
  while (!accept.empty()) {
    const size_t end = accept.find(',');
    if (MediaType(accept.substr(0, end)) == type) return true;
    if (end == std::string_view::npos) break;
    accept.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace longmen::adapters::http
