/* SPDX-License-Identifier: BSD-3-Clause */
/* test_scheme.c - the XML of a firmware package, and its loaders. */
#include "lib/pacmaker.h"
#include "lib/unit.h"

#include "base/bytes.h"
#include "pac/scheme.h"

#define MIB ((uint64_t)1 << 20)

#define PRODUCT(name, scheme, more)                       \
	"<Product name=\"" name "\"><SchemeName> " scheme \
	"\n</SchemeName>" more "</Product>"
#define FILE_OF(id, type, base)                                     \
	"<File><ID>" id "</ID><IDAlias>" id "</IDAlias><Type>" type \
	"</Type><Block id=\"x\"><Base>" base                        \
	"</Base><Size>0x0</Size></Block></File>"
#define ALL(products, schemes)                                       \
	"<?xml version=\"1.0\"?>\n<BMAConfig><ProductList>" products \
	"</ProductList><SchemeList>" schemes "</SchemeList></BMAConfig>"
#define SCHEME(name, files) "<Scheme name=\"" name "\">" files "</Scheme>"

static struct pac_scheme s;
static struct err e;
static uint8_t *bytes;
static struct pac *pac;
static struct pac_loader fdl1, fdl2;

static int drop(void **state)
{
	(void)state;
	pac_scheme_free(&s);
	pac_close(pac);
	pac = NULL;
	free(bytes);
	bytes = NULL;
	return 0;
}

static void parse(const char *xml)
{
	pac_scheme_free(&s);
	assert_ok(pac_scheme_parse(xml, strlen(xml), "mine", &s, &e), &e);
}

static void assert_refused(const char *xml, size_t n, const char *why)
{
	struct pac_scheme untouched = { .odd = 77 };

	memset(&e, 0, sizeof(e));
	assert_err(pac_scheme_parse(xml, n, "mine", &untouched, &e), ERR_FORMAT,
		   why, &e);
	assert_int_equal(untouched.odd, 77);
}

static void all_of_a_scheme_is_read(void **state)
{
	(void)state;
	parse(ALL(PRODUCT("mine", "S",
			  "<NVBackup backup=\"1\"><NVItem name=\"Calibration\" "
			  "backup=\"1\"><ID>0x5</ID><ID>0x179</ID><BackupFlag "
			  "use=\"1\"/></NVItem><NVItem name=\"IMEI\" "
			  "backup=\"0\"><ID>0xFFFFFFFF</ID></NVItem></NVBackup>"
			  "<Chips enable=\"1\"><ChipItem id=\"0x1\" "
			  "name=\"UMS512\"/></Chips>"
			  "<Partitions><Partition id=\"prodnv\" size=\"10\"/>"
			  "<Partition id=\"super\" size=\"0x1000\"/>"
			  "<Partition id=\"userdata\" size=\"0xFFFFFFFF\"/>"
			  "</Partitions>"),
		  SCHEME("S", FILE_OF("FDL", "FDL",
				      "0x5500") "<File "
						"backup=\"1\"><ID>PRODNV</"
						"ID><Type>CODE2"
						"</Type></File>")));
	assert_string_equal(s.product, "mine");
	assert_string_equal(s.scheme, "S");
	assert_string_equal(s.chip, "UMS512");
	assert_int_equal(s.npartitions, 3);
	assert_string_equal(s.partitions[0].name, "prodnv");
	assert_int_equal(s.partitions[0].size, 10 * MIB);
	assert_int_equal(s.partitions[1].size, 4096 * MIB);
	assert_true(s.partitions[2].size == PAC_REST);
	assert_int_equal(s.nnv, 2);
	assert_string_equal(s.nv[0].name, "Calibration");
	assert_string_equal(s.nv[0].ids, "0x5 0x179");
	assert_true(s.nv[0].backup && !s.nv[1].backup);
	assert_int_equal(s.nitems, 2);
	assert_string_equal(s.items[0].id, "FDL");
	assert_string_equal(s.items[0].type, "FDL");
	assert_int_equal(s.items[0].base, 0x5500);
	assert_true(s.items[1].backup && !s.items[1].has_base);
	assert_int_equal(s.odd, 0);
}

