# expect: unknown or repeated key [fdl1] address
[profile]
title      = Test chip
class      = smartphone
name       = T999
[fdl1]
address    = 0x5500
address = 0x5000
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
