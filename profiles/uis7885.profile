# uis7885.profile - Unisoc UIS7885

[profile]
title      = Unisoc UIS7885 (P7885; boards)
class      = smartphone
name       = UIS7885
name       = P7885
name       = uis7885_2h10
model      = OpenHarmony P7885 board

[fdl1]
address    = 0x65000800

[fdl2]
address    = 0xb4fffe00

[storage]
kind       = eMMC
kind       = UFS

[quirks]
quirk      = keep-charge

[help]
boot-key   = With the phone off, hold volume down and plug in the cable; on some
boot-key   = models it is volume up or both. Without a key the phone goes on to
boot-key   = charging within seconds.
notes      = The firmware carries one first boot stage for eMMC and one for UFS.
notes      = system and vendor are plain partitions in the OpenHarmony build.

[source]
confidence = device
evidence   = openharmony/device_soc_unisoc:p7885/pac/ImageFiles/uis7885_2h10.xml
