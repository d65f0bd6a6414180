#include "common/rpc/handler.h"

#include <grpc/grpc_security_constants.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/random.h"
#include "common/metrics/logging.h"
#include "common/metrics/metrics.h"
#include "common/rpc/errors.h"
#include "common/rpc/identity.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::rpc {
namespace {

int64_t MonotonicNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// The only value of `key`; nullopt if there is none or more than one.
std::optional<absl::string_view> Metadata(const grpc::CallbackServerContext& context,
                                          const char* key) {
  const auto range = context.client_metadata().equal_range(key);
  if (range.first == range.second || std::next(range.first) != range.second) return std::nullopt;
  return absl::string_view(range.first->second.data(), range.first->second.size());
}

bool FromThisProcess(const grpc::CallbackServerContext& context) {
  // The in-process transport of this gRPC gives no peer and no security context; every socket,
  // insecure ones too, gives both.
  if (context.peer() == "unknown" &&
      context.auth_context()
          ->FindPropertyValues(GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME)
          .empty()) {
    return true;
  }
  const auto secret = Metadata(context, kProcessMetadata);
  return secret.has_value() && crypto::ConstantTimeEqual(*secret, ProcessSecret());
}

// The calling service, "" if the caller is none.
std::string ServiceIdentity(const grpc::CallbackServerContext& context) {
  if (FromThisProcess(context)) {
    return std::string(Metadata(context, kServiceMetadata).value_or(""));
  }
  const auto auth = context.auth_context();
  if (!auth->IsPeerAuthenticated()) return "";
  std::string found;
  for (const grpc::string_ref& name : auth->FindPropertyValues(GRPC_PEER_DNS_PROPERTY_NAME)) {
    absl::string_view service(name.data(), name.size());
    if (!absl::ConsumeSuffix(&service, kServiceDnsSuffix)) continue;
    if (!found.empty()) return "";  // a certificate speaks for one service
    found = std::string(service);
  }
  return found == kClientName ? "" : found;
}

std::string TraceId(const grpc::CallbackServerContext& context) {
  // W3C trace context: version "00" - trace id - parent id - flags.
  const auto parent = Metadata(context, "traceparent");
  if (parent.has_value() && parent->size() == 55 && (*parent)[2] == '-' && (*parent)[35] == '-') {
    const absl::string_view id = parent->substr(3, 32);
    const bool hex = std::all_of(id.begin(), id.end(), [](char c) {
      return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
    });
    if (hex && id.find_first_not_of('0') != absl::string_view::npos) return std::string(id);
  }
  // Unique is enough: nobody has to be unable to guess it.
  static const std::string process = crypto::SystemRandom().Bytes(8);
  static std::atomic<uint64_t> calls{0};
  std::string id = process;
  AppendU64Be(id, calls.fetch_add(1, std::memory_order_relaxed));
  return HexEncode(id);
}

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return !value.empty() && std::find(list.begin(), list.end(), value) != list.end();
}

absl::StatusOr<Caller> Admit(const grpc::CallbackServerContext& context,
                             const SessionVerifier* sessions, absl::Time now,
                             const Access& access) {
  Caller caller;
  caller.service = ServiceIdentity(context);
  absl::Status session = absl::OkStatus();
  bool presented = false;
  if (context.client_metadata().count("authorization") != 0) {
    presented = true;
    const auto header = Metadata(context, "authorization");
    absl::string_view token = header.value_or("");
    session = MakeError(kErrors["SESSION_INVALID"], "the session token is not valid");
    if (absl::ConsumePrefix(&token, "Bearer ") && sessions != nullptr) {
      auto principal = sessions->Verify(token, now);
      session = principal.status();
      if (principal.ok()) {
        caller.user = *std::move(principal);
        caller.kind = Caller::Kind::kUser;
      }
    }
  }
  if (access.anyone) {
    if (!caller.IsUser() && !caller.service.empty()) caller.kind = Caller::Kind::kService;
    return caller;
  }
  RETURN_IF_ERROR(session);
  if (caller.IsUser() &&
      (access.any_user || std::any_of(caller.user.roles.begin(), caller.user.roles.end(),
                                      [&](const auto& r) { return Contains(access.roles, r); }))) {
    return caller;
  }
  if (Contains(access.services, caller.service)) {
    caller.kind = Caller::Kind::kService;
    return caller;
  }
  if (!presented && caller.service.empty()) {
    return MakeError(kErrors["CREDENTIALS_MISSING"], "this call needs a session");
  }
  return MakeError(kErrors["NOT_ALLOWED"], "the caller may not do this");
}

}  // namespace