static void the_product_and_its_scheme_count(void **state)
{
	static const char products[] = PRODUCT(
		"other", "B",
		"<Partitions>"
		"<Partition id=\"b\" size=\"1\"/></Partitions>")
		PRODUCT("mine", "A",
			"<Partitions>"
			"<Partition id=\"a\" size=\"1\"/></Partitions>");
	static const char schemes[] = SCHEME("B", FILE_OF("B", "CODE2", "1"))
		SCHEME("A", FILE_OF("A", "CODE2", "2"));
	char xml[2048];

	(void)state;
	for (int turned = 0; turned < 2; turned++) {
		snprintf(xml, sizeof(xml),
			 turned ? "<BMAConfig><SchemeList>%2$s</SchemeList>"
				  "<ProductList>%1$s</ProductList></BMAConfig>"
				: "<BMAConfig><ProductList>%s</ProductList>"
				  "<SchemeList>%s</SchemeList></BMAConfig>",
			 products, schemes);
		parse(xml);
		assert_string_equal(s.scheme, "A");
		assert_int_equal(s.npartitions, 1);
		assert_string_equal(s.partitions[0].name, "a");
		assert_int_equal(s.nitems, 1);
		assert_string_equal(s.items[0].id, "A");
	}
	pac_scheme_free(&s);
	assert_ok(pac_scheme_parse(xml, strlen(xml), "none", &s, &e), &e);
	assert_string_equal(s.product, "other");
	assert_string_equal(s.items[0].id, "B");
}

static void comments_do_not_count(void **state)
{
	(void)state;
	parse("<BMAConfig><!-- <SchemeList> -- <Scheme name=\"no\"> --->"
	      "<SchemeList><Scheme name=\"A\">"
	      "<!--<File><ID>NO</ID></File>--><File><ID>F<!-- x -->DL</ID>"
	      "</File></Scheme></SchemeList><!----></BMAConfig>");
	assert_int_equal(s.nitems, 1);
	assert_string_equal(s.scheme, "A");
}

static void encodings_are_read(void **state)
{
	static const char body[] =
		"<BMAConfig><SchemeList><Scheme name=\"A\">" FILE_OF(
			"FDL", "FDL",
			"0x10") "</Scheme></SchemeList></BMAConfig>";
	static const char *const heads[] = {
		"",
		"\xEF\xBB\xBF",
		"<?xml version=\"1.0\" encoding=\"GB2312\"?><!--\xD6\xD0-->",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><!--\xD6\xD0-->",
		"<?xml version=\"1.0\" encoding=\"windows-1251\"?>",
		"<?xml version=\"1.0\" encoding=\"us-ascii\"?>",
	};
	char xml[1024];
	uint8_t wide[2048];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		snprintf(xml, sizeof(xml), "%s%s", heads[i], body);
		parse(xml);
		assert_int_equal(s.items[0].base, 0x10);
	}
	/* UTF-8 is said, and something else is behind. */
	parse("<?xml version=\"1.0\" encoding=\"utf-8\"?><BMAConfig>"
	      "<SchemeList><Scheme name=\"\xD6\xD0\">" FILE_OF(
		      "FDL", "FDL",
		      "0x10") "</Scheme></SchemeList></BMAConfig>");
	assert_int_equal(s.nitems, 1);
	put_le16(wide, 0xFEFF);
	for (n = 0; body[n]; n++)
		put_le16(wide + 2 + 2 * n, (uint8_t)body[n]);
	pac_scheme_free(&s);
	assert_ok(pac_scheme_parse(wide, 2 + 2 * n, NULL, &s, &e), &e);
	assert_int_equal(s.items[0].base, 0x10);
}

static void zeros_behind_the_text_do_not_count(void **state)
{
	static const char xml[] = "<BMAConfig/>\0\0\0";

	(void)state;
	assert_ok(pac_scheme_parse(xml, sizeof(xml), NULL, &s, &e), &e);
	assert_int_equal(s.nitems + s.npartitions + s.nnv, 0);
}

