#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Makes the storage of a phone as files, with standard tools only.
set -euo pipefail

usage() {
	cat <<'END'
usage: make-phone.sh [-m ums512|ums9230|sc9863a] [-s SEED] [--small|--big] DIR

Makes in DIR the storage of a made-up phone:
  user.img             the user area, sparse: GPT and partitions; 160 MiB
                       (--small 40 MiB, --big 1 GiB)
  boot1.img boot2.img  the two boot areas, 4 MiB each, with a first stage
  fdl1.bin fdl2.bin    stand-ins for the chip's loaders; they run nowhere
  table.txt            name, offset and size of each partition, in bytes
  README.txt           the same in words
Names and order are those of a real phone, sizes are reduced, contents are
made up.  The same model, size and SEED give the same bytes.
END
}

die() {
	echo "make-phone: $*" >&2
	exit 1
}

umask 022
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1651363200
PATH=$PATH:/usr/sbin:/sbin

model=ums512 seed=1 mode=0 dir=
while [ $# -gt 0 ]; do
	case $1 in
	-m | -s)
		[ $# -ge 2 ] || { usage >&2 && exit 2; }
		[ "$1" = -m ] && model=$2 || seed=$2
		shift
		;;
	--small) mode=1 ;;
	--big) mode=2 ;;
	-h | --help) usage && exit 0 ;;
	-*) usage >&2 && exit 2 ;;
	*) [ -z "$dir" ] || { usage >&2 && exit 2; } && dir=$1 ;;
	esac
	shift
done
[ -n "$dir" ] || { usage >&2 && exit 2; }

# -- the layouts: NAME=MiB as on the phone, in table order -------------------
# "rest" takes what is left, two thirds "super" and one third "userdata".

# Anbernic RG Rotate, A/B, eMMC
ums512='prodnv=10 miscdata=1 misc=1 trustos_a=6 trustos_b=6 sml_a=1 sml_b=1
uboot_a=3 uboot_b=3 uboot_log=4 logo=8 fbootlogo=8 l_fixnv1_a=2 l_fixnv2_a=2
l_fixnv1_b=2 l_fixnv2_b=2 l_runtimenv1=2 l_runtimenv2=2 gnssmodem_a=1
gnssmodem_b=1 wcnmodem_a=10 wcnmodem_b=10 persist=2 l_modem_a=25 l_modem_b=25
l_deltanv_a=1 l_deltanv_b=1 l_gdsp_a=10 l_gdsp_b=10 l_ldsp_a=20 l_ldsp_b=20
l_agdsp_a=6 l_agdsp_b=6 l_cdsp_a=1 l_cdsp_b=1 pm_sys_a=1 pm_sys_b=1 teecfg_a=1
teecfg_b=1 hypervsior_a=10 hypervsior_b=10 boot_a=64 boot_b=64
vendor_boot_a=100 vendor_boot_b=100 init_boot_a=8 init_boot_b=8 dtb_a=8 dtb_b=8
dtbo_a=8 dtbo_b=8 super=rest cache=100 vbmeta_a=1 vbmeta_b=1 metadata=16
sysdumpdb=10 vbmeta_system_a=1 vbmeta_system_b=1 vbmeta_vendor_a=1
vbmeta_vendor_b=1 vbmeta_system_ext_a=1 vbmeta_system_ext_b=1 vbmeta_product_a=1
vbmeta_product_b=1 vbmeta_odm_a=1 vbmeta_odm_b=1 avbmeta_rs_a=1 avbmeta_rs_b=1
common_rs1_a=8 common_rs1_b=8 common_rs2_a=16 common_rs2_b=16 userdata=rest'

