// What a replay shows people: progress while it runs, tables and JSON when it is over.
#ifndef JODAL_CLIENTS_DEMO_REPORT_H_
#define JODAL_CLIENTS_DEMO_REPORT_H_

#include <cstdio>
#include <functional>
#include <string>

#include "clients/demo/replay.h"

namespace jodal::demo {

// Writes progress to `out`: on a terminal one line that moves, else a line when a stage begins.
// Every finished stage leaves a line with the time that it took. `out` outlives the function.
std::function<void(const Progress&)> PrintProgress(FILE* out, bool terminal);

// The result as tables, with the first `rows` of the ranking.
std::string ToTables(const ReplayResult& result, int rows = 10);

// One JSON object, snake_case names as in issue texts and scripts; a stable contract.
std::string ToJson(const ReplayResult& result);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_REPORT_H_
