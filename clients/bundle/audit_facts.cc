// Chapter: the register of facts. What the registrar recorded about the country was signed by the
// registrar, entered in the log as it is, and numbered without gaps: none can be left out below the
// number that a notice says it was judged by.
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "procurement/people/organization.h"
#include "procurement/register/register.h"

namespace jodal::bundle {
namespace {

constexpr char kRegistration[] = "registration";

absl::Status VerifyFact(Audit& audit, const LoggedEntry& entry) {
  const event::v1::FactRecorded& recorded = entry.event.fact_recorded();
  auto& known = audit.facts[recorded.type()];
  if (recorded.number() != static_cast<int>(known.facts.size()) + 1) {
    return Wrong("FACT_MISSING", audit.LogFile(entry),
                 absl::StrCat("fact ", recorded.number(), " about ", recorded.subject(), ", ",
                              recorded.type(), ", does not follow the one before it"),
                 {{"seq", absl::StrCat(entry.seq())}});
  }
  const std::string base = FactBase(recorded.type(), recorded.number());
  ASSIGN_OR_RETURN(const auto act,
                   audit.OpenBy<document::v1::FactRecord>({base, "fact.record", entry.received(),
                                                           procurement::kRegistrarId,
                                                           audit.trust.registrar_cert_sha256}));
  if (recorded.SerializeAsString() !=
      procurement::FactEvent(act.doc, act.sha256, recorded.number()).SerializeAsString()) {
    return audit.EventWrong(entry, "fact");
  }
  auto fact = procurement::ParseFact(act.doc, act.sha256);
  if (!fact.ok()) return WrongAt(base + ".json", fact.status());
  const absl::Status follows = procurement::CheckNextFact(known.facts, *fact);
  if (!follows.ok()) return WrongAt(base + ".json", follows);
  known.facts.push_back(*std::move(fact));
  known.recorded.push_back(entry.committed());
  ++audit.report.facts;
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyFacts(Audit& audit) {
  for (const LoggedEntry* entry :
       audit.Take(kRegistration, "fact.recorded", procurement::kCountryName)) {
    RETURN_IF_ERROR(VerifyFact(audit, *entry));
  }
  return absl::OkStatus();
}

absl::StatusOr<procurement::Holidays> HolidaysKnownTo(Audit& audit, const LoggedEntry& published,
                                                      absl::Time approved) {
  const auto& known = audit.facts[procurement::kHolidayFact];
  const int claimed = published.event.notice_published().holidays_known();
  if (claimed < 0 || static_cast<size_t>(claimed) > known.facts.size()) {
    return Wrong("FACT_MISSING", audit.LogFile(published),
                 absl::StrCat("the notice was judged by ", claimed,
                              " facts about holidays; the bundle has ", known.facts.size()),
                 {{"seq", absl::StrCat(published.seq())}});
  }
  const size_t number = static_cast<size_t>(claimed);
  if (number > 0 && known.recorded[number - 1] > published.committed() + kClockSkew) {
    return audit.EventWrong(published, "facts about holidays");
  }
  if (number < known.recorded.size() && known.recorded[number] < approved - kClockSkew) {
    return Wrong(
        "HOLIDAY_IGNORED", audit.LogFile(published),
        absl::StrCat("a holiday was on record before the approval and not looked at: fact ",
                     number + 1),
        {{"seq", absl::StrCat(published.seq())}});
  }
  return procurement::HolidaysOf(absl::MakeConstSpan(known.facts).first(number));
}

}  // namespace jodal::bundle
