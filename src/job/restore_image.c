/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_image.c - one image from elsewhere, as if it were an archive. */
#include "base/file.h"
#include "base/text.h"
#include "device/sparse.h"
#include "job/pac_jobs.h"
#include "pac/pac.h"
#include "restore_run.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file, or one of a package; sparse or as it is. */
struct restore_image {
	int fd;
	struct pac *pac;
	uint64_t base, stored; /* its bytes there */
	uint64_t at;	       /* of these: the next one */
	bool sparse;
	struct sparse_read reader;
	uint64_t size; /* of what it stands for */
	struct manifest m;
};

static int pull_stored(void *user, void *buf, size_t n, struct err *e)
{
	struct restore_image *im = user;
	int rc;

	if (n > im->stored - im->at)
		return err_set(e, ERR_FORMAT,
			       "the image ends %" PRIu64 " bytes too early",
			       n - (im->stored - im->at));
	rc = im->pac ? pac_read(im->pac, buf, n, im->base + im->at, e)
		     : file_pread_all(im->fd, buf, n, im->base + im->at, e);
	im->at += rc < 0 ? 0 : n;
	return rc;
}

int restore_image_begin(struct restore_image *im, struct err *e)
{
	const struct write_source from = { im, pull_stored };

	im->at = 0;
	return im->sparse ? sparse_read_begin(&im->reader, &from, e) : 0;
}

int restore_image_pull(struct restore_image *im, void *buf, size_t n,
		       struct err *e)
{
	uint8_t *to = buf;

	while (n > 0) {
		size_t part = n < WRITE_PULL_MAX ? n : WRITE_PULL_MAX;
		int rc = im->sparse ? sparse_read_pull(&im->reader, to, part, e)
				    : pull_stored(im, to, part, e);

		if (rc < 0)
			return rc;
		to += part;
		n -= part;
	}
	return 0;
}

/* -- opening ------------------------------------------------------------- */

static bool fits(const struct pac_file *f, const char *member, const char *part)
{
	if (!member)
		return strcasecmp(f->id, part) == 0;
	return fnmatch(member, f->id, 0) == 0 ||
	       fnmatch(member, f->name, 0) == 0;
}

static int choose_file(struct restore_image *im,
		       const struct restore_request *q, struct err *e)
{
	const struct pac_info *info = pac_info(im->pac);
	const struct pac_file *found = NULL;
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < info->nfiles; i++) {
		if (!info->files[i].size ||
		    !fits(&info->files[i], q->member, q->names[0]))
			continue;
		found = &info->files[i];
		n++;
	}
	if (n == 1 && !found->beyond) {
		im->base = found->offset;
		im->stored = found->size;
		return 0;
	}
	rc = err_set(e,
		     n > 1 ? ERR_USAGE
		     : n   ? ERR_FORMAT
			   : ERR_USAGE,
		     n > 1 ? "%zu files of the package fit '%s'"
		     : n   ? "the package is cut off: %zu file fits '%s', and "
			     "it is not whole"
			   : "%zu files of the package fit '%s'",
		     n, q->member ? q->member : q->names[0]);
	err_hint(e, "'spdvault pac list' names them; give one with --member");
	return rc;
}

/* Loaders may come from a package that is a little damaged; this may not. */
static int take_from_package(struct restore *r, struct restore_image *im,
			     struct err *e)
{
	if (choose_file(im, &r->q, e) < 0)
		return -(int)e->code;
	if (job_pac_sums(im->pac, &r->ev, e) == 0)
		return 0;
	if (e->code == ERR_MISMATCH || e->code == ERR_FORMAT)
		err_hint(e, "download it again; what you trust all the same "
			    "can be taken out by 'spdvault pac extract'");
	return -(int)e->code;
}

static int open_file(struct restore *r, struct restore_image *im, struct err *e)
{
	const struct restore_request *q = &r->q;
	struct stat st;
	int rc;

	im->fd = open(q->image, O_RDONLY | O_CLOEXEC);
	if (im->fd < 0 || fstat(im->fd, &st) < 0)
		return err_sys(e, errno, "opening '%s'", q->image);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "'%s' is no file", q->image);
	im->stored = (uint64_t)st.st_size;
	/* What is a package, or wants to be one, is never written as it is. */
	rc = q->member || q->inside ? pac_open(q->image, q->inside, &im->pac, e)
				    : pac_open_if_one(q->image, &im->pac, e);
	if (rc < 0)
		return err_context(e, "as a firmware package");
	return im->pac ? take_from_package(r, im, e) : 0;
}

