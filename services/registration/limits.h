// Limits of the registration service, each with its reason.
#ifndef JODAL_SERVICES_REGISTRATION_LIMITS_H_
#define JODAL_SERVICES_REGISTRATION_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace jodal::registration {

// A person has to find the certificate and type its PIN.
inline constexpr absl::Duration kChallengeLife = absl::Seconds(60);

// A working day with its evening, so that one login is enough for a day with an opening.
inline constexpr absl::Duration kSessionLife = absl::Hours(12);

// A registration that nobody approves lapses, so that nobody can hold another's business number,
// certificate or key for ever by registering it first. Long enough for papers to be asked for and
// sent.
inline constexpr absl::Duration kPendingLife = absl::Hours(14 * 24);

inline constexpr size_t kOrganizationNameCharactersMax =
    200;  // the longest in the register have 90
inline constexpr size_t kPersonNameCharactersMax = 100;
inline constexpr size_t kAddressCharactersMax = 300;

// Kept with its signature (at most 64 KiB) and evidence list in one value of at most 100 KB. The
// fields at their limits, with an encryption certificate, take 20 KiB.
inline constexpr size_t kDocumentBytesMax = 24 << 10;

// DER; as the signature profile's own limit. It lies in the person's record.
inline constexpr size_t kEncryptionCertificateBytesMax = 8 << 10;

// The largest agencies have some hundred people who procure; bounds ListPeople, which has no pages.
inline constexpr int kPeoplePerOrganizationMax = 1000;

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 200;  // 200 organisations of 1 KB are well below one message

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_LIMITS_H_
