/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_source.c - bytes of the archive, in pieces of any length. */
#include "restore_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int find(struct restore *r, const char *member, uint64_t *ret_size,
		struct err *e)
{
	struct archive_member m;
	int rc;

	if (r->image) {
		*ret_size = r->m->parts[0].size;
		return restore_image_begin(r->image, e);
	}
	rc = archive_find(r->r, member, &m, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_FORMAT, "the archive lacks '%s'", member);
	*ret_size = m.size;
	memset(&r->src, 0, sizeof(r->src));
	r->src.r = r->r;
	return 0;
}

int restore_source_begin(struct restore *r, const struct restore_item *it,
			 struct err *e)
{
	uint64_t size;

	if (find(r, it->member, &size, e) < 0)
		return -(int)e->code;
	if (size >= it->source)
		return 0;
	return err_set(e, ERR_MISMATCH,
		       "'%s' has %" PRIu64 " bytes in the archive, %" PRIu64
		       " are wanted",
		       it->member, size, it->source);
}

static int next_piece(struct restore_source *s, struct err *e)
{
	int rc = archive_pull(s->r, &s->piece, e);

	s->used = 0;
	if (rc == 0)
		return err_set(e, ERR_MISMATCH, "the archive ends too early");
	if (rc > 0 && s->piece.damage)
		return err_set(e, ERR_MISMATCH,
			       "the archive is damaged at 0x%" PRIx64 ": %s",
			       s->piece.offset, s->piece.damage);
	return rc < 0 ? rc : 0;
}

int restore_source_pull(struct restore *r, void *buf, size_t n, struct err *e)
{
	struct restore_source *s = &r->src;
	uint8_t *to = buf;

	if (r->image)
		return restore_image_pull(r->image, buf, n, e);
	while (n > 0) {
		size_t take;

		if (s->used == s->piece.len && next_piece(s, e) < 0)
			return -(int)e->code;
		take = s->piece.len - s->used;
		if (take > n)
			take = n;
		memcpy(to, s->piece.data + s->used, take);
		s->used += take;
		to += take;
		n -= take;
	}
	return 0;
}

int restore_load(struct restore *r, const char *member, size_t most,
		 uint8_t **ret, size_t *ret_n, struct err *e)
{
	uint64_t size;
	uint8_t *p;

	if (find(r, member, &size, e) < 0)
		return -(int)e->code;
	if (size > most)
		return err_set(e, ERR_FORMAT,
			       "'%s' has %" PRIu64
			       " bytes, more than the %zu that are possible",
			       member, size, most);
	p = malloc(size ? (size_t)size : 1);
	if (!p)
		return err_nomem(e);
	if (restore_source_pull(r, p, (size_t)size, e) < 0) {
		free(p);
		return -(int)e->code;
	}
	*ret = p;
	*ret_n = (size_t)size;
	return 0;
}
