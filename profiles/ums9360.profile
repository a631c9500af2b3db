# ums9360.profile - Unisoc UMS9360

[profile]
title      = Unisoc UMS9360 (T7300)
class      = smartphone
name       = UMS9360
name       = T7300
model      = itel S26 Ultra S688LN
model      = SVITOO V13_B

[quirks]
quirk      = keep-charge

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.

[source]
confidence = one
evidence   = TomKing062/action_spd_dump_it:README.md
