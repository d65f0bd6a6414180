// The caller: decided once per call from the transport and the session token.
#ifndef JODAL_COMMON_RPC_CALLER_H_
#define JODAL_COMMON_RPC_CALLER_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::rpc {

// A person with an open session. Ids are opaque here.
struct Principal {
  std::string session_id;
  std::string person_id;
  std::string organization_id;
  std::vector<std::string> roles;
  std::string cert_sha256;  // hex; the signing certificate the session was opened with
  absl::Time expires;

  bool HasRole(absl::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  }
};

struct Caller {
  enum class Kind { kAnonymous, kUser, kService };
  Kind kind = Kind::kAnonymous;
  std::string service;  // kService: "tender"
  Principal user;       // kUser

  bool IsService() const { return kind == Kind::kService; }
  bool IsUser() const { return kind == Kind::kUser; }
};

// One request as a use case sees it.
struct Call {
  Caller caller;
  absl::Time arrival;    // stamped before any queue, from the service's clock
  std::string trace_id;  // W3C traceparent trace id, made here if absent
};

// Who may call a method. Checked before anything else of the request is looked at.
struct Access {
  bool anyone = false;                // no credentials needed
  bool any_user = false;              // any open session
  std::vector<std::string> roles;     // a session with one of these roles
  std::vector<std::string> services;  // these peer services, by mTLS name or in process

  static Access Anyone() { return {.anyone = true}; }
  static Access AnyUser(std::vector<std::string> services = {}) {
    return {.any_user = true, .services = std::move(services)};
  }
  static Access Roles(std::vector<std::string> roles, std::vector<std::string> services = {}) {
    return {.roles = std::move(roles), .services = std::move(services)};
  }
  static Access Services(std::vector<std::string> services) {
    return {.services = std::move(services)};
  }
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_CALLER_H_
