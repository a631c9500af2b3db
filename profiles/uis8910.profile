# uis8910.profile - Unisoc UIS8910

[profile]
title      = Unisoc UIS8910 (RDA8910; Air724UG, EC200U modules)
class      = modem
name       = UIS8910
name       = UIS8910FF
name       = UIX8910
name       = RDA8910
name       = 8910L
name       = Air724UG
name       = Air722UG
name       = EC200U
model      = Luat Air724UG
model      = Luat Air722UG
model      = Quectel EC200U
model      = 8910FF reference phone

[fdl1]
address    = 0x838000

[fdl2]
address    = 0x810000

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[alternative 1]
fdl1       = 0x8000c0
fdl2       = 0x810000
why        = Newest generation of the vendor SDK for the same chip; FDL1 needs
why        = the PDL protocol. (boot_config.h of the vendor SDK)

[alternative 2]
fdl1       = 0x810000
fdl2       = 0x818000
why        = Oldest generation of the vendor SDK for the same chip.
why        = (boot_config.h of the vendor SDK)

[alternative 3]
fdl1       = 0x8000c0
fdl2       = 0x80008000
why        = Builds for feature phones (MOCOR), from the scheme file of a phone;
why        = FDL2 runs in external memory and FDL1 needs the PDL protocol.
why        = (Jakes-Fu/8910L_Z695C_WDL_Z59ZL:make/perl_script/UIX8910_128MBIT.xml)

[help]
boot-key   = With the module off, hold its USB_BOOT pin while powering it.
notes      = The addresses change with the generation of the vendor SDK (these
notes      = are of the middle one): take them from the firmware package.
notes      = USB id 0525:a4a7 is the soft download mode: FDL1 is then loaded by
notes      = another protocol (PDL). With the USB_BOOT pin held it is 1782:4d00
notes      = and the protocol of this program.
notes      = The flash lies at 0x60000000. Regions: flash 0xFE000001, phase
notes      = check 0xFE000002, NV 0xFE000003, PREPACK 0xFE000004, file systems
notes      = 0xFE000006; IMEI and radio calibration lie in a factory area of
notes      = their own.

[source]
confidence = several
evidence   = ajsb85/sprdflash:README.md
evidence   = ajsb85/sprdflash:tests/test_flasher.py
evidence   = amitv87/unisoc_dloader:main.c
evidence   = public SDK, repository not recorded: header boot_config.h
