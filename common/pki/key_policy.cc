#include "common/pki/key_policy.h"

#include <openssl/bn.h>

#include "common/crypto/openssl_ptr.h"
#include "common/pki/der.h"
#include "common/pki/errors.h"
#include "common/pki/limits.h"
#include "common/pki/oids.h"

namespace jodal::pki {
namespace {

absl::Status Malformed() {
  return MakeError(kErrors["KEY_MALFORMED"], "the public key is malformed");
}

// ROCA (Nemec et al. 2017): such primes are k*M + (65537^a mod M), M a product of small primes, so
// the modulus is a power of 65537 modulo each of them. By chance 1 in 2^30 keys is.
bool HasRocaStructure(const BIGNUM* modulus) {
  static constexpr uint8_t kPrimes[] = {
      3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
      73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
  for (const unsigned p : kPrimes) {
    const BN_ULONG residue = BN_mod_word(modulus, p);
    unsigned power = 1;
    bool found = false;
    do {
      found = power == residue;
      power = power * (65537 % p) % p;
    } while (!found && power != 1);
    if (!found) return false;
  }
  return true;
}

absl::Status CheckEc(DerReader& parameters) {
  if (parameters.NextIs(kTagSequence)) {
    return MakeError(kErrors["KEY_EC_EXPLICIT_PARAMETERS"],
                     "the curve must be named, not written out");
  }
  const auto curve = parameters.Next(kTagOid);
  if (!curve || !parameters.empty()) return Malformed();
  if (curve->content != kOidP256 && curve->content != kOidP384) {
    return MakeError(kErrors["KEY_EC_CURVE"], "the curve must be P-256 or P-384");
  }
  return absl::OkStatus();
}

absl::Status CheckRsa(absl::string_view bit_string) {
  if (bit_string.empty() || !IsDer(bit_string.substr(1))) return Malformed();
  const auto key = DerReader(bit_string.substr(1)).Next(kTagSequence);
  if (!key) return Malformed();
  DerReader numbers(key->content);
  const auto n = numbers.Next(kTagInteger);
  const auto e = numbers.Next(kTagInteger);
  if (!n || !e || !numbers.empty() || (n->content[0] & 0x80) != 0 || (e->content[0] & 0x80) != 0) {
    return Malformed();
  }
  const auto number = [](const Tlv& value) {
    crypto::BnPtr bn(
        BN_bin2bn(crypto::Bytes(value.content), static_cast<int>(value.content.size()), nullptr));
    crypto::OpenSslCheck(bn != nullptr, "BN_bin2bn");
    return bn;
  };
  const crypto::BnPtr modulus = number(*n), exponent = number(*e);
  const int bits = BN_num_bits(modulus.get());
  if (bits < kRsaBitsMin) return MakeError(kErrors["KEY_RSA_TOO_SHORT"], "RSA keys need 2048 bits");
  if (bits > kRsaBitsMax)
    return MakeError(kErrors["KEY_RSA_TOO_LONG"], "RSA keys have at most 4096 bits");
  const int exponent_bits = BN_num_bits(exponent.get());
  if (!BN_is_odd(exponent.get()) || exponent_bits <= 16 || exponent_bits > kRsaExponentBitsMax) {
    return MakeError(kErrors["KEY_RSA_EXPONENT"],
                     "the RSA exponent must be odd and from 65537 to 64 bits");
  }
  if (HasRocaStructure(modulus.get())) {
    return MakeError(kErrors["KEY_RSA_ROCA"],
                     "the RSA key comes from a generator known to be broken");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckKeyPolicy(absl::string_view spki_der) {
  if (!IsDer(spki_der)) return Malformed();
  const auto spki = DerReader(spki_der).Next(kTagSequence);
  if (!spki) return Malformed();
  DerReader fields(spki->content);
  const auto algorithm = fields.Next(kTagSequence);
  const auto key = fields.Next(kTagBitString);
  if (!algorithm || !key || !fields.empty()) return Malformed();
  DerReader parameters(algorithm->content);
  const auto oid = parameters.Next(kTagOid);
  if (!oid) return Malformed();
  if (oid->content == kOidEcPublicKey) return CheckEc(parameters);
  if (oid->content == kOidRsa) return CheckRsa(key->content);
  return MakeError(kErrors["KEY_TYPE"], "the key must be EC or RSA");
}

}  // namespace jodal::pki
