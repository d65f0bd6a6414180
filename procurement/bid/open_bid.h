// Opening one bid with the shares of a quorum: from sealed bytes to a verdict that does not depend
// on which members came. The service runs it at the opening, the auditor runs it again.
#ifndef JODAL_PROCUREMENT_BID_OPEN_BID_H_
#define JODAL_PROCUREMENT_BID_OPEN_BID_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/document/document_verifier.h"
#include "common/sealing/sb1.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

// What the quorum's members said about one bid. All of it was checked when they released it.
struct QuorumShares {
  std::vector<sealing::MemberShare> shares;
  bool bad_wrap = false;  // a member has shown that its wrap gives no share
};

// The documents of a quorum, whole and side by side: some 100 bytes a bid.
class Quorum {
 public:
  // The next document of a member, which goes on where its last one ended. All of one member come
  // in a row.
  void Add(const document::v1::OpenShares& document);
  // Of the bid at a position; nullopt if a member has no share of it.
  std::optional<QuorumShares> At(int position) const;

 private:
  struct Member {
    int number = 0;
    std::string shares;  // 32 bytes each
    std::set<int> bad_wraps;
  };
  std::vector<Member> members_;
};

// What a member gives of one bid.
struct GivenShare {
  std::string share;                          // 32 bytes; zeros where the wrap is bad
  std::optional<std::string> bad_wrap_proof;  // of an accusation, which may be ""
};

// Of the `count` bids that the document is about, from position first() on. SHARES_MISMATCH with
// metadata "position" unless there are 32 bytes for each and accusations are of its bids,
// ascending, with an empty share beside them.
absl::StatusOr<std::vector<GivenShare>> GivenShares(const document::v1::OpenShares& shares);

// Whether a share, or an accusation, fits the seal that it is of. The member is at fault otherwise:
// FAILED_PRECONDITION SHARE_COMMIT_MISMATCH, BAD_WRAP_PROOF_INVALID with metadata "submission";
// INVALID_ARGUMENT SEAL_MALFORMED.
absl::Status CheckGivenShare(const sealing::Committee& committee, int member,
                             const document::v1::Seal& seal, const GivenShare& given);

// One bid of a closed box as it was received.
struct ReceivedBid {
  std::string submission_digest;  // hex
  std::string supplier_id;        // the organisation that sent it
  std::string person_id;
  absl::Time arrival;
  const document::v1::Seal& seal;
  absl::string_view ciphertext;
};

// The notice that a box is for, and who judges signatures.
struct OpenEnv {
  std::string system;  // this installation
  std::string tender_id;
  std::string notice_hash;  // hex
  int stage = 1;
  int round = 1;
  std::string currency;
  int lots = 1;  // of the notice
  const rules::RuleSet* rule_set = nullptr;
  const sealing::CommitteeKeys* committee = nullptr;
  document::DocumentVerifier* documents = nullptr;
};

// The opened bid, valid or void with a reason of bid_check.h; the sequence numbers are left to the
// caller. Offers and nonce are given for valid bids only; cek wherever it is the one that the
// seal commits to; bid and signature wherever the ciphertext yielded them.
// An error is no verdict: the verifier gave none (try again), or what was received does not hold
// together. Blocks as long as the verifier does; thread-safe.
absl::StatusOr<bidding::v1::OpenedBid> OpenBid(const OpenEnv& env, const ReceivedBid& bid,
                                               const QuorumShares& quorum);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_BID_OPEN_BID_H_
