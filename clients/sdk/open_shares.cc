#include "clients/sdk/open_shares.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/log/merkle.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::sdk {
namespace {

absl::Status BoxMismatch(absl::string_view what) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "BOX_ROOT_MISMATCH",
      absl::StrCat("the sealed bids are not those that the log closed the box over: ", what,
                   "; no share was released"));
}

absl::StatusOr<int> MemberIndex(const Identity& identity, const document::v1::Notice& notice) {
  if (identity.has_agreement()) {
    const std::string fingerprint =
        HexEncode(crypto::Sha256(identity.agreement_certificate().der()));
    for (const auto& member : notice.committee()) {
      if (member.cert_sha256() == fingerprint && member.person_id() == identity.person_id()) {
        return member.i();
      }
    }
  }
  return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_COMMITTEE_MEMBER",
                   "the notice does not name this person's encryption certificate");
}

}  // namespace

absl::StatusOr<std::string> BoxRoot(const std::vector<std::string>& submission_digests) {
  log::Frontier tree;
  for (const std::string& digest : submission_digests) {
    ASSIGN_OR_RETURN(std::string bytes, HexDecode(digest));
    tree.Append(log::LeafHash(bytes));
  }
  return HexEncode(tree.Root());
}

absl::StatusOr<document::v1::SignedDocument> MakeOpenShares(
    const Identity& identity, const PublishedNotice& notice, const bidding::v1::Box& box,
    const std::vector<bidding::v1::SealedBid>& bids, crypto::Random& random) {
  ASSIGN_OR_RETURN(const int i, MemberIndex(identity, notice.notice));
  if (box.notice_hash() != notice.hash_hex()) return BoxMismatch("another notice is in force");

  document::v1::OpenShares shares;
  shares.set_tender_id(notice.notice.tender_id());
  shares.set_notice_hash(notice.hash_hex());
  shares.set_box_root(box.root());
  shares.set_i(i);

  std::vector<std::string> digests;
  std::set<std::string> bidders;
  for (const auto& bid : bids) {
    document::v1::Seal seal;
    const auto& signed_seal = bid.seal().document();
    RETURN_IF_ERROR(document::ParseStrictJson(signed_seal.content(), &seal));
    ASSIGN_OR_RETURN(std::string ciphertext_sha256, HexDecode(seal.ciphertext_sha256()));
    digests.push_back(SubmissionDigest(signed_seal, ciphertext_sha256));
    if (digests.back() != bid.submission_digest()) return BoxMismatch("a digest differs");
    if (seal.notice_hash() != notice.hash_hex()) return BoxMismatch("a bid is for another notice");
    if (!bidders.insert(seal.bidder_cert_sha256()).second) {
      return BoxMismatch("one certificate has two bids");
    }

    auto* out = shares.add_shares();
    out->set_submission_id(seal.submission_id());
    const sealing::Wrapped* mine = nullptr;
    ASSIGN_OR_RETURN(sealing::Sealed sealed, ToSealed(seal, ""));
    for (const auto& wrapped : sealed.shares) {
      if (wrapped.i == i) mine = &wrapped;
    }
    if (mine == nullptr) return BoxMismatch("a seal has no share for this member");
    ASSIGN_OR_RETURN(std::string bidder, HexDecode(seal.bidder_cert_sha256()));
    const sealing::SealBinding binding{notice.hash, bidder};
    auto share = sealing::UnwrapShare(binding, identity.agreement_key(), *mine);
    if (share.ok()) {
      out->set_share(*share);
    } else {
      ASSIGN_OR_RETURN(std::string proof, sealing::ProveBadWrap(binding, identity.agreement_key(),
                                                                *mine, random));
      out->set_bad_wrap(true);
      out->set_bad_wrap_proof(std::move(proof));
    }
  }
  ASSIGN_OR_RETURN(std::string root, BoxRoot(digests));
  if (root != box.root()) return BoxMismatch("the root differs");
  return SignDocument(identity, notice.notice.system(), "open-share", &shares);
}

}  // namespace jodal::sdk
