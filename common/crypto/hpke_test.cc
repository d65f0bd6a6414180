#include "common/crypto/hpke.h"

#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/crypto/test_vectors.h"
#include "common/status/error.h"

namespace jodal::crypto {
namespace {

// "name: value" with values broken over lines, up to the second encryption.
std::map<std::string, std::string> ParseRfcVector(const std::string& text) {
  std::map<std::string, std::string> out;
  std::string name;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line == "sequence number: 1") break;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (line.find(':') != absl::string_view::npos) {
      name = std::string(parts.first);
      out[name] = std::string(absl::StripPrefix(parts.second, " "));
    } else if (!line.empty() && line[0] != '~' && line[0] != '#') {
      out[name] += std::string(line);
    }
  }
  return out;
}

TEST(Hpke, Rfc9180A31) {
  const auto text = ReadVectorFile("hpke/rfc9180-a3.1-base.txt");
  if (!text) GTEST_SKIP() << "../shared/data is absent";
  auto v = ParseRfcVector(*text);
  const auto bytes = [&](const char* name) { return Unhex(v.at(name)); };

  const P256PrivateKey recipient = P256PrivateKey::Derive(bytes("ikmR"));
  EXPECT_EQ(recipient.scalar(), bytes("skRm"));
  EXPECT_EQ(recipient.public_point(), bytes("pkRm"));
  const P256PrivateKey ephemeral = P256PrivateKey::Derive(bytes("ikmE"));
  EXPECT_EQ(ephemeral.scalar(), bytes("skEm"));

  const std::string info = bytes("info"), aad = bytes("aad"), pt = bytes("pt");
  const std::string sealed = bytes("enc") + bytes("ct");
  EXPECT_EQ(HpkeSeal({bytes("pkRm"), bytes("ikmE")}, {info, aad}, pt).value(), sealed);
  EXPECT_EQ(HpkeOpen(recipient, {info, aad}, sealed).value(), pt);
  const std::string dh = ephemeral.Ecdh(bytes("pkRm")).value();
  EXPECT_EQ(HpkeOpenWithDh({bytes("pkRm"), dh}, {info, aad}, sealed).value(), pt);
}

TEST(Hpke, EveryPartIsBound) {
  FakeRandom random(1);
  const P256PrivateKey key = P256PrivateKey::Generate(random);
  const P256PrivateKey other = P256PrivateKey::Generate(random);
  const std::string seed = random.Bytes(32);
  const std::string sealed = HpkeSeal({key.public_point(), seed}, {"info", "aad"}, "plain").value();
  ASSERT_EQ(sealed.size(), 5 + kHpkeOverheadBytes);
  EXPECT_EQ(HpkeOpen(key, {"info", "aad"}, sealed).value(), "plain");
  EXPECT_EQ(ErrorReason(HpkeOpen(key, {"inf0", "aad"}, sealed).status()), "AEAD_AUTH");
  EXPECT_EQ(ErrorReason(HpkeOpen(key, {"info", "aaa"}, sealed).status()), "AEAD_AUTH");
  EXPECT_EQ(ErrorReason(HpkeOpen(other, {"info", "aad"}, sealed).status()), "AEAD_AUTH");
  for (size_t at = 0; at < sealed.size(); ++at) {
    std::string altered = sealed;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_EQ(ErrorReason(HpkeOpen(key, {"info", "aad"}, altered).status()),
              at < kP256PointBytes ? "HPKE_MALFORMED" : "AEAD_AUTH")
        << at;
  }
  EXPECT_EQ(ErrorReason(HpkeOpen(key, {"info", "aad"}, sealed.substr(0, 80)).status()),
            "HPKE_MALFORMED");
  EXPECT_EQ(ErrorReason(HpkeSeal({"no point", seed}, {"", ""}, "").status()), "POINT_INVALID");
}

}  // namespace
}  // namespace jodal::crypto
