# uws6152.profile - Unisoc UWS6152

[profile]
title      = Unisoc UWS6152 (feature phones)
class      = feature phone
name       = UWS6152

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[alternative 1]
fdl1       = 0x5500
fdl2       = 0x9efffe00
why        = The only table with this chip has wrong values for its neighbours.

[help]
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.

[source]
confidence = one
evidence   = hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs
