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
# What must fail must fail: `set -e` does not look at a command after "!".
sed -i 's/^! \(.*\)$/if \1; then exit 1; fi/' tutorial.sh
# After each step: for whom something waits, for whom it waits no longer, and who is not shown it.
cat >inbox.sh <<'EOF'
inbox() { jodal inbox --identity "$1" -o jsonl; }
shows() { inbox "$1" | grep -q "\"rule\":\"$2\""; }
waits() { n=0; until shows "$1" "$2"; do test $n -lt 200; n=$((n + 1)); sleep 0.05; done; }
settled() { n=0; while shows "$1" "$2"; do test $n -lt 200; n=$((n + 1)); sleep 0.05; done; }
never() { if shows "$1" "$2"; then exit 1; fi; }
EOF
# after BEGIN_OF_A_LINE CHECKS: the checks come after the command, which may go on over more lines.
after() {
  awk -v begin="$1" -v checks="$2" '
    { print }
    !found && index($0, begin) == 1 { found = 1; open = 1 }
    open && !/\\$/ { print checks; open = 0 }
    END { exit !found }' tutorial.sh >checked.sh
  mv checked.sh tutorial.sh
}
after 'jodal demo clock --to "2026-03-03 09:00"' '. ./inbox.sh'
after 'jodal agency register' 'waits registrar organization.approve'
after 'jodal agency approve' 'settled registrar organization.approve'
after '  jodal person register' '  waits "$5" person.approve'
after 'add_person kim ' 'settled keys/chief person.approve'
after 'jodal tender submit' 'waits keys/park notice.approve; never keys/kim notice.approve; never keys/chief notice.approve'
after 'jodal tender approve' 'settled keys/park notice.approve'
after 'jodal tender wait @tender --for CLOSED' 'waits keys/seo shares.release; waits keys/moon shares.release; never keys/kim shares.release'
after 'jodal opening share @tender --identity keys/seo' 'settled keys/seo shares.release; waits keys/yun shares.release'
after 'jodal tender wait @tender --for OPENED' 'settled keys/yun shares.release; waits keys/kim tender.evaluate'
after 'jodal tender evaluate' 'settled keys/kim tender.evaluate; waits keys/kim award.decide; never keys/park award.decide'
after 'jodal award decide' 'settled keys/kim award.decide'
after 'jodal contract wait' 'waits keys/kim contract.offer; never keys/4018200010 contract.consent'
after 'jodal contract offer' 'settled keys/kim contract.offer; waits keys/4018200010 contract.consent; never keys/4018200024 contract.consent
inbox keys/4018200010 | grep -q command.*jodal.*contract.*consent.*R26TA
jodal --lang ko inbox --identity keys/4018200010 | grep "계약 동의" | grep -q KST'
after 'jodal contract consent' 'settled keys/4018200010 contract.consent; waits keys/kim contract.confirm'
after 'jodal contract confirm' 'settled keys/kim contract.confirm; waits keys/4018200010 delivery.report'
after 'jodal delivery report' 'settled keys/4018200010 delivery.report; waits keys/jang delivery.inspect; never keys/kim delivery.inspect'
after 'jodal delivery inspect' 'settled keys/jang delivery.inspect'
after 'jodal payment wait' 'waits keys/4018200010 invoice.create; never keys/lim payment.approve'
after 'jodal invoice create' 'settled keys/4018200010 invoice.create; waits keys/lim payment.approve; waits keys/shin payment.approve'
after 'jodal payment approve @contract-P1 --identity keys/lim' 'waits keys/shin payment.approve.again; settled keys/lim payment.approve; never keys/lim payment.approve.again; never keys/bank payment.settle'
after 'jodal payment approve @contract-P1 --identity keys/shin' 'settled keys/shin payment.approve.again; waits keys/bank payment.settle'
after 'jodal payment settle' 'settled keys/bank payment.settle'
if [ "${3:-}" = processes ]; then sed -i 's/^jodal demo up$/jodal demo up --processes/' tutorial.sh; fi
test "$(wc -l <tutorial.sh)" -gt 50
# The folder is a fresh one, so the last state must be what the text promises.
cat >>tutorial.sh <<'EOF'
jodal demo up
T=$(jodal tender show @tender -o json | sed 's/.*"tenderId":"\([^"]*\)".*/\1/')
jodal payment show @contract-P1 | grep -q SETTLED
jodal payment show @payment | grep -q SETTLED
jodal tender list --state AWARDED --kind goods --deadline-until 2026-04-01 | grep -q $T
test -z "$(jodal tender list --text nothing -o jsonl)"
jodal tender list --deadline-from tomorrow && exit 1 || test $? -eq 2
jodal bid list --identity keys/4018200010 | grep $T | grep -q OPENED
jodal bid list --identity keys/kim && exit 1 || test $? -eq 4
jodal ops check --service bidding && exit 1 || test $? -eq 9
jodal tender show $T | grep -q AWARDED
# The pipe gives exact data: numbers are numbers.
jodal tender result $T -o json | grep -q '"plannedPrice":1'
jodal --lang ko tender list | grep -q 입찰공고번호
jodal --tz UTC tender show $T | grep -q '2026-03-12 01:00:00 UTC'
jodal tender show R26BK99999999 -o json 2>error.json && exit 1 || test $? -eq 3
grep -q '"hintCommand":\["jodal","tender","list"\]' error.json
jodal tender show R26BK99999999 && exit 1 || test $? -eq 3
jodal tender evaluate $T --identity keys/park && exit 1 || test $? -eq 4
jodal award decide $T --reason again --identity keys/kim && exit 1 || test $? -eq 5
jodal tender wait $T --for CANCELLED --timeout 1 && exit 1 || test $? -eq 8
jodal tender show && exit 1 || test $? -eq 2
# Every next step and hint that was printed so far is a command that is understood and finds its
# subject; that it comes too late by now (5, 7) is no wonder. Some are for other people to complete.
grep -o ': jodal [a-z].*$' said | sed 's/^: //' | grep -v ' DIR\| REASON\| CERTIFICATE' | sort -u >next.txt
test "$(wc -l <next.txt)" -ge 12
while read -r line; do
  code=0
  eval "$line --dry-run" </dev/null || code=$?
  case $code in 0 | 5 | 7) ;; *) exit 1 ;; esac
done <next.txt
jodal demo down
jodal --timeout 1 tender show $T && exit 1 || test $? -eq 9
# The same keys over an empty store: every log was rolled back.
mv .jodal/data rolled-back
jodal ops check && exit 1 || test $? -eq 3
jodal demo up
jodal log checkpoint bidding && exit 1 || test $? -eq 6
jodal demo down
# What ended without being stopped is not running.
jodal demo up
kill -9 $(cut -d' ' -f1 .jodal/run/allinone.pid .jodal/run/tender.pid 2>/dev/null)
n=0; until jodal demo status | grep -q died; do test $n -lt 50; n=$((n + 1)); sleep 0.1; done
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
jodal ops check --service tender -o csv >check.csv && exit 1 || test $? -eq 6
grep -q ^tender, check.csv
# One byte of the bundle is changed.
f=$(find bundle -name bid.json | head -n 1)
printf 'X' | dd of="$f" bs=1 seek=30 conv=notrunc 2>/dev/null
jodal audit verify bundle --trust .jodal/trust && exit 1 || test $? -eq 6
EOF
if ! sh -ex tutorial.sh 2>said; then
  cat said
  exit 1
fi
