# expect: the text is too long
[profile]
title      = Test chip
class      = smartphone
name       = TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT
[fdl1]
address    = 0x5500
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
