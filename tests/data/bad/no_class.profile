# expect: [profile] class is missing
[profile]
title      = Test chip
name       = T999
[fdl1]
address    = 0x5500
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
