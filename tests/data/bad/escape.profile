# expect: byte 0x1b is no text
[profile]
title      = Test [2J
class      = smartphone
name       = T999
[fdl1]
address    = 0x5500
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
