// The supplier's half of format SB1: sign a bid, seal it to the committee, sign the seal, and try
// the result once before anything is sent.
#ifndef JODAL_CLIENTS_SDK_SEALED_BID_H_
#define JODAL_CLIENTS_SDK_SEALED_BID_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/sdk/identity.h"
#include "common/crypto/random.h"
#include "common/sealing/sb1.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/document/v1/signed.pb.h"

namespace jodal::sdk {

// A signed notice as downloaded: `hash` is SHA-256 over the signed bytes, 32 bytes.
struct PublishedNotice {
  document::v1::SignedDocument document;
  document::v1::Notice notice;
  std::string hash;

  // Parses and hashes; does not verify the signature.
  static absl::StatusOr<PublishedNotice> Parse(const document::v1::SignedDocument& document);
  std::string hash_hex() const;
  // The committee to seal to. FAILED_PRECONDITION COMMITTEE_INVALID if the notice names none that
  // can be sealed to.
  absl::StatusOr<sealing::Committee> committee() const;
};

struct LotTerms {
  int lot = 1;
  int64_t amount = 0;      // minor units of the notice's currency
  std::vector<int> picks;  // numbers of preliminary prices, where the method draws
};
struct BidTerms {
  BidTerms() = default;
  // For the only lot of most tenders.
  BidTerms(int64_t amount, std::vector<int> picks) {
    lots.push_back({1, amount, std::move(picks)});
  }

  std::vector<LotTerms> lots;  // that are bid for, in their order
  int stage = 1;
};

struct SealedBid {
  std::string submission_id;  // hex
  document::v1::SignedDocument seal;
  std::string ciphertext;
  std::string cek;                   // 32 bytes: opens this bid; keep it encrypted
  document::v1::SignedDocument bid;  // what was sealed
};

// Signs, seals, and opens its own seal once. INVALID_ARGUMENT BID_WOULD_BE_VOID for terms that the
// opening would not count, NOT_FOUND RULE_SET_UNKNOWN for a notice under rules that this program
// does not know yet. FAILED_PRECONDITION SELF_CHECK_FAILED if what would be sent does not open;
// nothing leaves the machine then.
absl::StatusOr<SealedBid> SealBid(const Identity& identity, const PublishedNotice& notice,
                                  const BidTerms& terms, absl::Time now, crypto::Random& random);

// Opens a seal with its key: gives the signed bid. DATA_LOSS BID_NOT_RECOVERED if the key is not
// this seal's for this notice, or the seal does not hold what seals hold.
struct OwnSeal {
  document::v1::SignedDocument seal;
  std::string ciphertext;
  std::string cek;  // 32 bytes
};
absl::StatusOr<document::v1::SignedDocument> OpenOwnSeal(const PublishedNotice& notice,
                                                         const OwnSeal& own);

// The same for many bids of one notice: `committee` are its keys, decoded once.
absl::StatusOr<SealedBid> SealBid(const Identity& identity, const PublishedNotice& notice,
                                  const sealing::CommitteeKeys& committee, const BidTerms& terms,
                                  absl::Time now, crypto::Random& random);

}  // namespace jodal::sdk

#endif  // JODAL_CLIENTS_SDK_SEALED_BID_H_
