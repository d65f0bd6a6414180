// A full check of a stored ledger, for restores, audits and crash tests.
#ifndef JODAL_COMMON_LEDGER_CHECK_LEDGER_H_
#define JODAL_COMMON_LEDGER_CHECK_LEDGER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"

namespace jodal::ledger {

// Recomputes everything from the entries: sequence without gaps, commit times strictly increasing,
// bodies that fit their digests, every stored tree hash, the head, and answers that point into the
// log. Reads the whole store. DATA_LOSS LEDGER_DAMAGED names the first thing that is wrong;
// FAILED_PRECONDITION ORIGIN_MISMATCH, STORE_LAYOUT; NOT_FOUND LEDGER_NOT_FOUND if there is no
// head.
absl::Status CheckLedger(const kv::Backend& backend, absl::string_view origin);

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_CHECK_LEDGER_H_
