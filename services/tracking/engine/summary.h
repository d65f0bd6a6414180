// One line for people about an event.
#ifndef JODAL_SERVICES_TRACKING_ENGINE_SUMMARY_H_
#define JODAL_SERVICES_TRACKING_ENGINE_SUMMARY_H_

#include <string>

#include "jodal/event/v1/event.pb.h"

namespace jodal::tracking {

// "box closed with 577 bids"; "" for an event without a public body.
std::string Summarize(const event::v1::Event& event);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_ENGINE_SUMMARY_H_
