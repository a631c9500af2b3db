# uws6131.profile - Unisoc UWS6131

[profile]
title      = Unisoc UWS6131 (W317)
class      = feature phone
name       = UWS6131
name       = W317

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[help]
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.

[source]
confidence = one
evidence   = ilyakurdyukov/spreadtrum_flash#41
