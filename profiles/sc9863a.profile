# sc9863a.profile - Unisoc SC9863A

[profile]
title      = Unisoc SC9863A (SP9863A, SC8581A, UIS8581A; SharkL3)
class      = smartphone
name       = SC9863A
name       = SP9863A
name       = SP9855A
name       = SC8581A
name       = UIS8581A
name       = UIS8581
name       = A8581
name       = sharkl3
name       = s9863a1h10
model      = Realme C11 2021 RMX3231
model      = Realme Narzo 50i RMX3235
model      = ZTE Blade A31
model      = ZTE Blade A51
model      = ZTE Blade A52
model      = ZTE Blade A5 2019
model      = ZTE Blade A7 2019
model      = Nokia C01 Plus TA-1383
model      = Nokia C21 TA-1352
model      = Teclast P20HD
model      = Samsung Galaxy A03 Core
model      = Haier M53
model      = KXD A07 Pro
model      = Welcome C37 Ultra

[fdl1]
address    = 0x5000

[fdl2]
address    = 0x9efffe00

[storage]
kind       = eMMC

[quirks]
quirk      = keep-charge

[alternative 1]
fdl1       = 0x65000800
fdl2       = 0x9efffe00
wrong      = yes
why        = Contradicted by the logs of many phones. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = The first speed check after FDL1 often goes unanswered; a second
notes      = one works.
notes      = Android 9 and 10 phones have no slots, Android 11 and newer have.
notes      = Never read a partition whose name ends in nv1 by that name: the
notes      = loader checks and repairs the copies, and on phones with slots it
notes      = rewrites the other slot.
notes      = On Nokia C21 reading the raw area is refused (0x84); the partition
notes      = list works there.
notes      = Nokia phones may refuse the download mode until their maker enables
notes      = it.

[source]
confidence = several
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/SupportList
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#36
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#231
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#260
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#319
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:include/secureboot/sec_common.h
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:arch/arm/cpu/armv8/sharkl3/misc.c
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:common/dloader/dl_operate.c
