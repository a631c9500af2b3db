/* SPDX-License-Identifier: BSD-3-Clause */
/* ptable.c - one partition table, and the loader's list with its unit. */
#include "device/ptable.h"

#include "base/bytes.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A record of the reply: 36 UTF-16LE units and a size (protocol.md 6.1). */
#define RECORD_BYTES	  76
#define NAME_UNITS	  36
#define RECORD_SIZE(p, i) get_le32((p) + (i)*RECORD_BYTES + 2 * NAME_UNITS)

/* dwStorageType of DA_INFO (protocol.md 4.4). */
#define DA_STORAGE_EMMC 0x102
#define DA_STORAGE_UFS	0x103

/* More than any phone has; a guess that needs more is wrong. */
#define STORAGE_MAX ((uint64_t)4 << 40)

void ptable_free(struct ptable *t)
{
	free(t->v);
	memset(t, 0, sizeof(*t));
}

const struct partition *ptable_find(const struct ptable *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return &t->v[i];
	return NULL;
}

struct partition *ptable_add(struct ptable *t)
{
	struct partition *v;

	if (t->n >= PTABLE_MAX)
		return NULL;
	/* Room for 32 more each time the last 32 are used up. */
	if (t->n % 32 == 0) {
		v = realloc(t->v, (t->n + 32) * sizeof(*v));
		if (!v)
			return NULL;
		t->v = v;
	}
	v = &t->v[t->n++];
	memset(v, 0, sizeof(*v));
	return v;
}

const char *ptable_source_name(enum ptable_source s)
{
	switch (s) {
	case PTABLE_NONE:
		break;
	case PTABLE_GPT:
		return "gpt";
	case PTABLE_GPT_BACKUP:
		return "gpt-backup";
	case PTABLE_LIST:
		return "list";
	case PTABLE_PROBED:
		return "probed";
	case PTABLE_REGIONS:
		return "regions";
	case PTABLE_PACKAGE:
		return "package";
	}
	return "none";
}

static int check_length(size_t n, struct err *e)
{
	if (n == 0 || n % RECORD_BYTES)
		return err_set(e, ERR_FORMAT,
			       "partition list: %zu bytes are no multiple of "
			       "%d",
			       n, RECORD_BYTES);
	if (n / RECORD_BYTES > PTABLE_MAX)
		return err_set(e, ERR_FORMAT,
			       "partition list: %zu entries (at most %d)",
			       n / RECORD_BYTES, PTABLE_MAX);
	return 0;
}

static bool record_name(const uint8_t *rec, char name[NAME_UNITS + 1])
{
	return text_from_utf16le(rec, NAME_UNITS, name, NAME_UNITS + 1) &&
	       text_is_file_name(name);
}

static int add_record(struct ptable *t, const uint8_t *rec, uint32_t unit,
		      struct err *e)
{
	uint32_t size = get_le32(rec + 2 * NAME_UNITS);
	struct partition *v;
	char name[NAME_UNITS + 1];

	if (!record_name(rec, name))
		return err_set(e, ERR_FORMAT,
			       "partition list: the name of entry %zu is no "
			       "file name",
			       t->n + 1);
	if (ptable_find(t, name))
		return err_set(e, ERR_FORMAT,
			       "partition list: '%s' stands there twice", name);
	/* "The rest" belongs into firmware files; a loader tells real sizes. */
	if (size == UINT32_MAX)
		return err_set(e, ERR_FORMAT,
			       "partition list: '%s' has no size", name);
	v = ptable_add(t);
	if (!v)
		return err_nomem(e);
	memcpy(v->name, name, sizeof(name));
	v->size = (uint64_t)size * unit;
	return 0;
}

int ptable_from_list(const void *p, size_t n, uint32_t unit, struct ptable *ret,
		     struct err *e)
{
	struct ptable t = { .source = PTABLE_LIST };
	const uint8_t *rec = p;
	uint64_t sum = 0;
	int code;

	if (unit == 0)
		return err_set(e, ERR_BUG, "a partition list without a unit");
	code = check_length(n, e);
	for (size_t i = 0; code == 0 && i < n / RECORD_BYTES; i++) {
		code = add_record(&t, rec + i * RECORD_BYTES, unit, e);
		if (code == 0 && __builtin_add_overflow(sum, t.v[i].size, &sum))
			code = err_set(e, ERR_FORMAT,
				       "partition list: the sizes add up to "
				       "more than 64 bits");
	}
	if (code < 0) {
		ptable_free(&t);
		return code;
	}
	*ret = t;
	return 0;
}