struct HandlerKit::MethodInfo {
  MethodInfo(const std::string& service, std::string method)
      : name(std::move(method)),
        seconds("jodal_rpc_seconds", "Time from arrival to answer.",
                {{"service", service}, {"method", name}}) {
    for (int code = 0; code < kCodes; ++code) {
      answered.emplace_back(
          "jodal_rpc_total", "Answered calls.",
          metrics::Labels{{"service", service},
                          {"method", name},
                          {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code))}});
    }
  }

  static constexpr int kCodes = 17;  // 0 to 16, the codes of gRPC
  const std::string name;            // "Publish"
  const metrics::Histogram seconds;
  std::vector<metrics::Counter> answered;  // by code
};

HandlerKit::HandlerKit(Options options) : options_(std::move(options)) {}
HandlerKit::~HandlerKit() = default;

const HandlerKit::MethodInfo* HandlerKit::Method(const std::string& request_name) {
  absl::MutexLock lock(&mu_);
  std::unique_ptr<MethodInfo>& info = methods_[request_name];
  if (info == nullptr) {
    info = std::make_unique<MethodInfo>(options_.service,
                                        std::string(absl::StripSuffix(request_name, "Request")));
  }
  return info.get();
}

absl::Status HandlerKit::Begin(grpc::CallbackServerContext* context, const Access& access,
                               Started* started) const {
  started->call.arrival = options_.clock->Now();
  started->start_ns = MonotonicNs();
  started->call.trace_id = TraceId(*context);
  if (options_.gate != nullptr) {
    started->pass = options_.gate->Enter([context] { return FromThisProcess(*context); });
    if (!started->pass) return ShuttingDownError();
  }
  ASSIGN_OR_RETURN(started->call.caller,
                   Admit(*context, options_.sessions, started->call.arrival, access));
  return absl::OkStatus();
}

void HandlerKit::Finish(const Started& started, grpc::ServerUnaryReactor* reactor,
                        const absl::Status& status) const {
  const double seconds = static_cast<double>(MonotonicNs() - started.start_ns) / 1e9;
  started.method->seconds.Observe(seconds);
  started.method->answered.at(static_cast<size_t>(status.code())).Add();
  // A line for every call that found no room would cost more than refusing it; they are counted.
  if (!status.ok() && status.code() != absl::StatusCode::kResourceExhausted) {
    std::vector<logging::Field> fields = {
        {"service", options_.service},    {"trace", started.call.trace_id},
        {"method", started.method->name}, {"code", absl::StatusCodeToString(status.code())},
        {"reason", ErrorReason(status)},  {"ms", static_cast<int64_t>(seconds * 1000)},
    };
    // A fault of ours, not a refusal: its text speaks of the machine.
    const bool fault = status.code() == absl::StatusCode::kInternal ||
                       status.code() == absl::StatusCode::kUnknown ||
                       status.code() == absl::StatusCode::kDataLoss;
    if (fault) fields.push_back({"cause", std::string(status.message())});
    logging::Write(fault ? logging::Level::kError : logging::Level::kInfo, fields);
  }
  reactor->Finish(ToGrpcStatus(status));
}

absl::StatusOr<Call> HandlerKit::Authorize(grpc::CallbackServerContext* context,
                                           const Access& access) const {
  Started started;
  RETURN_IF_ERROR(Begin(context, access, &started));
  return std::move(started.call);
}

}  // namespace jodal::rpc
