# sc9850k.profile - Spreadtrum SC9850K

[profile]
title      = Spreadtrum SC9850K (SC9850KA, SC9833; SharkL2)
class      = smartphone
name       = SC9850K
name       = SC9850KA
name       = SC9833
name       = sharkl2
name       = scx35l2
model      = Coolpad N3D

[fdl1]
address    = 0x50002e00

[fdl2]
address    = 0x9efffe00

[storage]
kind       = eMMC

[alternative 1]
fdl1       = 0x65000000
fdl2       = 0x8c800000
wrong      = yes
why        = Contradicted by the vendor sources. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = The addresses follow from the link addresses of the vendor build
notes      = less the 0x200 bytes of the signature header; no phone has
notes      = confirmed them.

[source]
confidence = inferred
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:board/spreadtrum/*/Kconfig
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:arch/arm/cpu/armv7/sc9833/sprd_chipid.h
