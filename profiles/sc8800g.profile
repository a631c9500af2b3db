# sc8800g.profile - Spreadtrum SC8800G

[profile]
title      = Spreadtrum SC8800G (modem)
class      = modem
name       = SC8800G

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

[help]
notes      = The addresses come from the linker scripts of the vendor; no phone
notes      = has confirmed them.
notes      = FDL1 takes 0x1000 bytes per packet, FDL2 0x4000.

[source]
confidence = inferred
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/fdl1/fdl1_sc8800g.scf
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/fdl2/fdl2_sc8800g.scf
