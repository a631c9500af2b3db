# sc8810.profile - Spreadtrum SC8810

[profile]
title      = Spreadtrum SC8810 (SC6820, sp8810)
class      = smartphone
name       = SC8810
name       = SC6820
name       = SP8810

[fdl1]
address    = 0x40000000

[fdl2]
address    = 0x0

[storage]
kind       = NAND

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
notes      = Partitions are addressed by number (0x8000000x, 0x9000000x), there
notes      = are no names and no list.
notes      = Some builds of FDL2 rewrite the table on start when it differs from
notes      = their own.

[source]
confidence = inferred
evidence   = himeno-hamster/sprd-u-boot:nand_fdl/board/spreadtrum/*/config.mk
evidence   = himeno-hamster/sprd-u-boot:nand_fdl/fdl-2/src/fdl_partition.c
