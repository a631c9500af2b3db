# sc6531.profile - Spreadtrum SC6531

[profile]
title      = Spreadtrum SC6531 (SC6531DA; 2G phones)
class      = feature phone
name       = SC6531
name       = SC6531DA
model      = Joy's S21
model      = itel it5626
model      = itel it5615
model      = Alcatel 2040D
model      = Alcatel 2051
model      = Fly FF177

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
boot-key   = 0. A boot cable with pins 4 and 5 joined needs no key. SC6531DA:
boot-key   = hold the key while the battery goes in.
notes      = One loader only, there is no second stage.
notes      = Region 0x80000003 is the system image and reads on to the end of
notes      = the flash.
notes      = A loader of other make may be linked for 0x40004000 instead.

[source]
confidence = several
evidence   = ilyakurdyukov/spreadtrum_flash:README.md
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/nor_fdl/src/sc6531_scatter.scf
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:chip_drv/chip_module/chip/sc6531/chip_phy_sc6531.c
evidence   = ilyakurdyukov/fpdoom#5
evidence   = ilyakurdyukov/fpdoom#25
