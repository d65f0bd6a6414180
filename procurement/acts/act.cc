#include "procurement/acts/act.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/errors.h"
#include "procurement/documents/same_fields.h"
#include "procurement/people/organization.h"

namespace jodal::procurement {
namespace {

using google::protobuf::FieldDescriptor;

constexpr size_t kFormBytesMax = 16 << 10;
constexpr size_t kShortDigits = 12;

std::string FieldOf(const google::protobuf::Message& message, absl::string_view name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr || field->is_repeated()) return "";
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return money::FormatAmount(reflection->GetInt64(message, field));
    default:
      return "";
  }
}

// `text` with each {field} replaced by that field of `message`.
std::string FillSentence(absl::string_view text, const google::protobuf::Message& message) {
  std::string out;
  while (true) {
    const size_t open = text.find('{');
    const size_t close = text.find('}', open);
    if (open == absl::string_view::npos || close == absl::string_view::npos) break;
    absl::StrAppend(&out, text.substr(0, open));
    absl::string_view name = text.substr(open + 1, close - open - 1);
    const size_t colon = name.find(':');
    std::string value = FieldOf(message, name.substr(0, colon));
    if (colon != absl::string_view::npos) value.resize(std::min(value.size(), kShortDigits));
    absl::StrAppend(&out, value);
    text.remove_prefix(close + 1);
  }
  absl::StrAppend(&out, text);
  return out;
}

const FieldDescriptor* StateField(const google::protobuf::Message& state_of) {
  return state_of.GetDescriptor()->FindFieldByName("state");
}

// The field of the event that is set, null if none is.
const FieldDescriptor* BodyField(const event::v1::Event& event) {
  return event.GetReflection()->GetOneofFieldDescriptor(
      event, event.GetDescriptor()->FindOneofByName("kind"));
}

}  // namespace

const Act* ActOf(const google::protobuf::Descriptor& document) {
  const auto& options = document.options();
  return options.HasExtension(document::v1::act) ? &options.GetExtension(document::v1::act)
                                                 : nullptr;
}

const std::vector<const Act*>& Acts() {
  // Every document lies in one file: its descriptor lists them all.
  static const auto* acts = [] {
    auto* out = new std::vector<const Act*>;
    const auto* file = document::v1::ContractOffer::descriptor()->file();
    for (int i = 0; i < file->message_type_count(); ++i) {
      if (const Act* act = ActOf(*file->message_type(i)); act != nullptr) out->push_back(act);
    }
    return out;
  }();
  return *acts;
}

const Act* ActOfKind(absl::string_view kind) {
  for (const Act* act : Acts()) {
    if (act->kind() == kind) return act;
  }
  return nullptr;
}

size_t BytesMax(const Act& act) {
  return act.bytes_max() > 0 ? static_cast<size_t>(act.bytes_max()) : kFormBytesMax;
}

absl::Status CheckRole(const Act& act, const Actor& actor) {
  if (act.role().empty() ||
      std::find(actor.roles.begin(), actor.roles.end(), act.role()) != actor.roles.end()) {
    return absl::OkStatus();
  }
  return MakeError(kActErrors["NOT_ALLOWED"], "the caller may not do this");
}

std::string PartyId(const Act& act, const Parties& parties) {
  switch (act.party()) {
    case Act::AGENCY:
      return parties.agency_id;
    case Act::BANK:
      return parties.bank_id;
    case Act::ORGANIZATION:
      return parties.organization_id;
    case Act::REGISTRAR:
      return kOperatorId;
    default:
      return parties.supplier_id;
  }
}

absl::Status CheckState(const Act& act, absl::string_view state) {
  if (std::find(act.from().begin(), act.from().end(), state) != act.from().end()) {
    return absl::OkStatus();
  }
  return MakeError(kActErrors["WRONG_STATE"],
                   absl::StrCat("the state is ", state, "; this does not allow ", act.kind()),
                   {{"state", std::string(state)}, {"act", act.kind()}});
}

