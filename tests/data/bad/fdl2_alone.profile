# expect: [fdl2] without an [fdl1] address
[profile]
title      = Test chip
class      = smartphone
name       = T999
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
