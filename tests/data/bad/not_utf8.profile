# expect: plain ASCII only
[profile]
title      = Test ÿþ
class      = smartphone
name       = T999
[fdl1]
address    = 0x5500
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
