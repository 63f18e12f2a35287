// XML: the documents in which ISO 20022 messages come and go.
//
// A document is taken whole or not at all: what LoadXml takes, with a root `Document` whose
// namespace is exactly the one of the message's version.
//
// Writing the same message again gives the same bytes.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace pugi {
class xml_document;
struct xml_node_struct;
}  // namespace pugi

namespace longmen::adapters::iso20022 {

// The namespace of a message: "pain.001.001.09" behind this.
inline constexpr std::string_view kNamespace = "urn:iso:std:iso:20022:tech:xsd:";

// An element of a document that was read, or the place where one is not. It is good as long as its
// document.
class Element {
 public:
  Element(pugi::xml_node_struct* node, pugi::xml_node_struct* parent, const char* name)
      : node_(node), parent_(parent), name_(name) {}

  bool present() const { return node_ != nullptr; }
  // Whether another of its name follows.
  bool repeated() const;
  // The first of that name; where there is none, the place of it. `name` is kept: a literal.
  Element Child(const char* name) const;
  // Child of child: Of({"Id", "Othr", "Id"}).
  Element Of(std::initializer_list<const char*> names) const;
  std::vector<Element> Children(const char* name) const;
  // Without white space around it; empty where nothing is there.
  std::string Text() const;
  std::string Attribute(const char* name) const;
  // "GrpHdr/NbOfTxs", "PmtInf[2]/CdtTrfTxInf[1]/Amt": from below the message's own element.
  std::string Path() const;

 private:
  pugi::xml_node_struct* node_;
  pugi::xml_node_struct* parent_;  // of a place; null of a place below a place
  const char* name_;
};

class Document {
 public:
  // Errors: LoadXml's; unknown_format, with what was found, where root or namespace is another's.
  static Result<Document> Parse(std::string_view bytes, std::string_view message);

  Document(Document&&) noexcept;
  ~Document();

  // The message's own element, below the root: missing_field where it has another name.
  Result<Element> Message(const char* name) const;

 private:
  explicit Document(std::unique_ptr<pugi::xml_document> document);
  std::string Namespace() const;

  std::unique_ptr<pugi::xml_document> document_;
};

// An element of a document that is written.
class Branch {
 public:
  explicit Branch(pugi::xml_node_struct* node) : node_(node) {}
  Branch Put(const char* name) const;
  // What XML has no letter for (control characters) is written as a space.
  Branch Put(const char* name, std::string_view text) const;
  // No more than so many characters, which are letters and not bytes.
  void PutWords(const char* name, std::string_view text, size_t letters_max) const;
  void Attribute(const char* name, std::string_view text) const;

 private:
  pugi::xml_node_struct* node_;
};

class NewDocument {
 public:
  // Document/<element> in the namespace of `message`.
  NewDocument(std::string_view message, const char* element);
  ~NewDocument();
  Branch message() const { return message_; }
  std::string Bytes() const;

 private:
  std::unique_ptr<pugi::xml_document> document_;
  Branch message_;
};

}  // namespace longmen::adapters::iso20022
