# sc9820e.profile - Unisoc SC9820E

[profile]
title      = Unisoc SC9820E (SL8521E; SharkLE, 32 bit)
class      = smartphone
name       = SC9820E
name       = SL8521E
name       = sharkle

[fdl1]
address    = 0x5000

[fdl2]
address    = 0x9efffe00

[storage]
kind       = eMMC

[quirks]
quirk      = keep-charge

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = The sibling of SC9832E with a 32-bit system.

[source]
confidence = one
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
