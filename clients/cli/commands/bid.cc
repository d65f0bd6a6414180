// bid, receipt. A sealed bid is a folder:
//
//   notice.json notice.p7s   what it was sealed to
//   seal.json seal.p7s ciphertext.bin   what is sent
//   cek.p7m                  the key that opens it, encrypted to the bidder alone: never sent
//   request                  the request id: sending the folder again is the same submission
//   receipt.json             once sent
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/amount_words.h"
#include "clients/cli/notice_files.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"
#include "clients/sdk/sealed_bid.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/log/receipt.h"
#include "common/money/money.h"
#include "common/status/error.h"
#include "jodal/event/v1/event.pb.h"
#include "procurement/bid/submission.h"
#include "procurement/documents/read.h"
#include "procurement/method/method.h"

namespace jodal::cli {
namespace {

namespace pb = bidding::v1;
using Stub = pb::BiddingService::Stub;

absl::StatusOr<log::v1::Receipt> ReadReceipt(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path));
  log::v1::Receipt receipt;
  RETURN_IF_ERROR(document::ParseStrictJson(json, &receipt));
  return receipt;
}

absl::Status PrintReceipt(Cli& cli, const log::v1::Receipt& receipt, const Pairs& more) {
  log::v1::Entry entry;
  if (!entry.ParseFromString(receipt.entry())) {
    return MakeError(absl::StatusCode::kInvalidArgument, "RECEIPT_MALFORMED",
                     "the entry in the receipt cannot be read");
  }
  Pairs facts = {{"origin", receipt.origin()},
                 {"seq", receipt.seq()},
                 {"type", entry.type()},
                 {"subject", entry.subject()},
                 {"commit_time", FieldValue(entry, "commit_time_ns")},
                 {"arrival_time", FieldValue(entry, "arrival_time_ns")},
                 {"body_sha256", HexEncode(entry.body_sha256())}};
  facts.insert(facts.end(), more.begin(), more.end());
  return cli.out().Facts(facts);
}

// That a bid.received entry is about the submission in the folder.
absl::Status CheckSubmission(const log::v1::Receipt& receipt, const std::string& dir) {
  ASSIGN_OR_RETURN(const auto seal, ReadSigned(dir + "/seal"));
  ASSIGN_OR_RETURN(const std::string ciphertext, ReadFile(dir + "/ciphertext.bin"));
  document::v1::Seal parsed;
  if (const auto status = document::ParseStrictJson(seal.content(), &parsed); !status.ok()) {
    return AsVerificationFailure(status);
  }
  event::v1::Event event;
  auto* body = event.mutable_bid_received();
  body->set_tender_id(parsed.tender_id());
  body->set_notice_hash(parsed.notice_hash());
  body->set_stage(parsed.stage());
  body->set_round(parsed.round());
  body->set_submission_digest(procurement::SubmissionDigest(seal, crypto::Sha256(ciphertext)));
  log::v1::Entry entry;
  if (!entry.ParseFromString(receipt.entry()) || entry.type() != "bid.received" ||
      entry.body_sha256() != crypto::Sha256(event.SerializeAsString())) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_BODY_MISMATCH",
                     absl::StrCat("the receipt is not for the sealed bid in ", dir));
  }
  return absl::OkStatus();
}

// What a bid offers, as typed: the lots that are bid for, the file with their amounts, and their
// picks one lot after the other.
struct TypedTerms {
  std::vector<int> lots;
  std::string price_file;
  std::vector<int> picks;
};

// The amounts of all lots from one file or standard input, a line each.
absl::StatusOr<std::vector<std::string>> ReadAmounts(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    ASSIGN_OR_RETURN(text, ReadFile(file));
  }
  return absl::StrSplit(absl::StripAsciiWhitespace(text), absl::ByAnyChar("\n\r"),
                        absl::SkipWhitespace());
}