# ZTE Blade V40 Vita, A/B, UFS
ums9230='prodnv=10 miscdata=1 misc=1 trustos_a=6 trustos_b=6 sml_a=1 sml_b=1
uboot_a=3 uboot_b=3 uboot_log=4 logo_a=20 logo_b=20 fbootlogo=8 l_fixnv1_a=2
l_fixnv2_a=2 l_fixnv1_b=2 l_fixnv2_b=2 l_runtimenv1=2 l_runtimenv2=2
gnssmodem_a=1 gnssmodem_b=1 wcnmodem_a=10 wcnmodem_b=10 persist=2 ztecfg=8
ztepersist=32 l_modem_a=25 l_modem_b=25 l_deltanv_a=1 l_deltanv_b=1 l_gdsp_a=10
l_gdsp_b=10 l_ldsp_a=20 l_ldsp_b=20 l_agdsp_a=6 l_agdsp_b=6 pm_sys_a=1
pm_sys_b=1 teecfg_a=1 teecfg_b=1 boot_a=64 boot_b=64 vendor_boot_a=100
vendor_boot_b=100 dtb_a=8 dtb_b=8 dtbo_a=8 dtbo_b=8 super=rest cache=100
socko_a=75 socko_b=75 odmko_a=25 odmko_b=25 vbmeta_a=1 vbmeta_b=1 metadata=16
sysdumpdb=10 vbmeta_system_a=1 vbmeta_system_b=1 vbmeta_vendor_a=1
vbmeta_vendor_b=1 vbmeta_system_ext_a=1 vbmeta_system_ext_b=1 vbmeta_product_a=1
vbmeta_product_b=1 userdata=rest'

# Teclast P20HD, one slot and _bak copies, eMMC; sizes as on its kin
sc9863a='prodnv=10 miscdata=1 recovery=40 misc=1 trustos=6 trustos_bak=6 sml=1
sml_bak=1 uboot=1 uboot_bak=1 uboot_log=4 logo=6 fbootlogo=6 l_fixnv1=2
l_fixnv2=2 l_runtimenv1=2 l_runtimenv2=2 gnssmodem=1 wcnmodem=10 persist=2
l_modem=25 l_deltanv=1 l_gdsp=10 l_ldsp=20 pm_sys=1 teecfg=1 teecfg_bak=1
boot=35 dtbo=8 super=rest cache=150 socko=75 odmko=25 vbmeta=1 vbmeta_bak=1
metadata=16 sysdumpdb=10 vbmeta_system=1 vbmeta_vendor=1 userdata=rest'

sector=512 fdl1_addr=0x5500 fdl2_addr=0x9EFFFE00
case $model in
ums512) layout=$ums512 ;;
ums9230) layout=$ums9230 sector=4096 fdl1_addr=0x65000800 ;;
sc9863a) layout=$sc9863a fdl1_addr=0x5000 ;;
*) die "unknown model '$model'; ums512, ums9230 and sc9863a are known" ;;
esac

for tool in sgdisk mke2fs debugfs mkbootimg openssl gzip perl truncate; do
	command -v $tool >/dev/null ||
		die "'$tool' is missing; scripts/install-deps.sh demo installs it"
done

