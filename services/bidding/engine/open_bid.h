// Opening one bid with the shares of a quorum: from sealed bytes to a verdict that does not depend
// on which members came.
#ifndef JODAL_SERVICES_BIDDING_ENGINE_OPEN_BID_H_
#define JODAL_SERVICES_BIDDING_ENGINE_OPEN_BID_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/document/document_verifier.h"
#include "common/sealing/sb1.h"
#include "jodal/bidding/store/v1/store.pb.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/document/v1/documents.pb.h"

namespace jodal::bidding {

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
  // Of the bid at a position; STORED_RECORD_MISSING if a member has no share of it.
  absl::StatusOr<QuorumShares> At(int position) const;

 private:
  struct Member {
    int i = 0;
    std::string shares;  // 32 bytes each
    std::set<int> bad_wraps;
  };
  std::vector<Member> members_;
};

struct OpenTask {
  store::v1::BidRecord bid;
  QuorumShares quorum;
};

struct OpenEnv {
  const store::v1::BoxRecord* box = nullptr;
  const sealing::CommitteeKeys* committee = nullptr;  // the box's
  std::string system;                                 // this installation
  document::DocumentVerifier* documents = nullptr;
};

// The opened bid, valid or void with a reason of domain/bid_check.h; the sequence numbers are left
// to the caller. Price, picks and nonce are given for valid bids only; cek wherever it is the one
// that the seal commits to; bid and signature wherever the ciphertext yielded them.
// An error is no verdict: the signature service gave none (try again), or what is stored does not
// hold together. Blocking; thread-safe.
absl::StatusOr<v1::OpenedBid> OpenBid(const OpenEnv& env, const OpenTask& task);

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ENGINE_OPEN_BID_H_
