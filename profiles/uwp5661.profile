# uwp5661.profile - Unisoc UWP5661

[profile]
title      = Unisoc UWP5661 (Wi-Fi and Bluetooth controller)
class      = modem
name       = UWP5661
name       = UWP566x
name       = IVY5661
model      = 96Boards IVY5661

[fdl1]
address    = 0x100000

[quirks]
quirk      = read-by-address
quirk      = no-list
quirk      = no-raw
quirk      = single-stage

[help]
notes      = Serial port only. One loader; images lie at 0x2000000.

[source]
confidence = one
evidence   = Mani-Sadhasivam/uwpflash:uwpflash.c
evidence   = Mani-Sadhasivam/uwpflash:README.md
