// A box with its committee and bidders for the engine's tests. Seals are real, signatures are
// fakes.
#ifndef JODAL_SERVICES_BIDDING_ENGINE_TESTING_H_
#define JODAL_SERVICES_BIDDING_ENGINE_TESTING_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/sealing/sb1.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/bid/submission.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/store/bidding_store.h"
#include "services/kit/testing.h"
#include "tests/support/parts.h"

namespace jodal::bidding {

using testing_support::TheLot;
using testing_support::TheOffer;
using testing_support::TheStage;

using kit::FakePerson;
using kit::HasReason;

struct BidPlan {
  FakePerson bidder;
  std::function<void(document::v1::Bid&)> bid;    // before the inner signature
  std::optional<FakePerson> inner_cert_of;        // signs the inside in the bidder's place
  std::function<void(sealing::Sealed&)> sealed;   // a dealer's tricks
  std::function<void(document::v1::Seal&)> seal;  // before the outer signature
  std::function<void(std::string&)> payload;      // before sealing
};

class BoxTest : public ::testing::Test {
 protected:
  explicit BoxTest(int k = 3, int n = 5,
                   const kit::EngineEnv::OpenLedger& open = kit::EngineEnv::InMemory)
      : k_(k), env_("bidding", "test.jodal.example", open) {
    for (int i = 1; i <= n; ++i) {
      keys_.push_back(crypto::P256PrivateKey::Derive(absl::StrCat("member ", i)));
      officers_.push_back({absl::StrCat("officer-", i), absl::StrCat("agency-", i), {"committee"}});
    }
    engine_ = std::make_unique<BiddingEngine>(env_.context);
  }

