// RocksDB's checksums, computed by the processor.
//
// Debian builds RocksDB for the oldest x86-64, which has no instruction for CRC-32C, and RocksDB
// asks for it when it is compiled, not when it runs. Programs that take RocksDB from its archive
// are linked so that its calls of rocksdb::crc32c::Extend come here (ADR 16); the result is the
// same. Others, most tests, keep RocksDB's own.
#ifndef JODAL_COMMON_KV_ROCKS_CRC32C_H_
#define JODAL_COMMON_KV_ROCKS_CRC32C_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace jodal::kv {

// The CRC-32C (RFC 3720, B.4) of `data`.
uint32_t Crc32c(absl::string_view data);

}  // namespace jodal::kv

// In place of RocksDB's util/crc32c.h: uint32_t Extend(uint32_t init_crc, const char*, size_t), the
// CRC-32C of A and `data` if `crc` is that of A. The name is the linker's for --wrap.
extern "C" uint32_t __wrap__ZN7rocksdb6crc32c6ExtendEjPKcm(uint32_t crc, const char* data,
                                                           size_t size);

#endif  // JODAL_COMMON_KV_ROCKS_CRC32C_H_
