# expect: device, several, one or inferred
[profile]
title      = Test chip
class      = smartphone
name       = T999
[fdl1]
address    = 0x5500
[fdl2]
address    = 0x9efffe00
[source]
confidence = certain
evidence   = test/data