mkdir -p "$dir"
tmp=$(mktemp -d "$dir/.make-phone.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
img=$tmp/user.img
part=$tmp/part

# No byte of a file system comes from this machine's settings or clock.
export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH MKE2FS_CONFIG=$tmp/mke2fs.conf
cat >"$MKE2FS_CONFIG" <<'END'
[defaults]
	base_features = none
	blocksize = 4096
	inode_size = 256
[fs_types]
	ext4 = {
		features = ext_attr,dir_index,filetype,extent,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum,64bit
	}
	floppy = {
		inode_ratio = 8192
	}
	small = {
		inode_ratio = 8192
	}
END

# -- bytes -------------------------------------------------------------------

# le BYTES NUMBER, be BYTES NUMBER
# shellcheck disable=SC2059 # the format is built here
le() {
	local s='' i v=$(($2))
	for ((i = 0; i < $1; i++)); do
		printf -v s '%s\\x%02x' "$s" $((v >> 8 * i & 255))
	done
	printf "$s"
}
# shellcheck disable=SC2059
be() {
	local s='' i v=$(($2))
	for ((i = $1 - 1; i >= 0; i--)); do
		printf -v s '%s\\x%02x' "$s" $((v >> 8 * i & 255))
	done
	printf "$s"
}
zeros() { head -c $(($1)) /dev/zero; }
sha256_of() { openssl dgst -sha256 -binary "$1"; }
crc32_of() { gzip -nc "$1" | tail -c 8 | head -c 4; }
size_of() { stat -c %s "$1"; }
# put FILE OFFSET INTO: zeros stay holes
put() {
	dd if="$1" of="$3" bs=64K seek="$2" oflag=seek_bytes \
		conv=notrunc,sparse status=none
}

key=$(printf 'make-phone %s %s' "$model" "$seed" | openssl dgst -sha256 -r)
key=${key:0:32}
nr=0 # of the partition; each has its own streams of noise

# noise STREAM BYTES: does not compress
noise() {
	local iv
	printf -v iv '%08x%08x%016x' "$nr" "$1" 0
	zeros "$2" | openssl enc -aes-128-ctr -K "$key" -iv "$iv"
}
# code STREAM BYTES: compresses to about half, as machine code does
code() {
	noise "$1" "$2" | tr '\000-\377' \
		'[\000*96][\371*24][\221*16][\252*16][\100*8][\003*8]\250-\377'
}

nr=$((0xFFFFFFFF))
hex=$(noise 0 4096 | od -An -v -tx1 | tr -d ' \n')
digits=$(tr a-f 2-7 <<<"${hex:8000:64}")
nr=0
serial=SIM${digits:0:12}
imei=001012${digits:20:8} # 001012: a type allocated for tests
uuid() { # NUMBER
	local h=${hex:$1 * 32:32}
	echo "${h:0:8}-${h:8:4}-4${h:13:3}-a${h:17:3}-${h:20:12}"
}

# -- the table ---------------------------------------------------------------

total=$((160 << 20)) step=$((256 << 10)) nv_len=$((0x80000))
case $mode in
1) total=$((40 << 20)) step=$((64 << 10)) nv_len=$((0x20000)) ;;
2) total=$((1 << 30)) step=$((1 << 20)) ;;
esac

# Reduced size in bytes of a partition that has $2 MiB on the phone.
reduced() {
	local max real=$(($2 << 10)) kib
	case $1 in # what has to hold something at a fixed place
	miscdata) echo $((1 << 20)) && return ;;
	*fixnv* | *runtimenv*) echo $((nv_len * 2)) && return ;;
	esac
	for max in 1:128:512:1024 4:256:1024:4096 16:512:2048:8192 \
		32:768:4096:24576 4096:1024:6144:65536; do
		[ "$2" -gt "${max%%:*}" ] || break
	done
	IFS=: read -r _ small default big <<<"$max"
	case $mode in 0) kib=$default ;; 1) kib=$small ;; *) kib=$big ;; esac
	[ "$kib" -le $real ] || kib=$real
	echo $(((kib << 10) + step - 1 & -step))
}

# Both halves of the table start and end where the phone has them: 34 sectors
# are kept at the end whatever the size of a sector.
first=$((1 << 20))
last=$((total - 34 * sector & -step))
names=() sizes=() fixed=0
for p in $layout; do
	names+=("${p%=*}")
	case $p in
	*=rest) sizes+=(0) ;;
	*)
		sizes+=("$(reduced "${p%=*}" "${p#*=}")")
		fixed=$((fixed + sizes[-1]))
		;;
	esac
done
rest=$((last - first - fixed))
[ $rest -ge $((4 << 20)) ] || die "no room left for 'super': $rest bytes"
offsets=() at=$first
for i in "${!names[@]}"; do
	case ${names[i]} in
	super) sizes[i]=$((rest * 2 / 3 & -step)) ;;
	userdata) sizes[i]=$((last - at)) ;;
	esac
	offsets+=("$at")
	at=$((at + sizes[i]))
	echo "${names[i]} ${offsets[i]} ${sizes[i]}"
done >"$tmp/table.txt"

