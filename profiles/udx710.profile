# udx710.profile - Unisoc UDX710

[profile]
title      = Unisoc UDX710 (V510, orca; 5G modem)
class      = modem
name       = UDX710
name       = V510
name       = SP9650
name       = orca
name       = RG500U
name       = UDX710-module
model      = R106 5G router
model      = Quectel RG500U
model      = ZTE MC888S
model      = Feimao FM10

[fdl1]
address    = 0x28007000

[fdl2]
address    = 0x9efffe00

[read]
chunk      = 0x1000

[storage]
kind       = NAND

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = offset-32

[help]
boot-key   = With the module off, hold its USB_BOOT pin while powering it.
notes      = FDL2 tells its abilities in the DA_INFO block of its first answer.
notes      = The first speed check after FDL1 often goes unanswered; a second
notes      = one works.
notes      = Raw NAND with UBI: the partitions are UBI volumes, their sizes come
notes      = from the volumes, not from a table.
notes      = The build for modules needs escaping switched off after FDL2.

[source]
confidence = device
evidence   = dann2333/udx710-mifi-info:r106/udx710-module.xml
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader:wiki/AddSupportToModel
evidence   = TomKing062/spreadtrum_flash#7
evidence   = TomKing062/CVE-2022-38694_unlock_bootloader#119
evidence   = amitv87/unisoc_dloader:main.c
