/* SPDX-License-Identifier: BSD-3-Clause */
/* seeds_pac.c - firmware packages and their XML. */
#include "seeds.h"

#include "lib/pacmaker.h"

static const char xml[] =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BMAConfig><ProductList>\n"
	"<!-- <Product name=\"no\"> --><Product name=\"mine\">"
	"<SchemeName>S</SchemeName><NVBackup backup=\"1\">"
	"<NVItem name=\"Calibration\" backup=\"1\"><ID>0x5</ID><ID>0x179</ID>"
	"</NVItem></NVBackup><Chips><ChipItem id=\"1\" "
	"name=\"UMS512\"/></Chips>"
	"<Partitions><Partition id=\"prodnv\" size=\"10\"/>"
	"<Partition id=\"userdata\" size=\"0xFFFFFFFF\"/></Partitions>"
	"</Product></ProductList><SchemeList><Scheme name=\"S\">"
	"<File><ID>FDL</ID><IDAlias>F</IDAlias><Type>FDL</Type><Block id=\"b\">"
	"<Base>0x5500</Base><Size>0x0</Size></Block></File>"
	"<File backup=\"1\"><ID>FDL2</ID><Type>NAND_FDL</Type><Block>"
	"<Base>0x9EFFFE00</Base></Block></File></Scheme></SchemeList>"
	"</BMAConfig>";

static const struct pacmaker_file plain[] = {
	{ "FDL", "fdl1.bin", "first", 5, 0x101, 0x5500, false },
	{ "", "s.xml", xml, sizeof(xml) - 1, 2, 0, false },
};
static const struct pacmaker_file odd[] = {
	{ "FDL2", "../\\:..", "a", 1, 0x101, 0x5500, true },
	{ "FDL2", "\xF0\x9F\x93\xB1\xD1\x8F.partial", "bc", 2, 1, 0, false },
};

static void one(const char *name, const struct pacmaker_file *files, bool old,
		size_t at, uint32_t value)
{
	const struct pacmaker m = { old, "mine", "1", files, 2 };
	size_t n;
	uint8_t *p = pacmaker_make(&m, &n);

	if (at)
		put_le32(p + at, value);
	pacmaker_seal(p, n);
	write_file("pac", name, p, n);
	free(p);
}

static void one_xml(const char *name, const char *text)
{
	write_file("scheme", name, text, strlen(text));
}

void seeds_pac(void)
{
	one("new", plain, false, 0, 0);
	one("old", plain, true, 0, 0);
	one("odd", odd, false, 0, 0);
	one("count", plain, false, 1076, 10000);
	one("directory", plain, false, 1080, 2123);
	one("beyond", plain, false, pacmaker_field(0, 1536), 1);
	one("overlap", odd, false, pacmaker_field(1, 1552), 2124 + 2 * 2580);
	one("entry", plain, false, pacmaker_field(1, 0), 2581);
	one_xml("plain", xml);
	one_xml("gbk", "<?xml version=\"1.0\" encoding=\"GB2312\"?>"
		       "<BMAConfig><!--\xD6\xD0-- -->\xD6\xD0</BMAConfig>");
	one_xml("wrong-utf8", "<BMAConfig>\xD6\xD0</BMAConfig>");
	one_xml("doctype", "<!DOCTYPE a [<!ENTITY b \"c\">]><BMAConfig>&b;"
			   "</BMAConfig>");
	one_xml("deep", "<a><a><a><a><a><a><a><a></a></a></a></a></a></a></a>"
			"</a>");
	one_xml("cut", "<BMAConfig><SchemeList><Scheme name=\"a");
}
