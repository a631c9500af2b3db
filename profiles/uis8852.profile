# uis8852.profile - Unisoc UIS8852

[profile]
title      = Unisoc UIS8852 (module)
class      = modem
name       = UIS8852

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[help]
boot-key   = With the module off, hold its USB_BOOT pin while powering it.
notes      = No load address is known for this chip: take both from the firmware
notes      = package of the phone and give them by hand.
notes      = Known only by its name beside UIS8850.

[source]
confidence = inferred
evidence   = public SDK, repository not recorded: note