// Which lots: the only one, or those that were named.
absl::StatusOr<std::vector<int>> LotsOf(const document::v1::Notice& notice,
                                        std::vector<int> named) {
  if (named.empty() && notice.lots_size() > 1) {
    return UsageError(absl::StrCat("the notice has ", notice.lots_size(),
                                   " lots: name those that you bid for with --lots"));
  }
  if (named.empty()) named = {1};
  std::sort(named.begin(), named.end());
  if (named.front() < 1 || named.back() > notice.lots_size() ||
      std::adjacent_find(named.begin(), named.end()) != named.end()) {
    return UsageError(
        absl::StrCat("--lots takes different numbers from 1 to ", notice.lots_size()));
  }
  return named;
}

// The price of each lot is asked for and picks are taken where the method of the award needs them.
absl::StatusOr<sdk::BidTerms> AskTerms(Cli& cli, const document::v1::Notice& notice,
                                       const TypedTerms& typed) {
  ASSIGN_OR_RETURN(const procurement::rules::RuleSet* rule_set,
                   procurement::rules::FindRuleSet(notice.rule_set()));
  const procurement::Method& method = procurement::MethodOf(*rule_set);
  ASSIGN_OR_RETURN(const std::vector<int> lots, LotsOf(notice, typed.lots));
  const size_t picks = method.needs_picks ? static_cast<size_t>(rule_set->draw.picks) : 0;
  if (typed.picks.size() != picks * lots.size()) {
    return UsageError(absl::StrCat(
        "a bid by ", method.name_en, " ",
        picks == 0 ? "takes no --picks"
                   : absl::StrCat("needs ", picks * lots.size(), " numbers with --picks"),
        ": for each lot it holds ", procurement::WhatABidHolds(*rule_set)));
  }
  std::vector<std::string> amounts(lots.size());
  if (method.needs_price && lots.size() > 1 && !typed.price_file.empty()) {
    ASSIGN_OR_RETURN(amounts, ReadAmounts(typed.price_file));
    if (amounts.size() != lots.size()) {
      return UsageError(absl::StrCat("there are ", lots.size(), " lots and ", amounts.size(),
                                     " amounts; they stand in lines, in the order of the lots"));
    }
  }
  sdk::BidTerms terms;
  for (size_t at = 0; at < lots.size(); ++at) {
    sdk::LotTerms& lot = terms.lots.emplace_back();
    lot.lot = lots[at];
    lot.picks.assign(typed.picks.begin() + static_cast<ptrdiff_t>(picks * at),
                     typed.picks.begin() + static_cast<ptrdiff_t>(picks * (at + 1)));
    if (!method.needs_price) continue;
    if (amounts[at].empty()) {
      const std::string question =
          lots.size() == 1 ? cli.out().Say("text.ask_price", "Price")
                           : cli.out().Say("text.ask_price_of_lot", "Price of lot $0", lots[at]);
      ASSIGN_OR_RETURN(amounts[at],
                       cli.PrivateLine(typed.price_file, question, Cli::Shown::kWhileTyped));
    }
    ASSIGN_OR_RETURN(lot.amount, money::ParseAmount(amounts[at]));
  }
  return terms;
}

// A sealed bid of the own folder, opened with the own key.
struct OwnBid {
  document::v1::SignedDocument document;
  document::v1::Bid bid;
  std::string cek;
};

