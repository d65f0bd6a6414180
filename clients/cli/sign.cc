#include "clients/cli/sign.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "clients/cli/field_help.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/crypto/random.h"
#include "common/document/json.h"
#include "common/money/money.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

using google::protobuf::FieldDescriptor;

constexpr absl::Duration kPoll = absl::Milliseconds(200);

std::string OptionName(absl::string_view field) { return absl::StrReplaceAll(field, {{"_", "-"}}); }

absl::Status SetText(google::protobuf::Message* message, const FieldDescriptor* field,
                     const std::string& text) {
  const auto* reflection = message->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->is_repeated()) {
        reflection->AddString(message, field, text);
      } else {
        reflection->SetString(message, field, text);
      }
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT64: {
      const auto amount = money::ParseAmount(text);
      if (!amount.ok()) break;
      reflection->SetInt64(message, field, *amount);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) break;
      reflection->SetInt32(message, field, value);
      return absl::OkStatus();
    }
    default:
      break;
  }
  return UsageError(
      absl::StrCat("--", OptionName(field->name()), ": \"", text, "\" is no whole number"));
}

// The tender, contract, payment, organisation or person that an answer is about: a message named
// after it whose id stands in a field named so too.
void RememberSubjects(Cli& cli, const google::protobuf::Message& answer) {
  const auto* descriptor = answer.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string kind = absl::AsciiStrToLower(field->message_type()->name());
    const auto* id = field->message_type()->FindFieldByName(kind + "_id");
    if (id == nullptr || id->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    const auto& subject = answer.GetReflection()->GetMessage(answer, field);
    cli.Remember(kind, subject.GetReflection()->GetString(subject, id));
  }
}

// The field of a path such as "lots.base_amount".
const FieldDescriptor* FieldOfPath(const google::protobuf::Descriptor* schema,
                                   absl::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field = schema->FindFieldByName(std::string(path.substr(0, dot)));
  return dot == absl::string_view::npos ? field
                                        : FieldOfPath(field->message_type(), path.substr(dot + 1));
}

// The message that holds it, made where it is not there yet.
google::protobuf::Message* HolderOf(google::protobuf::Message* message, absl::string_view path,
                                    const DocumentFlags::Elements& elements) {
  const size_t dot = path.find('.');
  if (dot == absl::string_view::npos) return message;
  const std::string name(path.substr(0, dot));
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
  const auto* reflection = message->GetReflection();
  if (!field->is_repeated()) return reflection->MutableMessage(message, field);
  const auto chosen = elements.find(name);
  const int at = chosen == elements.end() ? 0 : chosen->second;
  while (reflection->FieldSize(*message, field) <= at) reflection->AddMessage(message, field);
  return reflection->MutableRepeatedMessage(message, field, at);
}

}  // namespace

DocumentFlags::DocumentFlags(CLI::App* verb, const google::protobuf::Descriptor* descriptor,
                             const std::vector<std::string>& fields)
    : descriptor_(descriptor) {
  for (const std::string& name : fields) {
    const bool positional = name[0] == '@';
    const std::string field = positional ? name.substr(1) : name;
    const FieldDescriptor* f = FieldOfPath(descriptor, field);
    if (f->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      verb->add_flag("--" + OptionName(f->name()), values_->flags[field], FieldHelp(*f));
      continue;
    }
    CLI::Option* option =
        verb->add_option(positional ? OptionName(f->name()) : "--" + OptionName(f->name()),
                         values_->texts[field], FieldHelp(*f));
    option->type_name(f->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? "TEXT" : "NUMBER");
    if (f->is_repeated()) {
      option->expected(1, 1000)->delimiter(',');
    } else {
      option->expected(1)->allow_extra_args(false);  // what follows is the next argument
    }
  }
  verb->add_option("--from", values_->from,
                   "The whole document as a JSON file; the other options then replace its fields")
      ->type_name("FILE");
}

bool DocumentFlags::given(const std::string& field) const {
  const auto texts = values_->texts.find(field);
  const auto flag = values_->flags.find(field);
  return (texts != values_->texts.end() && !texts->second.empty()) ||
         (flag != values_->flags.end() && flag->second);
}

