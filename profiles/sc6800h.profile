# sc6800h.profile - Spreadtrum SC6800H

[profile]
title      = Spreadtrum SC6800H (feature phones)
class      = feature phone
name       = SC6800H

[fdl1]
address    = 0x40000000

[fdl2]
address    = 0x30000000

[read]
chunk      = 0x1000

[storage]
kind       = NAND

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[alternative 1]
fdl1       = 0x34000000
why        = The NOR build of the same chip has one loader at this address, from
why        = the same linker scripts
why        = (Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/nor_fdl/src/sc6800h_scatter.scf).

[help]
boot-key   = Battery out, battery in, hold the boot key and plug in the cable.
boot-key   = The key differs per model: often the centre key, the call key, * or
boot-key   = 0. A boot cable with pins 4 and 5 joined needs no key.
notes      = The addresses come from the linker scripts of the vendor; no phone
notes      = has confirmed them.
notes      = FDL1 takes 0x1000 bytes per packet, FDL2 0x4000.

[source]
confidence = inferred
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/fdl1/fdl1_sc6800h.scf
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/fdl2/fdl2_sc6800h.scf
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/nor_fdl/src/sc6800h_scatter.scf
