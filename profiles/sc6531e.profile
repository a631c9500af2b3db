# sc6531e.profile - Spreadtrum SC6531E

[profile]
title      = Spreadtrum SC6531E (SC6531E, F, M; 2G phones)
class      = feature phone
name       = SC6531E
name       = SC6531F
name       = SC6531M
name       = SC6531EFM
name       = SC6531EFM_AB
model      = Nokia 105 TA-1174
model      = Nokia 105 TA-1203
model      = Nokia 105 TA-1575
model      = Nokia 110 TA-1192
model      = Nokia 6310 TA-1400
model      = Nokia 106 (2023)
model      = HMD 130 Music
model      = HMD 150 Music
model      = itel it2160
model      = itel it2163A
model      = itel it2171
model      = F+ F256
model      = Energizer E12
model      = Philips Xenium E111
model      = Prestigio PFP1184DUO

[fdl1]
address    = 0x40004000

[fdl2]
address    = 0x14000000

[read]
chunk      = 0x1000

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[region 1]
name       = bootloader
id         = 0x80000000
optional   = yes

[region 2]
name       = ps
id         = 0x80000003
header     = yes

[region 3]
name       = fixnv
id         = 0x90000001

[region 4]
name       = prodinfo
id         = 0x90000002
size       = 0x1000

[region 5]
name       = runningnv
id         = 0x90000007

[region 6]
name       = resources
id         = 0x90000004
optional   = yes

[region 7]
name       = udisk
id         = 0x90000006
optional   = yes

[help]
boot-key   = Battery out, battery in, hold the boot key and plug in the cable.
boot-key   = The key differs per model: often the centre key, the call key, * or
boot-key   = 0. A boot cable with pins 4 and 5 joined needs no key.
notes      = The flash is read by region number: 0x80000003 is the system image
notes      = and reading it goes on to the end of the flash, 4 MB as a rule, 8
notes      = and 16 MB exist; past the end the data repeats.
notes      = Builds with a split boot loader keep that one under 0x80000000.
notes      = Some units start from USB without a battery.
notes      = Nokia and HMD phones take only their own signed loaders.

[source]
confidence = device
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:make/perl_script/sc6531efm.xml
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/nor_fdl/src/fdl_main.c
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:chip_drv/chip_module/chip/sc6531efm/chip_phy_sc6531efm.c
evidence   = ilyakurdyukov/spreadtrum_flash:README.md
evidence   = ilyakurdyukov/fpdoom#29
