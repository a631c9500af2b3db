# sc9830.profile - Spreadtrum SC9830, SC9832

[profile]
title      = Spreadtrum SC9830, SC9832 (SC9830A, SC9832A; SharkLS)
class      = smartphone
name       = SC9830
name       = SC9830A
name       = SC9832
name       = SC9832A
name       = SC9630
name       = sharkls
name       = SharkLC
model      = Vertex Impress Wolf

[fdl1]
address    = 0x50000000

[fdl2]
address    = 0x9f000000

[read]
chunk      = 0x2000

[storage]
kind       = eMMC

[quirks]
quirk      = keep-escaping
quirk      = no-list
quirk      = offset-32

[alternative 1]
fdl1       = 0x50002e00
fdl2       = 0x9efffe00
why        = Addresses of builds with secure boot less the signature header; no
why        = phone has confirmed them.
why        = (jingpad-bsp/bsp_bootloader_chipram:nand_fdl/board/spreadtrum/*/fdl1.lds,
why        = yonglongliu/u-boot15:board/spreadtrum/*/Kconfig)

[alternative 2]
fdl1       = 0x5000
fdl2       = 0x8a800000
wrong      = yes
why        = Contradicted by the log of an SC9832 phone. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = Loaders of the Android 7 era are unsigned and lie at plain link
notes      = addresses.
notes      = FDL2 answers with a bare 0x96, without DA_INFO, and never answers
notes      = the request for a partition list: partition names have to come from
notes      = the firmware package or from the user.
notes      = On 32-bit builds the data read was shifted against the real
notes      = content: check one partition with a known start (boot begins with
notes      = ANDROID!) before trusting a backup.
notes      = The first speed check after FDL1 often goes unanswered; a second
notes      = one works.

[source]
confidence = one
evidence   = TomKing062/spreadtrum_flash#30
evidence   = ilyakurdyukov/spreadtrum_flash#22
