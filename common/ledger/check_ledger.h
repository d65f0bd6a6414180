// A full check of a stored ledger, for restores, audits and crash tests.
#ifndef JODAL_COMMON_LEDGER_CHECK_LEDGER_H_
#define JODAL_COMMON_LEDGER_CHECK_LEDGER_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"

namespace jodal::ledger {

// How many entries of the log have been looked at, and how many there should be.
using CheckProgress = std::function<void(uint64_t entries, uint64_t of)>;

// Recomputes everything from the entries: sequence without gaps, commit times strictly increasing,
// bodies that fit their digests, every stored tree hash, the head, and answers that point into the
// log. Reads the whole store. DATA_LOSS LEDGER_DAMAGED names the first thing that is wrong;
// FAILED_PRECONDITION ORIGIN_MISMATCH, STORE_LAYOUT; NOT_FOUND LEDGER_NOT_FOUND if there is no
// head. Of the services' state it finds only damage that the store's own checksums show. `progress`
// (may be empty) is called now and then, with 0 first and at the last entry that was looked at.
absl::Status CheckLedger(const kv::Backend& backend, absl::string_view origin,
                         const CheckProgress& progress = nullptr);

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_CHECK_LEDGER_H_
