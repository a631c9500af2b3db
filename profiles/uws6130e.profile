# uws6130e.profile - Unisoc UWS6130E

[profile]
title      = Unisoc UWS6130E (W307; watches and trackers)
class      = feature phone
name       = UWS6130E
name       = W307
model      = Tracki TRKM010B

[storage]
kind       = NAND

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[help]
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.
notes      = USB id 1782:4d16 is the running system, not the download mode.
notes      = Loaders for UWS6131 do not fit.

[source]
confidence = one
evidence   = ilyakurdyukov/spreadtrum_flash#41
