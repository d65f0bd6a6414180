// How calls within one process prove which service they come from. Include only in common/rpc.
#ifndef JODAL_COMMON_RPC_IDENTITY_H_
#define JODAL_COMMON_RPC_IDENTITY_H_

#include <string>

namespace jodal::rpc {

inline constexpr char kServiceMetadata[] = "x-jodal-service";  // "tender"
inline constexpr char kProcessMetadata[] = "x-jodal-process";  // ProcessSecret()
inline constexpr char kServiceDnsSuffix[] = ".jodal.internal";
inline constexpr char kClientName[] = "client";  // certificates of people's programs

// 32 random bytes in hex, made when first asked for; sent only to this process itself.
const std::string& ProcessSecret();

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_IDENTITY_H_
