# sp9862.profile - Spreadtrum SP9862

[profile]
title      = Spreadtrum SP9862 (whalek)
class      = smartphone
name       = SP9862
name       = whalek

[fdl1]
address    = 0x5500

[fdl2]
address    = 0x9efffe00

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = The addresses follow from the link addresses of the vendor build
notes      = less the 0x200 bytes of the signature header; no phone has
notes      = confirmed them.

[source]
confidence = inferred
evidence   = jingpad-bsp/bsp_bootloader_chipram:nand_fdl/board/spreadtrum/*/fdl1.lds
evidence   = Ridhoardhiansyah7/bsp_bootloader_u-boot15_sharkl3:board/spreadtrum/*/Kconfig
