#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "adapters/iso20022/xml.h"
#include "events/codec/text_forms.h"

namespace longmen::adapters::iso20022 {
namespace {

class ToText final : public pugi::xml_writer {
 public:
  explicit ToText(std::string& text) : text_(text) {}
  void write(const void* data, size_t size) override {
    text_.append(static_cast<const char*>(data), size);
  }

 private:
  std::string& text_;
};

std::string Writable(std::string_view text) {
  std::string writable(text);
  std::ranges::replace_if(
      writable, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return writable;
}

}  // namespace

Branch Branch::Put(const char* name) const {
  return Branch(pugi::xml_node(node_).append_child(name).internal_object());
}

Branch Branch::Put(const char* name, std::string_view text) const {
  pugi::xml_node child = pugi::xml_node(node_).append_child(name);
  child.text().set(Writable(text).c_str());
  return Branch(child.internal_object());
}

void Branch::PutWords(const char* name, std::string_view text, size_t letters_max) const {
  size_t bytes = 0;
  for (size_t letters = 0; letters < letters_max && bytes < text.size(); ++letters) {
    bytes += std::max<size_t>(codec::Utf8Length(text.substr(bytes)), 1);
  }
  Put(name, text.substr(0, bytes));
}

void Branch::Attribute(const char* name, std::string_view text) const {
  pugi::xml_node(node_).append_attribute(name).set_value(Writable(text).c_str());
}

NewDocument::NewDocument(std::string_view message, const char* element)
    : document_(std::make_unique<pugi::xml_document>()), message_(nullptr) {
  pugi::xml_node declaration = document_->append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node root = document_->append_child("Document");
  root.append_attribute("xmlns").set_value(fmt::format("{}{}", kNamespace, message).c_str());
  message_ = Branch(root.append_child(element).internal_object());
}

NewDocument::~NewDocument() = default;

std::string NewDocument::Bytes() const {
  std::string bytes;
  ToText to(bytes);
  document_->save(to, "  ");
  return bytes;
}

}  // namespace longmen::adapters::iso20022