  static FakePerson Supplier(int i) {
    return {absl::StrCat("bidder-", i), absl::StrCat("supplier-", i), {"supplier"}};
  }
  static absl::Time At(const std::string& utc) {
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, utc, &time, &error)) << error;
    return time;
  }
  absl::Time bid_start() const { return At(kBidStart); }
  absl::Time deadline() const { return At(kDeadline); }
  absl::Time open_at() const { return At(kOpenAt); }

  document::v1::Notice Notice(int version = 1) const {
    document::v1::Notice notice;
    notice.set_tender_id(kTender);
    notice.set_notice_version(version);
    notice.set_round(1);
    if (version > 1) notice.set_previous_notice_hash(notice_hash_);
    notice.set_regime("state");
    notice.set_procurement_kind("goods");
    notice.set_method("qualification");
    notice.set_rule_set("kr-state-goods-2024");
    notice.set_category("general");
    notice.set_currency("KRW");
    TheLot(notice);
    TheStage(notice).set_bid_start(kBidStart);
    TheStage(notice).set_deadline(kDeadline);
    TheStage(notice).set_open_at(kOpenAt);
    notice.set_quorum(k_);
    notice.set_log_origin(env_.ledger->origin());
    for (size_t at = 0; at < keys_.size(); ++at) {
      auto* member = notice.add_committee();
      member->set_member(static_cast<int>(at) + 1);
      member->set_person_id(officers_[at].person_id);
      member->set_spki(keys_[at].SpkiDer());
    }
    return notice;
  }
  v1::CreateBoxRequest BoxRequest(const document::v1::Notice& notice) const {
    v1::CreateBoxRequest request;
    request.set_tender_id(kTender);
    *request.mutable_notice()->mutable_document() =
        env_.Sign(notice, "notice", {"officer-x", "agency-x", {"officer"}});
    return request;
  }
  absl::StatusOr<v1::Box> CreateBox(const v1::CreateBoxRequest& request) {
    v1::CreateBoxResponse response;
    const absl::Status status = engine_->CreateBox(env_.AsService("tender"), request, &response);
    if (!status.ok()) return status;
    notice_hash_ = response.box().notice_hash();
    return response.box();
  }
  // A box that takes bids now.
  void OpenBoxForBids() {
    ASSERT_TRUE(CreateBox(BoxRequest(Notice())).ok());
    env_.clock.Set(bid_start());
  }
  absl::StatusOr<v1::Box> GetBox() {
    v1::GetBoxRequest request;
    request.set_tender_id(kTender);
    v1::GetBoxResponse response;
    const absl::Status status = engine_->GetBox(env_.AsAnyone(), request, &response);
    if (!status.ok()) return status;
    return response.box();
  }

  // How many bids the box would be closed with now.
  int BidsHeld() {
    int held = 0;
    const absl::Status read =
        env_.ledger->View(ledger::ShardOf(kBox), [&](const kv::Reader& reader) -> absl::Status {
          ASSIGN_OR_RETURN(const auto box, store::kBoxes.Find(reader, kBox));
          if (!box.has_value()) return absl::NotFoundError("no box");
          return store::kOrder.ForEach(reader, store::VersionPrefix(*box), "", [&](auto&) {
            ++held;
            return absl::OkStatus();
          });
        });
    EXPECT_TRUE(read.ok()) << read;
    return held;
  }

  sealing::Committee Committee() const {
    sealing::Committee out;
    out.notice_hash = *HexDecode(notice_hash_);
    out.k = k_;
    for (size_t at = 0; at < keys_.size(); ++at) {
      out.members.push_back({static_cast<int>(at) + 1, keys_[at].SpkiDer()});
    }
    return out;
  }

  // Everything about the bid follows from the bidder and the notice.
  v1::SubmitBidRequest MakeBid(const BidPlan& plan) {
    const std::string who = plan.bidder.person_id;
    const std::string submission_id =
        HexEncode(crypto::Sha256(absl::StrCat(who, notice_hash_))).substr(0, 32);
    document::v1::Bid bid;
    bid.set_tender_id(kTender);
    bid.set_notice_hash(notice_hash_);
    bid.set_bidder_id(plan.bidder.organization_id);
    bid.set_stage(1);
    bid.set_round(1);
    TheOffer(bid).set_amount(1000 + static_cast<int64_t>(who.size()));
    bid.set_currency("KRW");
    TheOffer(bid).add_picks(3);
    TheOffer(bid).add_picks(7);
    bid.set_nonce(crypto::Sha256(absl::StrCat("nonce ", who)));
    bid.set_submission_id(submission_id);
    if (plan.bid) plan.bid(bid);
    document::v1::SignedDocument inner = env_.Sign(bid, "bid", plan.bidder);
    if (plan.inner_cert_of) {
      inner.set_signature(absl::StrCat("signed by ", plan.inner_cert_of->cert_sha256()));
    }
    std::string payload = *sealing::EncodePayload({inner.content(), inner.signature()});
    if (plan.payload) plan.payload(payload);
    sealing::Sealed sealed =
        *sealing::Seal(Committee(), *HexDecode(plan.bidder.cert_sha256()), payload, CekOf(who));
    if (plan.sealed) plan.sealed(sealed);
    document::v1::Seal seal;
    seal.set_format("SB1");
    seal.set_tender_id(kTender);
    seal.set_notice_hash(notice_hash_);
    seal.set_stage(1);
    seal.set_round(1);
    seal.set_bidder_cert_sha256(plan.bidder.cert_sha256());
    seal.set_submission_id(submission_id);
    seal.set_ciphertext_sha256(HexEncode(crypto::Sha256(sealed.ciphertext)));
    seal.set_ciphertext_size(static_cast<int64_t>(sealed.ciphertext.size()));
    seal.set_key_commit(sealed.key_commit);
    seal.set_quorum(k_);
    seal.set_members(static_cast<int>(keys_.size()));
    for (const auto& wrapped : sealed.shares) {
      auto* share = seal.add_shares();
      share->set_member(wrapped.i);
      share->set_wrap(wrapped.wrap);
      share->set_commit(wrapped.commit);
      share->set_proof(wrapped.proof);
    }
    if (plan.seal) plan.seal(seal);
    v1::SubmitBidRequest request;
    *request.mutable_seal() = env_.Sign(seal, "seal", plan.bidder);
    request.set_ciphertext(sealed.ciphertext);
    request.set_request_id(env_.NextRequestId());
    return request;
  }
  static std::string CekOf(const std::string& who) {
    return crypto::Sha256(absl::StrCat("cek ", who));
  }

  absl::StatusOr<v1::SubmitBidResponse> Submit(const rpc::Call& call,
                                               const v1::SubmitBidRequest& request) {
    v1::SubmitBidResponse response;
    absl::Notification finished;
    absl::Status status;
    engine_->SubmitBid(call, request, &response, [&](absl::Status s) {
      status = std::move(s);
      finished.Notify();
    });
    finished.WaitForNotification();
    if (!status.ok()) return status;
    return response;
  }
  absl::StatusOr<v1::SubmitBidResponse> Submit(const BidPlan& plan) {
    return Submit(env_.As(plan.bidder), MakeBid(plan));
  }

  absl::Status Cancel(const FakePerson& bidder, const std::string& submission_id) {
    document::v1::BidCancellation cancellation;
    cancellation.set_tender_id(kTender);
    cancellation.set_notice_hash(notice_hash_);
    cancellation.set_stage(1);
    cancellation.set_round(1);
    cancellation.set_submission_id(submission_id);
    cancellation.set_reason(env_.NextRequestId());
    v1::CancelBidRequest request;
    *request.mutable_document() = env_.Sign(cancellation, "bid.cancellation", bidder);
    request.set_request_id(env_.NextRequestId());
    v1::CancelBidResponse response;
    return engine_->CancelBid(env_.As(bidder), request, &response);
  }

  void Close() {
    env_.clock.Set(deadline());
    ASSERT_TRUE(engine_->deadlines().RunDue().ok());
    ASSERT_EQ(GetBox()->state(), v1::Box::CLOSED);
    env_.clock.Set(open_at());
  }

  absl::StatusOr<v1::ListSealedBidsResponse> ListSealed(const rpc::Call& call,
                                                        bool with_ciphertext = false) {
    v1::ListSealedBidsRequest request;
    request.set_tender_id(kTender);
    request.set_with_ciphertext(with_ciphertext);
    v1::ListSealedBidsResponse response;
    const absl::Status status = engine_->ListSealedBids(call, request, &response);
    if (!status.ok()) return status;
    return response;
  }

  // What an honest member's client makes of the closed box: the shares of `count` bids from
  // position `first` on.
  document::v1::OpenShares HonestShares(int i, int first = 0, int count = 1 << 30) {
    auto shares = TryHonestShares(i, first, count);
    EXPECT_TRUE(shares.ok()) << shares.status();
    return shares.ok() ? *std::move(shares) : document::v1::OpenShares();
  }
  // The same where the seals may not be had: that they were shown is itself an entry of the log.
  absl::StatusOr<document::v1::OpenShares> TryHonestShares(int i, int first = 0,
                                                           int count = 1 << 30) {
    document::v1::OpenShares out;
    out.set_tender_id(kTender);
    out.set_notice_hash(notice_hash_);
    out.set_box_root(GetBox()->root());
    out.set_stage(1);
    out.set_round(1);
    out.set_member(i);
    out.set_first(first);
    int position = 0;
    v1::ListSealedBidsRequest request;
    request.set_tender_id(kTender);
    do {
      v1::ListSealedBidsResponse page;
      const absl::Status shown = engine_->ListSealedBids(env_.As(officers_[i - 1]), request, &page);
      if (!shown.ok()) return shown;
      for (const auto& bid : page.bids()) {
        const int at = position++;
        if (at < first || at - first >= count) continue;
        document::v1::Seal seal;
        EXPECT_TRUE(document::ParseStrictJson(bid.seal().document().content(), &seal).ok());
        const std::string cert = *HexDecode(seal.bidder_cert_sha256());
        const std::string hash = *HexDecode(notice_hash_);
        const sealing::Wrapped wrapped = procurement::ToWrapped(seal.shares(i - 1));
        const auto share = sealing::UnwrapShare({hash, cert}, keys_[i - 1], wrapped);
        out.mutable_shares()->append(share.ok() ? *share : std::string(sealing::kShareBytes, '\0'));
        if (share.ok()) continue;
        auto* bad = out.add_bad_wraps();
        bad->set_position(at);
        bad->set_proof(*sealing::ProveBadWrap({hash, cert}, keys_[i - 1], wrapped, env_.random));
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return out;
  }
  absl::Status Release(const FakePerson& officer, const document::v1::OpenShares& shares) {
    v1::ReleaseSharesRequest request;
    *request.mutable_document() = env_.Sign(shares, "open-share", officer);
    request.set_request_id(env_.NextRequestId());
    v1::ReleaseSharesResponse response;
    return engine_->ReleaseShares(env_.As(officer), request, &response);
  }
  absl::Status Release(int i) { return Release(officers_[i - 1], HonestShares(i)); }

  // In documents of `size` shares each.
  void ReleaseInParts(int i, int size) {
    const int bids = GetBox()->submissions();
    for (int first = 0; first < bids; first += size) {
      const absl::Status released = Release(officers_[i - 1], HonestShares(i, first, size));
      ASSERT_TRUE(released.ok()) << released;
    }
  }

  absl::StatusOr<v1::ListOpenedBidsResponse> ListOpened(int page_size = 0,
                                                        const std::string& token = "") {
    v1::ListOpenedBidsRequest request;
    request.set_tender_id(kTender);
    request.set_page_size(page_size);
    request.set_page_token(token);
    v1::ListOpenedBidsResponse response;
    const absl::Status status = engine_->ListOpenedBids(env_.AsAnyone(), request, &response);
    if (!status.ok()) return status;
    return response;
  }

  static constexpr char kTender[] = "R26BK00000001";
  static constexpr char kBox[] = "R26BK00000001.1.1";
  static constexpr char kBidStart[] = "2025-01-03T00:00:00Z";
  static constexpr char kDeadline[] = "2025-01-05T01:00:00Z";
  static constexpr char kOpenAt[] = "2025-01-05T02:00:00Z";

  const int k_;
  kit::EngineEnv env_;
  std::vector<crypto::P256PrivateKey> keys_;
  std::vector<FakePerson> officers_;
  std::unique_ptr<BiddingEngine> engine_;
  std::string notice_hash_;
};

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ENGINE_TESTING_H_
