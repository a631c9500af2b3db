# sc8825.profile - Spreadtrum SC8825

[profile]
title      = Spreadtrum SC8825 (SC7710G2)
class      = smartphone
name       = SC8825
name       = SC7710G2

[fdl1]
address    = 0x20000

[fdl2]
address    = 0x80000000

[storage]
kind       = NAND
kind       = eMMC

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = offset-32
quirk      = read-by-address

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = The addresses come from vendor build files; no phone has confirmed
notes      = them.
notes      = Partitions are addressed by number.
notes      = Some builds of FDL2 rewrite the partition table when they start.
notes      = SC7710G2 builds behave alike.

[source]
confidence = inferred
evidence   = himeno-hamster/sprd-u-boot:nand_fdl/board/spreadtrum/*/config.mk
