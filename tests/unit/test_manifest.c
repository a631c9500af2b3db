/* SPDX-License-Identifier: BSD-3-Clause */
/* test_manifest.c - manifests written, read, and refused. */
#include "archive/manifest.h"

#include "base/block.h"

#include <jansson.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))

static void add(struct manifest *m, const char *name, const char *member,
		uint64_t size, uint32_t first, uint32_t frames)
{
	struct manifest_part *p = manifest_add_part(m);

	assert_non_null(p);
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->member, sizeof(p->member), "%s", member);
	p->size = size;
	p->first_frame = first;
	p->frames = frames;
	memset(p->sha256, (int)first, sizeof(p->sha256));
}

static void make(struct manifest *m)
{
	struct manifest_omitted *o;

	memset(m, 0, sizeof(*m));
	m->format = MANIFEST_FORMAT;
	m->block_size = BLOCK_SIZE;
	m->complete = true;
	strcpy(m->tool, "spdvault 1");
	strcpy(m->note, "\"quoted\" \xC3\xA4");
	strcpy(m->chip, "ums512");
	strcpy(m->storage, "eMMC");
	strcpy(m->fdl1.file, "fdl1.bin");
	m->fdl1.address = 0xFFFFFFFF;
	strcpy(m->package.file, "FW.pac");
	strcpy(m->package.product, "ums512_1h10");
	strcpy(m->package.version, "\xD1\x8F 1");
	m->sector_size = 512;
	m->storage_size = 1ull << 40;
	add(m, "device.json", "device.json", 10, 1, 1);
	add(m, "nv", "partitions/nv.img", BLOCK_SIZE + 1, 3, 2);
	add(m, "none", "partitions/none.img", 0, 6, 0);
	m->parts[1].method = METHOD_RAW;
	m->parts[1].raw_offset = 0x1F400000;
	m->parts[1].seconds = 1.5;
	m->parts[1].private_ = true;
	strcpy(m->parts[1].class, "nv");
	assert_true(manifest_add_range(&m->parts[1], 4096, 512));
	assert_true(manifest_add_range(&m->parts[1], 4608, 512));
	assert_true(manifest_add_range(&m->parts[1], 8192, 1));
	o = manifest_add_omitted(m);
	strcpy(o->name, "userdata");
	strcpy(o->reason, "not asked for");
	o->size = 1ull << 36;
	assert_true(manifest_add_warning(m, "beware"));
}

static void all_fields_come_back(void **state)
{
	(void)state;
	struct manifest m, back;
	char *json, *again;
	size_t n, k;
	struct err e;

	make(&m);
	assert_int_equal(manifest_to_json(&m, &json, &n, &e), 0);
	assert_int_equal(strlen(json), n);
	assert_int_equal(manifest_from_json(json, n, &back, &e), 0);
	assert_int_equal(back.nparts, 3);
	assert_int_equal(back.parts[1].nunreadable, 2);
	assert_int_equal(back.parts[1].unreadable[0].length, 1024);
	assert_int_equal(back.parts[1].method, METHOD_RAW);
	assert_string_equal(back.note, m.note);
	assert_string_equal(back.warnings[0], "beware");
	assert_int_equal(back.fdl1.address, 0xFFFFFFFF);
	assert_string_equal(back.package.file, "FW.pac");
	assert_string_equal(back.package.product, "ums512_1h10");
	assert_string_equal(back.package.version, "\xD1\x8F 1");
	assert_ptr_equal(manifest_find(&back, "nv"), &back.parts[1]);
	assert_ptr_equal(manifest_find(&back, "partitions/nv.img"),
			 &back.parts[1]);
	assert_null(manifest_find(&back, "n"));
	/* The same text again: nothing got lost on the way. */
	assert_int_equal(manifest_to_json(&back, &again, &k, &e), 0);
	assert_string_equal(json, again);
	manifest_free(&m);
	manifest_free(&back);
	assert_null(back.parts);
	free(json);
	free(again);
}

static void device_json_has_no_parts(void **state)
{
	(void)state;
	struct manifest m;
	struct err e;
	char *json;
	json_t *o;
	size_t n;

	make(&m);
	assert_int_equal(manifest_device_json(&m, &json, &n, &e), 0);
	o = json_loadb(json, n, 0, NULL);
	assert_null(json_object_get(o, "parts"));
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(o, "phone"), "chip")),
			    "ums512");
	json_decref(o);
	free(json);
	manifest_free(&m);
}

