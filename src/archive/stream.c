/* SPDX-License-Identifier: BSD-3-Clause */
/* stream.c - any tar from front to back, by libarchive. */
#include "reader.h"
#include "unpack.h"

#include "archive/tarhdr.h"

#include <archive.h>
#include <archive_entry.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stream {
	struct archive_reader base;
	struct archive *a;
	struct source *source;

	bool inside; /* there is a current member */
	bool began;  /* there was one */
	bool ended;
	struct err dead; /* code ERR_NONE: alive */
	uint64_t size, at, end;
	const uint8_t *block; /* of libarchive: bytes that are not pulled yet */
	size_t block_len;
	uint64_t block_at;
	uint8_t *memory; /* manifest.json, which was read ahead */
	char damage[sizeof(((struct err *)0)->text)];
};

static struct stream *stream_of(struct archive_reader *r)
{
	return (struct stream *)r;
}

/* Nothing can be had behind a failure; every later call ends with it. */
static int die(struct stream *s, struct err *e)
{
	const struct err *below = source_failure(s->source);
	const char *text = archive_error_string(s->a);

	if (below)
		*e = *below;
	else if (archive_errno(s->a) == ENOMEM)
		(void)!err_nomem(e);
	else if (archive_format(s->a) == 0)
		(void)!err_set(e, ERR_FORMAT,
			       "it is no tar, compressed or not");
	else
		(void)!err_set(e, ERR_FORMAT, "%s",
			       text ? text : "no tar that can be read");
	s->dead = *e;
	s->inside = false;
	return -(int)e->code;
}

static la_ssize_t read_source(struct archive *a, void *user, const void **ret)
{
	const uint8_t *data;
	struct err e;
	size_t n;
	int rc = source_read(user, &data, &n, &e);

	if (rc < 0) {
		archive_set_error(a, EILSEQ, "%s", e.text);
		return ARCHIVE_FATAL;
	}
	if (rc == 0)
		return 0;
	*ret = data;
	return (la_ssize_t)n;
}

/* -- the end of the tar -------------------------------------------------- */

/* Tape blocks end with some zeros; /dev/zero does not end at all. */
#define BEHIND_MAX ((uint64_t)1 << 30)

/*
 * libarchive takes the end of the file for the end of the tar.  A file that
 * was cut between two members would look whole.
 */
static int end_of_tar(struct stream *s, int64_t before, struct err *e)
{
	const uint8_t *data;
	uint64_t behind = 0;
	size_t n = 0;
	int rc;

	if (archive_filter_bytes(s->a, 0) - before < (int64_t)TAR_UNIT) {
		rc = err_set(e, ERR_FORMAT,
			     "the tar has no end mark: the file was cut "
			     "between two members, or never finished");
		s->dead = *e;
		return rc;
	}
	/* To the end: damage there counts, and a pipe wants to be emptied. */
	do {
		rc = source_read(s->source, &data, &n, e);
		behind += rc > 0 ? n : 0;
	} while (rc > 0 && behind <= BEHIND_MAX);
	if (rc > 0)
		rc = err_set(e, ERR_FORMAT, "more than 1 GiB stands there");
	if (rc < 0) {
		s->dead = *e;
		return err_context(e, "after the end of the tar");
	}
	s->ended = true;
	if (s->began)
		return 0;
	rc = err_set(e, ERR_FORMAT, "it is a tar that holds nothing");
	s->dead = *e;
	return rc;
}

/* -- members ------------------------------------------------------------- */

static bool is_regular(struct archive_entry *entry)
{
	return archive_entry_filetype(entry) == AE_IFREG &&
	       !archive_entry_hardlink(entry) &&
	       !archive_entry_symlink(entry) &&
	       archive_entry_size_is_set(entry) &&
	       archive_entry_size(entry) >= 0;
}

