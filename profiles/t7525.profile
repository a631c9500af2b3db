# t7525.profile - Unisoc T7525, T7530

[profile]
title      = Unisoc T7525, T7530
class      = smartphone
name       = T7525
name       = T7530

[quirks]
quirk      = keep-charge

[alternative 1]
fdl1       = 0x5500
fdl2       = 0x9f000000
why        = The only table with this chip has wrong values for its neighbours.

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.

[source]
confidence = one
evidence   = hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs
