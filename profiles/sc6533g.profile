# sc6533g.profile - Spreadtrum SC6533G

[profile]
title      = Spreadtrum SC6533G (feature phones)
class      = feature phone
name       = SC6533G

[fdl1]
address    = 0x40004000

[fdl2]
address    = 0x14000000

[read]
chunk      = 0x1000

[storage]
kind       = NOR

[quirks]
quirk      = no-list
quirk      = no-raw
quirk      = read-by-address

[help]
boot-key   = Battery out, battery in, hold the boot key and plug in the cable.
boot-key   = The key differs per model: often the centre key, the call key, * or
boot-key   = 0. A boot cable with pins 4 and 5 joined needs no key.
notes      = The address pair is the one of SC6531E and stands in a single
notes      = table; no phone has confirmed it.

[source]
confidence = one
evidence   = hoplik/SakuraEDL:Spreadtrum/Database/sprd_fdl_database.cs