std::string StateName(const google::protobuf::Message& state_of) {
  const auto* value = state_of.GetReflection()->GetEnum(state_of, StateField(state_of));
  return value->number() == 0 ? "NONE" : value->name();
}

absl::Status MayAct(const Act& act, const Actor* actor, const Standing& standing) {
  if (actor != nullptr && act.party() != Act::APPLICANT) {
    const std::string party = PartyId(act, standing.parties);
    // As long as a case does not say who the party is, its state is what forbids the act.
    if (party.empty()) RETURN_IF_ERROR(CheckState(act, standing.state));
    if (party.empty() || actor->organization_id != party) {
      return MakeError(kActErrors["NOT_ALLOWED"], "the caller may not do this");
    }
  }
  RETURN_IF_ERROR(CheckState(act, standing.state));
  if (actor == nullptr || act.other_than().empty()) return absl::OkStatus();
  const auto& signers = standing.signers;
  if (std::find(signers.begin(), signers.end(), actor->person_id) == signers.end()) {
    return absl::OkStatus();
  }
  return MakeError(kActErrors["FOUR_EYES"],
                   "it takes another person than the one who signed before",
                   {{"act", act.kind()}, {"signed", act.other_than()}});
}

absl::Status EnterState(const Act& act, google::protobuf::Message* state_of) {
  const FieldDescriptor* field = StateField(*state_of);
  if (act.to_size() == 1) {
    const auto* state = field->enum_type()->FindValueByName(act.to(0));
    if (state == nullptr) return absl::InternalError(absl::StrCat("no state ", act.to(0)));
    state_of->GetReflection()->SetEnum(state_of, field, state);
  }
  const std::string now = StateName(*state_of);
  if (std::find(act.to().begin(), act.to().end(), now) != act.to().end()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(act.kind(), " does not lead to ", now));
}

const Act* ActOfEvent(const event::v1::Event& event) {
  const FieldDescriptor* field = BodyField(event);
  if (field == nullptr || !absl::EndsWith(field->name(), "_acted")) return nullptr;
  return ActOfKind(FieldOf(event.GetReflection()->GetMessage(event, field), "kind"));
}

std::string EventType(const event::v1::Event& event) {
  const FieldDescriptor* field = BodyField(event);
  if (field == nullptr) return "";
  if (absl::EndsWith(field->name(), "_acted")) {
    const Act* act = ActOfEvent(event);
    return act == nullptr ? "" : act->event();
  }
  std::string type = field->name();
  const size_t underscore = type.find('_');
  if (underscore != std::string::npos) type[underscore] = '.';
  return type;
}

absl::StatusOr<event::v1::Event> ParseEvent(absl::string_view body) {
  event::v1::Event event;
  if (!event.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return MakeError(kActErrors["EVENT_DAMAGED"], "an event body does not parse");
  }
  return event;
}

void FillFollowing(const google::protobuf::Message& state, google::protobuf::Message* document) {
  CopySameFields(state, document, [](const FieldPair& field) {
    return field.to.options().GetExtension(document::v1::follows);
  });
}

Summary Summarize(const event::v1::Event& event) {
  const FieldDescriptor* field = BodyField(event);
  if (field == nullptr) return {};
  const google::protobuf::Message& body = event.GetReflection()->GetMessage(event, field);
  if (const Act* act = ActOfEvent(event); act != nullptr) {
    return {FillSentence(act->ko(), body), FillSentence(act->en(), body)};
  }
  const auto& sentence = body.GetDescriptor()->options().GetExtension(event::v1::sentence);
  const bool is_void = !sentence.void_en().empty() && !FieldOf(body, "void_reason").empty();
  return {FillSentence(is_void ? sentence.void_ko() : sentence.ko(), body),
          FillSentence(is_void ? sentence.void_en() : sentence.en(), body)};
}

}  // namespace jodal::procurement
