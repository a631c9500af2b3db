/* SPDX-License-Identifier: BSD-3-Clause */
/* rig.c - a simulated phone, a folder, and jobs between them, for tests. */
#include "lib/rig.h"

#include "base/bytes.h"
#include "transport/sim.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

int rig_setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));
	const char *tmp = getenv("TMPDIR");

	assert_non_null(r);
	snprintf(r->dir, sizeof(r->dir), "%.40s/rig.XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(r->dir))
		fail_msg("mkdtemp: %s", strerror(errno));
	setenv("SPDVAULT_PROFILES", "profiles", 1);
	*state = r;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

int rig_teardown(void **state)
{
	struct rig *r = *state;

	rig_close(r);
	nftw(r->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(r);
	return 0;
}

static void load(const struct phone *p, int which, struct loader *l,
		 struct err *e)
{
	const uint8_t *bytes;
	uint32_t addr;
	size_t n;

	phone_sample_loader(p, which, &addr, &bytes, &n);
	assert_ok(loader_from_memory(which == 1 ? "one" : "two", addr, bytes, n,
				     l, e),
		  e);
}

void rig_open_on(struct rig *r, struct transport *t, struct phone *phone)
{
	static const struct session_events none;
	int rc;

	rig_close(r);
	r->phone = phone;
	load(phone, 1, &r->fdl1, &r->e);
	load(phone, 2, &r->fdl2, &r->e);
	rc = profile_load_all(&r->profiles, &r->e);
	assert_ok(rc, &r->e);
	memset(&r->so, 0, sizeof(r->so));
	rc = profile_find(&r->profiles, phone_model(phone)->chip,
			  &r->so.profile, &r->e);
	assert_ok(rc, &r->e);
	r->so.fdl1 = &r->fdl1;
	r->so.fdl2 = &r->fdl2;
	r->so.recover_ms = r->recover_ms;
	r->so.may_write = r->may_write;
	rc = session_open(t, &r->so, &none, &r->s, &r->e);
	assert_ok(rc, &r->e);
	rc = session_raise(r->s, STAGE_FDL2, &r->e);
	assert_ok(rc, &r->e);
}

void rig_open(struct rig *r, const char *spec)
{
	struct transport *t;

	assert_ok(transport_open_sim(spec, &t, &r->e), &r->e);
	rig_open_on(r, t, transport_sim_phone(t));
}

void rig_close(struct rig *r)
{
	manifest_free(&r->m);
	memset(&r->m, 0, sizeof(r->m));
	if (r->s)
		session_close(r->s);
	r->s = NULL;
	r->phone = NULL;
	loader_free(&r->fdl1);
	loader_free(&r->fdl2);
	profile_set_free(&r->profiles);
	memset(&r->fdl1, 0, sizeof(r->fdl1));
	memset(&r->fdl2, 0, sizeof(r->fdl2));
	memset(&r->profiles, 0, sizeof(r->profiles));
}

const char *rig_path(struct rig *r, const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *p = paths[next++ % 4];

	snprintf(p, sizeof(paths[0]), "%s/%s", r->dir, name);
	return p;
}

/* -- events -------------------------------------------------------------- */

static void on_warning(void *user, const char *text)
{
	struct rig *r = user;

	r->warnings++;
	snprintf(r->last_warning, sizeof(r->last_warning), "%s", text);
}

static void on_progress(void *user, const struct job_progress *p)
{
	struct rig *r = user;

	assert_true(p->done <= p->total);
	assert_true(p->number >= 1);
	r->done = p->all_done;
}

static void on_part(void *user, const struct manifest_part *p)
{
	struct rig *r = user;

	assert_true(p->frames > 0 || p->size == 0);
	r->parts_done++;
}

static void on_difference(void *user, const char *member, uint64_t offset,
			  uint64_t length, const char *what)
{
	struct rig *r = user;

	(void)offset;
	(void)length;
	r->differences++;
	snprintf(r->last_difference, sizeof(r->last_difference), "%s: %s",
		 member ? member : "archive", what);
}

static bool on_cancelled(void *user)
{
	struct rig *r = user;

	return r->cancel_at && r->done >= r->cancel_at;
}

struct job_events rig_events(struct rig *r)
{
	struct job_events ev = { .user = r,
				 .warning = on_warning,
				 .progress = on_progress,
				 .part_done = on_part,
				 .difference = on_difference,
				 .cancelled = on_cancelled };

	r->warnings = r->differences = r->parts_done = 0;
	r->done = 0;
	r->last_warning[0] = r->last_difference[0] = '\0';
	return ev;
}

/* -- backup -------------------------------------------------------------- */

int rig_backup(struct rig *r, const char *name, unsigned threads,
	       const struct backup_request *more)
{
	struct backup_request q = { .simulated = true };
	struct job_events ev = rig_events(r);

	if (more)
		q = *more;
	q.out = rig_path(r, name);
	q.device = "sim:test";
	q.ending = "left";
	q.archive.threads = threads;
	q.archive.level = 1;
	manifest_free(&r->m);
	return job_backup(r->s, &r->so, &q, &ev, &r->m, &r->totals, &r->e);
}

void rig_assert_untouched(const struct rig *r)
{
	struct phone_stats st;

	phone_stats(r->phone, &st);
	if (st.storage_writes)
		fail_msg("the phone's storage changed:\n%s",
			 phone_write_log(r->phone));
	assert_int_equal(st.commanded_writes, 0);
	assert_true(st.unsupported <= 1);
	assert_null(st.dead);
}

/* -- the storage, seen from outside -------------------------------------- */

static uint32_t sector_of(const struct phone *p)
{
	static const uint32_t sectors[] = { 512, 4096 };
	uint8_t head[8];

	for (size_t i = 0; i < 2; i++)
		if (phone_peek(p, "user", sectors[i], head, sizeof(head)) &&
		    memcmp(head, "EFI PART", 8) == 0)
			return sectors[i];
	fail_msg("no GPT in the simulated storage");
	return 0;
}

/* Entry i of the GPT: 1, or 0 for an unused one. */
static int entry(const struct phone *p, uint32_t sector, unsigned i,
		 char name[37], struct rig_place *ret)
{
	uint8_t e[128];

	assert_true(phone_peek(p, "user", 2 * (uint64_t)sector + i * 128, e,
			       sizeof(e)));
	if (get_le64(e + 32) == 0)
		return 0;
	for (int k = 0; k < 36; k++)
		name[k] = (char)e[56 + 2 * k];
	name[36] = '\0';
	ret->area = "user";
	ret->offset = get_le64(e + 32) * sector;
	ret->size = (get_le64(e + 40) + 1) * sector - ret->offset;
	return 1;
}

bool rig_find(const struct phone *p, const char *name, struct rig_place *ret)
{
	uint32_t sector = sector_of(p);
	char have[37];

	for (unsigned i = 0; i < 128; i++)
		if (entry(p, sector, i, have, ret) && strcmp(have, name) == 0)
			return true;
	/* Boot areas; old phones have their u-boot in the second one. */
	if (strcmp(name, "splloader") == 0)
		ret->area = "boot1";
	else if (strcmp(name, "splloader_bak") == 0 ||
		 strcmp(name, "uboot") == 0)
		ret->area = "boot2";
	else
		return false;
	ret->offset = 0;
	ret->size = phone_area_size(p, ret->area);
	return true;
}

size_t rig_each(const struct phone *p,
		void (*f)(void *user, const char *name, uint64_t size),
		void *user)
{
	uint32_t sector = sector_of(p);
	struct rig_place at;
	char name[37];
	size_t n = 0;

	for (unsigned i = 0; i < 128; i++)
		if (entry(p, sector, i, name, &at)) {
			f(user, name, at.size);
			n++;
		}
	return n;
}

static void clear_unreadable(const struct manifest_part *p, uint64_t at,
			     uint8_t *want, size_t n)
{
	for (size_t i = 0; i < p->nunreadable; i++)
		for (uint64_t k = 0; k < p->unreadable[i].length; k++) {
			uint64_t x = p->unreadable[i].offset + k;

			if (x >= at && x < at + n)
				want[x - at] = 0;
		}
}

static void compare_piece(const struct rig *r, const struct manifest_part *p,
			  const struct rig_place *where,
			  const struct archive_piece *piece, uint8_t *want)
{
	assert_null(piece->damage);
	assert_true(piece->len <= BLOCK_SIZE);
	assert_true(phone_peek(r->phone, where->area,
			       where->offset + piece->offset, want,
			       piece->len));
	clear_unreadable(p, piece->offset, want, piece->len);
	if (memcmp(want, piece->data, piece->len) != 0)
		fail_msg("'%s' differs in the block at 0x%llx", p->name,
			 (unsigned long long)piece->offset);
}

size_t rig_assert_exact(struct rig *r, const char *archive, unsigned threads)
{
	uint8_t *want = malloc(BLOCK_SIZE);
	struct archive_reader *a;
	struct archive_member m;
	size_t n = 0;
	int rc;

	assert_non_null(want);
	assert_ok(archive_open(archive, threads, &a, &r->e), &r->e);
	assert_true(archive_is_indexed(a));
	while ((rc = archive_next(a, &m, &r->e)) > 0) {
		const struct manifest_part *p =
			manifest_find(archive_manifest(a), m.name);
		struct archive_piece piece;
		struct rig_place where;
		uint64_t seen = 0;

		assert_null(m.damage);
		if (!p || strncmp(p->member, "gpt/", 4) == 0 ||
		    strncmp(p->member, "mapfiles/", 9) == 0 ||
		    strcmp(p->member, MANIFEST_DEVICE) == 0)
			continue;
		if (!rig_find(r->phone, p->name, &where))
			fail_msg("the phone has no '%s'", p->name);
		assert_int_equal(where.size, m.size);
		assert_int_equal(where.size, p->size);
		if (p->method == METHOD_RAW)
			assert_int_equal(p->raw_offset, where.offset);
		while ((rc = archive_pull(a, &piece, &r->e)) > 0) {
			assert_int_equal(piece.offset, seen);
			compare_piece(r, p, &where, &piece, want);
			seen += piece.len;
		}
		assert_ok(rc, &r->e);
		assert_int_equal(seen, p->size);
		n++;
	}
	assert_ok(rc, &r->e);
	archive_close(a);
	free(want);
	return n;
}

uint8_t *rig_load(const char *path, size_t *ret_n)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *p;

	if (!f || fstat(fileno(f), &st) < 0)
		fail_msg("%s: %s", path, strerror(errno));
	p = malloc((size_t)st.st_size + 1);
	assert_non_null(p);
	assert_int_equal(fread(p, 1, (size_t)st.st_size, f), st.st_size);
	fclose(f);
	*ret_n = (size_t)st.st_size;
	return p;
}
