#include "common/rpc/status.h"

#include <google/protobuf/any.pb.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/errors.h"
#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace jodal::rpc {
namespace {

constexpr char kDomain[] = "jodal";
constexpr int64_t kUnavailableRetryMs = 500;
constexpr int64_t kRetryMsMax = 3600 * 1000;

}  // namespace

std::optional<absl::Duration> RetryDelay(const absl::Status& status) {
  const auto metadata = ErrorMetadataOf(status);
  const auto it = metadata.find(kRetryAfterMs);
  int64_t ms = 0;
  if (it == metadata.end() || !absl::SimpleAtoi(it->second, &ms) || ms < 0) return std::nullopt;
  return absl::Milliseconds(std::min(ms, kRetryMsMax));
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string reason = ErrorReason(status);
  std::string message(status.message());
  if (reason.empty() && (status.code() == absl::StatusCode::kInternal ||
                         status.code() == absl::StatusCode::kUnknown)) {
    message = "internal error";
  }
  google::rpc::Status out;
  out.set_code(code);
  out.set_message(message);
  if (!reason.empty()) {
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    info.set_domain(kDomain);
    for (const auto& [key, value] : ErrorMetadataOf(status))
      (*info.mutable_metadata())[key] = value;
    out.add_details()->PackFrom(info);
  }
  auto delay = RetryDelay(status);
  if (!delay.has_value() && status.code() == absl::StatusCode::kResourceExhausted) {
    delay = kExhaustedRetry;
  }
  if (!delay.has_value() && status.code() == absl::StatusCode::kUnavailable) {
    delay = absl::Milliseconds(kUnavailableRetryMs);
  }
  if (delay.has_value()) {
    google::rpc::RetryInfo retry;
    const int64_t ms = absl::ToInt64Milliseconds(*delay);
    retry.mutable_retry_delay()->set_seconds(ms / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(ms % 1000) * 1000000);
    out.add_details()->PackFrom(retry);
  }
  return grpc::Status(code, message, out.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  if (details.ParseFromString(status.error_details())) {
    for (const auto& any : details.details()) {
      google::rpc::ErrorInfo candidate;
      if (any.Is<google::rpc::ErrorInfo>() && any.UnpackTo(&candidate) &&
          candidate.domain() == kDomain) {
        info = candidate;
      } else if (any.Is<google::rpc::RetryInfo>()) {
        any.UnpackTo(&retry);
      }
    }
  }
  ErrorMetadata metadata;
  for (const auto& [key, value] : info.metadata()) {
    if (key != kRetryAfterMs) metadata.emplace_back(key, value);
  }
  std::sort(metadata.begin(), metadata.end());
  if (retry.has_retry_delay()) {
    const int64_t seconds =
        std::clamp<int64_t>(retry.retry_delay().seconds(), 0, kRetryMsMax / 1000);
    const int64_t ms = seconds * 1000 + std::max(0, retry.retry_delay().nanos()) / 1000000;
    metadata.emplace_back(kRetryAfterMs, absl::StrCat(ms));
  }
  if (info.reason().empty() && metadata.empty()) return absl::Status(code, status.error_message());
  return MakeError(code, info.reason(), status.error_message(), metadata);
}

absl::Status ServerBusyError(absl::Duration retry_after) {
  return MakeError(kErrors["SERVER_BUSY"], "the server is busy; nothing was begun, try again",
                   {{kRetryAfterMs, absl::StrCat(absl::ToInt64Milliseconds(retry_after))}});
}

absl::Status ShuttingDownError() {
  return MakeError(kErrors["SHUTTING_DOWN"],
                   "the service is stopping; nothing was begun, try again");
}

}  // namespace jodal::rpc
