# SPDX-License-Identifier: BSD-3-Clause
"""Takes the files out of a PAC, from the field table in docs/protocol.md alone.

usage: read_pac.py PAC DIR
"""

import pathlib
import struct
import sys


def text(raw):
    return raw.decode("utf-16-le").split("\0")[0]


def crc(data):
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


data = pathlib.Path(sys.argv[1]).read_bytes()
folder = pathlib.Path(sys.argv[2])
wide = text(data[:44]) == "BP_R2.0.1"
assert wide or text(data[:44]) == "BP_R1.0.0"
high, low = struct.unpack_from("<II", data, 44)
assert (high << 32 if wide else 0) + low == len(data)
count, directory = struct.unpack_from("<II", data, 1076)
magic, crc_head, crc_rest = struct.unpack_from("<IHH", data, 2116)
assert magic == 0xFFFAFFFA
assert crc_head == crc(data[:2120]) and crc_rest == crc(data[2124:])
for i in range(count):
    entry = data[directory + i * 2580 :][:2580]
    assert struct.unpack_from("<I", entry)[0] == 2580
    size_high, offset_high, size = struct.unpack_from("<III", entry, 1532)
    (offset,) = struct.unpack_from("<I", entry, 1552)
    if wide:
        size += size_high << 32
        offset += offset_high << 32
    if size:
        name = text(entry[516:1028])
        (folder / name).write_bytes(data[offset : offset + size])
