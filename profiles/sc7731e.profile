# sc7731e.profile - Unisoc SC7731E

[profile]
title      = Unisoc SC7731E (SP7731E, UIS8141E; Pike2)
class      = smartphone
name       = SC7731E
name       = SP7731E
name       = UIS8141E
name       = pike2
model      = TS7 head units

[fdl1]
address    = 0x50002e00

[fdl2]
address    = 0x9efffe00

[storage]
kind       = eMMC

[alternative 1]
fdl1       = 0x5000
fdl2       = 0x8a800000
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
notes      = Unsigned loaders would lie at the link addresses, 0x50003000 and
notes      = 0x9F000000.

[source]
confidence = inferred
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
evidence   = yonglongliu/chipram:include/security/sec_common.h
evidence   = jingpad-bsp/bsp_bootloader_chipram:nand_fdl/board/spreadtrum/*/fdl1.lds
evidence   = yonglongliu/u-boot15:board/spreadtrum/*/Kconfig
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:arch/arm/cpu/armv7/sc9833/sprd_chipid.h
