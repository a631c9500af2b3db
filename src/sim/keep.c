/* SPDX-License-Identifier: BSD-3-Clause */
/* keep.c - a file that brings what was written to the next process. */
#include "internal.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A head, then one record per change, in their order: 24 bytes and, unless
 * something was erased, the data.  A process that is killed leaves whole
 * records and at most one that is cut, which the next one takes off again.
 */
#define HEAD	    64
#define HEAD_TEXT   "spdvault sim keep 1"
#define RECORD	    24
#define RECORD_MARK 0x5045454BU
#define PIECE	    ((size_t)1 << 20)

/* The mark and the sizes of the areas: another phone's file is no use. */
static void make_head(const struct phone *p, uint8_t head[HEAD])
{
	memset(head, 0, HEAD);
	memcpy(head, HEAD_TEXT, strlen(HEAD_TEXT));
	for (int i = 0; i < AREAS; i++)
		put_le64(head + 32 + 8 * i, p->storage.area[i].size);
}

static void make_record(uint8_t to[RECORD], enum area_id area, uint64_t offset,
			bool erase, uint64_t n)
{
	put_le32(to, RECORD_MARK);
	put_le32(to + 4, (uint32_t)area << 1 | erase);
	put_le64(to + 8, offset);
	put_le64(to + 16, n);
}

static bool write_all(int fd, const uint8_t *data, uint64_t n)
{
	while (n) {
		size_t most = n < PIECE ? (size_t)n : PIECE;
		ssize_t done = write(fd, data, most);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		n -= (uint64_t)done;
	}
	return true;
}

/* False when the file ends before. */
static bool read_all(int fd, uint8_t *to, size_t n)
{
	while (n) {
		ssize_t got = read(fd, to, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		n -= (size_t)got;
	}
	return true;
}

/* The data of one record, in pieces. */
static bool take_data(struct area *a, int fd, uint64_t offset, uint64_t n,
		      uint8_t *piece)
{
	while (n) {
		size_t most = n < PIECE ? (size_t)n : PIECE;

		if (!read_all(fd, piece, most) ||
		    !area_write(a, offset, piece, most))
			return false;
		offset += most;
		n -= most;
	}
	return true;
}

/* False at the end, or where a record is cut. */
static bool take_record(struct phone *p, int fd, uint64_t left, uint8_t *piece,
			uint64_t *ret_len)
{
	uint8_t r[RECORD];
	uint64_t offset, n;
	struct area *a;
	bool erase;

	if (!read_all(fd, r, sizeof(r)) || get_le32(r) != RECORD_MARK ||
	    get_le32(r + 4) >> 1 >= AREAS)
		return false;
	a = &p->storage.area[get_le32(r + 4) >> 1];
	erase = get_le32(r + 4) & 1;
	offset = get_le64(r + 8);
	n = get_le64(r + 16);
	*ret_len = RECORD + (erase ? 0 : n);
	if (erase)
		return area_erase(a, offset, n);
	/* Looked at first: a cut record must not be half done. */
	return n <= left - RECORD && take_data(a, fd, offset, n, piece);
}

static int take_records(struct phone *p, int fd, uint64_t size, struct err *e)
{
	uint8_t *piece = malloc(PIECE);
	uint64_t at = HEAD, len;

	if (!piece)
		return err_nomem(e);
	while (size - at >= RECORD &&
	       take_record(p, fd, size - at, piece, &len))
		at += len;
	free(piece);
	if (ftruncate(fd, (off_t)at) < 0 || lseek(fd, 0, SEEK_END) < 0)
		return err_sys(e, errno, "cutting off what was not whole");
	return 0;
}

static int take_file(struct phone *p, int fd, struct err *e)
{
	uint8_t want[HEAD], is[HEAD];
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return err_set(e, ERR_USAGE, "another simulated phone has it");
	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "looking at it");
	make_head(p, want);
	if (st.st_size == 0)
		return write_all(fd, want, HEAD)
			       ? 0
			       : err_sys(e, errno, "writing it");
	if (st.st_size < HEAD || !read_all(fd, is, HEAD) ||
	    memcmp(is, want, HEAD) != 0)
		return err_set(e, ERR_USAGE,
			       "it is no such file, or that of a phone with "
			       "another storage");
	return take_records(p, fd, (uint64_t)st.st_size, e);
}

int keep_open(struct phone *p, struct err *e)
{
	int r;

	if (!p->cfg.keep)
		return 0;
	p->keep_fd = open(p->cfg.keep, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (p->keep_fd < 0)
		return err_sys(e, errno, "opening '%s'", p->cfg.keep);
	r = take_file(p, p->keep_fd, e);
	return r < 0 ? err_context(e, "key 'keep': '%s'", p->cfg.keep) : 0;
}

void keep_close(struct phone *p)
{
	if (p->keep_fd >= 0)
		close(p->keep_fd);
	p->keep_fd = -1;
}

void keep_add(struct phone *p, enum area_id area, uint64_t offset,
	      const uint8_t *data, uint64_t n)
{
	uint8_t r[RECORD];

	if (p->keep_fd < 0)
		return;
	make_record(r, area, offset, !data, n);
	if (!write_all(p->keep_fd, r, sizeof(r)) ||
	    (data && !write_all(p->keep_fd, data, n)))
		sim_die(p, "its 'keep' file cannot be written");
}
