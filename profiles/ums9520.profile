# ums9520.profile - Unisoc UMS9520

[profile]
title      = Unisoc UMS9520 (T7520)
class      = smartphone
name       = UMS9520
name       = UMS7520
name       = T7520

[fdl1]
address    = 0x65000800

[fdl2]
address    = 0xb4fffe00

[quirks]
quirk      = keep-charge

[alternative 1]
fdl1       = 0x5500
fdl2       = 0x9efffe00
why        = Given for T7520 in one table; the vendor sources group that chip
why        = with UMS9620. Unproven.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = Shares the code name QogirN6Pro and the addresses with UMS9620,
notes      = from vendor sources; no phone has confirmed them.

[source]
confidence = inferred
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:board/spreadtrum/*/Kconfig
