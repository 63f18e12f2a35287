#include "adapters/files/xml_writer.h"

#include <string>

#include "events/base/check.h"

namespace longmen::adapters {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// U+FFFE and U+FFFF are no characters of XML either.
bool IsNoCharacter(std::string_view rest) {
  return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
}

void AppendEscaped(std::string_view text, bool of_attribute, std::string& to) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') {
      to += "&amp;";
    } else if (c == '<') {
      to += "&lt;";
    } else if (c == '>') {
      to += "&gt;";
    } else if (c == '"' && of_attribute) {
      to += "&quot;";
    } else if (c == '\r') {
      to += "&#13;";
    } else if (c == '\n' && of_attribute) {
      to += "&#10;";
    } else if (c == '\t' && of_attribute) {
      to += "&#9;";
    } else if (c >= 0 && c < ' ' && c != '\n' && c != '\t') {
      to += kReplacement;
    } else if (IsNoCharacter(text.substr(i))) {
      to += kReplacement;
      i += 2;
    } else {
      to += c;
    }
  }
}

void AppendTag(std::string_view name, const XmlAttribute& attribute, std::string& to) {
  to += '<';
  to += name;
  if (!attribute.name.empty()) {
    to += ' ';
    to += attribute.name;
    to += "=\"";
    AppendEscaped(attribute.value, true, to);
    to += '"';
  }
  to += '>';
}

void AppendEnd(std::string_view name, std::string& to) {
  to += "</";
  to += name;
  to += ">\n";
}

}  // namespace

XmlWriter::XmlWriter(FileWriter& file) : file_(file) {
  file_.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

void XmlWriter::Open(std::string_view name, const XmlAttribute& attribute) {
  file_.WriteInPlace([&](std::string& to) {
    Indent(to);
    AppendTag(name, attribute, to);
    to += '\n';
  });
  open_.push_back(name);
}

void XmlWriter::Close() {
  CHECK(!open_.empty(), "xml.close");
  const std::string_view name = open_.back();
  open_.pop_back();
  file_.WriteInPlace([&](std::string& to) {
    Indent(to);
    AppendEnd(name, to);
  });
}

void XmlWriter::Put(std::string_view name, std::string_view text, const XmlAttribute& attribute) {
  file_.WriteInPlace([&](std::string& to) {
    Indent(to);
    AppendTag(name, attribute, to);
    AppendEscaped(text, false, to);
    AppendEnd(name, to);
  });
}

void XmlWriter::PutIn(std::initializer_list<std::string_view> names, std::string_view text) {
  for (const std::string_view* name = names.begin(); name + 1 != names.end(); ++name) Open(*name);
  Put(*(names.end() - 1), text);
  for (size_t i = 1; i < names.size(); ++i) Close();
}

}  // namespace longmen::adapters
