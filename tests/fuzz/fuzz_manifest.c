/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_manifest.c - a manifest that is accepted is written back the same. */
#include "fuzz.h"

#include "archive/manifest.h"
#include "base/text.h"

static void check_part(const struct manifest *m, const struct manifest_part *p)
{
	uint64_t end = 0;

	assert(manifest_member_is_safe(p->member));
	assert(text_is_file_name(p->name));
	assert(manifest_find(m, p->name) == p);
	assert(manifest_find(m, p->member) == p);
	assert(p->seconds >= 0 && manifest_method_name(p->method));
	for (size_t i = 0; i < p->nunreadable; i++) {
		const struct manifest_range *r = &p->unreadable[i];

		assert(r->length > 0 && r->offset >= end);
		assert(r->offset <= p->size &&
		       r->length <= p->size - r->offset);
		end = r->offset + r->length;
	}
}

static void check(const struct manifest *m)
{
	assert(m->format == MANIFEST_FORMAT && m->block_size % 512 == 0);
	assert(m->nparts <= MANIFEST_PARTS_MAX);
	for (size_t i = 0; i < m->nparts; i++)
		check_part(m, &m->parts[i]);
}

static char *write_back(const struct manifest *m, size_t *ret_n)
{
	struct err e;
	char *json, *device;
	size_t n;

	assert(manifest_to_json(m, &json, ret_n, &e) == 0);
	assert(manifest_device_json(m, &device, &n, &e) == 0);
	assert(strlen(json) == *ret_n && strlen(device) == n);
	free(device);
	return json;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = (char *)exact_copy(p, n), *once, *twice;
	struct err e = { .code = ERR_NONE };
	struct manifest m, again;
	size_t once_n, twice_n;
	int rc = manifest_from_json(text, n, &m, &e);

	free(text);
	if (rc < 0) {
		assert_failure(rc, &e);
		return 0;
	}
	check(&m);
	once = write_back(&m, &once_n);
	assert(manifest_from_json(once, once_n, &again, &e) == 0);
	twice = write_back(&again, &twice_n);
	assert(once_n == twice_n && memcmp(once, twice, once_n) == 0);
	assert(m.nparts == again.nparts && m.nomitted == again.nomitted);
	free(once);
	free(twice);
	manifest_free(&m);
	manifest_free(&again);
	return 0;
}
