# ums9621.profile - Unisoc UMS9621

[profile]
title      = Unisoc UMS9621 (T750, T765, T158; QogirN6Lite)
class      = smartphone
name       = UMS9621
name       = UMS9158
name       = T750
name       = T765
name       = T158
name       = qogirn6lite

[quirks]
quirk      = keep-charge

[alternative 1]
fdl1       = 0x5500
fdl2       = 0x9f000000
why        = Given for T750 and T765 in one table that is wrong for their
why        = neighbours
why        = (hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs).

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.

[source]
confidence = one
evidence   = TomKing062/action_spd_dump_it:README.md
evidence   = hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs
