#include "procurement/acts/deadlines.h"

#include <algorithm>
#include <iterator>

#include "procurement/acts/contract.h"

namespace jodal::procurement {
namespace {

constexpr absl::Duration kNone = absl::ZeroDuration();
constexpr char kSigning[] = "계약예규 입찰유의서 (10일)";
constexpr char kInspection[] = "국가계약법 시행령 제55조";
constexpr char kPaying[] = "국가계약법 시행령 제58조";

// clang-format off
constexpr DeadlineRule kRules[] = {
    // id                      ko                         en                                    role              opens                      period             days  article      command
    {kBoxClose,               "입찰함 마감",             "the box of bids closes",              "",               "box.created",             kNone,             0, "",          ""},
    {"organization.approve",  "업체·기관 등록 승인",     "approve an organisation",             "registrar",      "organization.registered", kNone,             0, "",          "jodal organization approve {case}"},
    {"person.approve",        "소속 인원 등록 승인",     "approve a person",                    "representative", "person.registered",       kNone,             0, "",          "jodal person approve {case}"},
    {"notice.approve",        "공고 2차 승인",           "approve a notice as second officer",  "approver",       "notice.submitted",        kNone,             0, "",          "jodal tender approve {case}"},
    {"shares.release",        "개찰 열쇠조각 제출",      "release the shares of the closed box", "committee",     "box.closed",              kNone,             0, "",          "jodal opening share {case}"},
    {"tender.evaluate",       "개찰 결과 산출",          "evaluate the opened bids",            "officer",        "tender.opened",           kNone,             0, "",          "jodal tender evaluate {case}"},
    {"award.decide",          "낙찰자 결정",             "decide the award",                    "officer",        "tender.evaluated",        kNone,             0, "",          "jodal award decide {case} --reason REASON"},
    {"contract.offer",        "계약서 송부",             "offer the contract",                  "officer",        "contract.prepared",       kNone,             0, "",          "jodal contract offer {case} --start-date DATE --end-date DATE"},
    {"contract.consent",      "계약 동의",               "sign the contract that is offered",   "representative", "contract.offered",        kSigningPeriod,    0, kSigning,    "jodal contract consent {case}"},
    {"contract.confirm",      "계약 확정",               "confirm the contract",                "officer",        "contract.consented",      kNone,             0, "",          "jodal contract confirm {case}"},
    {"delivery.report",       "납품 완료 신고",          "deliver and report it",               "",               "contract.formed",         kNone,             0, "",          "jodal delivery report {case}"},
    {"delivery.inspect",      "납품 검사",               "inspect a delivery",                  "inspector",      "delivery.reported",       kInspectionPeriod, 0, kInspection, "jodal delivery inspect {case}"},
    {"invoice.create",        "대금 청구",               "invoice an accepted delivery",        "representative", "payable.recorded",        kNone,             0, "",          "jodal invoice create {case}"},
    {"payment.approve",       "지급 승인",               "approve a payment",                   "paymaster",      "invoice.created",         kNone,             5, kPaying,     "jodal payment approve {case}"},
    {"payment.approve.again", "지급 2차 승인",           "approve a payment as second officer", "paymaster",      "payment.approved",        kNone,             5, kPaying,     "jodal payment approve {case}"},
    {"payment.settle",        "지급 실행",               "carry out a payment order",           "bank",           "payment.ordered",         kNone,             5, kPaying,     "jodal payment settle {case} --bank-reference REFERENCE"},
    {"account.approve",       "계좌 변경 승인",          "approve a change of account",         "",               "account.submitted",       kNone,             0, "",          "jodal account approve"},
};
// clang-format on

}  // namespace

absl::Span<const DeadlineRule> DeadlineRules() { return kRules; }

const DeadlineRule& DeadlineRuleOf(absl::string_view id) {
  return *std::find_if(std::begin(kRules), std::end(kRules),
                       [&](const DeadlineRule& rule) { return rule.id == id; });
}

absl::Time DueAt(const DeadlineRule& rule, absl::Time since, const Holidays& holidays) {
  if (rule.period > absl::ZeroDuration()) return since + rule.period;
  if (rule.working_days == 0) return absl::InfiniteFuture();
  absl::CivilDay day = absl::ToCivilDay(since, KoreanTime());
  for (int left = rule.working_days; left > 0;) {
    ++day;
    if (IsWorkingDay(day, holidays)) --left;
  }
  return absl::FromCivil(day + 1, KoreanTime());
}

}  // namespace jodal::procurement
