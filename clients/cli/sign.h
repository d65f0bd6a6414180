// The shape that most verbs have: a document from flags or a file, completed from what the services
// know, signed, sent, its receipt checked.
#ifndef JODAL_CLIENTS_CLI_SIGN_H_
#define JODAL_CLIENTS_CLI_SIGN_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/cli/cli.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/act.h"

namespace jodal::cli {

// One option per field of a document message ("deliveredOn" is --delivered-on); a name that begins
// with '@' is a positional argument instead, and "lots.base_amount" is --base-amount of one lot.
// --from FILE gives the whole document as JSON, which the other options then override.
class DocumentFlags {
 public:
  DocumentFlags(CLI::App* verb, const google::protobuf::Descriptor* descriptor,
                const std::vector<std::string>& fields);
  // INVALID_ARGUMENT USAGE for a value that does not fit its field; the errors of ParseStrictJson.
  // `elements` says which element of a list a field in it is of, from 0, by the list's name; the
  // first one where it says nothing. Elements that are not there yet are added.
  using Elements = std::map<std::string, int>;
  absl::Status Fill(google::protobuf::Message* message, const Elements& elements = {}) const;
  bool given(const std::string& field) const;

 private:
  struct Values {
    std::string from;
    std::map<std::string, std::vector<std::string>> texts;
    std::map<std::string, bool> flags;
  };
  // Shared: CLI11 writes into it after this object was moved.
  std::shared_ptr<Values> values_ = std::make_shared<Values>();
  const google::protobuf::Descriptor* descriptor_;
};

// 16 random bytes, hex: for documents whose words may come twice.
std::string FreshNonce();

// Prints what an answer is about: every field but its receipt; as JSON all of it.
absl::Status PrintAnswer(Cli& cli, const google::protobuf::Message& answer);

template <typename Doc>
struct SignedVerb {
  VerbText text;
  std::string kind;                 // "notice.approval"
  std::vector<std::string> fields;  // for DocumentFlags
  // Fills what the flags left out. May be empty.
  std::function<absl::Status(Cli&, Doc&)> complete;
  bool session = true;  // false: anyone who has a certificate
  // After the answer was printed. May be empty.
  std::function<absl::Status(Cli&, const google::protobuf::Message& answer)> done;
};

template <typename Doc, typename Stub, typename Req, typename Resp>
CLI::App* AddSigned(Cli& cli, CLI::App* noun, Stub& (sdk::Client::*stub)(),
                    grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                    SignedVerb<Doc> spec) {
  struct State {
    std::unique_ptr<DocumentFlags> flags;
    std::string save, receipt;
  };
  auto state = std::make_shared<State>();
  const std::vector<std::string> fields = spec.fields;
  const VerbText text = spec.text;
  CLI::App* verb =
      cli.Verb(noun, text, [&cli, stub, method, state, spec = std::move(spec)]() -> absl::Status {
        Doc document;
        RETURN_IF_ERROR(state->flags->Fill(&document));
        ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
        std::string token;
        if (spec.session) {
          ASSIGN_OR_RETURN(token, cli.token());
        }
        if (spec.complete) RETURN_IF_ERROR(spec.complete(cli, document));
        Req request;
        ASSIGN_OR_RETURN(*request.mutable_document(), cli.Sign(spec.kind, &document, state->save));
        if (cli.dry_run()) {
          cli.NothingSent();
          return cli.out().One(document);
        }
        request.set_request_id(client->RequestId());
        ASSIGN_OR_RETURN(const Resp answer,
                         client->Call((client->*stub)(), method, request, token));
        RETURN_IF_ERROR(PrintAnswer(cli, answer));
        RETURN_IF_ERROR(cli.CheckReceipt(answer.receipt(), state->receipt));
        return spec.done ? spec.done(cli, answer) : absl::OkStatus();
      });
  state->flags = std::make_unique<DocumentFlags>(verb, Doc::descriptor(), fields);
  verb->add_option("--out", state->save, "Keep what is signed in PATH.json and PATH.p7s")
      ->type_name("PATH");
  verb->add_option("--receipt", state->receipt, "Keep the receipt in FILE")->type_name("FILE");
  return verb;
}

// The fields that a person fills in the document of an act: its own, but for what every document
// has and what follows. The one that names the case comes without a flag.
std::vector<std::string> ActFields(const google::protobuf::Descriptor& schema);

// The verb of one act as its row says it; `noun` in the place of the row's.
template <typename Doc>
SignedVerb<Doc> ActVerb(const std::string& noun) {
  const procurement::Act& act = *procurement::ActOf(*Doc::descriptor());
  const std::pair<std::string, std::string> words = absl::StrSplit(act.verb(), ' ');
  SignedVerb<Doc> spec;
  spec.text = {words.second, act.help(),
               absl::StrReplaceAll(act.example(), {{absl::StrCat("jodal ", words.first, " "),
                                                    absl::StrCat("jodal ", noun, " ")}})};
  spec.kind = act.kind();
  spec.fields = ActFields(*Doc::descriptor());
  return spec;
}

// Adds the verb of one act under its noun. `complete` is as in SignedVerb.
template <typename Doc, typename Stub, typename Req, typename Resp>
void AddAct(Cli& cli, const std::map<std::string, CLI::App*>& nouns, Stub& (sdk::Client::*stub)(),
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
            std::function<absl::Status(Cli&, Doc&)> complete) {
  const std::string& verb = procurement::ActOf(*Doc::descriptor())->verb();
  const std::string noun = verb.substr(0, verb.find(' '));
  SignedVerb<Doc> spec = ActVerb<Doc>(noun);
  spec.complete = std::move(complete);
  AddSigned(cli, nouns.at(noun), stub, method, std::move(spec));
}

// "State to wait for: DRAFT, SUBMITTED, ...".
std::string StateHelp(const google::protobuf::EnumDescriptor& states);

// Fetches until the message's field "state" is `wanted` or one after it; NOT_FOUND counts as not
// yet, as services learn of each other's acts a moment later. DEADLINE_EXCEEDED WAIT_TIMED_OUT
// after
// --timeout, FAILED_PRECONDITION WAIT_IN_VAIN if it has FAILED or was CANCELLED instead.
absl::Status WaitForState(Cli& cli, const std::string& wanted, google::protobuf::Message* message,
                          const std::function<absl::Status()>& fetch);

// Asks with a session if an identity was given, else as the public.
template <typename Stub, typename Req, typename Resp>
absl::StatusOr<Resp> Ask(Cli& cli, Stub& (sdk::Client::*stub)(),
                         grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                         const Req& request) {
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  ASSIGN_OR_RETURN(const std::string token, cli.TokenIfAny());
  return client->Call((client->*stub)(), method, request, token);
}

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_SIGN_H_
