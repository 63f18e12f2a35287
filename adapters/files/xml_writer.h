// XmlWriter: XML as it is said, straight into a file, so that memory does not grow with a message.
//
// Two spaces a level; an element holds elements or a text. What XML 1.0 cannot say of a text (a
// control character) becomes U+FFFD.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "adapters/files/file_writer.h"

namespace longmen::adapters {

struct XmlAttribute {
  std::string_view name = {};
  std::string_view value = {};
};

// The name of an element or attribute is taken as it is, and stays until its element is closed.
class XmlWriter {
 public:
  explicit XmlWriter(FileWriter& file);  // with the declaration
  XmlWriter(const XmlWriter&) = delete;
  XmlWriter& operator=(const XmlWriter&) = delete;

  void Open(std::string_view name, const XmlAttribute& attribute = {});
  void Close();
  // An element of a text.
  void Put(std::string_view name, std::string_view text, const XmlAttribute& attribute = {});
  // The last of these inside of those before it.
  void PutIn(std::initializer_list<std::string_view> names, std::string_view text);

 private:
  void Indent(std::string& to) const { to.append(2 * open_.size(), ' '); }

  FileWriter& file_;
  std::vector<std::string_view> open_;
};

// An element that is open while this is there.
class XmlElement {
 public:
  XmlElement(XmlWriter& xml, std::string_view name, const XmlAttribute& attribute = {})
      : xml_(xml) {
    xml_.Open(name, attribute);
  }
  ~XmlElement() { xml_.Close(); }
  XmlElement(const XmlElement&) = delete;
  XmlElement& operator=(const XmlElement&) = delete;

 private:
  XmlWriter& xml_;
};

}  // namespace longmen::adapters