static void describe(struct archive_entry *entry, struct archive_member *ret)
{
	const char *name = archive_entry_pathname(entry);

	memset(ret, 0, sizeof(*ret));
	if (!name)
		name = archive_entry_pathname_utf8(entry);
	ret->unsafe = tar_name(name ? name : "?", ret->name);
	ret->is_file = is_regular(entry);
	if (ret->is_file)
		ret->size = (uint64_t)archive_entry_size(entry);
}

/* Reads ahead, so that archive_manifest() can answer from now on. */
static int load_manifest(struct stream *s, struct archive_member *member,
			 struct err *e)
{
	struct err why;
	la_ssize_t n;

	if (member->size > MANIFEST_MAX) {
		snprintf(s->damage, sizeof(s->damage),
			 "%" PRIu64 " bytes are more than a manifest has",
			 member->size);
		member->damage = s->damage;
		return 0;
	}
	s->memory = malloc((size_t)member->size + 1);
	if (!s->memory)
		return err_nomem(e);
	n = archive_read_data(s->a, s->memory, (size_t)member->size);
	if (n < 0 || (uint64_t)n != member->size) {
		die(s, e);
		return err_context(e, "'%s'", MANIFEST_NAME);
	}
	if (manifest_from_json((char *)s->memory, (size_t)n, &s->base.manifest,
			       &why) < 0) {
		if (why.code == ERR_NOMEM) {
			*e = why;
			return -(int)ERR_NOMEM;
		}
		memcpy(s->damage, why.text, sizeof(s->damage));
		member->damage = s->damage;
		return 0;
	}
	s->base.has_manifest = true;
	return 0;
}

static void leave(struct stream *s)
{
	free(s->memory);
	s->memory = NULL;
	s->inside = false;
	s->block_len = 0;
	s->block_at = 0;
}

/* No phone holds as much; reading it would never end. */
#define MEMBER_SIZE_MAX ((uint64_t)1 << 44)

static int stream_next(struct archive_reader *r, struct archive_member *ret,
		       struct err *e)
{
	struct stream *s = stream_of(r);
	struct archive_entry *entry;
	bool was_inside = s->inside;
	int64_t before;
	int rc;

	leave(s);
	if (s->dead.code != ERR_NONE) {
		*e = s->dead;
		return -(int)e->code;
	}
	if (s->ended)
		return 0;
	if (was_inside && archive_read_data_skip(s->a) < ARCHIVE_WARN)
		return die(s, e);
	before = archive_filter_bytes(s->a, 0);
	rc = archive_read_next_header(s->a, &entry);
	if (rc == ARCHIVE_EOF)
		return end_of_tar(s, before, e);
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return die(s, e);
	describe(entry, ret);
	if (ret->size > MEMBER_SIZE_MAX) {
		/* A sparse entry can claim that with a few bytes. */
		rc = err_set(e, ERR_FORMAT, "'%s' claims %" PRIu64 " bytes",
			     ret->name, ret->size);
		s->dead = *e;
		return rc;
	}
	s->inside = s->began = true;
	s->size = s->end = ret->size;
	s->at = 0;
	if (ret->is_file && !s->base.has_manifest &&
	    strcmp(ret->name, MANIFEST_NAME) == 0 &&
	    load_manifest(s, ret, e) < 0)
		return -(int)e->code;
	return 1;
}

static int stream_find(struct archive_reader *r, const char *member,
		       struct archive_member *ret, struct err *e)
{
	int rc;

	do
		rc = stream_next(r, ret, e);
	while (rc > 0 && strcmp(ret->name, member) != 0);
	return rc;
}

/* -- bytes --------------------------------------------------------------- */

static int next_block(struct stream *s, struct err *e)
{
	const void *data;
	la_int64_t offset;
	size_t n;
	int rc = archive_read_data_block(s->a, &data, &n, &offset);

	if (rc == ARCHIVE_EOF) {
		/* A sparse member may end with a hole. */
		s->block_at = s->size;
		s->block_len = 0;
		return 0;
	}
	if (rc < ARCHIVE_WARN)
		return die(s, e);
	if (offset < 0 || (uint64_t)offset < s->at) {
		archive_set_error(s->a, EILSEQ,
				  "a sparse member goes backwards");
		return die(s, e);
	}
	s->block = data;
	s->block_len = n;
	s->block_at = (uint64_t)offset;
	return 0;
}

