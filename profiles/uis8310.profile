# uis8310.profile - Unisoc UIS8310

[profile]
title      = Unisoc UIS8310 (Quectel EC200D module)
class      = modem
name       = UIS8310
name       = EC200D
model      = Quectel EC200D

[fdl1]
address    = 0x6200

[fdl2]
address    = 0x80100000

[read]
chunk      = 0x1000

[storage]
kind       = NAND

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[region 1]
name       = boot0
id         = 0x80000001
size       = 0x8000
header     = yes

[region 2]
name       = boot1
id         = 0x80000002
header     = yes

[region 3]
name       = kernel
id         = 0x80000003
header     = yes

[region 4]
name       = userimage
id         = 0x80000004
header     = yes

[region 5]
name       = nv
id         = 0x90000001
size       = 0x100000
header     = yes

[region 6]
name       = nv2
id         = 0x9000000C

[help]
boot-key   = With the module off, hold its USB_BOOT pin while powering it.
notes      = Read as UMS9117: region 0x80000001 boot (0x8000 bytes), 0x90000001
notes      = NV (0x100000 bytes), 0x9000000C second NV block.

[source]
confidence = device
evidence   = TomKing062/spreadtrum_flash#30
evidence   = TomKing062/CVE-2022-38691_38692#6
evidence   = amitv87/unisoc_dloader:main.c