static void hostile_xml_is_refused(void **state)
{
	static const char bomb[] =
		"<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"lol\">"
		"<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>"
		"<BMAConfig>&b;</BMAConfig>";
	static const char file[] =
		"<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
		"<BMAConfig>&f;</BMAConfig>";
	static const char remote[] = "<!DOCTYPE x SYSTEM \"http://x/y.dtd\">"
				     "<BMAConfig/>";
	static const char cut[] = "<BMAConfig><SchemeList>";
	static const char page[] = "<html><body/></html>";
	static const char open[] = "<BMAConfig><!-- </BMAConfig>";
	size_t most = PAC_XML_MAX + 1, n = 0;
	char *deep = malloc(most);

	(void)state;
	assert_non_null(deep);
	assert_refused(bomb, strlen(bomb), "document type");
	assert_refused(file, strlen(file), "document type");
	assert_refused(remote, strlen(remote), "document type");
	assert_refused(cut, strlen(cut), "damaged in line 1");
	assert_refused(page, strlen(page), "no scheme");
	assert_refused(open, strlen(open), "damaged");
	assert_refused("", 0, "damaged");
	for (int i = 0; i < 33; i++)
		n += (size_t)sprintf(deep + n, "<a>");
	assert_refused(deep, n, "nested deeper than 32");
	memset(deep, ' ', most);
	assert_refused(deep, most, "4 MiB");
	free(deep);
}

