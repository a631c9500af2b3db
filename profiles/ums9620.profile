# ums9620.profile - Unisoc UMS9620

[profile]
title      = Unisoc UMS9620 (T760, T770, T820; QogirN6Pro)
class      = smartphone
name       = UMS9620
name       = SC9620
name       = UMS9820
name       = T760
name       = T770
name       = T820
name       = S8000
name       = UIS7870
name       = A7870
name       = qogirn6pro
model      = ZTE F50
model      = ZTE U30 Air
model      = Nubia Neo 2
model      = Anbernic RG556
model      = Anbernic RG Cube
model      = EEBBK H260

[fdl1]
address    = 0x65000800

[fdl2]
address    = 0xb4fffe00

[storage]
kind       = eMMC
kind       = UFS

[quirks]
quirk      = keep-charge

[alternative 1]
fdl1       = 0x5500
fdl2       = 0x9f000000
wrong      = yes
why        = Contradicted by the logs of phones and routers. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = Loaders of this family read 0xF800 bytes at a time once escaping is
notes      = off.
notes      = FDL2 lies higher than in the rest of the family.
notes      = prodnv, calinv and, on ZTE routers, ztecfg hold the data of one
notes      = unit; NV of another model kills the radio.

[source]
confidence = several
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/SupportList
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#95
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#106
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#156
evidence   = ilyakurdyukov/spreadtrum_flash#21
evidence   = Daniel-Hwang/U20-F50:1_backup_first.bat
evidence   = Daniel-Hwang/U20-F50#11
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:board/spreadtrum/*/Kconfig
