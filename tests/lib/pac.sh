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
