#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# --json: one object a line, nothing else on stdout, the last one "result".
# shellcheck disable=SC2317,SC2086 # called by name; words
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

python=$(command -v /usr/bin/python3 || command -v python3) || {
	echo 'no python3 here'
	exit 77
}
cat >check.py <<'END'
import json, sys
code = int(sys.argv[1])
events = []
for line in open(sys.argv[2], "rb").read().decode().splitlines():
    o = json.loads(line)
    assert isinstance(o, dict) and isinstance(o.get("event"), str), line
    assert o["event"] in sys.argv[3].split(), o["event"]
    events.append(o)
assert [o for o in events if o["event"] == "result"] == events[-1:], "one result, at the end"
last = events[-1]
assert last["exit"] == code, (last["exit"], code)
assert last["ok"] == (code == 0)
bad = last["error"]
if code in (0, 6) and bad is None:
    pass
else:
    assert code != 0 and bad is not None, bad
    for key in "kind", "text", "hint":
        assert isinstance(bad[key], str), key
    assert bad["text"] and bad["hint"], bad
END
has() { tail -n 1 "$out" | grep -q "\"$1\":"; }
known='stage retry progress part warning difference ready result'
# json CODE WHAT KEYS ARG...: the events are well formed; the result has KEYS
json() {
	local want=$1 what=$2 keys=$3 key
	shift 3
	run "$@" --json
	is "$what: exit $want" ended "$want"
	is '... well formed events' "$python" check.py "$want" "$out" "$known"
	for key in $keys; do
		is "... the result has '$key'" has "$key"
	done
}

json 0 'backup' 'archive complete partitions planned bytes archive_bytes seconds left_out phone_witness' \
	backup --device sim:ums512,super=5M -o a.tar.zst
for e in stage part; do
	is "... tells each $e" prints "^\{\"event\":\"$e\","
done
is '... a part has name, size, SHA-256' prints '"event":"part","name":"misc","size":1048576,"sha256":"[0-9a-f]{64}"'
json 6 'incomplete backup' 'unreadable' backup --device sim:ums512,bad=misc+0+4K -o b.tar.zst misc
is '... has warnings' prints '^\{"event":"warning","text":'
json 0 'backup --dry-run' 'planned plan' backup --device sim:ums512 --dry-run
is '... a whole plan is not called incomplete' prints '"complete":true'
json 0 info 'device partitions phone_witness' info --device sim:sc9863a
json 0 read 'part file bytes sha256' read misc --device sim:ums512 -o misc.img
is '... the SHA-256 is right' prints "\"sha256\":\"$(sha256sum <misc.img | cut -c 1-64)\""
json 0 verify 'members bytes differences indexed complete' verify a.tar.zst
json 0 list members list a.tar.zst
json 0 inspect manifest inspect a.tar.zst
json 0 extract 'directory files bytes damaged' extract a.tar.zst -C x
json 0 chips chips chips
json 0 sim '' sim
cp a.tar.zst d.tar.zst
flip d.tar.zst $(($(size_of d.tar.zst) / 2)) 3
json 5 'verify of damage' differences verify d.tar.zst
is '... names the difference' prints '^\{"event":"difference","member":"[a-z]+/[^"]+","offset":-?[0-9]+,"length":[0-9]+,"what":"'
json 5 'extract of damage' damaged extract d.tar.zst -C y
json 5 'verify of no archive' '' verify check.py
json 7 'existing file' '' backup --device sim:ums512 -o a.tar.zst
json 4 'phone that refuses' '' backup --device sim:ums512,auth_gate=1 -o c.tar.zst
json 3 'no phone' '' info --device tty:/dev/nosuch
json 1 'no file' '' list nosuch
json 2 'no command' ''
json 2 'help of no command' '' help nosuch
json 0 version version --version
json 2 'no such command' '' nosuch
json 2 'no such option' '' list --nope a.tar.zst
json 2 'missing -o' '' backup --device sim:ums512
json 1 'log that cannot be opened' '' list a.tar.zst --log /nonexistent/log
json 6 'pulled cable' 'partitions' backup --device sim:ums512,disconnect_at=500,back_ms=999999999 -o e.tar.zst
is '... says what is kept' prints '"kept":"e.tar.zst.partial '

# What a name from outside holds must not break a line.
nasty=$'quote" back\\slash \t tab'
cp a.tar.zst "$nasty"
json 0 'a file name with odd characters' archive verify "$nasty"
json 5 'one that is no archive' '' verify /etc/hostname
printf '\xff\xfe.tar.zst' >latin
json 1 'a file name that is no UTF-8' '' list "$(cat latin)"
cp a.tar.zst "$(cat latin)"
json 0 'an archive with such a name' archive verify "$(cat latin)"
json 0 'a note that is no UTF-8' '' backup --device sim:ums512 -o u.tar.zst misc --note $'caf\xe9'
json 0 'its manifest' manifest inspect u.tar.zst
finish