/* Applies a change in jansson's pack notation to a good manifest. */
static int read_changed(const char *path, json_t *value, struct err *e)
{
	struct manifest m, back;
	char copy[100], *step, *rest = copy, *json, *changed;
	json_t *root, *o;
	size_t n;
	int rc;

	make(&m);
	assert_int_equal(manifest_to_json(&m, &json, &n, e), 0);
	root = o = json_loadb(json, n, 0, NULL);
	snprintf(copy, sizeof(copy), "%s", path);
	while ((step = strsep(&rest, "."))) {
		bool list = json_is_array(o);

		if (!rest && value)
			list ? json_array_set_new(o, (size_t)atoi(step), value)
			     : json_object_set_new(o, step, value);
		else if (!rest)
			json_object_del(o, step);
		else
			o = list ? json_array_get(o, (size_t)atoi(step))
				 : json_object_get(o, step);
	}
	changed = json_dumps(root, JSON_ENCODE_ANY);
	rc = manifest_from_json(changed, strlen(changed), &back, e);
	if (rc == 0)
		manifest_free(&back);
	json_decref(root);
	free(changed);
	free(json);
	manifest_free(&m);
	return rc;
}

static void wrong_values_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *path, *value; /* JSON; NULL: taken away */
	} cases[] = {
		{ "format", "2" },
		{ "format", "\"1\"" },
		{ "format", NULL },
		{ "tool", "\"01234567890123456789012345678901234567890123456"
			  "789\"" },
		{ "tool", "1" },
		{ "complete", "1" },
		{ "phone", "[]" },
		{ "phone.chip", NULL },
		{ "phone.sector_size", "-1" },
		{ "phone.sector_size", "4294967296" },
		{ "link.fdl1.sha256", "\"00\"" },
		{ "link.fdl1", "null" },
		{ "block_size", "0" },
		{ "block_size", "513" },
		{ "block_size", "4194816" },
		{ "block_size", "8388608" },
		{ "block_size", "33554432" },
		{ "parts", "{}" },
		{ "parts.0", "7" },
		{ "parts.1.name", "\"\"" },
		{ "parts.1.name", "\"../x\"" },
		{ "parts.1.name", "\"none\"" },
		{ "parts.1.name", "\"device.json\"" },
		{ "parts.1.member", "\"partitions/none.img\"" },
		{ "parts.1.member", "\"/etc/passwd\"" },
		{ "parts.1.member", "\"partitions/../x\"" },
		{ "parts.1.member", "\"partitions/a/b\"" },
		{ "parts.1.member", "\"partitions/\"" },
		{ "parts.1.member", "\"other/x\"" },
		{ "parts.1.member", "\"manifest.json\"" },
		{ "parts.1.size", "-1" },
		{ "parts.1.size", "1.0" },
		{ "parts.1.size", "1" },
		{ "parts.1.size", "9223372036854775807" },
		{ "parts.1.sha256", "\"zz\"" },
		{ "parts.1.first_frame", "0" },
		{ "parts.1.first_frame", "2" },
		{ "parts.1.first_frame", "5" },
		{ "parts.1.first_frame", "4294967295" },
		{ "parts.1.frames", "3" },
		{ "parts.1.method", "\"magic\"" },
		{ "parts.1.seconds", "-1" },
		{ "parts.1.seconds", "\"1\"" },
		{ "parts.1.unreadable", "[{\"offset\":0}]" },
		{ "parts.1.unreadable", "[{\"offset\":0,\"length\":0}]" },
		{ "parts.1.unreadable", "[{\"offset\":1,\"length\":4194305}]" },
		{ "parts.1.unreadable", "[{\"offset\":9,\"length\":2},{"
					"\"offset\":10,\"length\":1}]" },
		{ "parts.1.unreadable", "[3]" },
		{ "omitted", "[{}]" },
		{ "omitted", NULL },
		{ "warnings", "[1]" },
	};
	struct err e;

	assert_int_equal(read_changed("format", json_integer(1), &e), 0);
	for (size_t i = 0; i < N(cases); i++) {
		json_t *value = NULL;

		if (cases[i].value)
			value = json_loads(cases[i].value, JSON_DECODE_ANY,
					   NULL);
		if (read_changed(cases[i].path, value, &e) != -ERR_FORMAT)
			fail_msg("%s = %s", cases[i].path, cases[i].value);
	}
}

