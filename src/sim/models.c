/* SPDX-License-Identifier: BSD-3-Clause */
/* models.c - the phones that are built in. */
#include "internal.h"

/*
 * Names and order of the tables are those of real phones; sizes are reduced
 * (MiB), since nobody wants to wait for 64 GiB in a test.
 */

/* Anbernic RG Rotate (ums512_1h10). */
static const char parts_ums512[] =
	"prodnv=10 miscdata=1 misc=1 trustos_a=1 trustos_b=1 sml_a=1 sml_b=1 "
	"uboot_a=1 uboot_b=1 uboot_log=1 logo=1 fbootlogo=1 l_fixnv1_a=1 "
	"l_fixnv2_a=1 l_fixnv1_b=1 l_fixnv2_b=1 l_runtimenv1=1 l_runtimenv2=1 "
	"gnssmodem_a=1 gnssmodem_b=1 wcnmodem_a=1 wcnmodem_b=1 persist=2 "
	"l_modem_a=2 l_modem_b=2 l_deltanv_a=1 l_deltanv_b=1 l_gdsp_a=1 "
	"l_gdsp_b=1 l_ldsp_a=1 l_ldsp_b=1 l_agdsp_a=1 l_agdsp_b=1 l_cdsp_a=1 "
	"l_cdsp_b=1 pm_sys_a=1 pm_sys_b=1 teecfg_a=1 teecfg_b=1 "
	"hypervsior_a=1 hypervsior_b=1 boot_a=4 boot_b=4 vendor_boot_a=4 "
	"vendor_boot_b=4 init_boot_a=1 init_boot_b=1 dtb_a=1 dtb_b=1 dtbo_a=1 "
	"dtbo_b=1 super=64 cache=2 vbmeta_a=1 vbmeta_b=1 metadata=4 "
	"sysdumpdb=1 vbmeta_system_a=1 vbmeta_system_b=1 vbmeta_vendor_a=1 "
	"vbmeta_vendor_b=1 vbmeta_system_ext_a=1 vbmeta_system_ext_b=1 "
	"vbmeta_product_a=1 vbmeta_product_b=1 vbmeta_odm_a=1 vbmeta_odm_b=1 "
	"avbmeta_rs_a=1 avbmeta_rs_b=1 common_rs1_a=1 common_rs1_b=1 "
	"common_rs2_a=1 common_rs2_b=1 userdata=32";

/* ZTE Blade V40 Vita P606F02 (T606). */
static const char parts_ums9230[] =
	"prodnv=10 miscdata=1 misc=1 trustos_a=1 trustos_b=1 sml_a=1 sml_b=1 "
	"uboot_a=1 uboot_b=1 uboot_log=1 logo_a=1 logo_b=1 fbootlogo=1 "
	"l_fixnv1_a=1 l_fixnv2_a=1 l_fixnv1_b=1 l_fixnv2_b=1 l_runtimenv1=1 "
	"l_runtimenv2=1 gnssmodem_a=1 gnssmodem_b=1 wcnmodem_a=1 wcnmodem_b=1 "
	"persist=2 ztecfg=1 ztepersist=4 l_modem_a=2 l_modem_b=2 "
	"l_deltanv_a=1 l_deltanv_b=1 l_gdsp_a=1 l_gdsp_b=1 l_ldsp_a=1 "
	"l_ldsp_b=1 l_agdsp_a=1 l_agdsp_b=1 pm_sys_a=1 pm_sys_b=1 teecfg_a=1 "
	"teecfg_b=1 boot_a=4 boot_b=4 vendor_boot_a=4 vendor_boot_b=4 dtb_a=1 "
	"dtb_b=1 dtbo_a=1 dtbo_b=1 super=64 cache=2 socko_a=1 socko_b=1 "
	"odmko_a=1 odmko_b=1 vbmeta_a=1 vbmeta_b=1 metadata=4 sysdumpdb=1 "
	"vbmeta_system_a=1 vbmeta_system_b=1 vbmeta_vendor_a=1 "
	"vbmeta_vendor_b=1 vbmeta_system_ext_a=1 vbmeta_system_ext_b=1 "
	"vbmeta_product_a=1 vbmeta_product_b=1 userdata=32";

/* Teclast P20HD (SC9863A, Android 10): names as reported, in that order. */
static const char parts_sc9863a[] =
	"prodnv=5 miscdata=1 recovery=4 misc=1 trustos=1 trustos_bak=1 sml=1 "
	"sml_bak=1 uboot=1 uboot_bak=1 uboot_log=4 logo=1 fbootlogo=1 "
	"l_fixnv1=1 l_fixnv2=1 l_runtimenv1=1 l_runtimenv2=1 gnssmodem=1 "
	"wcnmodem=2 persist=2 l_modem=4 l_deltanv=1 l_gdsp=2 l_ldsp=4 "
	"pm_sys=1 teecfg=1 teecfg_bak=1 boot=8 dtbo=1 super=64 cache=4 "
	"socko=4 odmko=2 vbmeta=1 vbmeta_bak=1 metadata=4 sysdumpdb=2 "
	"vbmeta_system=1 vbmeta_vendor=1 userdata=32";

