#include "adapters/statements/statement_file.h"

#include <fmt/format.h>

#include "adapters/statements/formats.h"
#include "adapters/statements/lines.h"
#include "adapters/statements/text.h"

namespace longmen::adapters {
namespace {

using statements::Format;
using statements::kFormats;

// What the bytes look like, where they are in no format: for the message.
std::string Guess(std::string_view bytes) {
  const std::string_view text = statements::WithoutMark(bytes);
  if (bytes.empty()) return "the file is empty";
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    return "the file is UTF-16, in which no format here is";
  }
  if (bytes.starts_with("PK\x03\x04"))
    return "the file is an archive or a workbook: unpack it first";
  if (bytes.starts_with("\x1f\x8b")) return "the file is compressed: unpack it first";
  if (text.starts_with("微信支付账单明细")) {
    return "this is WeChat's export for the person who paid, not a merchant's bill; a description "
           "can read it";
  }
  const auto beginning = statements::Decoder(statements::Encoding::kGb18030)
                             .Whole(text.substr(0, std::min(text.find('\r'), text.find('\n'))));
  if (beginning && beginning->starts_with("#支付宝")) {
    return "this is Alipay's, but neither its order nor its account detail";
  }
  // The title stands behind some lines of prose, in GBK: "支付宝（中国）网络技术有限公司".
  constexpr std::string_view kReceipt = "\xd6\xa7\xb8\xb6\xb1\xa6\xa3\xa8\xd6\xd0\xb9\xfa\xa3\xa9";
  if (bytes.substr(0, 16'384).find(kReceipt) != std::string_view::npos) {
    return "this is Alipay's export for the person who paid, not a merchant's bill; a description "
           "can read it";
  }
  if (text.starts_with('<')) {
    return "this is XML, but none of camt.052, camt.053 and camt.054 in version .001.08";
  }
  return "its beginning is that of no format; a description can read a CSV";
}

const Format* Find(std::string_view name) {
  for (const Format* format : kFormats) {
    if (format->name == name) return format;
  }
  return nullptr;
}

const Format* Recognise(std::string_view bytes, const StatementDefaults& defaults) {
  for (const Format* format : kFormats) {
    if (format->recognises(bytes, defaults)) return format;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string_view> FormatNames() {
  std::vector<std::string_view> names;
  for (const Format* format : kFormats) names.push_back(format->name);
  return names;
}

Result<std::string> FormatOf(std::string_view bytes, const StatementDefaults& defaults) {
  const Format* format = Recognise(bytes, defaults);
  if (format == nullptr) return Error{Code::UNKNOWN_FORMAT, "", Guess(bytes)};
  return std::string(format->name);
}

Status ReadStatementFile(std::string_view bytes, const StatementDefaults& defaults,
                         StatementVisitor& visitor, std::string_view format) {
  const Format* found = format.empty() ? Recognise(bytes, defaults) : Find(format);
  if (found != nullptr) return found->read(bytes, defaults, visitor);
  if (format.empty()) return Error{Code::UNKNOWN_FORMAT, "", Guess(bytes)};
  return Error{Code::UNKNOWN_FORMAT, "format", fmt::format("there is no format '{}'", format)};
}

}  // namespace longmen::adapters
