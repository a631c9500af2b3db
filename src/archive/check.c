/* SPDX-License-Identifier: BSD-3-Clause */
/* check.c - is the container of an indexed archive as it was written? */
#include "reader.h"

#include "archive/tarhdr.h"
#include "base/file.h"

#include <xxhash.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checker {
	struct indexed *x;
	archive_complain *tell;
	void *user;
	int complaints;
	XXH64_state_t *xxh;
	uint8_t *buf;
	size_t cap;
};

static void complain(struct checker *c, const char *fmt, ...) PRINTF(2, 3);

static void complain(struct checker *c, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->tell(c->user, text);
	c->complaints++;
}

static const char *place_of(const struct indexed *x, uint32_t frame)
{
	for (size_t i = 0; i < x->nplaces; i++)
		if (frame <= x->places[i].header + x->places[i].frames)
			return x->places[i].name;
	return "end of the tar";
}

/* A frame that is too large to be one still belongs to the digest. */
static int hash_large(struct checker *c, uint64_t at, uint64_t end,
		      struct err *e)
{
	while (at < end) {
		size_t n = end - at < c->cap ? (size_t)(end - at) : c->cap;

		if (file_pread_all(c->x->fd, c->buf, n, at, e) < 0)
			return -(int)e->code;
		XXH64_update(c->xxh, c->buf, n);
		at += n;
	}
	return 0;
}

static int check_frame(struct checker *c, uint32_t frame, struct err *e)
{
	struct indexed *x = c->x;
	uint64_t at = x->table.start[frame];
	size_t n = seektable_compressed(&x->table, frame);
	const char *wrong = "the frame is larger than any of ours";

	if (n > c->cap) {
		if (hash_large(c, at, at + n, e) < 0)
			return -(int)e->code;
	} else {
		if (file_pread_all(x->fd, c->buf, n, at, e) < 0)
			return -(int)e->code;
		XXH64_update(c->xxh, c->buf, n);
		wrong = zframe_check(c->buf, n, x->table.content[frame]);
	}
	if (wrong)
		complain(c, "frame %" PRIu32 " at 0x%" PRIx64 " ('%s'): %s",
			 frame, at, place_of(x, frame), wrong);
	return 0;
}

static int check_frames(struct checker *c, struct err *e)
{
	uint64_t digest;

	XXH64_reset(c->xxh, 0);
	for (uint32_t i = 0; i < c->x->table.count; i++)
		if (check_frame(c, i, e) < 0)
			return -(int)e->code;
	digest = XXH64_digest(c->xxh);
	if (digest != c->x->trailer.digest)
		complain(c,
			 "the file has digest %016" PRIx64 ", the trailer "
			 "says %016" PRIx64 ": some bit of it changed",
			 digest, c->x->trailer.digest);
	return 0;
}

/* The tail was checked byte by byte when the archive was opened. */
static int check_tail(struct checker *c, struct err *e)
{
	CLEANUP(file_freep) uint8_t *again = NULL;
	uint8_t now[4096];
	size_t n;

	if (tail_encode(&c->x->table, &c->x->trailer, &again, &n, e) < 0)
		return -(int)e->code;
	for (size_t at = 0; at < n; at += sizeof(now)) {
		size_t len = n - at < sizeof(now) ? n - at : sizeof(now);

		if (file_pread_all(c->x->fd, now, len, c->x->tail_start + at,
				   e) < 0)
			return -(int)e->code;
		if (memcmp(now, again + at, len) != 0) {
			complain(c, "trailer or seek table changed since the "
				    "archive was opened");
			break;
		}
	}
	return 0;
}

static int check_places(struct checker *c, struct err *e)
{
	struct indexed *x = c->x;

	for (size_t i = 0; i < x->nplaces; i++) {
		const struct place *p = &x->places[i];

		if (indexed_check_header(x, p, e) < 0)
			return -(int)e->code;
		if (x->damage[0])
			complain(c, "header of '%s': %s", p->name, x->damage);
		if (p->bad_padding)
			complain(c, "the padding after '%s' is not zero",
				 p->name);
	}
	return 0;
}

static int check_end(struct checker *c, struct err *e)
{
	uint32_t frame = c->x->table.count - 1;
	uint8_t data[2 * TAR_UNIT];
	const char *wrong = "it is not two blocks of zeros";

	if (c->x->table.content[frame] == sizeof(data)) {
		if (indexed_read_frame(c->x, 0, frame, data, &wrong, e) < 0)
			return -(int)e->code;
		if (!wrong && !file_is_zero(data, sizeof(data)))
			wrong = "it is not two blocks of zeros";
	}
	if (wrong)
		complain(c, "end of the tar: %s", wrong);
	return 0;
}

static int check_sums(struct checker *c, struct err *e)
{
	struct indexed *x = c->x;
	const struct place *p = &x->places[x->nplaces - 1];
	CLEANUP(file_freep) char *expected = NULL;
	CLEANUP(file_freep) uint8_t *data = NULL;
	const char *wrong;
	size_t n, content = x->table.content[p->header + 1];

	if (indexed_expected_sums(x, &expected, &n, e) < 0)
		return -(int)e->code;
	data = malloc(content);
	if (!data)
		return err_nomem(e);
	if (indexed_read_frame(x, 0, p->header + 1, data, &wrong, e) < 0)
		return -(int)e->code;
	if (!wrong && memcmp(data, expected, n) != 0)
		wrong = "it does not say what the manifest says";
	if (!wrong && !file_is_zero(data + n, content - n))
		wrong = "the padding after it is not zero";
	if (wrong)
		complain(c, "'%s': %s", p->name, wrong);
	return 0;
}

int indexed_check(struct archive_reader *r, archive_complain *tell, void *user,
		  struct err *e)
{
	struct archive_member ignored;
	struct checker c = {
		.x = (struct indexed *)r,
		.tell = tell,
		.user = user,
		.cap = zframe_bound(r->manifest.block_size),
	};
	int rc;

	/* Leaves the current member: worker 0's buffers are needed here. */
	c.x->next_place = c.x->nplaces;
	rc = r->ops->next(r, &ignored, e);
	if (rc < 0)
		return rc;
	c.xxh = XXH64_createState();
	c.buf = malloc(c.cap);
	if (!c.xxh || !c.buf)
		rc = err_nomem(e);
	else if (check_frames(&c, e) < 0 || check_places(&c, e) < 0 ||
		 check_sums(&c, e) < 0 || check_end(&c, e) < 0 ||
		 check_tail(&c, e) < 0)
		rc = -(int)e->code;
	XXH64_freeState(c.xxh);
	free(c.buf);
	return rc < 0 ? rc : c.complaints;
}
