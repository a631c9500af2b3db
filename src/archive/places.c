/* SPDX-License-Identifier: BSD-3-Clause */
/* places.c - from the end of a file to the place of each member. */
#include "reader.h"

#include "archive/tarhdr.h"
#include "base/file.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* After the manifest's body: SHA256SUMS, header and body, and the tar's end. */
#define FRAMES_AFTER_MANIFEST 3u

static int read_tail(struct indexed *x, uint64_t file_size, struct err *e)
{
	CLEANUP(file_freep) uint8_t *tail = NULL;
	uint8_t footer[TAIL_FOOTER_SIZE];
	size_t n;

	if (file_size < sizeof(footer))
		return err_set(e, ERR_FORMAT, "the file is too short");
	if (file_pread_all(x->fd, footer, sizeof(footer),
			   file_size - sizeof(footer), e) < 0 ||
	    tail_measure(footer, file_size, &n, e) < 0)
		return -(int)e->code;
	tail = malloc(n);
	if (!tail)
		return err_nomem(e);
	x->tail_start = file_size - n;
	if (file_pread_all(x->fd, tail, n, x->tail_start, e) < 0)
		return -(int)e->code;
	return tail_decode(tail, n, file_size, &x->table, &x->trailer, e);
}

/* The body frames of manifest.json, one behind the other. */
static int read_manifest_bytes(struct indexed *x, uint32_t first,
			       uint32_t frames, uint8_t *buf, struct err *e)
{
	const char *damage;

	for (uint32_t i = first; i < first + frames; i++) {
		if (indexed_read_frame(x, 0, i, buf, &damage, e) < 0)
			return -(int)e->code;
		if (damage)
			return err_set(e, ERR_FORMAT,
				       "the manifest is damaged: %s", damage);
		buf += x->table.content[i];
	}
	return 0;
}

/*
 * Without its header, which may be damaged: JSON holds no zero byte, so what
 * follows the last other byte is padding.
 */
static int read_manifest(struct indexed *x, uint64_t *ret_size, struct err *e)
{
	CLEANUP(file_freep) uint8_t *buf = NULL;
	uint32_t first = x->trailer.manifest_frame + 1, frames;
	size_t n = 0;

	if (x->table.count < first + 1 + FRAMES_AFTER_MANIFEST)
		return err_set(e, ERR_FORMAT, "no frames for a manifest");
	frames = x->table.count - first - FRAMES_AFTER_MANIFEST;
	for (uint32_t i = first; i < first + frames; i++) {
		n += x->table.content[i];
		if (n > MANIFEST_MAX + TAR_UNIT)
			return err_set(e, ERR_FORMAT,
				       "the manifest is too large");
	}
	buf = malloc(n + 1);
	if (!buf)
		return err_nomem(e);
	if (read_manifest_bytes(x, first, frames, buf, e) < 0)
		return -(int)e->code;
	while (n > 0 && buf[n - 1] == 0)
		n--;
	if (manifest_from_json((char *)buf, n, &x->base.manifest, e) < 0)
		return -(int)e->code;
	x->base.has_manifest = true;
	*ret_size = n;
	return sha256_of(buf, n, x->manifest_sha256, e);
}

static void add_place(struct indexed *x, const char *name, uint64_t size,
		      uint32_t header)
{
	struct place *p = &x->places[x->nplaces++];
	uint32_t block = x->base.manifest.block_size;

	memcpy(p->name, name, strlen(name) + 1);
	p->size = size;
	p->header = header;
	p->frames = (uint32_t)(size / block + (size % block != 0));
}

/* Do the frames of one member hold what its size needs? */
static bool fits(const struct indexed *x, const struct place *p,
		 uint64_t next_header)
{
	uint64_t block = x->base.manifest.block_size, left = p->size;

	if (p->header + 1 + (uint64_t)p->frames != next_header ||
	    next_header > x->table.count ||
	    x->table.content[p->header] > TARHDR_MAX)
		return false;
	left += tar_padding(p->size);
	for (uint32_t i = 0; i < p->frames; i++) {
		uint64_t want = left < block ? left : block;

		if (x->table.content[p->header + 1 + i] != want)
			return false;
		left -= want;
	}
	return true;
}

static int check_places(const struct indexed *x, struct err *e)
{
	if (x->places[0].header != 0)
		return err_set(e, ERR_FORMAT,
			       "something unknown stands before the first "
			       "member");
	for (size_t i = 0; i < x->nplaces; i++) {
		/* One frame follows the last member: the end of the tar. */
		uint64_t next = i + 1 < x->nplaces ? x->places[i + 1].header
						   : x->table.count - 1;

		if (!fits(x, &x->places[i], next))
			return err_set(e, ERR_FORMAT,
				       "manifest and seek table disagree on "
				       "the frames of '%s'",
				       x->places[i].name);
	}
	return 0;
}

int indexed_expected_sums(const struct indexed *x, char **ret, size_t *ret_len,
			  struct err *e)
{
	const struct manifest *m = &x->base.manifest;
	struct strbuf sums = { 0 };
	char hex[SHA256_HEX];

	for (size_t i = 0; i < m->nparts; i++) {
		text_hex(m->parts[i].sha256, SHA256_LEN, hex);
		strbuf_add(&sums, "%s  %s\n", hex, m->parts[i].member);
	}
	text_hex(x->manifest_sha256, SHA256_LEN, hex);
	strbuf_add(&sums, "%s  %s\n", hex, MANIFEST_NAME);
	if (sums.failed) {
		strbuf_free(&sums);
		return err_nomem(e);
	}
	*ret = sums.s;
	*ret_len = sums.len;
	return 0;
}

static int make_places(struct indexed *x, uint64_t manifest_size, struct err *e)
{
	const struct manifest *m = &x->base.manifest;
	uint32_t sums_header = x->table.count - FRAMES_AFTER_MANIFEST;
	CLEANUP(file_freep) char *sums = NULL;
	size_t sums_len;

	if (indexed_expected_sums(x, &sums, &sums_len, e) < 0)
		return -(int)e->code;
	x->places = calloc(m->nparts + 2, sizeof(*x->places));
	if (!x->places)
		return err_nomem(e);
	for (size_t i = 0; i < m->nparts; i++)
		add_place(x, m->parts[i].member, m->parts[i].size,
			  m->parts[i].first_frame - 1);
	add_place(x, MANIFEST_NAME, manifest_size, x->trailer.manifest_frame);
	add_place(x, MANIFEST_SUMS, sums_len, sums_header);
	return check_places(x, e);
}

int indexed_plan(struct indexed *x, uint64_t file_size, struct err *e)
{
	uint64_t manifest_size = 0;

	if (read_tail(x, file_size, e) < 0 ||
	    read_manifest(x, &manifest_size, e) < 0)
		return -(int)e->code;
	return make_places(x, manifest_size, e);
}

bool indexed_begins_as_ours(int fd)
{
	/* The first frame holds 512 bytes and cannot be larger than this. */
	uint8_t in[1024], out[TAR_UNIT];
	struct zframe_dec *dec;
	struct tarhdr h;
	struct err e;
	ssize_t got = pread(fd, in, sizeof(in), 0);
	size_t n;
	bool ours;

	if (got <= 0 || zframe_dec_new(&dec, &e) < 0)
		return false;
	n = zframe_length(in, (size_t)got);
	ours = n > 0 && !zframe_decode(dec, in, n, out, sizeof(out)) &&
	       tarhdr_parse(out, sizeof(out), &h, &e) == 0 &&
	       strcmp(h.name, MANIFEST_DEVICE) == 0;
	zframe_dec_free(dec);
	return ours;
}
