# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034,SC2154 # the variables are for the scripts
# Sourced behind cli.sh: firmware packages to test with.

maker=$(dirname "$prog")/tests/pac/make_pac
[ -x "$maker" ] || {
	echo "1..0 # SKIP there is no $maker (make tests)"
	exit 77
}

# Bytes of no meaning, the same each time.
noise() { openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c "$1"; }

# Two loaders and an image with a hole
noise 30001 >fdl1
noise 500000 >fdl2
{
	noise 300000
	head -c 4000000 /dev/zero
	noise 100001
} >boot

# scheme [PARTITION=MIB...]: the XML of a package
scheme() {
	local p
	cat <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<BMAConfig>
 <ProductList>
  <!-- <Product name="old"> -- not this one -->
  <Product name="ums512_1h10_Natv">
   <SchemeName>UMS512</SchemeName>
   <NVBackup backup="1">
    <NVItem name="Calibration" backup="1"><ID>0x5</ID><ID>0x179</ID></NVItem>
   </NVBackup>
   <Partitions>
XML
	for p; do
		echo "<Partition id=\"${p%=*}\" size=\"${p#*=}\"/>"
	done
	cat <<'XML'
   </Partitions>
  </Product>
 </ProductList>
 <SchemeList>
  <Scheme name="UMS512">
   <File><ID>HOST_FDL</ID><Type>FDL</Type><Block><Base>0x1000</Base></Block></File>
   <File><ID>FDL</ID><Type>FDL</Type><Block><Base>0x5500</Base><Size>0x0</Size></Block></File>
   <File><ID>FDL2</ID><Type>NAND_FDL</Type><Block><Base>0x9EFFFE00</Base><Size>0x0</Size></Block></File>
   <File backup="1"><ID>BOOT</ID><Type>CODE2</Type><Block id="boot"><Base>0x0</Base></Block></File>
  </Scheme>
 </SchemeList>
</BMAConfig>
XML
}

# make_pac [OPTION...] OUT [PARTITION=MIB...]
make_pac() {
	local options=()
	while [[ $1 == -* ]]; do
		options+=("$1")
		shift
	done
	local file=$1
	shift
	[ $# -gt 0 ] || set -- prodnv=10 super=0x1000 userdata=0xFFFFFFFF
	scheme "$@" >scheme.xml
	"$maker" "${options[@]}" -p ums512_1h10_Natv -v 'SW 1.0 версия' "$file" \
		FDL,fdl1-sign.bin,fdl1,0x101,0x5500 FDL2,fdl2-sign.bin,fdl2,0x101,0x9EFFFE00 \
		BOOT,boot.img,boot ERASE,,,0 ,scheme.xml,scheme.xml,2
}

# -- packages for the phones that have no table ------------------------------

# file ID TYPE BASE [SIZE [PARTITION]]: one of a scheme
file() {
	echo "<File><ID>$1</ID><Type>$2</Type><Block${5:+ id=\"$5\"}><Base>$3</Base><Size>${4:-0x0}</Size></Block></File>"
}
# whole_scheme PRODUCT PARTITIONS: the files come on stdin
whole_scheme() {
	echo '<?xml version="1.0" encoding="utf-8"?><BMAConfig><ProductList>'
	echo "<Product name=\"$1\"><SchemeName>$1</SchemeName><FlashTypeID>1</FlashTypeID>$2</Product>"
	echo "</ProductList><SchemeList><Scheme name=\"$1\">"
	cat
	echo '</Scheme></SchemeList></BMAConfig>'
}

# What the vendor's schemes for such chips hold; images as long as the flash of
# the simulated phone has them.  Numbers that erase stand there, too.
nor_files() { # FDL [FDL2]
	file FDL FDL "$1"
	[ $# -lt 2 ] || file FDL2 NAND_FDL "$2"
	file NV NV 0x90000001
	file BOOTLOADER CODE 0x80000000
	file PS CODE 0x80000003
	file MMIRes CODE 0x90000004
	file EraseUdisk EraseFlash 0x90000005
	file UDISK CODE 0x90000006
	file FLASH EraseFlash 0x90000003 0x40000
	file PhaseCheck CODE 0x90000002 0x1000
}
nor_entries() {
	echo "NV,nv.bin,+63K PS,ps.bin,+2432K MMIRes,res.bin,+1M EraseUdisk,,,0 FLASH,,,0 PhaseCheck,,,0"
}
modem_volumes='miscdata misc nr_fixnv1 nr_fixnv2 prodnv=4 nr_runtimenv1 nr_runtimenv2 persist=2 boot=4
	recovery=4 nr_pmsys nr_agdsp nr_modem=8 nr_v3phy nr_nrphy nr_nrdsp1 nr_nrdsp2 nr_deltanv wcnmodem
	system=16 m_raw m_data=2 m_webui=2 userdata=0xFFFFFFFF'
modem_partitions() {
	local v
	echo '<Partitions>'
	for v in $modem_volumes; do
		[ "${v#*=}" = "$v" ] && v=$v=1
		echo "<Partition id=\"${v%=*}\" size=\"${v#*=}\"/>"
	done
	echo '</Partitions>'
}

# model_pac OUT MODEL: loaders at the addresses of that simulated phone
model_pac() {
	local product=$2 partitions='' entries='' one two=
	case $2 in
	sc6531e) one=0x40004000 two=0x14000000 product=NOR_FLASH_SC6531EFM ;;
	sc6530) one=0x34000000 product=NOR_FLASH_SC6530 ;;
	ums9117) one=0x6200 two=0x80100000 product=UMS9117 ;;
	udx710) one=0x28007000 two=0x9EFFFE00 product=udx710-module ;;
	esac
	case $2 in
	sc653*)
		entries=$(nor_entries)
		nor_files $one $two
		;;
	ums9117)
		entries='BOOT0,boot0.bin,+34304 NV,nv.bin,+1M NV2,nv2.bin,+256K'
		file FDL FDL $one
		file FDL2 NAND_FDL $two
		file BOOT0 CODE 0x80000001 0x8600
		file BOOT1 CODE 0x80000002
		file KERNEL CODE 0x80000003
		file USER CODE 0x80000004
		file NV NV 0x90000001 0x100000
		file NV2 NV 0x9000000C 0x40000
		;;
	udx710)
		entries='BOOT,boot.img,+3M'
		partitions=$(modem_partitions)
		file FDL FDL $one
		file FDL2 NAND_FDL $two
		file NV_NR NV_COMM 0x0 0x100000 nr_fixnv1
		file ProdNV CODE2 0x0 0x41E000 prodnv
		file SPLLoader UBOOT_LOADER2 0x80000000 0x0 splloader
		file SML CODE2 0x0 0x0 sml
		file UBOOTLoader UBOOT_LOADER2 0x0 0x0 uboot
		file BOOT CODE2 0x0 0x0 boot
		;;
	esac >scheme.files
	whole_scheme "$product" "$partitions" <scheme.files >"$2.xml"
	# shellcheck disable=SC2086 # words
	"$maker" -p $product -v 'SW 1' "$1" FDL,fdl1.bin,fdl1,0x101,$one \
		${two:+FDL2,fdl2.bin,fdl2,0x101,$two} $entries ",$2.xml,$2.xml,2"
}