enum { UNIT_1K, UNIT_8K, UNIT_1M, UNITS };

static const uint32_t unit_bytes[UNITS] = { 1024, 8192, 1 << 20 };

/*
 * Partitions that have the same size, in KiB, on phones of all makers: the
 * lists in tests/data/lists, whose first lines name their sources.  The sizes
 * given for one name are never 8 or 1024 times each other, so that a size
 * speaks for one unit only; names that break this (logo, dtb) are left out.
 */
static const struct known {
	const char *name;
	uint32_t kib[2];
} known_sizes[] = {
	{ "misc", { 1024, 256 } },
	{ "miscdata", { 1024, 5120 } },
	{ "sml", { 1024 } },
	{ "trustos", { 6144 } },
	{ "teecfg", { 1024 } },
	{ "persist", { 2048 } },
	{ "pm_sys", { 1024 } },
	{ "dtbo", { 8192 } },
	{ "boot", { 65536, 35840 } },
	{ "vendor_boot", { 102400 } },
	{ "l_modem", { 25600 } },
	{ "l_ldsp", { 20480 } },
	{ "l_gdsp", { 10240 } },
	{ "l_fixnv1", { 2048 } },
	{ "l_fixnv2", { 2048 } },
	{ "l_runtimenv1", { 2048 } },
	{ "l_runtimenv2", { 2048 } },
	{ "socko", { 76800 } },
	{ "odmko", { 25600 } },
	{ "uboot_log", { 4096, 16384 } },
	{ "sysdumpdb", { 10240 } },
	{ "vbmeta", { 1024 } },
	{ "vbmeta_system", { 1024 } },
	{ "vbmeta_vendor", { 1024 } },
	{ "vbmeta_product", { 1024 } },
	{ "fixnv1", { 3840 } },
	{ "fixnv", { 3840 } },
	{ "backupfixnv", { 3840 } },
	{ "runtimenv", { 3840 } },
	{ "productinfo", { 3840 } },
	{ "wfixnv1", { 3840 } },
	{ "tdfixnv1", { 3840 } },
	{ "wruntimenv1", { 3840 } },
	{ "tdruntimenv1", { 3840 } },
	{ "prodinfo1", { 3840 } },
};

/* Length of the name without the slot or the mark of a copy. */
static size_t stem_length(const char *name)
{
	static const char *const ends[] = { "_a", "_bak" };
	size_t n = strlen(name);

	for (size_t i = 0; i < 2; i++) {
		size_t k = strlen(ends[i]);

		if (n > k && strcmp(name + n - k, ends[i]) == 0)
			return n - k;
	}
	return n;
}

static const struct known *find_known(const char *name)
{
	size_t n = stem_length(name);

	for (size_t i = 0; i < sizeof(known_sizes) / sizeof(*known_sizes); i++)
		if (strlen(known_sizes[i].name) == n &&
		    memcmp(known_sizes[i].name, name, n) == 0)
			return &known_sizes[i];
	return NULL;
}

struct evidence {
	unsigned votes[UNITS], all_votes; /* by partitions of known size */
	int by_names, by_kind, by_sum;	  /* a unit, or -1: says nothing */
	bool fits[UNITS];		  /* the sum is possible */
	unsigned percent;		  /* of the storage, by the best */
};

static void vote(struct evidence *ev, const struct known *k, uint32_t size)
{
	for (int u = 0; u < UNITS; u++) {
		uint64_t kib = (uint64_t)size * unit_bytes[u] / 1024;

		for (size_t i = 0; i < 2; i++)
			if (k->kib[i] && kib == k->kib[i]) {
				ev->votes[u]++;
				ev->all_votes++;
			}
	}
}

static void weigh_names(struct evidence *ev, const uint8_t *p, size_t records)
{
	char name[NAME_UNITS + 1];

	for (size_t i = 0; i < records; i++) {
		const struct known *k = NULL;

		if (record_name(p + i * RECORD_BYTES, name))
			k = find_known(name);
		if (k)
			vote(ev, k, RECORD_SIZE(p, i));
	}
	/* One odd maker's size must not decide: three quarters have to agree.
	 */
	ev->by_names = -1;
	for (int u = 0; u < UNITS; u++)
		if (ev->votes[u] && 4 * ev->votes[u] > 3 * ev->all_votes)
			ev->by_names = u;
}

