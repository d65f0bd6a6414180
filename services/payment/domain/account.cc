#include "services/payment/domain/account.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/payment/errors.h"
#include "services/payment/limits.h"

namespace jodal::payment {

const char* Name(AccountState state) {
  switch (state) {
    case AccountState::kSubmitted:
      return "SUBMITTED";
    case AccountState::kWaiting:
      return "WAITING";
    case AccountState::kActive:
      return "ACTIVE";
    case AccountState::kReplaced:
      return "REPLACED";
  }
  return "UNKNOWN";
}

Versions At(const Versions& versions, absl::Time now) {
  if (versions.pending == 0 || !versions.pending_approved || now < versions.pending_effective) {
    return versions;
  }
  Versions out;
  out.latest = versions.latest;
  out.active = versions.pending;
  return out;
}

AccountState StateOf(const Versions& versions, int version) {
  if (version == versions.active) return AccountState::kActive;
  if (version != versions.pending) return AccountState::kReplaced;
  return versions.pending_approved ? AccountState::kWaiting : AccountState::kSubmitted;
}

Versions Submitted(const Versions& versions) {
  Versions out;
  out.latest = versions.latest + 1;
  if (versions.active == 0) {
    out.active = out.latest;
  } else {
    out.active = versions.active;
    out.pending = out.latest;
  }
  return out;
}

Versions Approved(const Versions& versions, absl::Time effective) {
  Versions out = versions;
  out.pending_approved = true;
  out.pending_effective = effective;
  return out;
}

absl::Status CheckAccountNumber(absl::string_view number) {
  if (number.size() < kAccountNumberBytesMin || number.size() > kAccountNumberBytesMax ||
      number.front() == '-' || number.back() == '-') {
    return AccountNumberInvalidError();
  }
  size_t characters = 0;
  for (const char c : number) {
    if (c == '-') continue;
    const auto u = static_cast<unsigned char>(c);
    if (!absl::ascii_isdigit(u) && !absl::ascii_isupper(u)) return AccountNumberInvalidError();
    ++characters;
  }
  if (characters < kAccountNumberBytesMin) return AccountNumberInvalidError();
  return absl::OkStatus();
}

std::string MaskAccountNumber(absl::string_view number) {
  const std::string plain = absl::StrReplaceAll(number, {{"-", ""}});
  // Of a number too short to hide anything, nothing is shown.
  if (plain.size() <= kMaskedTailBytes) return "****";
  return absl::StrCat("****", plain.substr(plain.size() - kMaskedTailBytes));
}

}  // namespace jodal::payment
