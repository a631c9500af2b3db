# uis8811.profile - Unisoc UIS8811

[profile]
title      = Unisoc UIS8811 (module)
class      = modem
name       = UIS8811
name       = 8811_MODEM

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address
quirk      = single-stage

[help]
boot-key   = With the module off, hold its USB_BOOT pin while powering it.
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.
notes      = One loader only, as on UIS8850.

[source]
confidence = inferred
evidence   = public SDK, repository not recorded: cmake helper
