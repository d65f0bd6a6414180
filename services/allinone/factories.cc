#include "services/allinone/factories.h"

#include "services/bidding/module.h"
#include "services/contract/module.h"
#include "services/payment/module.h"
#include "services/registration/module.h"
#include "services/signature/module.h"
#include "services/tender/module.h"
#include "services/tracking/factory.h"

namespace jodal::allinone {

std::vector<std::string> AllServices() {
  std::vector<std::string> names;
  for (const auto& [name, factory] : AllFactories()) names.push_back(name);
  return names;
}

host::ModuleFactories AllFactories() {
  using Context = host::ModuleContext;
  using Config = config::v1::Config;
  return {
      {"bidding", [](const Context& c, const Config&) { return bidding::CreateModule(c); }},
      {"contract", [](const Context& c, const Config&) { return contract::CreateModule(c); }},
      {"payment", [](const Context& c, const Config&) { return payment::CreateModule(c); }},
      {"registration", registration::CreateConfiguredModule},
      {"signature",
       [](const Context& c, const Config& config) {
         return signature::CreateModule(c, config.trust_dir());
       }},
      {"tender", [](const Context& c, const Config&) { return tender::CreateModule(c); }},
      {"tracking", tracking::CreateConfiguredModule},
  };
}

}  // namespace jodal::allinone
