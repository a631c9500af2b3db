/* SPDX-License-Identifier: BSD-3-Clause */
/* save.c - what the phone holds, as files that it may be made from again. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)64 << 10)

static bool is_zero(const uint8_t *p, size_t n)
{
	return !n || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* Zeros stay a hole. */
static int save_bytes(const struct area *a, int fd, uint8_t *piece,
		      struct err *e)
{
	for (uint64_t at = 0; at < a->size; at += PIECE) {
		size_t n =
			a->size - at < PIECE ? (size_t)(a->size - at) : PIECE;
		ssize_t done;

		(void)area_read(a, at, piece, n);
		if (is_zero(piece, n))
			continue;
		done = pwrite(fd, piece, n, (off_t)at);
		if (done != (ssize_t)n)
			return err_sys(e, done < 0 ? errno : ENOSPC, "writing");
	}
	if (ftruncate(fd, (off_t)a->size) < 0 || fsync(fd) < 0)
		return err_sys(e, errno, "writing");
	return 0;
}

static int save_file(const struct area *a, const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	uint8_t *piece;
	int r;

	if (fd < 0 && errno == EEXIST) {
		r = err_set(e, ERR_EXISTS, "it is there already");
		err_hint(e, "name another folder, or remove the file");
		return r;
	}
	if (fd < 0)
		return err_sys(e, errno, "cannot make it");
	piece = malloc(PIECE);
	r = piece ? save_bytes(a, fd, piece, e) : err_nomem(e);
	free(piece);
	close(fd);
	return r;
}

int phone_save(const struct phone *p, const char *dir, struct err *e)
{
	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return err_sys(e, errno, "cannot make '%s'", dir);
	for (int i = 0; i < AREAS; i++) {
		char *path;
		int r;

		if (asprintf(&path, "%s/%s.img", dir, area_name(i)) < 0)
			return err_nomem(e);
		r = save_file(&p->storage.area[i], path, e);
		if (r < 0)
			r = err_context(e, "'%s'", path);
		free(path);
		if (r < 0)
			return r;
	}
	return 0;
}