static void later_keys_are_ignored(void **state)
{
	(void)state;
	struct err e;

	assert_int_equal(read_changed("later", json_integer(1), &e), 0);
	assert_int_equal(read_changed("parts.1.later", json_array(), &e), 0);
}

static void garbage_is_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"",
		"{",
		"[]",
		"null",
		"{}",
		"{\"format\":1}",
		"{\"format\":1,\"format\":1}",
		"\xFF\xFE",
		"\"\\u0000\"",
	};
	const size_t deep = 200000;
	char *p = malloc(deep);
	struct manifest m;
	struct err e;

	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(
			manifest_from_json(cases[i], strlen(cases[i]), &m, &e),
			-ERR_FORMAT);
	memset(p, '[', deep);
	assert_int_equal(manifest_from_json(p, deep, &m, &e), -ERR_FORMAT);
	free(p);
	p = malloc(MANIFEST_MAX + 1);
	memset(p, ' ', MANIFEST_MAX + 1);
	assert_int_equal(manifest_from_json(p, MANIFEST_MAX + 1, &m, &e),
			 -ERR_FORMAT);
	/* Small in text, large in memory. */
	for (size_t i = 0; i + 3 <= MANIFEST_MAX; i += 3)
		memcpy(p + i, "{},", 3);
	p[0] = '[';
	assert_int_equal(manifest_from_json(p, MANIFEST_MAX, &m, &e),
			 -ERR_FORMAT);
	free(p);
}

/* Every prefix, and every byte replaced: an error or a manifest, no crash. */
static void broken_texts_are_survived(void **state)
{
	(void)state;
	static const char other[] = "\"{}[],:0x\\\xFF";
	struct manifest m, back;
	struct err e;
	char *json;
	size_t n;

	make(&m);
	assert_int_equal(manifest_to_json(&m, &json, &n, &e), 0);
	for (size_t len = 0; len + 1 < n; len++)
		assert_int_equal(manifest_from_json(json, len, &back, &e),
				 -ERR_FORMAT);
	for (size_t i = 0; i < n; i++) {
		char was = json[i];

		json[i] = other[i % (sizeof(other) - 1)];
		if (manifest_from_json(json, n, &back, &e) == 0)
			manifest_free(&back);
		json[i] = was;
	}
	free(json);
	manifest_free(&m);
}

static void texts_cannot_command_a_terminal(void **state)
{
	(void)state;
	struct manifest m, back;
	struct err e;
	char *json;
	size_t n;

	make(&m);
	strcpy(m.note, "a\033[2Jb\xC2\x9B"
		       "c");
	strcpy(m.hello, "bad \xFF\xFE utf-8");
	assert_int_equal(manifest_to_json(&m, &json, &n, &e), 0);
	assert_int_equal(manifest_from_json(json, n, &back, &e), 0);
	assert_string_equal(back.note, "a?[2Jb??c");
	assert_string_equal(back.hello, "bad ?? utf-8");
	free(json);
	manifest_free(&m);
	manifest_free(&back);
}

static void lists_have_limits(void **state)
{
	(void)state;
	struct manifest m = { 0 };
	struct manifest_part *p;

	for (size_t i = 0; i < MANIFEST_PARTS_MAX; i++)
		assert_non_null(manifest_add_part(&m));
	assert_null(manifest_add_part(&m));
	p = &m.parts[0];
	for (uint64_t i = 0; i < MANIFEST_RANGES_MAX; i++)
		assert_true(manifest_add_range(p, 2 * i, 1));
	assert_false(manifest_add_range(p, 1u << 30, 1));
	/* Growing the last one needs no room. */
	assert_true(manifest_add_range(p, 2 * MANIFEST_RANGES_MAX - 1, 5));
	manifest_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields_come_back),
		cmocka_unit_test(device_json_has_no_parts),
		cmocka_unit_test(wrong_values_are_refused),
		cmocka_unit_test(later_keys_are_ignored),
		cmocka_unit_test(garbage_is_refused),
		cmocka_unit_test(broken_texts_are_survived),
		cmocka_unit_test(texts_cannot_command_a_terminal),
		cmocka_unit_test(lists_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
