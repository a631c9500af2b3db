# uws6121e.profile - Unisoc UWS6121E

[profile]
title      = Unisoc UWS6121E (W217; watches and phones)
class      = feature phone
name       = UWS6121E
name       = UWS6121
name       = W217

[fdl1]
address    = 0x50800000

[fdl2]
address    = 0x80100500

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

[region 2]
name       = ps
id         = 0x80000003
header     = yes

[region 3]
name       = fixnv
id         = 0x90000001
size       = 0x30000

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

[region 7]
name       = modem
id         = 0x90000101

[region 8]
name       = operatordata
id         = 0x90000100
optional   = yes

[region 9]
name       = udisk
id         = 0x90000006
optional   = yes

[region 10]
name       = fotaloader
id         = 0x80000002
optional   = yes

[region 11]
name       = fotapackage
id         = 0x8000000F
optional   = yes

[alternative 1]
fdl1       = 0x40004000
fdl2       = 0x14000000
wrong      = yes
why        = A table in this source gives the pair of SC6531E for W217; the
why        = scheme file of the vendor contradicts it. Do not use.
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs)

[alternative 2]
fdl1       = 0x5500
fdl2       = 0x9efffe00
wrong      = yes
why        = The same table
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs) gives
why        = this pair for UWS6121; the scheme file of the vendor contradicts
why        = it. Do not use.

[help]
boot-key   = Battery out, battery in, hold the boot key and plug in the cable.
boot-key   = The key differs per model: often the centre key, the call key, * or
boot-key   = 0. A boot cable with pins 4 and 5 joined needs no key.
notes      = Images carry a header of 0x100 bytes; FDL1 has 0x14000 bytes of
notes      = room.
notes      = The flash lies at 0x60000000, a second chip at 0x70000000. Regions:
notes      = boot 0x80000000, system 0x80000003, modem 0x90000101, operator data
notes      = 0x90000100, NV 0x90000001 (0x30000 bytes).

[source]
confidence = device
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:make/perl_script/UWS6121E.xml
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:MS_Customize/source/product/config/uws6121e/mem_cfg.h
evidence   = Jakes-Fu/ZW217_W19_V4.1_yisai:fdl_bootloader/nor_fdl1/nor_fdl1_uws6121e.scf
