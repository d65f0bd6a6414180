#include "common/pki/der.h"

#include "common/pki/limits.h"
#include "common/pki/oids.h"

namespace jodal::pki {
namespace {

uint8_t At(absl::string_view s, size_t i) { return static_cast<uint8_t>(s[i]); }

bool IsCanonicalPrimitive(uint8_t tag, absl::string_view c) {
  switch (tag) {
    case 0x01:
      return c.size() == 1 && (At(c, 0) == 0x00 || At(c, 0) == 0xFF);
    case kTagInteger:
    case 0x0A:
      if (c.empty()) return false;
      return c.size() == 1 ||
             !((At(c, 0) == 0x00 && At(c, 1) < 0x80) || (At(c, 0) == 0xFF && At(c, 1) >= 0x80));
    case kTagBitString: {
      if (c.empty() || At(c, 0) > 7) return false;
      if (c.size() == 1) return At(c, 0) == 0;
      return (At(c, c.size() - 1) & ((1u << At(c, 0)) - 1)) == 0;
    }
    case kTagNull:
      return c.empty();
    case kTagOid: {
      if (c.empty() || At(c, c.size() - 1) >= 0x80) return false;
      for (size_t i = 0; i < c.size(); ++i) {
        if (At(c, i) == 0x80 && (i == 0 || At(c, i - 1) < 0x80)) return false;
      }
      return true;
    }
    default:
      return true;
  }
}

bool IsDerSequenceOfValues(absl::string_view bytes, int depth) {
  DerReader reader(bytes);
  while (!reader.empty()) {
    const auto tlv = reader.Next();
    if (!tlv.has_value()) return false;
    const bool constructed = (tlv->tag & 0x20) != 0;
    if ((tlv->tag & 0xC0) == 0) {
      const int number = tlv->tag & 0x1F;
      const bool must_be_constructed = number == 0x10 || number == 0x11;
      if (number == 0 || constructed != must_be_constructed) return false;
    }
    if (constructed ? depth == 0 || !IsDerSequenceOfValues(tlv->content, depth - 1)
                    : !IsCanonicalPrimitive(tlv->tag, tlv->content)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Tlv> DerReader::Next() {
  if (rest_.size() < 2) return std::nullopt;
  const uint8_t tag = At(rest_, 0);
  if ((tag & 0x1F) == 0x1F) return std::nullopt;  // a multi-byte tag
  size_t length = At(rest_, 1);
  size_t header = 2;
  if (length >= 0x80) {
    const size_t octets = length & 0x7F;
    if (octets == 0 || octets > 4 || rest_.size() < 2 + octets) return std::nullopt;
    length = 0;
    for (size_t i = 0; i < octets; ++i) length = (length << 8) | At(rest_, 2 + i);
    if (length < 0x80 || At(rest_, 2) == 0) return std::nullopt;
    header += octets;
  }
  if (length > rest_.size() - header) return std::nullopt;
  Tlv tlv{tag, rest_.substr(header, length), rest_.substr(0, header + length)};
  rest_.remove_prefix(header + length);
  return tlv;
}

std::optional<Tlv> DerReader::Next(uint8_t tag) { return NextIs(tag) ? Next() : std::nullopt; }

bool IsDer(absl::string_view bytes) {
  DerReader reader(bytes);
  return reader.Next().has_value() && reader.empty() && IsDerSequenceOfValues(bytes, kDerDepthMax);
}

bool IsSetOfOrder(absl::string_view content) {
  DerReader reader(content);
  absl::string_view last;
  while (!reader.empty()) {
    const auto tlv = reader.Next();
    // Whole values are never prefixes of each other, so plain comparison is X.690 11.6.
    if (!tlv.has_value() || tlv->whole <= last) return false;
    last = tlv->whole;
  }
  return true;
}

std::string DerValue(uint8_t tag, std::initializer_list<absl::string_view> parts) {
  size_t size = 0;
  for (absl::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size + 6);
  out.push_back(static_cast<char>(tag));
  if (size < 0x80) {
    out.push_back(static_cast<char>(size));
  } else {
    int octets = 1;
    while (octets < 4 && (size >> (8 * octets)) != 0) ++octets;
    out.push_back(static_cast<char>(0x80 | octets));
    for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<char>(size >> (8 * i)));
  }
  for (absl::string_view part : parts) out.append(part.data(), part.size());
  return out;
}

std::optional<CertificateNames> ReadCertificateNames(absl::string_view der) {
  CertificateNames names;
  DerReader outer(der);
  const auto certificate = outer.Next(kTagSequence);
  if (!certificate || !outer.empty()) return std::nullopt;
  DerReader body(certificate->content);
  const auto tbs = body.Next(kTagSequence);
  if (!tbs) return std::nullopt;
  DerReader fields(tbs->content);
  fields.Next(TagConstructed(0));  // version
  const auto serial = fields.Next(kTagInteger);
  const auto algorithm = fields.Next(kTagSequence);
  const auto issuer = fields.Next(kTagSequence);
  const auto validity = fields.Next(kTagSequence);
  const auto subject = fields.Next(kTagSequence);
  const auto spki = fields.Next(kTagSequence);
  if (!serial || !algorithm || !issuer || !validity || !subject || !spki) return std::nullopt;
  names.serial = serial->content;
  names.issuer_der = issuer->whole;
  names.spki_der = spki->whole;
  fields.Next(TagPrimitive(1));  // unique ids
  fields.Next(TagPrimitive(2));
  if (const auto explicit_extensions = fields.Next(TagConstructed(3))) {
    DerReader wrapper(explicit_extensions->content);
    const auto list = wrapper.Next(kTagSequence);
    if (!list) return std::nullopt;
    DerReader extensions(list->content);
    while (!extensions.empty()) {
      const auto extension = extensions.Next(kTagSequence);
      if (!extension) return std::nullopt;
      DerReader parts(extension->content);
      const auto oid = parts.Next(kTagOid);
      parts.Next(0x01);  // critical
      const auto value = parts.Next(kTagOctetString);
      if (!oid || !value) return std::nullopt;
      if (oid->content != kOidSubjectKeyIdentifier) continue;
      const auto id = DerReader(value->content).Next(kTagOctetString);
      if (!id || !names.subject_key_id.empty()) return std::nullopt;
      names.subject_key_id = id->content;
    }
  }
  return fields.empty() ? std::optional(names) : std::nullopt;
}

}  // namespace jodal::pki