absl::StatusOr<OwnBid> OpenOwnBid(Cli& cli, const std::string& dir) {
  ASSIGN_OR_RETURN(const sdk::Identity* identity, cli.identity());
  // Its signature was checked before it was sealed to; here its digest in the seal binds it.
  ASSIGN_OR_RETURN(const auto notice_file, ReadSigned(dir + "/notice"));
  ASSIGN_OR_RETURN(const auto notice, sdk::PublishedNotice::Parse(notice_file));
  sdk::OwnSeal own;
  ASSIGN_OR_RETURN(own.seal, ReadSigned(dir + "/seal"));
  ASSIGN_OR_RETURN(own.ciphertext, ReadFile(dir + "/ciphertext.bin"));
  ASSIGN_OR_RETURN(const std::string envelope, ReadFile(dir + "/cek.p7m"));
  ASSIGN_OR_RETURN(own.cek, identity->DecryptOwn(envelope));
  OwnBid out;
  ASSIGN_OR_RETURN(out.document, sdk::OpenOwnSeal(notice, own));
  ASSIGN_OR_RETURN(out.bid, procurement::ReadDocument<document::v1::Bid>(out.document.content()));
  out.cek = std::move(own.cek);
  return out;
}

// "a bid of 150,000,000 won (one hundred ...)"; of several lots an amount each. A method without
// prices has bids of amount 0.
using LotAmounts = std::vector<std::pair<int, int64_t>>;

std::string BidInWords(const Cli& cli, const LotAmounts& lots) {
  std::vector<std::string> amounts;
  for (const auto& [lot, amount] : lots) {
    if (amount == 0) continue;
    const std::string words = WrittenAmount(amount, cli.out().language);
    amounts.push_back(lots.size() == 1
                          ? words
                          : cli.out().Say("text.amount_of_lot", "$1 for lot $0", lot, words));
  }
  if (amounts.empty()) return cli.out().Say("text.a_bid", "a bid");
  return cli.out().Say("text.a_bid_of", "a bid of $0", absl::StrJoin(amounts, ", "));
}

LotAmounts AmountsOf(const document::v1::Bid& bid) {
  LotAmounts out;
  for (const auto& offer : bid.offers()) out.emplace_back(offer.lot(), offer.amount());
  return out;
}

// Refused before anything is asked: with the key in the folder a bid that may have been sent would
// be lost.
absl::Status CheckNoBidIn(const std::string& dir) {
  for (const char* file : {"/seal.json", "/ciphertext.bin", "/cek.p7m", "/request"}) {
    if (!std::filesystem::exists(dir + file)) continue;
    return MakeError(absl::StatusCode::kAlreadyExists, "BID_FOLDER_EXISTS",
                     absl::StrCat("there is a sealed bid in ", dir), {{"file", dir + file}});
  }
  return absl::OkStatus();
}

