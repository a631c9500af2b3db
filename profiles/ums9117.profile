# ums9117.profile - Unisoc UMS9117

[profile]
title      = Unisoc UMS9117 (T107, T117, T127; 4G feature phones)
class      = feature phone
name       = UMS9117
name       = T107
name       = T117
name       = T127
model      = Nokia 110 4G TA-1543
model      = Nokia 110 4G TA-1395
model      = Nokia 106 4G TA-1553
model      = Nokia 3210 4G TA-1618
model      = Nokia 215 4G TA-1278
model      = Nokia 2660 Flip TA-1474
model      = Nokia 2660 Flip TA-1480
model      = HMD 2660 Flip TA-1711
model      = Inoi 140 4G
model      = Inoi 284 Flip
model      = BQ 1800L One
model      = Philips Xenium E6500
model      = itel it9010

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

[alternative 1]
fdl1       = 0x6200
fdl2       = 0x80100000
why        = A table in this source agrees on the addresses but gives eMMC as
why        = storage; every phone reported has NAND.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[help]
boot-key   = Battery out, hold the boot key and plug in the cable.
notes      = There is no partition list. Region numbers: 0x80000001 and
notes      = 0x80000002 boot, 0x80000003 kernel, 0x80000004 user image,
notes      = 0x90000001 NV; the length of an image stands in its DHTB header.
notes      = An answer of 0x84 from FDL2 means a loader for another NAND part.
notes      = An FDL2 for T127 hangs on T107 and T117.
notes      = Some units check the signatures of loaders (Nokia, HMD), some do
notes      = not.

[source]
confidence = several
evidence   = ilyakurdyukov/spreadtrum_flash:README.md
evidence   = ilyakurdyukov/spreadtrum_flash:t117_fdl/entry.c
evidence   = ilyakurdyukov/spreadtrum_flash#32
evidence   = ilyakurdyukov/spreadtrum_flash#43
evidence   = ilyakurdyukov/spreadtrum_flash#44
evidence   = TomKing062/CVE-2022-38691_38692#6
