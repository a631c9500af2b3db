# expect: neither [section] nor key = value
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
hello
