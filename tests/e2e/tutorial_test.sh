#!/bin/sh
# Runs the sh blocks of docs/tutorial.md, exactly as they stand, in an empty folder.
#   tutorial_test.sh TUTORIAL.md FOLDER_OF_PROGRAMS [processes]
# With `processes` every service runs by itself.
set -eu
tutorial=$1
bin=$2
dir=$(mktemp -d /tmp/jodal_tutorial.XXXXXX) # short: a socket's path has 107 bytes
cd "$dir"
PATH="$bin:$PATH"
XDG_CONFIG_HOME="$dir/config"
XDG_STATE_HOME="$dir/state"
export PATH XDG_CONFIG_HOME XDG_STATE_HOME
finish() {
  code=$?
  jodal demo down >/dev/null 2>&1 || true
  if [ $code -ne 0 ]; then
    echo "FAILED with $code; the last lines of the services:"
    tail -n 20 .jodal/log/*.log || true
  fi
  cd /
  rm -rf "$dir"
  exit $code
}
trap finish EXIT

awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$tutorial" >tutorial.sh
if [ "${3:-}" = processes ]; then sed -i 's/^jodal demo up$/jodal demo up --processes/' tutorial.sh; fi
test "$(wc -l <tutorial.sh)" -gt 50
# The folder is a fresh one, so the last state must be what the text promises.
cat >>tutorial.sh <<'EOF'
jodal demo up
jodal payment show $C-P1 | grep -q SETTLED
jodal tender list --state AWARDED --kind goods --deadline-until 2026-04-01 | grep -q $T
test -z "$(jodal tender list --text nothing -o jsonl)"
jodal tender list --deadline-from tomorrow && exit 1 || test $? -eq 2
jodal bid list --identity keys/4018200010 | grep $T | grep -q OPENED
jodal bid list --identity keys/kim && exit 1 || test $? -eq 4
jodal ops check bidding && exit 1 || test $? -eq 9
jodal tender show $T | grep -q AWARDED
jodal tender show R26BK99999999 && exit 1 || test $? -eq 3
jodal tender evaluate $T --identity keys/park && exit 1 || test $? -eq 4
jodal award decide $T --reason again --identity keys/kim && exit 1 || test $? -eq 5
jodal tender wait $T --for CANCELLED --timeout 1 && exit 1 || test $? -eq 8
jodal tender show && exit 1 || test $? -eq 2
jodal demo down
jodal --timeout 1 tender show $T && exit 1 || test $? -eq 9
# The same keys over an empty store: every log was rolled back.
mv .jodal/data rolled-back
jodal ops check && exit 1 || test $? -eq 3
jodal demo up
jodal log checkpoint bidding && exit 1 || test $? -eq 6
jodal demo down
# One byte of a bid is changed.
printf 'X' | dd of=bids/1/seal.json bs=1 seek=20 conv=notrunc 2>/dev/null
jodal receipt verify bids/1/receipt.json --bid bids/1 && exit 1 || test $? -eq 6
# One byte of a store is changed.
rm -rf .jodal/data
mv rolled-back .jodal/data
jodal ops check -o json | grep -q '"service":"tender"'
f=$(ls -S .jodal/data/tender/db/*.sst .jodal/data/tender/db/*.blob | head -n 1)
printf 'XYZW' | dd of="$f" bs=1 seek=$(($(stat -c %s "$f") / 2)) conv=notrunc 2>/dev/null
jodal ops check tender -o csv >check.csv && exit 1 || test $? -eq 6
grep -q ^tender, check.csv
# One byte of the bundle is changed.
f=$(find bundle -name bid.json | head -n 1)
printf 'X' | dd of="$f" bs=1 seek=30 conv=notrunc 2>/dev/null
jodal audit verify bundle --trust .jodal/trust && exit 1 || test $? -eq 6
EOF
sh -ex tutorial.sh