void AddBidVerbs(Cli& cli) {
  CLI::App* noun = cli.Noun("bid", "Sealed bids");
  struct Options {
    std::string tender_id, notice, price_file, out, dir;
    std::vector<int> picks, lots;
    int limit = 100;
    bool no_recovery = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* verb = cli.Verb(
      noun,
      {"seal",
       "Signs a bid and seals it to the committee on this machine; with --notice no connection",
       "jodal bid seal R26BK00000001 --picks 3,7 --out my-bid --identity keys/lee\n"
       "jodal bid seal --notice downloaded --price-file price.txt --picks 3,7 --out my-bid \\\n"
       "  --identity keys/lee"},
      [&cli, o]() -> absl::Status {
        RETURN_IF_ERROR(CheckNoBidIn(o->out));
        ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
        if (identity->person_id().empty()) {
          return MakeError(absl::StatusCode::kFailedPrecondition, "IDENTITY_NOT_REGISTERED",
                           "the identity has no person id yet");
        }
        absl::Time now = SystemClock().Now();
        sdk::PublishedNotice notice;
        if (!o->notice.empty()) {
          ASSIGN_OR_RETURN(notice, ReadNotice(cli, o->notice));
        } else if (!o->tender_id.empty()) {
          ASSIGN_OR_RETURN(notice, FetchNotice(cli, o->tender_id));
          ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
          ASSIGN_OR_RETURN(now, client->Now());
        } else {
          return UsageError("name a tender, or the folder of its notice with --notice");
        }
        ASSIGN_OR_RETURN(const sdk::BidTerms terms,
                         AskTerms(cli, notice.notice, {o->lots, o->price_file, o->picks}));
        LotAmounts amounts;
        for (const auto& lot : terms.lots) amounts.emplace_back(lot.lot, lot.amount);
        if (!cli.Confirm(cli.out().Say("text.confirm_bid", "Sign $0 for $1?",
                                       BidInWords(cli, amounts), notice.notice.tender_id()))) {
          return NotConfirmed();
        }
        crypto::Random& random = crypto::SystemRandom();
        ASSIGN_OR_RETURN(const auto sealed, sdk::SealBid(*identity, notice, terms, now, random));
        std::string cek;
        if (!o->no_recovery) {
          ASSIGN_OR_RETURN(cek, identity->EncryptToSelf(sealed.cek));
        }
        RETURN_IF_ERROR(MakeFolder(o->out, /*secret=*/true));
        RETURN_IF_ERROR(WriteSigned(o->out + "/notice", notice.document));
        RETURN_IF_ERROR(WriteSigned(o->out + "/seal", sealed.seal));
        RETURN_IF_ERROR(WriteFile(o->out + "/ciphertext.bin", sealed.ciphertext));
        if (!o->no_recovery) {
          RETURN_IF_ERROR(WriteFile(o->out + "/cek.p7m", cek, /*secret=*/true));
        }
        RETURN_IF_ERROR(WriteFile(o->out + "/request", HexEncode(random.Bytes(16))));
        cli.Next("bid-sealed", {{"dir", o->out}});
        return cli.out().Facts(
            {{"folder", o->out},
             {"submission_id", sealed.submission_id},
             {"submission_digest",
              procurement::SubmissionDigest(sealed.seal, crypto::Sha256(sealed.ciphertext))}});
      });
  verb->add_option("tender", o->tender_id, "Tender");
  verb->add_option("--notice", o->notice, "Folder with notice.json and notice.p7s");
  verb->add_option("--price-file", o->price_file,
                   "File with the amount, a line for each lot, - for standard input; else it is "
                   "asked for: arguments are "
                   "seen by every user of the machine");
  verb->add_option("--picks", o->picks,
                   "Numbers of preliminary prices, where the method of the award draws: 3,7")
      ->delimiter(',');
  verb->add_option("--lots", o->lots, "Lots that are bid for [the only one]: 1,3")->delimiter(',');
  verb->add_option("--out", o->out, "Folder to write")->required();
  verb->add_flag("--no-recovery", o->no_recovery,
                 "Keep no key: then only the committee can open this bid");

  verb = cli.Verb(
      noun,
      {"submit", "Sends a sealed bid and keeps the receipt in its folder",
       "jodal bid submit my-bid --identity keys/lee"},
      [&cli, o]() -> absl::Status {
        ASSIGN_OR_RETURN(const std::string token, cli.token());
        ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
        pb::SubmitBidRequest request;
        ASSIGN_OR_RETURN(*request.mutable_seal(), ReadSigned(o->dir + "/seal"));
        ASSIGN_OR_RETURN(*request.mutable_ciphertext(), ReadFile(o->dir + "/ciphertext.bin"));
        ASSIGN_OR_RETURN(*request.mutable_request_id(), ReadFile(o->dir + "/request"));
        if (cli.dry_run()) {
          cli.NothingSent();
          document::v1::Seal seal;
          RETURN_IF_ERROR(document::ParseStrictJson(request.seal().content(), &seal));
          return cli.out().Facts(
              {{"tender_id", seal.tender_id()},
               {"submission_id", seal.submission_id()},
               {"submission_digest", procurement::SubmissionDigest(
                                         request.seal(), crypto::Sha256(request.ciphertext()))}});
        }
        // Without the own key, or with another person's, the amount cannot be read back.
        const auto own = OpenOwnBid(cli, o->dir);
        if (!cli.Confirm(
                cli.out().Say("text.confirm_submit", "Submit $0?",
                              BidInWords(cli, own.ok() ? AmountsOf(own->bid) : LotAmounts())))) {
          return NotConfirmed();
        }
        auto sent = client->Call(client->bidding(), &Stub::SubmitBid, request, token);
        if (absl::IsUnavailable(sent.status()) || absl::IsDeadlineExceeded(sent.status())) {
          cli.out().Note(
              cli.out().Say("text.bid_unknown",
                            "whether the bid arrived is not known; the same command again is the "
                            "same submission, never a second one"));
        }
        ASSIGN_OR_RETURN(const auto answer, std::move(sent));
        RETURN_IF_ERROR(PrintAnswer(cli, answer));
        RETURN_IF_ERROR(cli.CheckReceipt(answer.receipt(), o->dir + "/receipt.json"));
        RETURN_IF_ERROR(CheckSubmission(answer.receipt(), o->dir));
        cli.Next("bid-submitted", {{"dir", o->dir}});
        return absl::OkStatus();
      });
  verb->add_option("dir", o->dir, "Folder of the sealed bid")->required();

  verb = cli.Verb(
      noun,
      {"show", "Shows the own bid in a tender", "jodal bid show R26BK00000001 --identity keys/lee"},
      [&cli, o]() -> absl::Status {
        RETURN_IF_ERROR(cli.token().status());
        pb::GetOwnBidRequest request;
        request.set_tender_id(o->tender_id);
        ASSIGN_OR_RETURN(const auto answer,
                         Ask(cli, &sdk::Client::bidding, &Stub::GetOwnBid, request));
        if (cli.out().format != Format::kTable) return cli.out().One(answer);
        return cli.out().Facts({{"submission_id", answer.bid().submission_id()},
                                {"submission_digest", answer.bid().submission_digest()},
                                {"log_seq", answer.bid().log_seq()},
                                {"arrival_time", FieldValue(answer.bid(), "arrival_time_ns")},
                                {"cancelled", answer.cancelled()},
                                {"superseded", answer.superseded()}});
      });
  verb->add_option("tender", o->tender_id, "Tender")->required();

  verb = cli.Verb(noun,
                  {"list", "Lists the own organisation's bids in all tenders, the last one first",
                   "jodal bid list --identity keys/lee"},
                  [&cli, o]() -> absl::Status {
                    RETURN_IF_ERROR(cli.token().status());
                    pb::ListOwnBidsRequest request;
                    pb::ListOwnBidsResponse all;
                    do {
                      request.set_page_size(std::min(100, o->limit - all.bids_size()));
                      ASSIGN_OR_RETURN(const auto page, Ask(cli, &sdk::Client::bidding,
                                                            &Stub::ListOwnBids, request));
                      all.mutable_bids()->MergeFrom(page.bids());
                      request.set_page_token(page.next_page_token());
                    } while (!request.page_token().empty() && all.bids_size() < o->limit);
                    RETURN_IF_ERROR(cli.out().Many(
                        Pointers(all.bids()), {"tender_id", "state", "box_state", "deadline_ns",
                                               "arrival_time_ns", "log_seq", "submission_id"}));
                    if (!request.page_token().empty()) {
                      cli.out().Note(cli.out().Say(
                          "text.more_than", "there are more than $0: see --limit", o->limit));
                    }
                    return absl::OkStatus();
                  });
  verb->add_option("--limit", o->limit, "How many at the most [100]")->check(CLI::Range(1, 100000));

  verb = cli.Verb(noun,
                  {"recover", "Opens the own sealed bid with the own key; opens no connection",
                   "jodal bid recover my-bid --identity keys/lee"},
                  [&cli, o]() -> absl::Status {
                    ASSIGN_OR_RETURN(const OwnBid own, OpenOwnBid(cli, o->dir));
                    const document::v1::Bid& bid = own.bid;
                    if (!o->out.empty()) {
                      RETURN_IF_ERROR(MakeFolder(o->out, /*secret=*/true));
                      RETURN_IF_ERROR(WriteSigned(o->out + "/bid", own.document));
                      RETURN_IF_ERROR(WriteFile(o->out + "/cek.bin", own.cek, /*secret=*/true));
                    }
                    return cli.out().Facts({{"tender_id", bid.tender_id()},
                                            {"submission_id", bid.submission_id()},
                                            {"bidder_id", bid.bidder_id()},
                                            {"currency", bid.currency()},
                                            {"offers", FieldValue(bid, "offers")}});
                  });
  verb->add_option("dir", o->dir, "Folder of the sealed bid")->required();
  verb->add_option("--out", o->out, "Folder for the signed bid and its key, in the clear");

  SignedVerb<document::v1::BidCancellation> cancel;
  cancel.text = {"cancel", "Cancels the own bid before the deadline; it bars from the tender",
                 "jodal bid cancel R26BK00000001 --reason \"price has a digit too many\" "
                 "--identity keys/lee"};
  cancel.kind = "bid.cancellation";
  cancel.fields = {"@tender_id", "submission_id", "reason"};
  cancel.complete = [](Cli& cli, document::v1::BidCancellation& document) -> absl::Status {
    pb::GetOwnBidRequest ask;
    ask.set_tender_id(document.tender_id());
    ASSIGN_OR_RETURN(const auto own, Ask(cli, &sdk::Client::bidding, &Stub::GetOwnBid, ask));
    document::v1::Seal seal;
    RETURN_IF_ERROR(document::ParseStrictJson(own.bid().seal().document().content(), &seal));
    document = sdk::BidCancellationFor(seal, document.reason());
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::bidding, &Stub::CancelBid, cancel);
}

void AddReceiptVerbs(Cli& cli) {
  CLI::App* noun = cli.Noun("receipt", "Receipts: proofs that something was committed");
  struct Options {
    std::string file, dir;
  };
  auto o = std::make_shared<Options>();
  cli.Verb(noun, {"show", "Shows what a receipt says", "jodal receipt show my-bid/receipt.json"},
           [&cli, o]() -> absl::Status {
             ASSIGN_OR_RETURN(const auto receipt, ReadReceipt(o->file));
             return PrintReceipt(cli, receipt, {});
           })
      ->add_option("file", o->file, "The receipt")
      ->required();
  CLI::App* verb = cli.Verb(
      noun,
      {"verify", "Verifies a receipt with the log's trusted key alone; opens no connection",
       "jodal receipt verify my-bid/receipt.json --bid my-bid"},
      [&cli, o]() -> absl::Status {
        ASSIGN_OR_RETURN(const auto receipt, ReadReceipt(o->file));
        const std::string service = receipt.origin().substr(receipt.origin().rfind('/') + 1);
        ASSIGN_OR_RETURN(const auto log, cli.Log(service));
        const auto verified = log::VerifyReceipt(receipt.entry(), receipt.proof(), log);
        if (!verified.ok()) return AsVerificationFailure(verified.status());
        log::v1::Entry entry;
        if (!entry.ParseFromString(receipt.entry()) || entry.seq() != verified->seq ||
            receipt.seq() != verified->seq || receipt.origin() != log.origin) {
          return MakeError(absl::StatusCode::kDataLoss, "RECEIPT_MALFORMED",
                           "the receipt names another entry than it proves");
        }
        if (!o->dir.empty()) RETURN_IF_ERROR(CheckSubmission(receipt, o->dir));
        return PrintReceipt(cli, receipt,
                            {{"proven", absl::StrCat("in the first ", verified->size, " entries")},
                             {"root", HexEncode(verified->root)}});
      });
  verb->add_option("file", o->file, "The receipt")->required();
  verb->add_option("--bid", o->dir, "Also that it is for the sealed bid in this folder");
}

}  // namespace

void AddBid(Cli& cli) {
  AddBidVerbs(cli);
  AddReceiptVerbs(cli);
}

}  // namespace jodal::cli
