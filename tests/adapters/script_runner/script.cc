#include "tests/adapters/script_runner/script.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <utility>

namespace longmen::script {
namespace {

Error Wrong(const std::string& file, int number, const std::string& what) {
  return Error{Code::USAGE, "", fmt::format("{}:{}: {}", file, number, what)};
}

// The end of the JSON that begins at `from`, or npos.
size_t EndOfJson(const std::string& text, size_t from) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = from; i < text.size(); ++i) {
    if (in_string) {
      if (text[i] == '\\') ++i;
      if (text[i] == '"') in_string = false;
    } else if (text[i] == '"') {
      in_string = true;
    } else if (text[i] == '{' || text[i] == '[') {
      ++depth;
    } else if (text[i] == '}' || text[i] == ']') {
      if (--depth == 0) return i + 1;
    }
  }
  return std::string::npos;
}

// The words of a line; false where a quote or bracket stays open.
bool Split(const std::string& text, std::vector<std::string>& words) {
  size_t i = 0;
  while (true) {
    i = text.find_first_not_of(" \t\r", i);
    if (i == std::string::npos || text[i] == '#') return true;
    size_t end = 0;
    if (text[i] == '"') {
      end = text.find('"', i + 1);
      if (end == std::string::npos) return false;
      words.push_back(text.substr(i + 1, end - i - 1));
      i = end + 1;
      continue;
    }
    if (text[i] == '{' || text[i] == '[') {
      end = EndOfJson(text, i);
      if (end == std::string::npos) return false;
    } else {
      end = std::min(text.find_first_of(" \t\r", i), text.size());
    }
    words.push_back(text.substr(i, end - i));
    i = end;
  }
}

class Parser {
 public:
  explicit Parser(std::string file) : top_(std::move(file)) {}

  Status Take(const std::string& file, const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      if (line.starts_with("== ")) {
        if (file != top_) return Wrong(file, number, "an included file has no cases");
        cases_.push_back({line.substr(3), preamble_});
        continue;
      }
      RETURN_IF_ERROR(TakeLine(file, number, line));
    }
    return Ok();
  }

  std::vector<Case> Finish() {
    if (cases_.empty()) cases_.push_back({"", preamble_});
    return std::move(cases_);
  }

 private:
  Status TakeLine(const std::string& file, int number, const std::string& text) {
    Line line{file, number, {}, {}};
    if (!Split(text, line.words)) return Wrong(file, number, "a quote or bracket stays open");
    if (line.words.empty()) return Ok();
    if (line.words[0] == "include") return Include(line);
    for (size_t i = 0; i < line.words.size(); ++i) {
      if (line.words[i] != "->") continue;
      line.expected.assign(line.words.begin() + static_cast<ptrdiff_t>(i) + 1, line.words.end());
      line.words.resize(i);
      if (line.expected.empty()) return Wrong(file, number, "nothing is expected after ->");
      break;
    }
    (cases_.empty() ? preamble_ : cases_.back().lines).push_back(std::move(line));
    return Ok();
  }

  Status Include(const Line& line) {
    if (line.words.size() != 2) return Wrong(line.file, line.number, "include takes a file");
    const size_t slash = line.file.rfind('/');
    const std::string beside = slash == std::string::npos ? "" : line.file.substr(0, slash + 1);
    std::ifstream in(beside + line.words[1]);
    if (!in) return Wrong(line.file, line.number, "no such file: " + beside + line.words[1]);
    std::ostringstream text;
    text << in.rdbuf();
    return Take(beside + line.words[1], text.str());
  }

  std::string top_;
  std::vector<Line> preamble_;
  std::vector<Case> cases_;
};

}  // namespace

Result<std::vector<Case>> ParseScript(const std::string& file, const std::string& text) {
  Parser parser(file);
  RETURN_IF_ERROR(parser.Take(file, text));
  return parser.Finish();
}

Result<std::vector<Case>> ReadScript(const std::string& file) {
  std::ifstream in(file);
  if (!in) return Wrong(file, 0, "cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return ParseScript(file, text.str());
}

}  // namespace longmen::script
