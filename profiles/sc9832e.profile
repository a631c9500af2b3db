# sc9832e.profile - Unisoc SC9832E

[profile]
title      = Unisoc SC9832E (SP9832E, SL8541E, SC8541E; SharkLE)
class      = smartphone
name       = SC9832E
name       = SP9832E
name       = SL8541E
name       = SC8541E
name       = SP9850E
name       = sharkle
model      = PAX A920
model      = itel Vision 1 Pro

[fdl1]
address    = 0x5000

[fdl2]
address    = 0x9efffe00

[read]
chunk      = 0x2000

[storage]
kind       = eMMC

[quirks]
quirk      = keep-charge

[alternative 1]
fdl1       = 0x5500
fdl2       = 0x9efffe00
wrong      = yes
why        = Contradicted by the scheme file of a device and by logs. Do not
why        = use. (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds. PAX terminals: hold volume down while the
boot-key   = battery goes in.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = The partition list needs an FDL2 of Android 9 or newer.
notes      = The first speed check after FDL1 often goes unanswered; a second
notes      = one works.
notes      = The BootROM shows at full speed as Gadget Serial.

[source]
confidence = device
evidence   = ilyakurdyukov/spreadtrum_flash#6
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#39
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#241
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#280
evidence   = iscle/sprdclient:README.md
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
