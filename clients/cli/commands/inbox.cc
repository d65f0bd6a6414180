// inbox: what waits for who asks, in all services.
#include <algorithm>
#include <tuple>

#include "clients/cli/sign.h"

namespace jodal::cli {
namespace {

namespace pb = inbox::v1;

// Of one service. Nobody works off more in a day.
constexpr int kItemsMax = 1000;

template <typename Stub>
absl::Status Collect(Cli& cli, Stub& (sdk::Client::*stub)(), const std::string& token,
                     std::vector<pb::InboxItem>* items) {
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  pb::ListInboxRequest request;
  request.set_page_size(200);
  int taken = 0;
  do {
    ASSIGN_OR_RETURN(auto page, client->Call((client->*stub)(), &Stub::ListInbox, request, token));
    for (auto& item : *page.mutable_items()) items->push_back(std::move(item));
    taken += page.items_size();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && taken < kItemsMax);
  if (!request.page_token().empty()) cli.out().Note("and more, which are due later");
  return absl::OkStatus();
}

absl::Status Show(Cli& cli) {
  ASSIGN_OR_RETURN(const std::string token, cli.token());
  std::vector<pb::InboxItem> items;
  RETURN_IF_ERROR(Collect(cli, &sdk::Client::registration, token, &items));
  RETURN_IF_ERROR(Collect(cli, &sdk::Client::tender, token, &items));
  RETURN_IF_ERROR(Collect(cli, &sdk::Client::bidding, token, &items));
  RETURN_IF_ERROR(Collect(cli, &sdk::Client::contract, token, &items));
  RETURN_IF_ERROR(Collect(cli, &sdk::Client::payment, token, &items));
  const auto order = [](const pb::InboxItem& item) {
    return std::tuple(item.until_ns() == 0, item.until_ns(), item.since_ns(), item.case_id(),
                      item.rule());
  };
  std::sort(items.begin(), items.end(),
            [&](const auto& a, const auto& b) { return order(a) < order(b); });
  const bool korean = cli.out().language == catalog::Language::kKorean;
  return cli.out().Many(Pointers(items),
                        {"until_ns", "overdue", korean ? "what_ko" : "what", "case_id", "command"});
}

}  // namespace

void AddInbox(Cli& cli) {
  CLI::App* noun = cli.Noun("inbox", "What waits for you, and until when");
  noun->require_subcommand(0);
  noun->footer("Example:\n  jodal inbox --identity keys/kim");
  cli.RunAs(noun, "inbox", [&cli] { return Show(cli); });
}

}  // namespace jodal::cli
