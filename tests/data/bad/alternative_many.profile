# expect: unknown or repeated key [alternative 7]
[profile]
title      = Test chip
class      = smartphone
name       = T999
[fdl1]
address    = 0x5500
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
[alternative 1]
fdl1 = 0x4
why = x
[alternative 2]
fdl1 = 0x4
why = x
[alternative 3]
fdl1 = 0x4
why = x
[alternative 4]
fdl1 = 0x4
why = x
[alternative 5]
fdl1 = 0x4
why = x
[alternative 6]
fdl1 = 0x4
why = x
[alternative 7]
fdl1 = 0x4
why = x