/*
 * The partitions fill the storage but for the tables and gaps.  One to a half
 * is as wide as it may be without two units ever fitting at once.
 */
static void weigh_sum(struct evidence *ev, uint64_t sum, uint64_t storage)
{
	uint64_t max = storage ? storage : STORAGE_MAX;

	ev->by_sum = -1;
	for (int u = 0; u < UNITS; u++) {
		uint64_t bytes = sum * unit_bytes[u]; /* < 2^62 */

		ev->fits[u] = bytes <= max;
		if (!storage || bytes > storage || bytes < storage / 2)
			continue;
		ev->by_sum = u;
		ev->percent = (unsigned)((double)bytes * 100 / (double)storage);
	}
}

static int kind_unit(unsigned storage_type)
{
	if (storage_type == DA_STORAGE_EMMC)
		return UNIT_1K;
	return storage_type == DA_STORAGE_UFS ? UNIT_8K : -1;
}

static unsigned unit_score(const struct evidence *ev, int u)
{
	if (!ev->fits[u])
		return 0;
	return (ev->by_kind == u ? 4u : 0) + (ev->by_sum == u ? 3u : 0) +
	       (ev->by_names == u ? (ev->votes[u] > 1 ? 2u : 1u) : 0);
}

static void explain(const struct evidence *ev, int u, bool sure,
		    unsigned storage_type, char why[160])
{
	struct strbuf b = { 0 };

	if (ev->by_kind >= 0)
		strbuf_add(&b, "%sloader says storage 0x%x",
			   ev->by_kind == u ? "" : "against: ", storage_type);
	if (ev->all_votes)
		strbuf_add(&b, "%s%u of %u known sizes", b.len ? "; " : "",
			   ev->votes[u], ev->all_votes);
	if (ev->by_sum >= 0)
		strbuf_add(&b, "%s%sum is %u%% of the storage",
			   b.len ? "; " : "",
			   ev->by_sum == u ? "s" : "against: s", ev->percent);
	if (!b.len)
		strbuf_add(&b, "no evidence, 512-byte sectors are usual");
	if (!sure)
		strbuf_add(&b, "; not sure");
	snprintf(why, 160, "%s", b.failed || !b.s ? "no memory" : b.s);
	strbuf_free(&b);
}

/* Every source that says something says the same, and it is enough. */
static bool is_sure(const struct evidence *ev, int u)
{
	const int said[] = { ev->by_kind, ev->by_sum, ev->by_names };

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (said[i] >= 0 && said[i] != u)
			return false;
	/* Known names of which no unit has a clear majority. */
	if (ev->all_votes > 1 && ev->by_names < 0)
		return false;
	return unit_score(ev, u) >= 2;
}

int ptable_guess_unit(const void *p, size_t n, unsigned storage_type,
		      uint64_t storage_size, uint32_t *ret_unit, bool *ret_sure,
		      char why[160], struct err *e)
{
	struct evidence ev = { .by_kind = kind_unit(storage_type) };
	const uint8_t *rec = p;
	size_t records = n / RECORD_BYTES;
	uint64_t sum = 0;
	int best = -1, code = check_length(n, e);

	if (code < 0)
		return code;
	for (size_t i = 0; i < records; i++)
		sum += RECORD_SIZE(rec, i);
	weigh_names(&ev, rec, records);
	weigh_sum(&ev, sum, storage_size);

	/* Without any evidence the first that fits: the smallest unit. */
	for (int u = 0; u < UNITS; u++)
		if (ev.fits[u] &&
		    (best < 0 || unit_score(&ev, u) > unit_score(&ev, best)))
			best = u;
	if (best < 0)
		return err_set(e, ERR_FORMAT,
			       "partition list: sizes of at least %" PRIu64
			       " KiB are more than %s",
			       sum,
			       storage_size ? "the storage has"
					    : "any phone has");
	*ret_unit = unit_bytes[best];
	*ret_sure = is_sure(&ev, best);
	explain(&ev, best, *ret_sure, storage_type, why);
	return 0;
}
