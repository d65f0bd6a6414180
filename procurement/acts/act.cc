#include "procurement/acts/act.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/errors.h"
#include "procurement/documents/same_fields.h"

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

absl::Status CheckParty(const Act& act, const Actor& actor, const Parties& parties) {
  const absl::string_view party =
      act.party() == Act::AGENCY ? parties.agency_id : parties.supplier_id;
  if (actor.organization_id == party) return absl::OkStatus();
  return MakeError(kActErrors["NOT_ALLOWED"], "the caller may not do this");
}

absl::Status CheckState(const Act& act, absl::string_view state) {
  if (std::find(act.from().begin(), act.from().end(), state) != act.from().end()) {
    return absl::OkStatus();
  }
  return MakeError(kActErrors["WRONG_STATE"],
                   absl::StrCat("the state is ", state, "; this does not allow ", act.kind()),
                   {{"state", std::string(state)}, {"act", act.kind()}});
}

std::string EventType(const event::v1::Event& event) {
  if (event.has_contract_acted()) {
    const Act* act = ActOfKind(event.contract_acted().kind());
    return act == nullptr ? "" : act->event();
  }
  const auto* field = event.GetReflection()->GetOneofFieldDescriptor(
      event, event.GetDescriptor()->FindOneofByName("kind"));
  if (field == nullptr) return "";
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
  const auto* field = event.GetReflection()->GetOneofFieldDescriptor(
      event, event.GetDescriptor()->FindOneofByName("kind"));
  if (field == nullptr) return {};
  const google::protobuf::Message& body = event.GetReflection()->GetMessage(event, field);
  if (event.has_contract_acted()) {
    const Act* act = ActOfKind(event.contract_acted().kind());
    if (act == nullptr) return {};
    return {FillSentence(act->ko(), body), FillSentence(act->en(), body)};
  }
  const auto& sentence = body.GetDescriptor()->options().GetExtension(event::v1::sentence);
  const bool is_void = !sentence.void_en().empty() && !FieldOf(body, "void_reason").empty();
  return {FillSentence(is_void ? sentence.void_ko() : sentence.ko(), body),
          FillSentence(is_void ? sentence.void_en() : sentence.en(), body)};
}

}  // namespace jodal::procurement
