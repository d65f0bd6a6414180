#include "tests/e2e/bundle_forger.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/bundle/files.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/document/json.h"
#include "common/log/checkpoint.h"
#include "common/log/receipt.h"
#include "jodal/bundle/v1/bundle.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/documents/read.h"

namespace jodal::e2e {
namespace {

namespace fs = std::filesystem;

class Tree : public crypto::NodeReader {
 public:
  void Append(const std::string& leaf_hash) {
    frontier_.Append(leaf_hash, [this](int level, uint64_t, const std::string& hash) {
      if (nodes_.size() <= static_cast<size_t>(level)) nodes_.emplace_back();
      nodes_[static_cast<size_t>(level)].push_back(hash);
    });
  }
  absl::StatusOr<std::string> Node(int level, uint64_t index) const override {
    return nodes_.at(static_cast<size_t>(level)).at(index);
  }
  log::Checkpoint Head(const std::string& origin) const {
    return {origin, frontier_.size(), frontier_.Root()};
  }

 private:
  crypto::Frontier frontier_;
  std::vector<std::vector<std::string>> nodes_;
};

}  // namespace

FileMap ReadFiles(const std::string& dir) {
  FileMap out;
  for (const auto& entry : fs::recursive_directory_iterator(dir)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    out[entry.path().lexically_relative(dir).generic_string()] =
        std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  }
  return out;
}

Forger::Forger(const std::string& dir, const std::string& scratch, const std::string& keys_dir,
               const bundle::Trust& trust)
    : dir_(scratch), keys_dir_(keys_dir), trust_(trust), original_(ReadFiles(dir)) {
  fs::remove_all(dir_);
  fs::copy(dir, dir_, fs::copy_options::recursive);
}

void Forger::Write(const std::string& path, const std::string* bytes) const {
  fs::path file = fs::path(dir_) / path;
  if (bytes != nullptr) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << *bytes;
    return;
  }
  fs::remove(file);
  for (file = file.parent_path(); file != fs::path(dir_) && fs::is_empty(file);
       file = file.parent_path()) {
    fs::remove(file);
  }
}

absl::Status Forger::Try(const std::function<void(FileMap&)>& change, bool new_manifest) {
  FileMap files = original_;
  change(files);
  if (new_manifest) {
    using document::v1::Notice;
    const auto it = files.find("notice/1/notice.json");
    auto altered = procurement::ReadDocument<Notice>(it == files.end() ? "" : it->second);
    // What is no notice any more has no say in the manifest.
    const Notice notice =
        altered.ok() ? *altered
                     : *procurement::ReadDocument<Notice>(original_.at("notice/1/notice.json"));
    const bool training = absl::StartsWith(trust_.logs.at("bidding").origin, "training.");
    files[bundle::kManifestFile] =
        bundle::MakeManifest({notice.system(), training, notice.tender_id()}, files).value();
  }
  for (const auto& [path, bytes] : original_) {
    if (files.count(path) == 0) Write(path, nullptr);
  }
  for (const auto& [path, bytes] : files) {
    const auto old = original_.find(path);
    if (old == original_.end() || old->second != bytes) Write(path, &bytes);
  }
  const absl::Status verdict = bundle::VerifyBundle(dir_, trust_).status();
  for (const auto& [path, bytes] : files) {
    if (original_.count(path) == 0) Write(path, nullptr);
  }
  for (const auto& [path, bytes] : original_) {
    const auto now = files.find(path);
    if (now == files.end() || now->second != bytes) Write(path, &bytes);
  }
  return verdict;
}

void Forger::ForgeLog(FileMap& files, const std::string& service,
                      const std::function<void(ForgedLog&)>& change) const {
  const std::string lines_file = bundle::LogDir(service) + "entries.jsonl";
  ForgedLog entries;
  for (const absl::string_view text :
       absl::StrSplit(files.at(lines_file), '\n', absl::SkipEmpty())) {
    bundle::v1::LogLine line;
    (void)document::ParseStrictJson(text, &line);
    ForgedEntry entry;
    entry.head.ParseFromString(line.entry());
    if (!line.body().empty()) entry.event.ParseFromString(line.body());
    entries.push_back(std::move(entry));
  }
  change(entries);
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.head.seq() < b.head.seq(); });

  std::map<uint64_t, bundle::v1::LogLine> lines;
  for (ForgedEntry& entry : entries) {
    bundle::v1::LogLine& line = lines[entry.head.seq()];
    if (entry.event.kind_case() != event::v1::Event::KIND_NOT_SET) {
      line.set_body(entry.event.SerializeAsString());
      entry.head.set_body_sha256(crypto::Sha256(line.body()));
    }
    line.set_seq(entry.head.seq());
    line.set_entry(entry.head.SerializeAsString());
  }
  // Entries that the bundle does not show may be anything.
  const uint64_t size = entries.back().head.seq() + 3;
  Tree tree;
  for (uint64_t seq = 0; seq < size; ++seq) {
    const auto line = lines.find(seq);
    tree.Append(crypto::LeafHash(line == lines.end() ? absl::StrCat("hidden ", seq)
                                                     : line->second.entry()));
  }
  const auto key =
      crypto::Ed25519PrivateKey::LoadPem(absl::StrCat(keys_dir_, "/log-", service, ".pem")).value();
  const std::string checkpoint =
      log::SignCheckpoint(tree.Head(trust_.logs.at(service).origin), key).value();
  files[bundle::LogDir(service) + "checkpoint.txt"] = checkpoint;
  std::string& text = files[lines_file];
  text.clear();
  for (auto& [seq, line] : lines) {
    const std::vector<std::string> hashes = crypto::InclusionPath(seq, size, tree).value();
    for (const std::string& hash : hashes) line.add_path(hash);
    absl::StrAppend(&text, document::ToCanonicalJson(line).value(), "\n");
  }
  if (service != "bidding") return;
  files[bundle::LogDir(service) + "consistency.json"] = "{}";
  for (auto& [path, bytes] : files) {
    if (!absl::EndsWith(path, "/receipt.txt")) continue;
    auto proof = log::ParseProof(bytes).value();
    bytes = log::FormatProof(
        {proof.index, crypto::InclusionPath(proof.index, size, tree).value(), checkpoint});
  }
}

}  // namespace jodal::e2e
