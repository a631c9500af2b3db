# sc6530.profile - Spreadtrum SC6530

[profile]
title      = Spreadtrum SC6530 (SC6530C; 2G phones)
class      = feature phone
name       = SC6530
name       = SC6530C
name       = SC65XX_MODEM
model      = Samsung B310E
model      = Samsung GT-E1272
model      = Samsung GT-E1200R
model      = Joy's S16
model      = Vertex M114

[fdl1]
address    = 0x34000000

[read]
chunk      = 0x1000

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address
quirk      = single-stage

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
notes      = One loader only, there is no second stage.
notes      = Regions are numbered as on SC6531.
notes      = It starts from USB without a battery.

[source]
confidence = device
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:make/perl_script/SC6530.xml
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/nor_fdl/src/sc6530_scatter.scf
evidence   = ilyakurdyukov/spreadtrum_flash:README.md
evidence   = ilyakurdyukov/spreadtrum_flash:custom_fdl/entry.c
