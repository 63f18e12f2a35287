#include <fmt/format.h>

#include <cstring>
#include <pugixml.hpp>
#include <sstream>

#include "adapters/iso20022/xml.h"
#include "adapters/xml/load.h"

namespace longmen::adapters::iso20022 {
namespace {

constexpr size_t kQuotedMax = 80;  // bytes of what was found, in a message for people

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Takes the root's prefix from every name that has it, so that elements are found by their own.
class StripPrefix final : public pugi::xml_tree_walker {
 public:
  explicit StripPrefix(std::string prefix) : prefix_(std::move(prefix)) {}
  bool for_each(pugi::xml_node& node) override {
    if (node.type() == pugi::node_element && std::string_view(node.name()).starts_with(prefix_)) {
      node.set_name(std::string(node.name() + prefix_.size()).c_str());
    }
    return true;
  }

 private:
  const std::string prefix_;
};

// Its place among the siblings of its name, from 1; 0 where it is the only one.
size_t IndexOf(pugi::xml_node node) {
  size_t before = 0;
  for (pugi::xml_node each = node.previous_sibling(node.name()); each;
       each = each.previous_sibling(node.name())) {
    ++before;
  }
  return before == 0 && !node.next_sibling(node.name()) ? 0 : before + 1;
}

std::string PathOf(pugi::xml_node node) {
  std::string path;
  // The root and the message's own element say nothing.
  for (; node && node.parent().parent().type() == pugi::node_element; node = node.parent()) {
    const size_t index = IndexOf(node);
    const std::string step =
        index == 0 ? std::string(node.name()) : fmt::format("{}[{}]", node.name(), index);
    path = path.empty() ? step : step + "/" + path;
  }
  return path;
}

}  // namespace

Element Element::Child(const char* name) const {
  if (node_ == nullptr) return {nullptr, parent_, name_};  // the first that is missing is named
  return {pugi::xml_node(node_).child(name).internal_object(), node_, name};
}

Element Element::Of(std::initializer_list<const char*> names) const {
  Element at = *this;
  for (const char* name : names) at = at.Child(name);
  return at;
}

bool Element::repeated() const {
  const pugi::xml_node node(node_);
  return !node.next_sibling(node.name()).empty();
}

std::vector<Element> Element::Children(const char* name) const {
  std::vector<Element> children;
  for (const pugi::xml_node child : pugi::xml_node(node_).children(name)) {
    children.emplace_back(child.internal_object(), node_, name);
  }
  return children;
}

std::string Element::Text() const {
  return std::string(Trimmed(pugi::xml_node(node_).text().get()));
}

std::string Element::Attribute(const char* name) const {
  return pugi::xml_node(node_).attribute(name).value();
}

std::string Element::Path() const {
  if (node_ != nullptr) return PathOf(pugi::xml_node(node_));
  const std::string above = PathOf(pugi::xml_node(parent_));
  return above.empty() ? std::string(name_) : above + "/" + name_;
}

Document::Document(std::unique_ptr<pugi::xml_document> document) : document_(std::move(document)) {}
Document::Document(Document&&) noexcept = default;
Document::~Document() = default;

std::string Document::Namespace() const {
  const pugi::xml_node root = document_->document_element();
  const std::string_view name = root.name();
  const size_t colon = name.find(':');
  const std::string attribute =
      colon == std::string_view::npos ? "xmlns" : fmt::format("xmlns:{}", name.substr(0, colon));
  return root.attribute(attribute.c_str()).value();
}

Result<Document> Document::Parse(std::string_view bytes, std::string_view message) {
  Document document(std::make_unique<pugi::xml_document>());
  RETURN_IF_ERROR(LoadXml(bytes, *document.document_));
  const std::string wanted = std::string(kNamespace) + std::string(message);
  const std::string found = document.Namespace();
  if (found != wanted) {
    return Error{
        Code::UNKNOWN_FORMAT, "Document",
        fmt::format("the namespace is '{}' and not '{}'", found.substr(0, kQuotedMax), wanted)};
  }
  pugi::xml_node root = document.document_->document_element();
  const std::string name = root.name();
  if (const size_t colon = name.find(':'); colon != std::string::npos) {
    StripPrefix strip(name.substr(0, colon + 1));
    document.document_->traverse(strip);
  }
  if (std::strcmp(root.name(), "Document") != 0) {
    return Error{Code::UNKNOWN_FORMAT, "Document",
                 fmt::format("the root is '{}'", name.substr(0, kQuotedMax))};
  }
  return document;
}

Result<Element> Document::Message(const char* name) const {
  const pugi::xml_node root = document_->document_element();
  const pugi::xml_node message = root.child(name);
  if (!message) return Error{Code::MISSING_FIELD, name, "the message's own element"};
  for (const pugi::xml_node other : root) {
    if (other.type() != pugi::node_element || other == message) continue;
    return Error{Code::MALFORMED, other.name(), "a document holds one message"};
  }
  return Element(message.internal_object(), root.internal_object(), name);
}

}  // namespace longmen::adapters::iso20022
