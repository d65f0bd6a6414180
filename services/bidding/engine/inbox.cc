// What waits for the members of opening committees.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/status/macros.h"
#include "procurement/people/organization.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/internal.h"
#include "services/kit/event.h"

namespace jodal::bidding {
namespace {

// The entries that change who has to release shares; those of bids, which are many, do not.
constexpr absl::string_view kTypes[] = {"box.created", "box.closed", "box.cancelled",
                                        "share.released", "opening.completed"};

std::string BoxOf(const event::v1::Event& event) {
  switch (event.kind_case()) {
    case event::v1::Event::kBoxCreated:
      return BoxIdOf(event.box_created());
    case event::v1::Event::kBoxClosed:
      return BoxIdOf(event.box_closed());
    case event::v1::Event::kBoxCancelled:
      return BoxIdOf(event.box_cancelled());
    case event::v1::Event::kShareReleased:
      return BoxIdOf(event.share_released());
    case event::v1::Event::kOpeningCompleted:
      return BoxIdOf(event.opening_completed());
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<std::optional<kit::Inbox::Case>> BiddingEngine::CaseOf(
    const kit::Inbox::Logged& logged) const {
  std::optional<kit::Inbox::Case> out;
  if (std::find(std::begin(kTypes), std::end(kTypes), logged.entry.type()) == std::end(kTypes))
    return out;
  ASSIGN_OR_RETURN(const event::v1::Event event, kit::ParseEvent(logged.body));
  const std::string id = BoxOf(event);
  ASSIGN_OR_RETURN(const auto box, FindBox(id));
  if (!box.has_value()) return out;
  std::vector<procurement::MissingMember> missing;
  for (const auto& member : box->committee()) {
    const auto& released = box->released();
    if (std::find(released.begin(), released.end(), member.member()) != released.end()) continue;
    const auto person = procurement::PersonId::Parse(member.person_id());
    if (!person.has_value()) continue;
    missing.push_back({member.person_id(), person->organization.ToString()});
  }
  v1::Box shown;
  FillBox(*box, absl::UnixEpoch(), &shown);  // the state that is stored
  out = {id, procurement::WaitingIn(shown, missing)};
  return out;
}

}  // namespace jodal::bidding
