#include "clients/sdk/open_shares.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/bid/submission.h"
#include "procurement/documents/read.h"

namespace jodal::sdk {
namespace {

// What an entry takes of the JSON at most: 4/3 of 32 bytes, and of a proof with its position.
constexpr size_t kShareJsonBytes = 43;
constexpr size_t kBadWrapJsonBytes = 230;

absl::Status BoxMismatch(absl::string_view what) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "BOX_ROOT_MISMATCH",
                   absl::StrCat("the sealed bids are not those that the log closed the box over: ",
                                what, "; no share was released"));
}

absl::StatusOr<int> MemberIndex(const Identity& identity, const document::v1::Notice& notice) {
  if (identity.has_agreement()) {
    const std::string fingerprint =
        HexEncode(crypto::Sha256(identity.agreement_certificate().der()));
    for (const auto& member : notice.committee()) {
      if (member.cert_sha256() == fingerprint && member.person_id() == identity.person_id()) {
        return member.member();
      }
    }
  }
  return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_COMMITTEE_MEMBER",
                   "the notice does not name this person's encryption certificate");
}

// The seals of the box, if `bids` are what the log closed it over.
absl::StatusOr<std::vector<document::v1::Seal>> CheckBox(
    const PublishedNotice& notice, const bidding::v1::Box& box,
    const std::vector<bidding::v1::SealedBid>& bids) {
  std::vector<document::v1::Seal> seals;
  std::vector<std::string> digests;
  std::set<std::string> bidders;
  for (const auto& bid : bids) {
    const auto& signed_seal = bid.seal().document();
    document::v1::Seal& seal = seals.emplace_back();
    ASSIGN_OR_RETURN(seal, procurement::ReadDocument<document::v1::Seal>(signed_seal.content()));
    ASSIGN_OR_RETURN(const std::string ciphertext_sha256, HexDecode(seal.ciphertext_sha256()));
    digests.push_back(procurement::SubmissionDigest(signed_seal, ciphertext_sha256));
    if (digests.back() != bid.submission_digest()) return BoxMismatch("a digest differs");
    if (seal.notice_hash() != notice.hash_hex()) return BoxMismatch("a bid is for another notice");
    if (!bidders.insert(seal.bidder_cert_sha256()).second) {
      return BoxMismatch("one certificate has two bids");
    }
  }
  ASSIGN_OR_RETURN(const std::string root, procurement::BoxRoot(digests));
  if (root != box.root()) return BoxMismatch("the root differs");
  return seals;
}

struct SealOf {
  int member;
  const document::v1::Seal& seal;
};

struct MyShare {
  std::string share;  // 32 bytes; zeros where the wrap is bad
  bool bad_wrap = false;
  std::string proof;
};

absl::StatusOr<MyShare> Unwrap(const Identity& identity, const PublishedNotice& notice,
                               const SealOf& of, crypto::Random& random) {
  if (of.member > of.seal.shares_size() || of.seal.shares(of.member - 1).member() != of.member) {
    return BoxMismatch("a seal has no share for this member");
  }
  const auto& share = of.seal.shares(of.member - 1);
  const sealing::Wrapped wrapped{of.member, share.wrap(), share.commit(), share.proof()};
  ASSIGN_OR_RETURN(const std::string bidder, HexDecode(of.seal.bidder_cert_sha256()));
  const sealing::SealBinding binding{notice.hash, bidder};
  const auto opened = sealing::UnwrapShare(binding, identity.agreement_key(), wrapped);
  if (opened.ok()) return MyShare{*opened};
  MyShare out{std::string(sealing::kShareBytes, '\0'), true};
  ASSIGN_OR_RETURN(out.proof,
                   sealing::ProveBadWrap(binding, identity.agreement_key(), wrapped, random));
  return out;
}

}  // namespace

absl::StatusOr<std::vector<document::v1::SignedDocument>> MakeOpenShares(
    const Identity& identity, const PublishedNotice& notice, const bidding::v1::Box& box,
    const std::vector<bidding::v1::SealedBid>& bids, crypto::Random& random, size_t bytes_max) {
  ASSIGN_OR_RETURN(const int member, MemberIndex(identity, notice.notice));
  if (box.notice_hash() != notice.hash_hex()) return BoxMismatch("another notice is in force");
  // All of the box is looked at before anything is unwrapped.
  ASSIGN_OR_RETURN(const std::vector<document::v1::Seal> seals, CheckBox(notice, box, bids));

  std::vector<document::v1::SignedDocument> out;
  if (std::find(box.released().begin(), box.released().end(), member) != box.released().end()) {
    return out;
  }
  size_t next = 0;
  for (const auto& under_way : box.releasing()) {
    if (under_way.member() == member) next = static_cast<size_t>(under_way.shares());
  }
  do {
    document::v1::OpenShares shares;
    shares.set_tender_id(notice.notice.tender_id());
    shares.set_notice_hash(notice.hash_hex());
    shares.set_stage(box.stage());
    shares.set_round(box.round());
    shares.set_box_root(box.root());
    shares.set_member(member);
    shares.set_first(static_cast<int>(next));
    for (size_t bytes = 0; next < seals.size() && (bytes == 0 || bytes < bytes_max); ++next) {
      ASSIGN_OR_RETURN(const MyShare mine, Unwrap(identity, notice, {member, seals[next]}, random));
      shares.mutable_shares()->append(mine.share);
      bytes += kShareJsonBytes;
      if (!mine.bad_wrap) continue;
      auto* bad = shares.add_bad_wraps();
      bad->set_position(static_cast<int>(next));
      bad->set_proof(mine.proof);
      bytes += kBadWrapJsonBytes;
    }
    ASSIGN_OR_RETURN(auto document,
                     SignDocument(identity, notice.notice.system(), "open-share", &shares));
    out.push_back(std::move(document));
  } while (next < seals.size());
  return out;
}

}  // namespace jodal::sdk
