# ums9230.profile - Unisoc UMS9230

[profile]
title      = Unisoc UMS9230 (Tiger T606, T612, T616, T615, T7250, T7255;
title      = QogirL6)
class      = smartphone
name       = UMS9230
name       = UMS9230E
name       = T606
name       = T612
name       = T616
name       = T615
name       = T7250
name       = T7255
name       = qogirl6
model      = Nokia G21
model      = Nokia T21
model      = Realme C31 RMX3501
model      = Realme C33 RMX3424
model      = Realme RMX3511
model      = Realme Note 60x RMX3938
model      = Realme RMX3506
model      = Realme RMX3624
model      = Tecno Spark 8C
model      = Tecno BG6
model      = itel S23
model      = itel Vision 3 Plus
model      = itel Vision 5 Plus
model      = Infinix Smart 8
model      = Doogee T10
model      = Doogee T10S
model      = Alldocube iPlay 50 mini
model      = ZTE Blade V40 Vita
model      = Motorola moto g04 XT2421-2
model      = vivo Y19s
model      = Redmi A3x
model      = Redmi A5
model      = JamboPhone

[fdl1]
address    = 0x65000800

[fdl2]
address    = 0x9efffe00

[storage]
kind       = eMMC
kind       = UFS

[quirks]
quirk      = keep-charge

[alternative 1]
fdl1       = 0x5500
fdl2       = 0x9efffe00
wrong      = yes
why        = Contradicted by the logs of many phones. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = Loaders of this family read 0xF800 bytes at a time once escaping is
notes      = off.
notes      = eMMC and UFS builds differ: a size of 1 in the partition list is 1
notes      = KiB on eMMC and 8 KiB on UFS.
notes      = The FDL2 file is often called lk-fdl2-sign.bin.
notes      = A phone that answers as SPRD4:AutoD runs its own boot loader: it
notes      = needs no FDL1 and FDL2; some refuse to be read until they are
notes      = authorised (0xFE).
notes      = T7250 and T7255 leave the download mode within moments.
notes      = Nokia T21 starts FDL1 and then falls silent: its maker locked
notes      = downloads.

[source]
confidence = several
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/SupportList
evidence   = ilyakurdyukov/spreadtrum_flash#12
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#116
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#163
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#168
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#201
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#249
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#309
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#317
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#318
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#327
evidence   = TomKing062/action_spd_dump_it#11
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
