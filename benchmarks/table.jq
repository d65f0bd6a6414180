# The figures of benchmarks/run as one Markdown table: measure, reached, to reach.
def round1: . * 10 | round / 10;
def round2: . * 100 | round / 100;
def thousands: round | tostring | [while(length > 0; .[:-3]) | .[-3:]] | reverse | join(",");
def ratio($a; $b): if $a and $b then ($a / $b | round2 | tostring) else "-" end;
def row($measure; $value; $reach): if $value == null or $value == "-" then empty else "| \($measure) | \($value) | \($reach) |" end;
def spread($name): if .[$name] then "\(.[$name] | thousands) (\(.[$name + "_min"] | thousands)–\(.[$name + "_max"] | thousands))" else null end;
"\(.date), \(.machine), \(.cores) cores, commit \(.commit), `\(.command)`, \(.suppliers | thousands) suppliers; the generator runs on the same cores; fsync on.",
"",
"| measure | reached | to reach |",
"|---|---|---|",
row("sealed bids/s, P-256, one process: median (min–max)"; spread("burst_p256_per_s"); "")
, row("… over the peer's bare inserts"; ratio(.burst_p256_per_s; .peer_postgres_per_s); "≥ 1.0")
, row("… over the limit of its parts"; ratio(.burst_p256_per_s; .parts_limit_per_s); "≥ 0.7")
, row("PostgreSQL peer, bare inserts/s"; (if .peer_postgres_per_s then (.peer_postgres_per_s | thousands) else null end); "")
, row("limit of the parts, bids/s"; (if .parts_limit_per_s then "\(.parts_limit_per_s | thousands) (echo \(.parts_p256_echo_us | round1), verification \(.parts_p256_verify_us | round1), record \(.parts_p256_record_us | round1) µs)" else null end); "")
, row("CPU of a bid, µs: server, generator"; (if .burst_p256_server_us then "\(.burst_p256_server_us | round1), \(.burst_p256_generator_us | round1)" else null end); "")
, row("sealed bids/s, RSA-2048"; spread("burst_rsa_per_s"); "")
, row("… over P-256"; ratio(.burst_rsa_per_s; .burst_p256_per_s); "≥ 1.25")
, row("acknowledgement at half load, p50 / p99 ms"; (if .ack_p99_ms_half_load then "\(.ack_p50_ms_half_load | round1) / \(.ack_p99_ms_half_load | round1)" else null end); "p99 ≤ 25")
, row("double load: accepted over the peak"; (if .goodput_ratio_double_load then (.goodput_ratio_double_load | round2) else null end); "≥ 0.9")
, row("double load: refusals p99 ms (how many, of them at the edge)"; (if .refused_p99_ms_double_load then "\(.refused_p99_ms_double_load | round1) (\(.refused_double_load | thousands), \(.refused_at_edge_double_load | thousands))" else null end); "≤ 10, with a hint")
, row("deadline under double load: bids in time, late, refused as busy"; (if .deadline_accepted then "\(.deadline_accepted | thousands), \(.deadline_late | thousands), \(.deadline_refused_busy | thousands)" else null end); "none late in, none early out")
, row("every service its own process, bids/s"; spread("processes_per_s"); "")
, row("… over one process"; ratio(.processes_per_s; .burst_p256_per_s); "≥ 0.5")
, row("store on one PostgreSQL, bids/s"; spread("postgres_per_s"); "")
, row("… over RocksDB"; ratio(.postgres_per_s; .burst_p256_per_s); "≥ 0.5")
, row("opening of \(.bids // 0) bids, s (floor)"; (if .opening_s then "\(.opening_s | round1) (\(.opening_floor_s | round1)) = \(ratio(.opening_s; .opening_floor_s))" else null end); "≤ 1.5 × floor")
, row("restart after kill -9 to the first accepted bid, s: \(.scale_bids // 0 | thousands) bids / 10 k"; (if .restart_s_1m then "\(.restart_s_1m | round2) / \(.restart_s_10k | round2)" else null end); "≤ 3, ≤ 2 ×")
, row("memory growth per 1 M bids, MB"; (if .rss_mb_per_1m then (.rss_mb_per_1m | round1) else null end); "≤ 50")
, row("bytes on disk over bytes received: bidding, all stores"; (if .disk_ratio then "\(.disk_ratio_bidding | round2), \(.disk_ratio | round2)" else null end); "≤ 1.3")
, row("cost of a bid with \(.scale_bids // 0 | thousands) in the tender over 1 k"; (if .cost_ratio_1m_to_1k then (.cost_ratio_1m_to_1k | round2) else null end); "≤ 1.3")
, row("cost of a bid, µs, with 1, 1,000 and many tenders"; ([to_entries[] | select(.key | startswith("cost_us_tenders_")) | "\(.key | ltrimstr("cost_us_tenders_")): \(.value | round1)"] | if length > 0 then join(", ") else null end); "")
, row("log: entries appended/s"; (if .log_append_per_s then (.log_append_per_s | thousands) else null end); "≥ 100,000")
, row("log: inclusion / consistency proofs/s on one core"; (if .log_proofs_per_s then "\(.log_proofs_per_s | thousands) / \(.log_consistency_per_s | thousands)" else null end); "≥ 20,000")
, row("log: full verification of 1 M entries, s"; (if .log_verify_1m_s then (.log_verify_1m_s | round1) else null end); "≤ 30")
, row("tracking: \(.watch_watchers // 0 | thousands) watchers, \(.watch_bids_per_s // 0 | thousands) bids/s: delivery p50 / p99 ms"; (if .watch_p99_ms then "\(.watch_p50_ms | round1) / \(.watch_p99_ms | round1)" else null end); "")