/* After the defaults of the SC8830 family and Android 7 phones. */
static const char parts_sc9832[] =
	"prodnv=5 miscdata=1 recovery=4 misc=1 wmodem=4 wdsp=2 wfixnv1=1 "
	"wfixnv2=1 wruntimenv1=1 wruntimenv2=1 logo=1 fbootlogo=1 boot=4 "
	"system=48 cache=4 sysinfo=1 persist=2 uboot_log=1 userdata=32";

/* R106 5G router; UBI volumes, in the order of the vendor's scheme. */
static const char parts_udx710[] =
	"miscdata=1 misc=1 nr_fixnv1=1 nr_fixnv2=1 prodnv=4 nr_runtimenv1=1 "
	"nr_runtimenv2=1 persist=2 boot=4 recovery=4 nr_pmsys=1 nr_agdsp=1 "
	"nr_modem=8 nr_v3phy=1 nr_nrphy=1 nr_nrdsp1=1 nr_nrdsp2=1 "
	"nr_deltanv=1 wcnmodem=1 system=16 m_raw=1 m_data=2 m_webui=2 "
	"userdata=8";

static const struct phone_model models[] = {
	{ "ums512", "A/B phone with eMMC (T610 family)", "ums512" },
	{ "ums9230", "A/B phone with UFS (T606 family)", "ums9230" },
	{ "sc9863a", "non-A/B phone with eMMC, Android 10", "sc9863a" },
	{ "sc9832", "old phone, Android 7, loader without a table", "sc9830" },
	{ "sc6531e", "feature phone with NOR flash", "sc6531e" },
	{ "sc6530", "feature phone with NOR flash, one loader only", "sc6530" },
	{ "ums9117", "4G feature phone with NAND", "ums9117" },
	{ "udx710", "5G modem with UBI volumes on NAND", "udx710" },
};

/* Of every model, before its own. */
#define COMMON                                                           \
	"seed=1,sector=512,ver_skip=1,brom_max=528,fdl1_max=0x1000,"     \
	"no_ack_exec=1,fdl2_delay_ms=500,chk_odd_fold=1,bad_chk=hang,"   \
	"frame_is_transfer=1,drop_pipelined=1,rx_max=0xFFC0,tx16=1,"     \
	"escape_overflow=1,pool=3,leak_unknown=1,unknown=FE,rsa_hang=1," \
	"old_memory=6,max_read=0x10000,size0_crash=1,size64k_len0=1,"    \
	"read_start_lazy=1,prodnv_check=1,fixnv_size=0x80000,"           \
	"nv_diff=A2,even_sizes=1,window=256M,torn=4K,vbmeta_erase=1,"

/*
 * Of those whose loaders know no names: escaping for good, no table, a null
 * pointer for each command that is not theirs [3, 5.4].
 */
#define FEATURE                                                           \
	"fdl2_delay_ms=0,da=none,hdlc=0,unknown=crash,keep_charge=crash," \
	"max_read=0x1000,size0_crash=0,feature_hang=1,"

static const struct model details[] = {
	{ 0x5500, 0x9EFFFE00, parts_ums512,
	  COMMON "da=tlv,hdlc=1,storage_type=0x102,nv_repair=ab,nv_stale=1,"
		 "miscdata_writes=1,ab_mirror=1,bak=always",
	  MODEL_NAMES, 0, 0 },
	{ 0x65000800, 0x9EFFFE00, parts_ums9230,
	  COMMON "sector=4096,da=tlv,hdlc=1,storage_type=0x103,nv_repair=ab,"
		 "nv_stale=1,miscdata_writes=1,ab_mirror=1,bak=always",
	  MODEL_NAMES, 0, 0 },
	{ 0x5000, 0x9EFFFE00, parts_sc9863a,
	  COMMON "da=v2,hdlc=1,nv_repair=u-boot,nv_stale=1,miscdata_writes=1,"
		 "bak=always",
	  MODEL_NAMES, 0, 0 },
	/* Facts of protocol.md 5.9, 2.7 and of the yongl family. */
	{ 0x50000000, 0x9F000000, parts_sc9832,
	  COMMON "da=bare,hdlc=0,hdlc_dead=1,nv_repair=u-boot,ptable=fe,"
		 "user_partition=96,unknown_name_96=1,read_start_lazy=0,"
		 "start_exact=1,nv_diff=A1,bak=signed,read32=1,max_read=0x3000,"
		 "size_names=off,keep_charge=crash",
	  MODEL_NAMES, 0, 0 },
	{ 0x40004000, 0x14000000, NULL, COMMON FEATURE "flash=4M", MODEL_NOR,
	  0x10000000, 0x65620000 },
	{ 0x34000000, 0, NULL, COMMON FEATURE "flash=4M", MODEL_NOR, 0x30000000,
	  0x65300000 },
	{ 0x6200, 0x80100000, NULL, COMMON FEATURE "keep_charge=ack",
	  MODEL_NAND, 0, 0x91170000 },
	{ 0x28007000, 0x9EFFFE00, parts_udx710,
	  COMMON "nand=1,must_end=any,da=tlv,hdlc=1,storage_type=0x101,"
		 "nv_repair=u-boot,miscdata_writes=1,ptable=fe,size_names=off,"
		 "info_0d=reply",
	  MODEL_UBI, 0, 0 },
};

const struct phone_model *phone_models(size_t *ret_n)
{
	*ret_n = sizeof(models) / sizeof(models[0]);
	return models;
}

const struct model *model_at(size_t index)
{
	return &details[index];
}