absl::Status DocumentFlags::Fill(google::protobuf::Message* message,
                                 const Elements& elements) const {
  if (!values_->from.empty()) {
    ASSIGN_OR_RETURN(const std::string json, ReadFile(values_->from));
    RETURN_IF_ERROR(document::ParseStrictJson(json, message));
  }
  for (const auto& [name, texts] : values_->texts) {
    if (texts.empty()) continue;
    const FieldDescriptor* field = FieldOfPath(descriptor_, name);
    google::protobuf::Message* holder = HolderOf(message, name, elements);
    if (field->is_repeated()) holder->GetReflection()->ClearField(holder, field);
    for (const std::string& text : texts) RETURN_IF_ERROR(SetText(holder, field, text));
  }
  for (const auto& [name, on] : values_->flags) {
    if (!on) continue;
    google::protobuf::Message* holder = HolderOf(message, name, elements);
    holder->GetReflection()->SetBool(holder, FieldOfPath(descriptor_, name), true);
  }
  return absl::OkStatus();
}

std::string FreshNonce() { return HexEncode(crypto::SystemRandom().Bytes(16)); }

std::string StateHelp(const google::protobuf::EnumDescriptor& states) {
  std::string out = "State to wait for:";
  for (int i = 1; i < states.value_count(); ++i) {  // 0 is "unspecified"
    absl::StrAppend(&out, i == 1 ? " " : ", ", states.value(i)->name());
  }
  return out;
}

absl::Status WaitForState(Cli& cli, const std::string& wanted, google::protobuf::Message* message,
                          const std::function<absl::Status()>& fetch) {
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName("state");
  const auto* target = field->enum_type()->FindValueByName(absl::AsciiStrToUpper(wanted));
  if (target == nullptr) return UsageError(absl::StrCat("there is no state ", wanted));
  const absl::Time end = SystemClock().Now() + cli.timeout();
  while (true) {
    const absl::Status status = fetch();
    if (!status.ok() && !absl::IsNotFound(status)) return status;
    std::string state = "not there yet";
    if (status.ok()) {
      const auto* present = message->GetReflection()->GetEnum(*message, field);
      state = present->name();
      static constexpr absl::string_view kEnds[] = {"FAILED", "CANCELLED", "REFUSED", "WITHDRAWN",
                                                    "TERMINATED"};
      if (present != target &&
          std::find(std::begin(kEnds), std::end(kEnds), state) != std::end(kEnds)) {
        return MakeError(absl::StatusCode::kFailedPrecondition, "WAIT_IN_VAIN",
                         absl::StrCat(target->name(), " will not be reached"), {{"state", state}});
      }
      if (present->number() >= target->number()) return absl::OkStatus();
    }
    if (SystemClock().Now() > end) {
      return MakeError(absl::StatusCode::kDeadlineExceeded, "WAIT_TIMED_OUT",
                       absl::StrCat(target->name(), " was not reached"), {{"state", state}});
    }
    absl::SleepFor(kPoll);
  }
}

std::vector<std::string> ActFields(const google::protobuf::Descriptor& schema) {
  const std::string& of = procurement::ActOf(schema)->of();
  std::vector<std::string> out;
  for (int i = 0; i < schema.field_count(); ++i) {
    const FieldDescriptor* field = schema.field(i);
    const std::string& name = field->name();
    const bool common = name == "kind" || name == "version" || name == "system" || name == "signer";
    if (common || field->options().GetExtension(document::v1::follows)) continue;
    if (name == of) {
      out.insert(out.begin(), absl::StrCat("@", name));
    } else {
      out.push_back(name);
    }
  }
  return out;
}

absl::Status PrintAnswer(Cli& cli, const google::protobuf::Message& answer) {
  RememberSubjects(cli, answer);
  if (cli.out().exact()) {
    return cli.out().One(answer);
  }
  const auto* descriptor = answer.GetDescriptor();
  const auto* reflection = answer.GetReflection();
  Pairs rest;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->name() == "receipt") continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
      RETURN_IF_ERROR(cli.out().One(reflection->GetMessage(answer, field)));
    } else if (Value value = FieldValue(answer, field->name()); !value.Plain().empty()) {
      rest.emplace_back(field->name(), std::move(value));
    }
  }
  return rest.empty() ? absl::OkStatus() : cli.out().Facts(rest);
}

}  // namespace jodal::cli
