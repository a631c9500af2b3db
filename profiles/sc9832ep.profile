# sc9832ep.profile - Unisoc SC9832EP

[profile]
title      = Unisoc SC9832EP (SharkLER)
class      = smartphone
name       = SC9832EP
name       = sharkler

[fdl1]
address    = 0x5000

[fdl2]
address    = 0x9efffe00

[storage]
kind       = eMMC

[quirks]
quirk      = keep-charge

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
