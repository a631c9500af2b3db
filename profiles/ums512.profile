# ums512.profile - Unisoc UMS512

[profile]
title      = Unisoc UMS512 (Tiger T610, T618, T700; SharkL5Pro)
class      = smartphone
name       = UMS512
name       = T610
name       = T618
name       = T700
name       = UMS518
name       = UIS7862
name       = UIS7862S
name       = A7862
name       = sharkl5pro
name       = ums512_1h10
model      = Motorola moto g20
model      = Realme C21Y RMX3261
model      = Realme C21Y RMX3263
model      = Alldocube iPlay 50
model      = Hisense A5 Pro
model      = Hisense Q5
model      = Hisense Hi Reader
model      = Infinix Hot 12 Play NFC
model      = Umidigi G1 Max
model      = Blackview Tab 15
model      = Anbernic RG Rotate
model      = Anbernic RG Vita

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
fdl1       = 0x65000800
fdl2       = 0x9efffe00
wrong      = yes
why        = Contradicted by firmware packages and phones. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[alternative 2]
fdl1       = 0x65000800
fdl2       = 0xb4fffe00
wrong      = yes
why        = Given for T700 with the pair of UMS9620; another source puts T700
why        = here. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = Loaders of this family read 0xF800 bytes at a time once escaping is
notes      = off.
notes      = Never read a partition whose name ends in nv1 by that name: the
notes      = loader checks and repairs the copies, and on phones with slots it
notes      = rewrites the other slot.
notes      = NV goes back last and only onto the same phone: an IMEI was lost
notes      = after a restore in another order.

[source]
confidence = device
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/SupportList
evidence   = TomKing062/spreadtrum_flash#31
evidence   = andyjusa/rgrotate-macos-installer:src/transport.rs
evidence   = iscle/sprdclient:main.c
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:arch/arm/cpu/armv8/sharkl5pro/misc.c
