# t830.profile - Unisoc T830, T860

[profile]
title      = Unisoc T830, T860
class      = smartphone
name       = T830
name       = T860

[storage]
kind       = UFS

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
