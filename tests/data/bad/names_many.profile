# expect: too many of them
[profile]
title      = Test chip
class      = smartphone
name = T0
name = T1
name = T2
name = T3
name = T4
name = T5
name = T6
name = T7
name = T8
name = T9
name = T10
name = T11
name = T12
name = T13
name = T14
name = T15
name = T16
name = T17
name = T18
name = T19
name = T20
name = T21
name = T22
name = T23
name = T24
name = T25
name = T26
name = T27
name = T28
name = T29
name = T30
name = T31
name = T32
name = T33
name = T34
name = T35
name = T36
name = T37
name = T38
name = T39
name = T40
name = T41
name = T42
name = T43
name = T44
name = T45
name = T46
name = T47
name = T48

[fdl1]
address    = 0x5500
[fdl2]
address    = 0x9efffe00
[source]
confidence = one
evidence   = test/data
