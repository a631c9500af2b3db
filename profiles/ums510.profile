# ums510.profile - Unisoc UMS510

[profile]
title      = Unisoc UMS510 (Tiger T510)
class      = smartphone
name       = UMS510
name       = T510

[fdl1]
address    = 0x5500

[fdl2]
address    = 0x9efffe00

[quirks]
quirk      = keep-charge

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = Shares the code name SharkL5 and the addresses with UMS312; no
notes      = phone has confirmed them.

[source]
confidence = inferred
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:board/spreadtrum/*/Kconfig
