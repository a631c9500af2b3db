# sc9820a.profile - Spreadtrum SC9820A

[profile]
title      = Spreadtrum SC9820A
class      = smartphone
name       = SC9820A

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.
notes      = Loading both stages was reported to work; the addresses were not
notes      = recorded.

[source]
confidence = one
evidence   = fxsheep/sharkalaka:README.md
