# sc6600l.profile - Spreadtrum SC6600L

[profile]
title      = Spreadtrum SC6600L (feature phones)
class      = feature phone
name       = SC6600L

[fdl1]
address    = 0x34000000

[read]
chunk      = 0x1000

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address
quirk      = single-stage

[help]
boot-key   = Battery out, battery in, hold the boot key and plug in the cable.
boot-key   = The key differs per model: often the centre key, the call key, * or
boot-key   = 0. A boot cable with pins 4 and 5 joined needs no key.
notes      = The address comes from the linker script of the vendor; no phone
notes      = has confirmed it.

[source]
confidence = inferred
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/nor_fdl/src/sc6600l_scatter.scf
