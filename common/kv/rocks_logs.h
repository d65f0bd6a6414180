// Looks for damage in RocksDB's record logs (write-ahead logs and manifest) that its recovery would
// pass over in silence.
//
// Point-in-time recovery stops at the first record that fails its checksum and takes what follows
// for never written. That is right for a write that a power cut interrupted, and would quietly roll
// back everything after a bit that flipped in the middle. The position distinguishes the two: the
// store is synced after every record, so only the very last record can be incomplete.
//
// A log is a sequence of blocks of 32 KiB, of records
//   crc u32 (CRC-32C of type and payload, masked), length u16, type u8, payload      little endian
// with type 1 for a whole record and 2, 3, 4 for the first, a middle and the last part of one; less
// than a header at the end of a block is padding. The payload of a write-ahead log begins with its
// first sequence number, u64, and the number of sequence numbers that it takes, u32.
// Source: RocksDB wiki, "Write Ahead Log File Format".
#ifndef JODAL_COMMON_KV_ROCKS_LOGS_H_
#define JODAL_COMMON_KV_ROCKS_LOGS_H_

#include <string>

#include "absl/status/status.h"

namespace jodal::kv {

// Reads the logs of the closed database in `path`; OK if there is none. DATA_LOSS STORE_DAMAGED
// (with the file) if an intact record follows a broken one, or if sequence numbers are missing
// between two files; UNAVAILABLE STORE_FAILED if they cannot be read. A broken record that nothing
// follows is not reported.
absl::Status CheckRocksLogs(const std::string& path);

}  // namespace jodal::kv

#endif  // JODAL_COMMON_KV_ROCKS_LOGS_H_
