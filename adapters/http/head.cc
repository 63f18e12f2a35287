#include "adapters/http/head.h"

#include <algorithm>

#include "adapters/http/problem.h"

namespace longmen::adapters::http {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Fields {
 public:
  explicit Fields(std::span<const HeaderField> fields) : fields_(fields) {}

  size_t Count(std::string_view name) const {
    return static_cast<size_t>(
        std::count_if(fields_.begin(), fields_.end(),
                      [&](const HeaderField& field) { return SameName(field.name, name); }));
  }

  // Has every field of the name this value?
  bool All(std::string_view name, std::string_view value) const {
    return std::all_of(fields_.begin(), fields_.end(), [&](const HeaderField& field) {
      return !SameName(field.name, name) || SameName(field.value, value);
    });
  }

 private:
  std::span<const HeaderField> fields_;
};

Response Malformed(std::string field, std::string message, int status = 400) {
  return Problem({Code::MALFORMED, std::move(field), std::move(message)}, status);
}

// Chunks are the only coding that is read here; "gzip, chunked" is one that is not.
std::optional<Response> RefuseBody(const Fields& fields, unsigned version) {
  const size_t codings = fields.Count("Transfer-Encoding");
  if (codings == 0) return std::nullopt;
  if (version < 11 || codings > 1 || !fields.All("Transfer-Encoding", "chunked")) {
    return Malformed("Transfer-Encoding", "of HTTP/1.1 and once chunked, or not at all");
  }
  if (fields.Count("Content-Length") > 0) {
    return Malformed("Transfer-Encoding", "not beside Content-Length");
  }
  return std::nullopt;
}

}  // namespace

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::optional<Response> RefuseFields(std::span<const HeaderField> all, unsigned version) {
  const Fields fields(all);
  if (auto refusal = RefuseBody(fields, version)) return refusal;
  for (const char* once : {"Host", "Authorization", "Content-Length", "Content-Type"}) {
    if (fields.Count(once) > 1) return Malformed(once, "it may stand there once");
  }
  if (version >= 11 && fields.Count("Host") == 0) {
    return Problem({Code::MISSING_FIELD, "Host", "HTTP/1.1 requires it"});
  }
  if (!fields.All("Content-Encoding", "identity")) {
    return Malformed("Content-Encoding", "bodies are taken as they are", 415);
  }
  if (!fields.All("Expect", "100-continue")) {
    return Malformed("Expect", "100-continue is all that can be expected", 417);
  }
  return std::nullopt;
}

}  // namespace longmen::adapters::http
