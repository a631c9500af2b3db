#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Of an unpacked archive what SHA256SUMS promises of the phone's storage, without
# what tells of the run.
LC_ALL=C sort SHA256SUMS | grep -E ' [*]?(partitions|boot|gpt)/'
