/* SPDX-License-Identifier: BSD-3-Clause */
/* source.c - the bytes of a PAC: a file, or memory. */
#include "base/file.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct plain {
	struct source base;
	int fd;
	const uint8_t *memory;
};

static int plain_read(struct source *s, void *to, size_t n, uint64_t offset,
		      struct err *e)
{
	struct plain *f = (struct plain *)s;
	int rc;

	if (offset > s->size || n > s->size - offset) {
		rc = err_set(e, ERR_FORMAT,
			     "the file ends after %llu bytes, before what it "
			     "promises",
			     (unsigned long long)s->size);
		err_hint(e, "it was cut: copy or download it again");
		return rc;
	}
	if (f->memory) {
		memcpy(to, f->memory + offset, n);
		return 0;
	}
	return file_pread_all(f->fd, to, n, offset, e);
}

static void plain_close(struct source *s)
{
	struct plain *f = (struct plain *)s;

	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

static const struct source_ops ops = { plain_read, plain_close };

static struct plain *make(int fd, const void *p, uint64_t size)
{
	struct plain *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->base.ops = &ops;
	f->base.size = size;
	f->base.size_known = true;
	f->fd = fd;
	f->memory = p;
	return f;
}

int source_open_file(const char *path, struct source **ret, struct err *e)
{
	/* (O_NONBLOCK: a pipe must not keep us waiting to be refused) */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct plain *f;
	struct stat st;
	int rc;

	if (fd < 0)
		return err_sys(e, errno, "opening '%s'", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		rc = err_set(e, ERR_USAGE, "'%s' is no file", path);
		err_hint(e, "a PAC is read here and there, so it cannot come "
			    "through a pipe");
		return rc;
	}
	f = make(fd, NULL, (uint64_t)st.st_size);
	if (!f) {
		close(fd);
		return err_nomem(e);
	}
	*ret = &f->base;
	return 0;
}

int source_open_memory(const void *p, size_t n, struct source **ret,
		       struct err *e)
{
	struct plain *f = make(-1, p, n);

	if (!f)
		return err_nomem(e);
	*ret = &f->base;
	return 0;
}
