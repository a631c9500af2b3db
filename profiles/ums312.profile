# ums312.profile - Unisoc UMS312

[profile]
title      = Unisoc UMS312 (Tiger T310; SharkL5)
class      = smartphone
name       = UMS312
name       = T310
name       = sharkl5

[fdl1]
address    = 0x5500

[fdl2]
address    = 0x9efffe00

[read]
chunk      = 0x3000

[storage]
kind       = eMMC

[quirks]
quirk      = keep-charge

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = Sizes in the partition list are in KiB.
notes      = Never read a partition whose name ends in nv1 by that name: the
notes      = loader checks and repairs the copies, and on phones with slots it
notes      = rewrites the other slot.

[source]
confidence = several
evidence   = ilyakurdyukov/spreadtrum_flash:README.md
evidence   = ilyakurdyukov/spreadtrum_flash#12
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
