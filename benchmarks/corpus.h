// A pre-signed corpus on disk: suppliers with certificates of their own, notices, and one sealed
// bid of each supplier. Made once, used by every run, so that what is measured is the system and
// not the making of its load.
//
//   <dir>/ca/              the demo authority that issued every certificate
//         corpus-<set>.json  what is in it
//         notices.bin      frames: the signed notice of each tender
//         certs-<set>.bin  frames: the certificate of each supplier, DER
//         bids-<set>.bin   frames: serialized SubmitBidRequest, in the order of submission
// A frame is u32be supplier or tender, u32be tender, u32be length, bytes.
//
// Bids are sealed by the supplier's own client code (clients/sdk) to a committee of 3 of 5 and
// open. Which tender a bid is for follows Zipf's law. RSA keys are products of two primes out of a
// pool: all different, and good for nothing but load.
#ifndef JODAL_BENCHMARKS_CORPUS_H_
#define JODAL_BENCHMARKS_CORPUS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::bench {

inline constexpr char kSystem[] = "bench.jodal.example";

struct CorpusOptions {
  std::string dir;
  std::string set = "p256";  // or "rsa2048": the suppliers' keys
  int suppliers = 20000;
  int tenders = 1500;
  double zipf = 1.1;
  uint64_t seed = 1;
};

struct CorpusBid {
  uint32_t supplier = 0;
  uint32_t tender = 0;
  std::string request;  // serialized jodal.bidding.v1.SubmitBidRequest
};

struct Corpus {
  CorpusOptions options;
  absl::Time deadline;               // of every tender
  std::vector<std::string> notices;  // serialized jodal.document.v1.StoredDocument
  std::vector<std::string> certs;    // DER, by supplier
  std::vector<CorpusBid> bids;
  double bid_bytes = 0;  // mean size of a request

  const std::string& CertOf(uint32_t supplier) const { return certs[supplier % certs.size()]; }
};

// Makes bids as fast as they are needed where a million of them matter and their insides do not:
// real documents and signatures, sizes as they are, but the ciphertext and the wraps are random,
// and suppliers share a pool of certificates (the service tells them apart by their sessions).
class QuickBids {
 public:
  // The authority and the first notice of the corpus; `certificates` in the pool.
  static absl::StatusOr<std::unique_ptr<QuickBids>> Create(const CorpusOptions& options,
                                                           int certificates);
  virtual ~QuickBids() = default;
  // Certificates and notices; no bids.
  virtual const Corpus& corpus() const = 0;
  // Bids of suppliers [first, first + count), each for the tender that `tender_of` says; both
  // cores.
  virtual absl::StatusOr<std::vector<CorpusBid>> Make(
      uint32_t first, uint32_t count, const std::function<uint32_t(uint32_t)>& tender_of) const = 0;
};
// The notice of a tender of that many, serialized StoredDocument: as the corpus's first with
// another id. Its signature is not the notice's: the bidding service takes notices from the tender
// service.
absl::StatusOr<std::string> QuickNotice(const Corpus& corpus, uint32_t tender);

// Makes what `options` asks for unless it is there; says how far it is on stderr.
absl::Status MakeCorpus(const CorpusOptions& options);
// NOT_FOUND if there is none; `options.dir` and `options.set` say which.
absl::StatusOr<Corpus> LoadCorpus(const CorpusOptions& options);

std::string CaDir(absl::string_view corpus_dir);
std::string PersonId(uint32_t supplier);
std::string TenderId(uint32_t tender);

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_CORPUS_H_
