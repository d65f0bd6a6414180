// The facts of signed acts, read from their documents (proto/jodal/document/v1/act.proto), and what
// follows from them for everybody: who may do an act and when, the log entry, the sentence of the
// timeline. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_ACT_H_
#define JODAL_PROCUREMENT_ACTS_ACT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "jodal/document/v1/act.pb.h"
#include "jodal/event/v1/event.pb.h"

namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

namespace jodal::procurement {

using document::v1::Act;

// The act that a document of this type does; null for a document that is none.
const Act* ActOf(const google::protobuf::Descriptor& document);
// By the document's kind, "contract.consent"; null.
const Act* ActOfKind(absl::string_view kind);
// All of them, in the order of documents.proto.
const std::vector<const Act*>& Acts();

// Of the document; 16 KiB where the act does not say.
size_t BytesMax(const Act& act);

// The signer, as the registration or a session has it.
struct Actor {
  std::string person_id;
  std::string organization_id;
  std::vector<std::string> roles;
};

// What an act knows beside its document.
struct ActFacts {
  std::string sha256;  // hex, of the document's bytes
  absl::Time arrival;  // when the service had received it
};

// PERMISSION_DENIED NOT_ALLOWED unless the actor has the act's role. Asked where the act comes in,
// before its signature is verified; all that depends on the case is asked by the fold (MayAct).
absl::Status CheckRole(const Act& act, const Actor& actor);

// Whose people may act on a case.
struct Parties {
  std::string agency_id;
  std::string supplier_id;
  std::string bank_id;
  std::string organization_id;  // that the case is about
};
// The id of the act's party, "" if the case does not say yet who that is.
std::string PartyId(const Act& act, const Parties& parties);

// FAILED_PRECONDITION WRONG_STATE with metadata "state" and "act".
absl::Status CheckState(const Act& act, absl::string_view state);

// The state of a case: the name of its field `state`, "NONE" for the unspecified one.
std::string StateName(const google::protobuf::Message& state_of);

// What a case says about who may do an act on it.
struct Standing {
  std::string state;
  Parties parties;
  // People who signed a document of the kind Act.other_than in this round.
  std::vector<std::string> signers;
};
// In the order of precedence: NOT_ALLOWED unless the actor is of the act's party, WRONG_STATE,
// FOUR_EYES (PERMISSION_DENIED) if the actor signed before. `actor` null: the caller of the fold
// does not know who signed, and only the state is asked.
absl::Status MayAct(const Act& act, const Actor* actor, const Standing& standing);

// Sets the field `state` of a case to the one that follows from the act, where there is one.
// INTERNAL if the case is in none of the act's states then: its Decide set the wrong one.
absl::Status EnterState(const Act& act, google::protobuf::Message* state_of);

// The act that an event is of: one of *_acted, which name its kind. Null.
const Act* ActOfEvent(const event::v1::Event& event);
// The type of the entry that a body stands under: "bid.received" for a set field bid_received, only
// the first underscore becoming a dot; for an act, the one of its row. "" if nothing is set.
std::string EventType(const event::v1::Event& event);

// DATA_LOSS EVENT_DAMAGED.
absl::StatusOr<event::v1::Event> ParseEvent(absl::string_view body);

// Fills the fields of a document that follow from the state it acts on (option `follows`): those of
// the same name and type.
void FillFollowing(const google::protobuf::Message& state, google::protobuf::Message* document);

template <typename... Docs>
struct DocumentList {};

// Calls `visit.template operator()<Doc>(act)` for the document of this kind. False if there is none
// in the list.
template <typename... Docs, typename Visit>
bool VisitKind(DocumentList<Docs...>, absl::string_view kind, Visit&& visit) {
  const auto one = [&]<typename Doc>() {
    const Act& act = *ActOf(*Doc::descriptor());
    if (act.kind() != kind) return false;
    visit.template operator()<Doc>(act);
    return true;
  };
  return (one.template operator()<Docs>() || ...);
}

struct Summary {
  std::string ko, en;
};
// One line about an event for people, from the sentence on its message, or of an act on its
// document (event.proto, act.proto). Empty for an event without a public body.
Summary Summarize(const event::v1::Event& event);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_ACT_H_