# sgdisk knows sectors of 512 bytes only (in files), but a header and its
# entries hold numbers of sectors and no sizes: it works on a disk with as
# many sectors, and the table moves sector by sector.
gpt=$tmp/gpt.img
sectors=$((total / sector))
gpt_make() {
	local args=(-a 1 -U "$(uuid 0)") i n
	for i in "${!names[@]}"; do
		n=$((i + 1))
		args+=(-n "$n:$((offsets[i] / sector)):$(((offsets[i] + sizes[i]) / sector - 1))"
			-c "$n:${names[i]}" -t "$n:0700" -u "$n:$(uuid "$n")")
	done
	truncate -s $((sectors * 512)) "$gpt"
	sgdisk "${args[@]}" "$gpt" >"$tmp/sgdisk.log" 2>&1 ||
		die "sgdisk: $(cat "$tmp/sgdisk.log")"
}
# gpt_copy FROM ITS-SECTOR TO ITS-SECTOR: boot record, headers, entries
gpt_copy() {
	local c lba count
	for c in 0:1 1:1 2:32 $((sectors - 33)):32 $((sectors - 1)):1; do
		lba=${c%:*} count=${c#*:}
		dd if="$1" of="$3" bs=512 count="$count" conv=notrunc \
			status=none iflag=skip_bytes oflag=seek_bytes \
			skip=$((lba * $2)) seek=$((lba * $4))
	done
}
gpt_verify() {
	local back=$tmp/back.img
	truncate -s $((sectors * 512)) "$back"
	gpt_copy "$img" "$sector" "$back" 512
	sgdisk --verify "$back" >"$tmp/sgdisk.log" 2>&1 || true
	grep -q '^No problems found' "$tmp/sgdisk.log" ||
		die "the table is not valid: $(cat "$tmp/sgdisk.log")"
	[ "$(sgdisk --print "$back" | grep -c '^ *[0-9][0-9]* ')" = ${#names[@]} ] ||
		die "the table does not hold ${#names[@]} partitions"
}

# -- contents: each function writes the file $part ---------------------------

# A signed image: header, code, description of the signature, signature.
dhtb() { # CODE-BYTES LOAD-ADDRESS
	local n=$1
	code 0 "$n" >"$tmp/code"
	{
		printf DHTB && le 4 1 && sha256_of "$tmp/code"
		le 8 "$2" && le 4 "$n" && le 4 0 && le 4 "$n" && le 4 "$n"
		le 4 $((512 + n + 0x60 + 0x234)) && zeros $((512 - 0x44))
		cat "$tmp/code"
		zeros 16 && le 8 "$n" && le 8 0x200 && le 8 0x234
		le 8 $((512 + n + 0x60)) && zeros $((0x60 - 0x30))
		noise 1 0x234
	} >"$part"
}

# The CRC covers the items, the sum in the header the whole image.  Copies of
# one slot are the same, as on a phone that is well.
nv() { # CACHE-NAME
	local cache=$tmp/nv-$1
	if [ ! -e "$cache" ]; then
		noise 0 24576 | perl -e '
		binmode STDIN; binmode STDOUT; local $/;
		my ($len, $imei) = @ARGV; my $noise = <STDIN>; my $sum = 0;
		my $i = 0;
		$sum += $_ for map { $i++ % 2 ? map { $_ > 9 ? $_ - 9 : $_ } 2 * $_ : $_ } split //, $imei;
		$imei .= (10 - $sum % 10) % 10;
		my @d = split //, "A$imei";
		my $bcd = pack "C*", map { hex($d[2 * $_ + 1] . $d[2 * $_]) } 0 .. 7;
		sub item { pack("vv", $_[0], length $_[1]) . $_[1] . "\0" x (-length($_[1]) % 4) }
		my $items = pack("v", 0x6270) . item(1, "made-up NV") . item(5, $bcd) . item(377, $bcd);
		for (my ($id, $at) = (0x100, 0); $at < length $noise; $id++) {
			my $n = 16 + 48 * ($id % 11);
			$items .= item($id, substr $noise, $at, $n);
			$at += $n;
		}
		$items .= pack "v", 0xFFFF;
		my $crc = 0;
		for (unpack "C*", $items) {
			$crc ^= $_;
			$crc = $crc & 1 ? $crc >> 1 ^ 0xA001 : $crc >> 1 for 1 .. 8;
		}
		my $image = pack("n", $crc) . $items;
		$image .= "\xFF" x ($len - length $image);
		my $words = unpack "%48v*", $image;
		$words = ($words & 0xFFFF) + ($words >> 16) while $words >> 16;
		print pack("VVVVx496", 0x4E56, $len, ~$words & 0xFFFF, 101), $image;
		' $nv_len "$imei" >"$cache"
	fi
	cp "$cache" "$part"
}

# ext4 FILE BYTES UUID-NUMBER, files as "PATH=FILE" on stdin
ext4() {
	local path src made=' '
	rm -f "$1"
	truncate -s "$2" "$1"
	mke2fs -q -F -t ext4 -m 0 -N 64 -U "$(uuid "$3")" \
		-E "hash_seed=$(uuid "$3"),root_owner=0:0,lazy_itable_init=0,nodiscard" \
		"$1"
	# "mke2fs -d" would keep when this machine made the files
	while IFS='=' read -r path src; do
		if [[ $path == */* && $made != *" ${path%/*} "* ]]; then
			echo "mkdir ${path%/*}"
			made+="${path%/*} "
		fi
		echo "write \"$src\" $path"
	done >"$tmp/debugfs"
	debugfs -w -f "$tmp/debugfs" "$1" >"$tmp/debugfs.log" 2>&1
	! grep -v '^debugfs[: ]\|^Allocated inode' "$tmp/debugfs.log" >&2 ||
		die "debugfs failed on '$1'"
}

# files BYTES: a few programs and texts, about so many bytes; prints a list
files() {
	local i n=$(($1 / 5))
	for i in 1 2 3 4; do
		{ printf '\177ELF\2\1\1' && zeros 9 && code "$i" $n; } >"$tmp/f$i"
		echo "lib/module$i.ko=$tmp/f$i"
	done
	seq -f "ro.made.up.property%.0f=$serial" $((n / 60 + 1)) >"$tmp/f5"
	echo "build.prop=$tmp/f5"
}

fs() { # BYTES FILES-BYTES
	case $name in
	prodnv)
		noise 0 256 >"$tmp/f1"
		printf 'sn=%s\nimei=%s\nwifi=02:%s:%s:%s:00:01\n' "$serial" "$imei" \
			"${hex:8100:2}" "${hex:8102:2}" "${hex:8104:2}" >"$tmp/f2"
		printf 'adc.bin=%s\nproductinfo/unit.txt=%s\n' "$tmp/f1" "$tmp/f2"
		;;
	persist | ztepersist | metadata)
		noise 0 4096 >"$tmp/f1"
		echo "gyro: 12 -7 3 ($serial)" >"$tmp/f2"
		printf 'keys/key.bin=%s\nsensor.txt=%s\n' "$tmp/f1" "$tmp/f2"
		;;
	cache)
		seq -f 'recovery: made-up line %.0f' 1000 >"$tmp/f1"
		echo "recovery/last_log=$tmp/f1"
		;;
	*) files "$2" ;;
	esac | ext4 "$part" "$1" $((nr + 1))
}

boot() { # BYTES, of the partition
	code 0 $(($1 / 2)) >"$tmp/kernel"
	noise 1 $(($1 / 4)) >"$tmp/ramdisk"
	fdt 4096
	mv "$part" "$tmp/fdt"
	local args=(--kernel "$tmp/kernel" --ramdisk "$tmp/ramdisk" --output "$part"
		--os_version 12.0.0 --os_patch_level 2022-05)
	case $model:$name in
	*:vendor_boot*)
		args=(--header_version 3 --vendor_boot "$part" --dtb "$tmp/fdt"
			--vendor_ramdisk "$tmp/kernel" --vendor_cmdline console=ttyS1)
		;;
	*:init_boot*)
		args[1]=/dev/null
		args+=(--header_version 3)
		;;
	sc9863a:*) args+=(--header_version 2 --dtb "$tmp/fdt" --board "$model") ;;
	*) args+=(--header_version 3) ;;
	esac
	mkbootimg "${args[@]}"
}

fdt() { # BYTES
	{
		be 4 0xd00dfeed && be 4 "$1" && be 4 56 && be 4 56 && be 4 40
		be 4 17 && be 4 16 && be 4 0 && be 4 0 && be 4 0 && zeros 16
		code 2 $(($1 - 56))
	} >"$part"
}
dtbo() {
	fdt 16384
	mv "$part" "$tmp/fdt"
	{
		be 4 0xd7b7ab1e && be 4 $((64 + 16384)) && be 4 32 && be 4 32
		be 4 1 && be 4 32 && be 4 2048 && be 4 0
		be 4 16384 && be 4 64 && zeros 24
		cat "$tmp/fdt"
	} >"$part"
}

vbmeta() {
	{
		printf AVB0 && be 4 1 && be 4 0 && be 8 576 && be 8 2560
		be 4 2 && zeros 92 && printf 'avbtool 1.2.0' && zeros 115
		noise 0 576 && code 1 2560
	} >"$part"
}

# 24 bit colours, a light bar on a dark ground
bmp() { # WIDTH HEIGHT
	local row=$(($1 * 3 + 3 & -4)) h=$2
	{
		printf BM && le 4 $((54 + row * h)) && le 4 0 && le 4 54
		le 4 40 && le 4 "$1" && le 4 "$h" && le 2 1 && le 2 24
		le 4 0 && le 4 $((row * h)) && le 4 2835 && le 4 2835 && le 8 0
		zeros $((row * (h / 2))) | tr '\0' '\040'
		zeros $((row * (h / 8))) | tr '\0' '\320'
		zeros $((row * (h - h / 2 - h / 8))) | tr '\0' '\050'
	} >"$part"
}

# The slot table: _a is active and has started, _b is the older one.
misc() {
	if [[ $layout == *boot_a* ]]; then
		{
			printf '_a\0\0' && le 4 0x42414342 && le 1 1 && le 1 2 && le 2 0
			le 2 $((15 | 1 << 7)) && le 2 $((14 | 1 << 7)) && zeros 12
		} >"$tmp/ctl"
		{
			zeros 0x800 && cat "$tmp/ctl" && crc32_of "$tmp/ctl"
		} >"$part"
	else
		zeros 2048 >"$part"
	fi
}

miscdata() {
	truncate -s $((0x81410)) "$part"
	printf 'SP15%s\0SN2-%s\0station=PASS;PASS;FAIL;model=%s\0' \
		"$serial" "$serial" "$model" >"$tmp/f1"
	put "$tmp/f1" 0 "$part"
	noise 0 64 >"$tmp/f1"
	put "$tmp/f1" $((0x2000)) "$part"
	printf '2022-05-01 00:00' >"$tmp/f1"
	put "$tmp/f1" $((0x81400)) "$part"
}

# Geometry twice, the magic of the metadata, then file systems and holes.
super() { # BYTES
	truncate -s "$1" "$part"
	local at=$((1 << 20)) n percent
	{ printf gDla && le 4 52; } >"$tmp/f1"
	{ le 4 65536 && le 4 2 && le 4 4096; } >"$tmp/f3"
	{ cat "$tmp/f1" && zeros 32 && cat "$tmp/f3"; } >"$tmp/f4"
	{ cat "$tmp/f1" && sha256_of "$tmp/f4" && cat "$tmp/f3"; } >"$tmp/f2"
	put "$tmp/f2" 4096 "$part"
	put "$tmp/f2" 8192 "$part"
	{ printf 0PLA && le 2 10 && le 2 2; } >"$tmp/f1"
	put "$tmp/f1" 12288 "$part"
	for percent in 40 20 8; do
		n=$(($1 * percent / 100 & -4096))
		files $((n * 3 / 4)) | ext4 "$tmp/fs" $n $((100 + percent))
		put "$tmp/fs" $at "$part"
		at=$((at + n * 5 / 4 & -4096))
	done
}

# Partitions not named here stay empty, as on many phones.
fill() { # BYTES
	local n=$1
	case $name in
	miscdata | misc) "$name" ;;
	prodnv | persist | ztepersist | metadata | cache | socko* | odmko*)
		fs "$n" $((n / 2))
		;;
	*fixnv*_b) nv fix-b ;;
	*fixnv*) nv fix ;;
	*runtimenv*) nv runtime ;;
	*deltanv*) code 0 $((n / 4)) >"$part" ;;
	uboot_log) seq -f "[%07.0f] sprd: $serial made-up log line" 2000 >"$part" ;;
	uboot* | sml* | trustos* | hypervsior*) dhtb $((n * 2 / 3 & -512)) "$fdl2_addr" ;;
	teecfg* | pm_sys*) dhtb $((n / 4)) 0x1000 ;;
	logo*) bmp 180 240 ;;
	fbootlogo) bmp 120 160 ;;
	dtb_a) fdt 65536 ;;
	dtbo*) dtbo ;;
	*boot | *boot_[ab] | recovery) boot "$n" ;;
	vbmeta* | avbmeta*) vbmeta ;;
	ztecfg) printf 'made-up settings of %s\n' "$serial" >"$part" ;;
	l_cdsp* | gnssmodem*) # every byte has to be escaped on the wire
		noise 0 $((n / 2)) | tr '\000-\377' '[\176*128][\175*128]' >"$part"
		;;
	*modem* | *dsp*) noise 0 $((n * 7 / 8)) >"$part" ;;
	super) super "$n" ;;
	userdata) noise 0 $((n * 3 / 4)) >"$part" ;;
	esac
}

boot_area() { # FILE
	dhtb $((96 << 10)) "$fdl1_addr"
	truncate -s 4M "$part"
	mv "$part" "$tmp/$1"
}
loader() { # FILE ADDRESS BYTES
	dhtb $(($3 - 512 - 0x60 - 0x234)) "$2"
	mv "$part" "$tmp/$1"
}

readme() {
	cat <<END
The storage of a made-up phone, by scripts/make-phone.sh
model $model, seed $seed, sectors of $sector bytes, ${#names[@]} partitions

Nothing in here comes from a phone.  Serial numbers and IMEI are invented,
programs are noise.

user.img             the user area: GPT at both ends, partitions between
boot1.img boot2.img  boot areas 1 and 2: first stage, newer and older
table.txt            partitions: name, offset, size in bytes
fdl1.bin fdl2.bin    STAND-INS for the two loaders of the chip: header and
                     noise; no phone runs them
                     addresses: $fdl1_addr and $fdl2_addr
END
}

# -- all together ------------------------------------------------------------

gpt_make & # sleeps for a second, whatever it has to do
gpt_pid=$!
truncate -s $total "$img"
for i in "${!names[@]}"; do
	nr=$i name=${names[i]}
	rm -f "$part"
	fill "${sizes[i]}"
	[ -e "$part" ] || continue
	[ "$(size_of "$part")" -le "${sizes[i]}" ] ||
		die "contents of '$name' are larger than ${sizes[i]} bytes"
	put "$part" "${offsets[i]}" "$img"
done
rm -f "$part"
nr=1001 && boot_area boot1.img
nr=1002 && boot_area boot2.img
nr=1003 && loader fdl1.bin "$fdl1_addr" $((20 << 10))
nr=1004 && loader fdl2.bin "$fdl2_addr" $((200 << 10))
readme >"$tmp/README.txt"

wait "$gpt_pid"
gpt_copy "$gpt" 512 "$img" "$sector"
gpt_verify
for f in user.img boot1.img boot2.img fdl1.bin fdl2.bin table.txt README.txt; do
	mv -f "$tmp/$f" "$dir/$f"
done
