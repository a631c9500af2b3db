# expect: no 32-bit load address
[profile]
title      = Test chip
class      = smartphone
name       = T999
[fdl1]
address    = -4
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
