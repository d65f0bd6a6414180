#include "common/rpc/status.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace jodal::rpc {
namespace {

using absl::StatusCode;

TEST(StatusTest, ReasonAndMetadataSurviveTheWire) {
  for (int code = 1; code <= 16; ++code) {
    const auto status = MakeError(static_cast<StatusCode>(code), "A_REASON", "text",
                                  {{"field", "x"}, {"limit", "7"}});
    const grpc::Status wire = ToGrpcStatus(status);
    EXPECT_EQ(static_cast<int>(wire.error_code()), code);
    const absl::Status back = FromGrpcStatus(wire);
    EXPECT_EQ(back.code(), status.code());
    EXPECT_EQ(back.message(), "text");
    EXPECT_EQ(ErrorReason(back), "A_REASON");
    auto metadata = ErrorMetadataOf(back);
    metadata.erase(kRetryAfterMs);
    EXPECT_EQ(metadata, ErrorMetadataOf(status));
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(StatusTest, SaysHowLongToWait) {
  const struct {
    absl::Status status;
    std::optional<absl::Duration> delay;
  } cases[] = {
      {MakeError(StatusCode::kUnavailable, "R", "t"), absl::Milliseconds(500)},
      {MakeError(StatusCode::kResourceExhausted, "R", "t"), absl::Milliseconds(100)},
      {ServerBusyError(), absl::Milliseconds(100)},
      {absl::UnavailableError("t"), absl::Milliseconds(500)},
      {MakeError(StatusCode::kUnavailable, "R", "t", {{kRetryAfterMs, "1750"}}),
       absl::Milliseconds(1750)},
      {MakeError(StatusCode::kUnavailable, "R", "t", {{kRetryAfterMs, "99999999999"}}),
       absl::Hours(1)},
      {MakeError(StatusCode::kUnavailable, "R", "t", {{kRetryAfterMs, "soon"}}),
       absl::Milliseconds(500)},
      {MakeError(StatusCode::kAborted, "R", "t"), std::nullopt},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(RetryDelay(FromGrpcStatus(ToGrpcStatus(c.status))), c.delay) << c.status;
  }
}

TEST(StatusTest, TextOfUnnamedFaultsStaysHere) {
  EXPECT_EQ(ToGrpcStatus(absl::InternalError("/var/lib/secret")).error_message(), "internal error");
  EXPECT_EQ(ToGrpcStatus(absl::NotFoundError("x")).error_message(), "x");
}

TEST(StatusTest, ForeignDetailsAreNotOurs) {
  EXPECT_EQ(ErrorReason(FromGrpcStatus(
                grpc::Status(grpc::StatusCode::NOT_FOUND, "x", "\xff not a message"))),
            "");
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason("THEIRS");
  info.set_domain("elsewhere");
  details.add_details()->PackFrom(info);
  EXPECT_EQ(ErrorReason(FromGrpcStatus(
                grpc::Status(grpc::StatusCode::NOT_FOUND, "x", details.SerializeAsString()))),
            "");
}

}  // namespace
}  // namespace jodal::rpc
