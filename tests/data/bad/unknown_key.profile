# expect: unknown or repeated key [fdl1] adress
[profile]
title      = Test chip
class      = smartphone
name       = T999
[fdl1]
adress    = 0x5500
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
