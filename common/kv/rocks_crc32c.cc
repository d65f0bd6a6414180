#include "common/kv/rocks_crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <limits>

namespace jodal::kv {

uint32_t Crc32c(absl::string_view data) {
  return __wrap__ZN7rocksdb6crc32c6ExtendEjPKcm(0, data.data(), data.size());
}

}  // namespace jodal::kv

uint32_t __wrap__ZN7rocksdb6crc32c6ExtendEjPKcm(uint32_t crc, const char* data, size_t size) {
  crc = ~crc;
  while (size > 0) {
    const size_t part = std::min<size_t>(size, std::numeric_limits<int>::max());
    // It does not write: its interface just has no const.
    crc = crc32_iscsi(reinterpret_cast<unsigned char*>(const_cast<char*>(data)),
                      static_cast<int>(part), crc);
    data += part;
    size -= part;
  }
  return ~crc;
}