static int stream_pull(struct archive_reader *r, struct archive_piece *ret,
		       struct err *e)
{
	static const uint8_t zeros[65536];
	struct stream *s = stream_of(r);
	uint64_t most = s->end - s->at;

	if (s->dead.code != ERR_NONE) {
		*e = s->dead;
		return -(int)e->code;
	}
	if (!s->inside || most == 0)
		return 0;
	memset(ret, 0, sizeof(*ret));
	ret->offset = s->at;
	if (s->memory) {
		ret->data = s->memory + s->at;
		ret->len = (size_t)most;
		s->at = s->end;
		return 1;
	}
	while (s->block_len == 0 && s->block_at <= s->at)
		if (next_block(s, e) < 0)
			return -(int)e->code;
	if (s->block_at > s->at) {
		uint64_t hole = s->block_at - s->at;

		ret->data = zeros;
		ret->len = hole < sizeof(zeros) ? (size_t)hole : sizeof(zeros);
	} else {
		ret->data = s->block;
		ret->len = s->block_len;
	}
	if (ret->len > most)
		ret->len = (size_t)most;
	if (ret->data == s->block) {
		s->block += ret->len;
		s->block_at += ret->len;
		s->block_len -= ret->len;
	}
	s->at += ret->len;
	return 1;
}

static int stream_skip_to(struct archive_reader *r, uint64_t offset,
			  struct err *e)
{
	struct stream *s = stream_of(r);
	struct archive_piece ignored;
	uint64_t end = s->end;

	if (!s->inside || offset < s->at || offset > s->end)
		return err_set(e, ERR_USAGE,
			       "offset %" PRIu64 " is outside of the member",
			       offset);
	s->end = offset;
	while (s->at < offset)
		if (stream_pull(r, &ignored, e) < 0)
			return -(int)e->code;
	s->end = end;
	return 0;
}

static void stream_limit(struct archive_reader *r, uint64_t length)
{
	struct stream *s = stream_of(r);

	if (s->inside && length < s->end - s->at)
		s->end = s->at + length;
}

/* -- a life -------------------------------------------------------------- */

static int stream_check(struct archive_reader *r, archive_complain *tell,
			void *user, struct err *e)
{
	(void)e;
	if (!r->lost[0])
		return 0;
	tell(user, r->lost);
	return 1;
}

static void stream_close(struct archive_reader *r)
{
	struct stream *s = stream_of(r);

	leave(s);
	archive_read_free(s->a);
	source_close(s->source);
	free(s);
}

static const struct reader_ops ops = {
	.next = stream_next,
	.pull = stream_pull,
	.find = stream_find,
	.skip_to = stream_skip_to,
	.limit = stream_limit,
	.check = stream_check,
	.close = stream_close,
};

/* Not "all": some would start other programs on foreign bytes. */
static void support_filters(struct archive *a)
{
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_lzip(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_compress(a);
}

int stream_open(int fd, struct archive_reader **ret, struct err *e)
{
	struct stream *s;
	struct source *source;

	if (source_open(fd, &source, e) < 0)
		return -(int)e->code;
	s = calloc(1, sizeof(*s));
	if (!s) {
		source_close(source);
		return err_nomem(e);
	}
	s->base.ops = &ops;
	s->source = source;
	s->a = archive_read_new();
	if (!s->a) {
		stream_close(&s->base);
		return err_nomem(e);
	}
	if (!source_is_zstd(source))
		support_filters(s->a);
	archive_read_support_format_tar(s->a);
	if (archive_read_open(s->a, source, NULL, read_source, NULL) !=
	    ARCHIVE_OK) {
		die(s, e);
		stream_close(&s->base);
		return -(int)e->code;
	}
	*ret = &s->base;
	return 0;
}
