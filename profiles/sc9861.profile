# sc9861.profile - Spreadtrum SC9861

[profile]
title      = Spreadtrum SC9861 (SC9861G, iwhale2; Intel cores)
class      = smartphone
name       = SC9861
name       = SC9861G
name       = iwhale2

[fdl1]
address    = 0xe6000000

[storage]
kind       = eMMC

[alternative 1]
fdl2       = 0x5ebffe00
why        = FDL2 for builds whose U-Boot lies at 0x5EC00000
why        = (yonglongliu/u-boot15:board/spreadtrum/*/Kconfig).

[alternative 2]
fdl2       = 0x7efffe00
why        = FDL2 for builds whose U-Boot lies at 0x7F000000
why        = (yonglongliu/u-boot15:board/spreadtrum/*/Kconfig).

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = The addresses follow from the link addresses of the vendor build
notes      = less the 0x200 bytes of the signature header; no phone has
notes      = confirmed them.
notes      = The base of FDL2 differs from build to build: take it from the
notes      = firmware package.

[source]
confidence = inferred
evidence   = jingpad-bsp/bsp_bootloader_chipram:include/security/sec_common.h
evidence   = jingpad-bsp/bsp_bootloader_chipram:nand_fdl/board/spreadtrum/*/fdl1.lds
evidence   = yonglongliu/u-boot15:board/spreadtrum/*/Kconfig
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:arch/arm/cpu/armv7/sc9833/sprd_chipid.h