/* More of anything than there can be. */
static void lists_are_limited(void **state)
{
	static const struct {
		const char *open, *one, *close;
	} lists[] = {
		{ "<BMAConfig><SchemeList><Scheme name=\"a\">", "<File/>",
		  "</Scheme></SchemeList></BMAConfig>" },
		{ "<BMAConfig><ProductList><Product><Partitions>",
		  "<Partition id=\"x\" size=\"1\"/>",
		  "</Partitions></Product></ProductList></BMAConfig>" },
		{ "<BMAConfig><ProductList><Product><NVBackup>", "<NVItem/>",
		  "</NVBackup></Product></ProductList></BMAConfig>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (unsigned k = 1024; k <= 1025; k++) {
			char *xml = malloc(200 + k * 40), *at = xml;

			assert_non_null(xml);
			at += sprintf(at, "%s", lists[i].open);
			for (unsigned j = 0; j < k; j++)
				at += sprintf(at, "%s", lists[i].one);
			strcpy(at, lists[i].close);
			if (k == 1024)
				parse(xml);
			else
				assert_refused(xml, strlen(xml),
					       "more than 1024");
			free(xml);
		}
}

/* A name goes to the phone: 35 characters at most, no path. */
static void odd_partitions_are_left_out_and_counted(void **state)
{
	(void)state;
	parse(ALL(PRODUCT("mine", "S",
			  "<Partitions><Partition id=\"good\" size=\"1\"/>"
			  "<Partition id=\"\" size=\"1\"/>"
			  "<Partition size=\"1\"/>"
			  "<Partition id=\"../x\" size=\"1\"/>"
			  "<Partition id=\"a b\tc\" size=\"x\"/>"
			  "<Partition id=\"n\" size=\"-1\"/>"
			  "<Partition id=\"n\" size=\"0x100000000\"/>"
			  "<Partition id=\"0123456789012345678901234567890123"
			  "45\" size=\"1\"/></Partitions>"),
		  ""));
	assert_int_equal(s.npartitions, 1);
	assert_int_equal(s.odd, 7);
}

/* -- loaders ------------------------------------------------------------- */

static void find(const char *xml, const struct pacmaker_file *more, size_t n)
{
	struct pacmaker_file files[8] = {
		{ "", "x.xml", xml, strlen(xml), 2, 0, false },
	};
	const struct pacmaker m = { false, "mine", "1", files, n + 1 };
	size_t len;
	bool none = !*xml;

	drop(NULL);
	memcpy(files + 1, more, n * sizeof(*more));
	bytes = pacmaker_make(&m, &len);
	assert_ok(pac_open_memory(bytes, len, &pac, &e), &e);
	if (none)
		assert_int_equal(pac_scheme_read(pac, &s, &e), -ERR_FORMAT);
	else
		assert_ok(pac_scheme_read(pac, &s, &e), &e);
	pac_find_loaders(pac, none ? NULL : &s, &fdl1, &fdl2);
}

#define LOADERS                                                      \
	ALL("", SCHEME("S", FILE_OF("FDL", "FDL", "0x5500") FILE_OF( \
				    "FDL2", "NAND_FDL", "0x9EFFFE00")))

static void loaders_are_found_by_their_ids(void **state)
{
	static const struct pacmaker_file files[] = {
		{ "HOST_FDL", "host.bin", "h", 1, 0x101, 0x1, false },
		{ "FDL2", "two.bin", "2", 1, 0x101, 0, false },
		{ "FDL", "one.bin", "1", 1, 0x101, 0x5500, false },
	};

	(void)state;
	find(LOADERS, files, 3);
	assert_string_equal(fdl1.file->name, "one.bin");
	assert_int_equal(fdl1.address, 0x5500);
	assert_false(fdl1.differs);
	assert_string_equal(fdl2.file->name, "two.bin");
	assert_int_equal(fdl2.address, 0x9EFFFE00);
	assert_true(fdl1.has_address && fdl2.has_address);
	assert_null(fdl1.rival);
	assert_null(fdl2.rival);
}

static void without_xml_the_directory_tells(void **state)
{
	static const struct pacmaker_file files[] = {
		{ "fdl1", "one.bin", "1", 1, 0x101, 0x5000, false },
		{ "FDL2", "two.bin", "2", 1, 0x101, 0, false },
	};

	(void)state;
	find("", files, 2);
	assert_int_equal(fdl1.address, 0x5000);
	assert_string_equal(fdl2.file->name, "two.bin");
	assert_false(fdl2.has_address);
}

static void addresses_that_differ_are_told(void **state)
{
	static const struct pacmaker_file files[] = {
		{ "FDL", "one.bin", "1", 1, 0x101, 0x4000, false },
	};

	(void)state;
	find(LOADERS, files, 1);
	assert_true(fdl1.differs);
	assert_int_equal(fdl1.address, 0x5500);
	assert_int_equal(fdl1.other, 0x4000);
	assert_null(fdl2.file);
}

static void a_second_loader_with_the_same_id_is_a_rival(void **state)
{
	static const struct pacmaker_file files[] = {
		{ "FDL", "one.bin", "1", 1, 0x101, 0, false },
		{ "FDL2", "two.bin", "2", 1, 0x101, 0, false },
		{ "FDL2", "three.bin", "3", 1, 0x101, 0, false },
	};

	(void)state;
	find(LOADERS, files, 3);
	assert_null(fdl1.rival);
	assert_string_equal(fdl2.file->name, "two.bin");
	assert_string_equal(fdl2.rival->name, "three.bin");
}

static void types_tell_where_ids_do_not(void **state)
{
	static const struct pacmaker_file files[] = {
		{ "HOST_FDL", "host.bin", "h", 1, 0x101, 0, false },
		{ "BOOT1", "one.bin", "1", 1, 1, 0, false },
		{ "BOOT2", "two.bin", "2", 1, 1, 0, false },
	};

	(void)state;
	find(ALL("", SCHEME("S", FILE_OF("HOST_FDL", "FDL",
					 "0x1") FILE_OF("BOOT1", "FDL", "0x2")
					 FILE_OF("BOOT2", "NAND_FDL", "0x3"))),
	     files, 3);
	assert_string_equal(fdl1.file->name, "one.bin");
	assert_string_equal(fdl2.file->name, "two.bin");
	find(LOADERS, files, 1);
	assert_null(fdl1.file);
	assert_null(fdl2.file);
}

static void equal_ids_are_matched_by_their_order(void **state)
{
	static const struct pacmaker_file files[] = {
		{ "UBOOTLoader", "a.bin", "1", 1, 1, 0, false },
		{ "Other", "o.bin", "1", 1, 1, 0, false },
		{ "UBOOTLoader", "b.bin", "2", 1, 1, 0, false },
	};

	(void)state;
	find(ALL("",
		 SCHEME("S", FILE_OF("UBOOTLoader", "CODE2",
				     "1") FILE_OF("UBOOTLoader", "CODE2", "2")
				     FILE_OF("UBOOTLoader", "CODE2", "3")
					     FILE_OF("Other", "CODE2", "4"))),
	     files, 3);
	assert_string_equal(s.items[0].file->name, "a.bin");
	assert_string_equal(s.items[1].file->name, "b.bin");
	assert_null(s.items[2].file);
	assert_string_equal(s.items[3].file->name, "o.bin");
}

#define T(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_of_a_scheme_is_read),
		T(the_product_and_its_scheme_count),
		T(comments_do_not_count),
		T(encodings_are_read),
		T(zeros_behind_the_text_do_not_count),
		T(hostile_xml_is_refused),
		T(lists_are_limited),
		T(odd_partitions_are_left_out_and_counted),
		T(loaders_are_found_by_their_ids),
		T(without_xml_the_directory_tells),
		T(addresses_that_differ_are_told),
		T(a_second_loader_with_the_same_id_is_a_rival),
		T(types_tell_where_ids_do_not),
		T(equal_ids_are_matched_by_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
