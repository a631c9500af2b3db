/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * unpack.c - reads a file or pipe and decompresses zstd frame by frame.
 *
 * libarchive could do this, but it fills a buffer of 128 KiB before it gives
 * out any of it: when the file is cut or damaged, the good bytes before that
 * place are lost, which may be whole members.
 */
#include "unpack.h"

#include <zstd.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define IN_SIZE	 ((size_t)256 << 10)
#define OUT_SIZE ((size_t)256 << 10)

struct source {
	int fd;
	uint8_t *in, *out;
	size_t in_len, in_at;
	uint64_t consumed; /* file offset of in[in_at] */
	bool ended;	   /* the file has no more */
	bool is_zstd, inside_frame;
	ZSTD_DCtx *ctx;
	struct err failure; /* code ERR_NONE: none yet */
};

/* 1 when there is something at in_at, 0 at the end of the file. */
static int refill(struct source *s, struct err *e)
{
	ssize_t n;

	if (s->in_at < s->in_len)
		return 1;
	if (s->ended)
		return 0;
	do
		n = read(s->fd, s->in, IN_SIZE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, errno, "reading at 0x%" PRIx64, s->consumed);
	s->in_at = 0;
	s->in_len = (size_t)n;
	s->ended = n == 0;
	return n > 0;
}

/* Magic numbers of a frame and of the sixteen kinds of skippable frames. */
static bool looks_like_zstd(const uint8_t *p, size_t n)
{
	if (n < 4)
		return false;
	if (p[0] == 0x28 && p[1] == 0xB5 && p[2] == 0x2F && p[3] == 0xFD)
		return true;
	return (p[0] & 0xF0) == 0x50 && p[1] == 0x2A && p[2] == 0x4D &&
	       p[3] == 0x18;
}

/* A pipe may begin with less than four bytes. */
static int first_bytes(struct source *s, struct err *e)
{
	while (s->in_len < 4) {
		ssize_t n = read(s->fd, s->in + s->in_len, IN_SIZE - s->in_len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "reading");
		if (n == 0) {
			s->ended = true;
			break;
		}
		s->in_len += (size_t)n;
	}
	s->is_zstd = looks_like_zstd(s->in, s->in_len);
	return 0;
}

int source_open(int fd, struct source **ret, struct err *e)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s) {
		close(fd);
		return err_nomem(e);
	}
	s->fd = fd;
	s->in = malloc(IN_SIZE);
	s->out = malloc(OUT_SIZE);
	s->ctx = ZSTD_createDCtx();
	if (!s->in || !s->out || !s->ctx) {
		source_close(s);
		return err_nomem(e);
	}
	if (first_bytes(s, e) < 0) {
		source_close(s);
		return -(int)e->code;
	}
	*ret = s;
	return 0;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	close(s->fd);
	ZSTD_freeDCtx(s->ctx);
	free(s->in);
	free(s->out);
	free(s);
}

bool source_is_zstd(const struct source *s)
{
	return s->is_zstd;
}

const struct err *source_failure(const struct source *s)
{
	return s->failure.code == ERR_NONE ? NULL : &s->failure;
}

/* One step: 1 went on, 0 at the end of the file between two frames. */
static int decompress(struct source *s, ZSTD_outBuffer *out, struct err *e)
{
	ZSTD_inBuffer in;
	size_t r;
	int rc = refill(s, e);

	if (rc < 0)
		return rc;
	if (rc == 0 && s->inside_frame)
		return err_set(e, ERR_FORMAT,
			       "the file ends at 0x%" PRIx64 " inside a "
			       "compressed frame: it was cut",
			       s->consumed);
	if (rc == 0)
		return 0;
	in = (ZSTD_inBuffer) { s->in, s->in_len, s->in_at };
	r = ZSTD_decompressStream(s->ctx, out, &in);
	s->consumed += in.pos - s->in_at;
	s->in_at = in.pos;
	if (ZSTD_isError(r))
		return err_set(e, ERR_FORMAT,
			       "damaged compressed data near 0x%" PRIx64 ": %s",
			       s->consumed, ZSTD_getErrorName(r));
	s->inside_frame = r != 0;
	return 1;
}

static int read_zstd(struct source *s, const uint8_t **ret, size_t *ret_len,
		     struct err *e)
{
	ZSTD_outBuffer out = { s->out, OUT_SIZE, 0 };
	int rc;

	do
		rc = decompress(s, &out, e);
	while (rc > 0 && out.pos < out.size);
	if (rc < 0)
		s->failure = *e;
	if (out.pos == 0)
		return rc;
	*ret = s->out;
	*ret_len = out.pos;
	return 1;
}

int source_read(struct source *s, const uint8_t **ret, size_t *ret_len,
		struct err *e)
{
	int rc;

	if (s->failure.code != ERR_NONE) {
		*e = s->failure;
		return -(int)e->code;
	}
	if (s->is_zstd)
		return read_zstd(s, ret, ret_len, e);
	rc = refill(s, e);
	if (rc < 0)
		s->failure = *e;
	if (rc <= 0)
		return rc;
	*ret = s->in + s->in_at;
	*ret_len = s->in_len - s->in_at;
	s->consumed += *ret_len;
	s->in_at = s->in_len;
	return 1;
}
