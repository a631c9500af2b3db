# uis8850.profile - Unisoc UIS8850

[profile]
title      = Unisoc UIS8850 (Quectel EC800G module)
class      = modem
name       = UIS8850
name       = UIS8850BM
name       = UIS8850DG
name       = EC800G
name       = 8850_MODEM
model      = Quectel EC800G
model      = LuatOS modules on UIS8850BM

[fdl1]
address    = 0x50800000

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address
quirk      = single-stage

[help]
boot-key   = With the module off, hold its USB_BOOT pin while powering it.
notes      = One loader only, in always-on memory, with a header of 0x100 bytes.
notes      = The flash lies at 0x60000000, an extra one at 0x70000000; order:
notes      = SPL, BOOT, AP, APPIMG, system, modem, factory.

[source]
confidence = inferred
evidence   = public SDK, repository not recorded: files chip_8850.cmake and hal_chip_config.h
evidence   = amitv87/unisoc_dloader:main.c
