/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_gpt.c - headers and entries; what is accepted keeps every rule. */
#include "fuzz.h"

#include "base/text.h"
#include "device/gpt.h"

static void check_entries(const struct gpt *g)
{
	const struct gpt_header *h = &g->header;

	assert(g->n >= 1 && g->n <= h->entries);
	for (size_t i = 0; i < g->n; i++) {
		const struct gpt_entry *v = &g->v[i];

		assert(text_is_file_name(v->name));
		assert(v->first_lba >= h->first_usable);
		assert(v->first_lba <= v->last_lba);
		assert(v->last_lba <= h->last_usable);
		assert(v->number >= 1 && v->number <= h->entries);
		for (size_t k = 0; k < i; k++) {
			assert(strcmp(g->v[k].name, v->name) != 0);
			assert(g->v[k].last_lba < v->first_lba ||
			       v->last_lba < g->v[k].first_lba);
		}
	}
	assert(!gpt_differ(g, g));
}

/* The entries, if these n bytes, of which the first is LBA `base`, hold them.
 */
static void try_entries(const struct gpt_header *h, const uint8_t *disk,
			size_t n, uint64_t base)
{
	uint64_t bytes = gpt_entries_bytes(h), at;
	struct err e = { .code = ERR_NONE };
	struct gpt g;
	uint8_t *copy;
	int rc;

	assert(bytes >= h->sector && bytes % h->sector == 0);
	assert(bytes <= (uint64_t)GPT_ENTRIES_MAX * 4096);
	if (h->entries_lba < base || h->entries_lba - base >= n / h->sector)
		return;
	at = (h->entries_lba - base) * h->sector;
	if (bytes > n - at)
		bytes = n - at;
	copy = exact_copy(disk + at, bytes);
	rc = gpt_parse_entries(h, copy, bytes, &g, &e);
	if (rc < 0) {
		assert_failure(rc, &e);
	} else {
		check_entries(&g);
		gpt_free(&g);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = { p, n };
	uint8_t options = take_u8(&in);
	uint32_t sector = options & 1 ? 4096 : 512;
	uint64_t base = options & 2 ? take_u64(&in) : 0, lba = 1;
	uint8_t *disk = exact_copy(in.p, in.n);
	struct gpt_header h = { 0 };
	struct err e = { .code = ERR_NONE };
	int rc;

	if (base) {
		/* A backup: its header is the last sector there is. */
		size_t last = in.n / sector ? in.n / sector - 1 : 0;
		size_t head = last * sector;

		lba = base + last;
		if (options & 4)
			fix_gpt(disk, in.n, base, head, sector);
		rc = gpt_parse_header(disk + head, in.n - head, sector, lba, &h,
				      &e);
	} else {
		if (options & 4)
			fix_gpt(disk, in.n, 0, sector, sector);
		rc = gpt_parse_primary(disk, in.n, &h, &e);
	}
	if (rc < 0) {
		assert_failure(rc, &e);
		assert(h.sector == 0 || h.sector == 512 || h.sector == 4096);
	} else {
		assert(h.my_lba == lba && h.alternate_lba != lba);
		assert(strlen(h.disk_guid) == 36);
		/* What has to be read to see all of it is no invitation. */
		assert(h.entries_lba < lba
			       ? (lba - h.entries_lba) * h.sector <=
					 GPT_REACH_MAX
			       : (h.entries_lba - lba) * h.sector +
						 gpt_entries_bytes(&h) <=
					 GPT_REACH_MAX);
		try_entries(&h, disk, in.n, base);
	}
	free(disk);
	return 0;
}
