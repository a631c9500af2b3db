# expect: it stands there twice
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
id = 0x80000001
[region 2]
name = b
id = 0x80000001
