# sc8830.profile - Spreadtrum SC8830

[profile]
title      = Spreadtrum SC8830 (SC7730, SC7731G; tshark)
class      = smartphone
name       = SC8830
name       = SC7730
name       = SC7731G
name       = tshark
name       = tshark2
name       = tshark3
name       = scx35
model      = Micromax Q379

[fdl1]
address    = 0x50000000

[fdl2]
address    = 0x80000000

[storage]
kind       = eMMC
kind       = NAND

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = offset-32
quirk      = read-by-address

[alternative 1]
fdl1       = 0x50002e00
fdl2       = 0x80000000
why        = Link address of builds with secure boot less the signature header;
why        = no phone has confirmed it. Only with signed loaders.
why        = (jingpad-bsp/bsp_bootloader_chipram:nand_fdl/board/spreadtrum/*/fdl1.lds)

[alternative 2]
fdl1       = 0x5000
fdl2       = 0x8a800000
wrong      = yes
why        = Contradicted by two phones and the vendor sources. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = The base of FDL1 was used on an SC7731G phone; that of FDL2 is the
notes      = start of memory in the vendor build, where a second program was run
notes      = on the same chip.
notes      = Partitions are addressed by number, the old FDL2 has no list.
notes      = Packets to the BootROM carry 528 bytes, to FDL1 2112.
notes      = Download by serial port is possible too.

[source]
confidence = one
evidence   = kagaimiq/sprdproto:README.md
evidence   = himeno-hamster/sprd-u-boot:nand_fdl/board/spreadtrum/*/config.mk
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:arch/arm/cpu/armv7/sc9833/sprd_chipid.h