/* Raw or sparse, and its size then. */
static int look_inside(struct restore_image *im, struct err *e)
{
	uint8_t head[4] = { 0 };

	im->at = 0;
	if (im->stored >= sizeof(head) &&
	    pull_stored(im, head, sizeof(head), e) < 0)
		return -(int)e->code;
	im->sparse = sparse_is_image(head, sizeof(head));
	if (restore_image_begin(im, e) < 0)
		return -(int)e->code;
	im->size = im->sparse ? im->reader.size : im->stored;
	if (im->size == 0)
		return err_set(e, ERR_FORMAT, "it is empty");
	return 0;
}

static int digest(struct restore *r, struct restore_image *im,
		  uint8_t sha256[SHA256_LEN], struct err *e)
{
	if (sha256_begin(r->hash, e) < 0)
		return -(int)e->code;
	for (uint64_t left = im->size; left > 0;) {
		size_t n = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;

		if (job_go_on(&r->ev, e) < 0 ||
		    restore_image_pull(im, r->ours, n, e) < 0 ||
		    sha256_add(r->hash, r->ours, n, e) < 0)
			return -(int)e->code;
		left -= n;
	}
	return sha256_end(r->hash, sha256, e);
}

/* A manifest of one member, of which nothing tells whose it is. */
static int describe(struct restore *r, struct restore_image *im, struct err *e)
{
	struct manifest *m = &im->m;
	struct manifest_part *p;

	m->format = MANIFEST_FORMAT;
	m->block_size = BLOCK_SIZE;
	m->complete = true;
	text_copy(m->tool, sizeof(m->tool), "spdvault " SPDVAULT_VERSION);
	p = manifest_add_part(m);
	if (!p)
		return err_nomem(e);
	text_copy(p->name, sizeof(p->name), r->q.names[0]);
	text_copy(p->member, sizeof(p->member), "image");
	p->method = METHOD_RAW;
	p->size = im->size;
	text_copy(p->class, sizeof(p->class), plan_class(p->name)->name);
	return digest(r, im, p->sha256, e);
}

int restore_image_open(struct restore *r, struct err *e)
{
	struct restore_image *im = calloc(1, sizeof(*im));
	int rc;

	if (!im)
		return err_nomem(e);
	r->image = im;
	im->fd = -1;
	rc = open_file(r, im, e);
	if (rc == 0)
		rc = look_inside(im, e);
	if (rc == 0)
		rc = describe(r, im, e);
	r->m = &im->m;
	if (rc == -(int)ERR_FORMAT)
		err_hint(e, "nothing was written; get the file again: a raw "
			    "image, an Android sparse image, or a .pac");
	return rc < 0 ? err_context(e, "'%s'", r->q.image) : 0;
}

void restore_image_close(struct restore_image *im)
{
	if (!im)
		return;
	if (im->fd >= 0)
		close(im->fd);
	pac_close(im->pac);
	manifest_free(&im->m);
	free(im);
}

/* -- the phone ----------------------------------------------------------- */

/* In place of comparing tables: is there such a partition, and is it large
 * enough? */
int restore_image_fits(struct restore *r, struct err *e)
{
	const struct partition *p =
		ptable_find(&r->layout.table, r->q.names[0]);
	char a[TEXT_SIZE_MAX], b[TEXT_SIZE_MAX];
	int rc;

	if (!p) {
		rc = err_set(e, ERR_USAGE, "the phone has no partition '%s'",
			     r->q.names[0]);
		err_hint(e, "'spdvault info' lists what it has");
		return rc;
	}
	if (r->image->size <= p->size)
		return 0;
	rc = err_set(e, ERR_EXISTS,
		     "the image is larger (%s) than the partition '%s' (%s)",
		     text_size(r->image->size, a), p->name,
		     text_size(p->size, b));
	err_hint(e, "it is of another model, or for another partition");
	return rc;
}
