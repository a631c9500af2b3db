# expect: [region 1] id is missing
[profile]
title      = Test chip
class      = feature phone
name       = T999
[fdl1]
address    = 0x5500
[source]
confidence = one
evidence   = test/data
[region 1]
name = a
