#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Real content: storages made with sgdisk and mke2fs, against dd of their files.
# shellcheck disable=SC2317 # functions are called by name
# shellcheck source=tests/lib/cli.sh
. "$(dirname "$0")/../lib/cli.sh"

PATH=$PATH:/usr/sbin:/sbin
for tool in sgdisk mke2fs debugfs mkbootimg openssl perl; do
	command -v $tool >/dev/null || {
		echo "no '$tool' here"
		exit 77
	}
done

for m in ums512 ums9230 sc9863a; do
	"$tree/scripts/make-phone.sh" --small -m $m p-$m >p-$m.log 2>&1 &
done
wait

kind() { # NAME: what the manifest calls its content
	"$prog" list "$m.tar.zst" | awk -v n="partitions/$1.img" '$1 == n { print $5 }'
}
for m in ums512 ums9230 sc9863a; do
	is "$m is made" test -s p-$m/user.img
	sha256sum p-$m/*.img >before
	dev=sim:$m,storage=p-$m/user.img,boot1=p-$m/boot1.img,boot2=p-$m/boot2.img
	run backup --all --json -o $m.tar.zst --device "$dev" --fdl1 p-$m/fdl1.bin --fdl2 p-$m/fdl2.bin
	is "$m: backup" ended 0
	is '... the phone is untouched' untouched
	is '... and so are its files' sha256sum --quiet -c before
	is '... stock tools agree' stock_unpack $m.tar.zst $m
	while read -r name at size; do
		is "$m: $name is what dd takes out" cmp "$m/partitions/$name.img" \
			<(dd if=p-$m/user.img bs=4096 iflag=skip_bytes,count_bytes skip="$at" count="$size" status=none)
	done <p-$m/table.txt
	is "$m: no more and no less" same "$(find $m/partitions -type f | wc -l)" "$(wc -l <p-$m/table.txt)"
	is "$m: boot areas" cmp $m/boot/splloader.img p-$m/boot1.img
	is "$m: the second one, too" cmp $m/boot/splloader_bak.img p-$m/boot2.img
	is "$m: primary GPT" cmp $m/gpt/primary.img <(head -c "$(size_of $m/gpt/primary.img)" p-$m/user.img)
	is "$m: backup GPT" cmp $m/gpt/backup.img <(tail -c "$(size_of $m/gpt/backup.img)" p-$m/user.img)
	is "$m: prodnv is called ext4" same "$(kind prodnv)" ext4
	e2fsck -fn $m/partitions/prodnv.img >fsck 2>&1
	is "$m: and e2fsck takes it" same $? 0
	is "$m: a GPT that sgdisk takes" eval "sgdisk -v p-$m/user.img | grep -q 'No problems found'"
done
m=ums512
is 'boot_a is called android-boot' same "$(kind boot_a)" android-boot
is 'vbmeta_a is called vbmeta' same "$(kind vbmeta_a)" vbmeta
is 'NV is called nv' same "$(kind l_fixnv1_a)" nv
is 'uboot_a is called dhtb' same "$(kind uboot_a)" dhtb
run inspect ums512.tar.zst
is 'the manifest keeps the SHA-256 of the loaders' prints "^FDL1: +fdl1.bin at 0x5500, SHA-256 $(sha256sum <p-ums512/fdl1.bin | cut -c 1-64)"
is '... of both' prints "^FDL2: +fdl2.bin at 0x9EFFFE00, SHA-256 $(sha256sum <p-ums512/fdl2.bin | cut -c 1-64)"

# -- tables that are wrong ---------------------------------------------------

dev=sim:ums512,storage=bad.img
# A change to the table on both copies, with the CRCs made right again.
cat >edit.pl <<'END'
use strict; use warnings; use Compress::Zlib qw(crc32);
my ($file, $how) = @ARGV;
open my $f, '+<:raw', $file or die; my $size = -s $f;
for my $lba (1, $size / 512 - 1) {
	seek $f, $lba * 512, 0; read $f, my $h, 512;
	my $at = unpack 'Q<', substr $h, 72, 8;
	seek $f, $at * 512, 0; read $f, my $t, 128 * 128;
	my $e = sub { substr $t, $_[0] * 128, 128, $_[1] if @_ > 1; substr $t, $_[0] * 128, 128 };
	my ($first, $last) = unpack 'Q<Q<', substr $e->(3), 32, 16;
	if ($how eq 'overlap') { substr $t, 3 * 128 + 32, 8, pack 'Q<', $first - 8 }
	elsif ($how eq 'backwards') { substr $t, 3 * 128 + 32, 16, pack 'Q<Q<', $last, $first }
	elsif ($how eq 'twice') { substr $t, 3 * 128 + 56, 72, substr($e->(4), 56, 72) }
	elsif ($how eq 'slash') { substr $t, 3 * 128 + 56, 72, pack 'v*', map(ord, split //, '../../etc/x'), (0) x 25 }
	elsif ($how eq 'beyond') { substr $t, 3 * 128 + 40, 8, pack 'Q<', 1 << 50 }
	substr $h, 88, 4, pack 'V', crc32($t);
	my $n = unpack 'V', substr $h, 12, 4;
	substr $h, 16, 4, "\0\0\0\0";
	substr $h, 16, 4, pack 'V', crc32(substr $h, 0, $n);
	seek $f, $at * 512, 0; print $f $t; seek $f, $lba * 512, 0; print $f $h;
}
END
if perl -MCompress::Zlib -e1 2>/dev/null; then
	cp p-ums512/user.img bad.img
	perl edit.pl bad.img nothing
	is 'the editing itself changes nothing' cmp bad.img p-ums512/user.img
	for how in overlap backwards twice slash beyond; do
		cp p-ums512/user.img bad.img
		perl edit.pl bad.img $how
		run backup --device $dev -o $how.tar.zst --json
		is "a table with an entry that is wrong ($how): not taken" test "$code" -ne 0
		is '... and it is said why' says '^warning: the primary GPT is damaged: |^error: .*(GPT|table)'
		is '... the phone is untouched' untouched
		is '... nothing lies outside' no test -e ../etc/x -o -e etc/x
	done
else
	skip 'tables with wrong entries' 'no Compress::Zlib in this perl'
fi
cp p-ums512/user.img short.img
truncate -s 10M short.img
run backup --device sim:ums512,storage=short.img -o short.tar.zst
is 'a storage that ends too early: told' ended "$code" '^(warning|error): '
is '... and no plain success' test "$code" -ne 0
fails 1 'nosuch.img' 'path' info --device sim:ums512,storage=nosuch.img
: >empty.img
run info --device sim:ums512,storage=empty.img
is 'an empty storage: an error' ended "$code" '^error: ' '^  try: '
is '... not 0' test "$code" -ne 0
finish
