// What was signed when an older version was in use, byte for byte as it was written then.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/status/error.h"
#include "procurement/documents/read.h"

namespace jodal::procurement {
namespace {

constexpr char kNotice[] =
    R"({"kind":"notice","version":1,"system":"jodal.demo","signer":"A-1.1","tenderId":"R26BK00000001",)"
    R"("noticeVersion":1,"agencyId":"A-1","title":"의자","titleEn":"chairs","procurementKind":"goods",)"
    R"("regime":"state","method":"qualification","ruleSet":"kr-state-goods-2024","currency":"KRW",)"
    R"("presumedPrice":136363636,"baseAmount":150000000,"floorRatePpm":842450,)"
    R"("bidStart":"2026-03-09T00:00:00Z","deadline":"2026-03-12T01:00:00Z","openAt":"2026-03-12T02:00:00Z",)"
    R"("k":2,"committee":[{"i":1,"personId":"A-1.3","organizationId":"A-1","certSha256":"aa","spki":"AAE="},)"
    R"({"i":2,"personId":"U-1.2","organizationId":"U-1","certSha256":"bb","spki":"AAI=","outside":true}],)"
    R"("logOrigin":"jodal.demo/bidding","priceSource":"entered","enteredPricesSha256":"cc",)"
    R"("description":"120","contractMethod":"open","category":"general"})";

TEST(Upgrade, ANoticeOfVersion1HasOneLotAndOneStage) {
  const auto notice = ReadDocument<document::v1::Notice>(kNotice);
  ASSERT_TRUE(notice.ok()) << notice.status();
  const auto json = document::ToCanonicalJson(*notice);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(
      *json,
      R"({"kind":"notice","version":1,"system":"jodal.demo","signer":"A-1.1","tenderId":"R26BK00000001",)"
      R"("noticeVersion":1,"round":1,"agencyId":"A-1","title":"의자","titleEn":"chairs",)"
      R"("procurementKind":"goods","regime":"state","method":"qualification",)"
      R"("ruleSet":"kr-state-goods-2024","category":"general","currency":"KRW",)"
      R"("lots":[{"lot":1,"presumedPrice":136363636,"baseAmount":150000000,"floorRatePpm":842450,)"
      R"("priceSource":"entered","enteredPricesSha256":"cc"}],)"
      R"("stages":[{"stage":1,"content":"price","bidStart":"2026-03-09T00:00:00Z",)"
      R"("deadline":"2026-03-12T01:00:00Z","openAt":"2026-03-12T02:00:00Z"}],"quorum":2,)"
      R"("committee":[{"member":1,"personId":"A-1.3","organizationId":"A-1","certSha256":"aa",)"
      R"("spki":"AAE="},{"member":2,"personId":"U-1.2","organizationId":"U-1","certSha256":"bb",)"
      R"("spki":"AAI=","outside":true}],"logOrigin":"jodal.demo/bidding","contractMethod":"open",)"
      R"("description":"120"})");
}

template <typename Doc>
std::string Read(absl::string_view json) {
  const auto document = ReadDocument<Doc>(json);
  EXPECT_TRUE(document.ok()) << document.status();
  return document.ok() ? *document::ToCanonicalJson(*document) : "";
}

TEST(Upgrade, EveryOtherDocument) {
  using namespace document::v1;  // NOLINT: names of documents
  EXPECT_EQ(
      Read<Bid>(R"({"kind":"bid","version":1,"tenderId":"T","noticeHash":"h","bidderId":"S-1",)"
                R"("lot":1,"price":129000000,"currency":"KRW","picks":[3,11],"nonce":"AAE=",)"
                R"("submissionId":"ab","documents":[{"name":"a","size":5,"sha256":"cc"}]})"),
      R"({"kind":"bid","version":1,"tenderId":"T","noticeHash":"h","stage":1,"round":1,)"
      R"("bidderId":"S-1","submissionId":"ab","currency":"KRW","nonce":"AAE=",)"
      R"("offers":[{"lot":1,"amount":129000000,"picks":[3,11]}],)"
      R"("documents":[{"name":"a","size":5}]})");
  EXPECT_EQ(Read<Seal>(R"({"kind":"seal","version":1,"format":"SB1","tenderId":"T","k":2,"n":3,)"
                       R"("shares":[{"i":1,"wrap":"AAE=","commit":"AAI=","proof":"AAM="}],)"
                       R"("clientTime":"2026-03-09T00:00:00Z"})"),
            R"({"kind":"seal","version":1,"format":"SB1","tenderId":"T","stage":1,"round":1,)"
            R"("quorum":2,"members":3,"shares":[{"member":1,"wrap":"AAE=","commit":"AAI=",)"
            R"("proof":"AAM="}],"clientTime":"2026-03-09T00:00:00Z"})");
  EXPECT_EQ(
      Read<OpenShares>(R"({"kind":"open-share","version":2,"tenderId":"T","boxRoot":"r","i":3,)"
                       R"("first":1,"shares":"AAE=","badWraps":[{"position":1,"proof":"AAI="}]})"),
      R"({"kind":"open-share","version":2,"tenderId":"T","stage":1,"round":1,"boxRoot":"r",)"
      R"("member":3,"first":1,"shares":"AAE=","badWraps":[{"position":1,"proof":"AAI="}]})");
  EXPECT_EQ(Read<AwardDecision>(R"({"kind":"award.decision","version":1,"tenderId":"T",)"
                                R"("resultSha256":"r","submissionId":"ab","supplierId":"S-1",)"
                                R"("amount":129000000,"reason":"lowest"})"),
            R"({"kind":"award.decision","version":1,"tenderId":"T","resultSha256":"r",)"
            R"("awards":[{"lot":1,"submissionId":"ab","supplierId":"S-1","amount":129000000}],)"
            R"("reason":"lowest"})");
  EXPECT_EQ(Read<EnteredPrices>(R"({"kind":"entered-prices","version":1,"tenderId":"T",)"
                                R"("prices":[1,2],"salt":"AAE="})"),
            R"({"kind":"entered-prices","version":1,"tenderId":"T",)"
            R"("lots":[{"lot":1,"prices":[1,2],"salt":"AAE="}]})");
  EXPECT_EQ(Read<BidCancellation>(R"({"kind":"bid.cancellation","version":1,"tenderId":"T",)"
                                  R"("submissionId":"ab","reason":"typo"})"),
            R"({"kind":"bid.cancellation","version":1,"tenderId":"T","stage":1,"round":1,)"
            R"("submissionId":"ab","reason":"typo"})");
  EXPECT_EQ(Read<ContractOffer>(R"({"kind":"contract.offer","version":1,"contractId":"C",)"
                                R"("tenderId":"T","awardSha256":"a","amount":5,"terms":"t"})"),
            R"({"kind":"contract.offer","version":1,"contractId":"C","tenderId":"T","lot":1,)"
            R"("awardSha256":"a","amount":5,"terms":"t"})");
}

// A field of the one version is unknown in the other.
TEST(Upgrade, VersionsAreNotMixed) {
  using document::v1::Bid;
  EXPECT_EQ(ErrorReason(ReadDocument<Bid>(R"({"version":1,"stage":1})").status()),
            "DOCUMENT_UNKNOWN_FIELD");
  EXPECT_EQ(ErrorReason(ReadDocument<Bid>(R"({"version":2,"price":1})").status()),
            "DOCUMENT_UNKNOWN_FIELD");
  EXPECT_EQ(ErrorReason(ReadDocument<Bid>(R"({"version":3,"lot":1})").status()),
            "DOCUMENT_UNKNOWN_FIELD");
}

}  // namespace
}  // namespace jodal::procurement
