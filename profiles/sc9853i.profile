# sc9853i.profile - Spreadtrum SC9853i

[profile]
title      = Spreadtrum SC9853i (SC9853, isharkl2; Intel cores)
class      = smartphone
name       = SC9853i
name       = SC9853
name       = isharkl2
model      = Car head units

[fdl1]
address    = 0xe6000000

[fdl2]
address    = 0x5ebffe00

[storage]
kind       = eMMC

[alternative 1]
fdl1       = 0x65000800
fdl2       = 0x9efffe00
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
evidence   = jingpad-bsp/bsp_bootloader_chipram:nand_fdl/board/spreadtrum/*/fdl1.lds
evidence   = yonglongliu/u-boot15:board/spreadtrum/*/Kconfig
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:arch/arm/cpu/armv7/sc9833/sprd_chipid.h
