// Strict DER (ITU-T X.690): a bounds-checked reader, a whole-value check and a writer.
//
// Covers what CMS and X.509 use: single-byte tags, lengths up to four octets. Thread-safe: values.
#ifndef JODAL_COMMON_PKI_DER_H_
#define JODAL_COMMON_PKI_DER_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace jodal::pki {

inline constexpr uint8_t kTagInteger = 0x02;
inline constexpr uint8_t kTagBitString = 0x03;
inline constexpr uint8_t kTagOctetString = 0x04;
inline constexpr uint8_t kTagNull = 0x05;
inline constexpr uint8_t kTagOid = 0x06;
inline constexpr uint8_t kTagUtcTime = 0x17;
inline constexpr uint8_t kTagGeneralizedTime = 0x18;
inline constexpr uint8_t kTagSequence = 0x30;
inline constexpr uint8_t kTagSet = 0x31;
// Context-specific [n], primitive (IMPLICIT of a primitive type) and constructed.
constexpr uint8_t TagPrimitive(int n) { return static_cast<uint8_t>(0x80 | n); }
constexpr uint8_t TagConstructed(int n) { return static_cast<uint8_t>(0xA0 | n); }

struct Tlv {
  uint8_t tag = 0;
  absl::string_view content;
  absl::string_view whole;  // with tag and length
};

// Reads values one after the other from the content of a constructed value. Every method leaves
// the reader where it was if it returns nullopt.
class DerReader {
 public:
  explicit DerReader(absl::string_view bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  bool NextIs(uint8_t tag) const { return !rest_.empty() && static_cast<uint8_t>(rest_[0]) == tag; }
  // The next value; nullopt if it is truncated, or its length is indefinite or not minimal.
  std::optional<Tlv> Next();
  // The next value if it has `tag`.
  std::optional<Tlv> Next(uint8_t tag);

 private:
  absl::string_view rest_;
};

// True iff `bytes` is exactly one value, DER all the way down: definite minimal lengths, primitive
// strings, minimal integers, canonical BOOLEAN, NULL, BIT STRING and OID, depth at most
// kDerDepthMax. Does not look into OCTET STRINGs or check the order of sets.
bool IsDer(absl::string_view bytes);

// True iff the values inside the content of a SET OF stand in strictly ascending DER order, so
// that none occurs twice.
bool IsSetOfOrder(absl::string_view content);

// One value around the concatenation of `parts`.
std::string DerValue(uint8_t tag, std::initializer_list<absl::string_view> parts);

// Fields by which a CMS names a certificate. Views into `der`.
struct CertificateNames {
  absl::string_view issuer_der;
  absl::string_view serial;          // content octets of the INTEGER
  absl::string_view subject_key_id;  // empty if absent
  absl::string_view spki_der;
};
// nullopt if `der` does not have the shape of an X.509 certificate.
std::optional<CertificateNames> ReadCertificateNames(absl::string_view der);

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_DER_H_
