# ud710.profile - Unisoc UD710

[profile]
title      = Unisoc UD710 (Tiger T710, T740, T7510; Roc1)
class      = smartphone
name       = UD710
name       = T710
name       = T740
name       = T7510
name       = roc1
model      = Hisense A7
model      = Hisense A7CC
model      = Hisense HNR551T
model      = Hisense HNR552T
model      = Coolpad X10
model      = K-Touch Bee A7
model      = JingPad A1
model      = Tyyh 2020
model      = Tyyh 2021

[fdl1]
address    = 0x5500

[fdl2]
address    = 0x9efffe00

[storage]
kind       = eMMC
kind       = UFS

[quirks]
quirk      = keep-charge

[alternative 1]
fdl1       = 0x5500
fdl2       = 0x9f000000
wrong      = yes
why        = FDL2 without the 0x200 bytes of the signature header; contradicted
why        = by logs. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = Loaders of this family read 0xF800 bytes at a time once escaping is
notes      = off.
notes      = The request for flash information makes some FDL2 leave the bus
notes      = (Hisense A7CC), so the storage is found by reading.
notes      = Do not enter the download mode by adb reboot autodload: it is
notes      = reported to erase the first boot stage.
notes      = The 5G modem has a boot chain of its own (nr_ partitions).
notes      = Never read a partition whose name ends in nv1 by that name: the
notes      = loader checks and repairs the copies, and on phones with slots it
notes      = rewrites the other slot.

[source]
confidence = several
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#113
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#177
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#222
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#236
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#252
evidence   = 4bitFox/hisense_a7cc:README.md
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
