#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Backups of all models, whole, untouched, and readable with stock tools alone.
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

for m in $models; do
	run backup --device "sim:$m,super=20M,userdata=5M" --all -o "$m.tar.zst" --json
	is "$m: --all, every partition is read" ended 0
	is "$m: the phone saw no write and no odd command" untouched
	is "$m: complete" same "$(number partitions)" "$(number planned)"
	is "$m: mode 0600" same "$(mode_of "$m.tar.zst")" 600
	is "$m: no .partial is left" test ! -e "$m.tar.zst.partial"
	is "$m: zstd -t" zstd -qt "$m.tar.zst"
	is "$m: bsdtar -t" bsdtar -tf "$m.tar.zst"
	is "$m: tar and sha256sum -c agree" stock_unpack "$m.tar.zst" "$m"
	is "$m: SHA256SUMS lists every member but itself" same \
		"$(cut -c 67- "$m/SHA256SUMS" | sort)" \
		"$(cd "$m" && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort)"
	is "$m: device.json comes first" same "$(tar --zstd -tf "$m.tar.zst" | head -n 1)" device.json
	is "$m: manifest and sums come last" same \
		"$(tar --zstd -tf "$m.tar.zst" | tail -n 2 | tr '\n' ' ')" 'manifest.json SHA256SUMS '
	is "$m: plain files with mode 0644, owner and time 0" same \
		"$(tar --zstd --numeric-owner -tvf "$m.tar.zst" | awk '{ print $1, $2, $4 }' | sort -u)" \
		'-rw-r--r-- 0/0 1970-01-01'
	works "$m: verify" verify "$m.tar.zst"
	is "$m: ... says good" prints "^$m.tar.zst: good"
	if [ -n "$python" ]; then
		for f in manifest device; do
			is "$m: $f.json is what the schema says" "$python" - \
				"$m/$f.json" "$tree/docs/manifest.schema.json" $f <<'END'
import json, jsonschema, sys
schema = json.load(open(sys.argv[2]))
if sys.argv[3] == "device":
    base = dict(schema)
    props = set(schema["properties"])
    own = json.load(open(sys.argv[1]))
    assert set(own) <= props | {"note"}, set(own) - props
    jsonschema.Draft202012Validator.check_schema(schema)
    for key in own:
        sub = dict(schema["properties"][key])
        if "$defs" in schema:
            sub["$defs"] = schema["$defs"]
        if key == "phone":
            continue  # without phone.ending
        jsonschema.validate(own[key], sub)
else:
    jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[1])))
END
		done
	else
		skip "$m: manifest.json is what the schema says" 'no python3 with jsonschema'
	fi
	rm -r "${m:?}"
done
finish
