#include "common/metrics/logging.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/metrics/errors.h"

namespace jodal::logging {
namespace {

spdlog::level::level_enum SpdLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::shared_ptr<spdlog::logger> Make(spdlog::sink_ptr sink, Level least) {
  auto logger = std::make_shared<spdlog::logger>("jodal", std::move(sink));
  logger->set_level(SpdLevel(least));
  logger->set_pattern(R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l"%v})",
                      spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  return logger;
}

std::shared_ptr<spdlog::logger>& Current() {
  static auto* logger = new std::shared_ptr<spdlog::logger>(
      Make(std::make_shared<spdlog::sinks::stderr_sink_mt>(), Level::kWarning));
  return *logger;
}

// Whatever the bytes are, the line stays one line of ASCII JSON.
void AppendJson(std::string& out, const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (u < 0x20 || u >= 0x7F) {
      absl::StrAppend(&out, "\\u00");
      out.push_back(kHex[u >> 4]);
      out.push_back(kHex[u & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

}  // namespace

absl::Status Init(const Options& options) {
  try {
    spdlog::sink_ptr sink;
    if (options.file.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
    }
    std::atomic_store(&Current(), Make(std::move(sink), options.least));
  } catch (const spdlog::spdlog_ex& e) {
    return MakeError(metrics::kErrors["LOG_FILE_IO"],
                     absl::StrCat("cannot open the log file: ", e.what()));
  }
  return absl::OkStatus();
}

void Write(Level level, const std::vector<Field>& fields) {
  const auto logger = std::atomic_load(&Current());
  if (!logger->should_log(SpdLevel(level))) return;
  std::string line;
  for (const Field& field : fields) {
    const auto* text = std::get_if<std::string>(&field.value);
    if (text != nullptr && text->empty()) continue;
    line.push_back(',');
    AppendJson(line, field.name);
    line.push_back(':');
    if (text != nullptr) {
      AppendJson(line, *text);
    } else {
      absl::StrAppend(&line, std::get<int64_t>(field.value));
    }
  }
  logger->log(SpdLevel(level), spdlog::string_view_t(line));
}

}  // namespace jodal::logging
