#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The event of "spdvault list --json" as lines "NAME SHA256", without the
# members that tell of the run and not of the phone.
tr '{' '\n' | grep -v '"class":"info"' |
	sed -n 's/^"name":"\([^"]*\)".*"sha256":"\([0-9a-f]*\)".*/\1 \2/p'
