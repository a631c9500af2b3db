/* SPDX-License-Identifier: BSD-3-Clause */
/* pac.c - opens a PAC: header, directory, and what is odd about them. */
#include "base/text.h"
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pac_problem(struct pac *p, const char *fmt, ...)
{
	va_list ap;

	if (p->info.nproblems == PAC_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(p->problems[p->info.nproblems++], sizeof(p->problems[0]), fmt,
		  ap);
	va_end(ap);
}

/* -- the header ---------------------------------------------------------- */

static int lies(struct err *e, const char *hint)
{
	err_hint(e, "%s", hint);
	return -(int)e->code;
}

#define AGAIN "it is damaged or was cut: copy or download it again"

static void note_size(struct pac *p)
{
	struct pac_info *i = &p->info;

	i->size_known = p->source->size_known;
	i->size = i->size_known ? p->source->size : i->said_size;
	if (i->size < i->said_size)
		pac_problem(p, "it was cut: %llu of %llu bytes are there",
			    (unsigned long long)i->size,
			    (unsigned long long)i->said_size);
	else if (i->size > i->said_size)
		pac_problem(p, "the file has %llu bytes, and should have %llu",
			    (unsigned long long)i->size,
			    (unsigned long long)i->said_size);
}

static int check_counts(struct pac *p, uint32_t n, uint32_t directory,
			struct err *e)
{
	uint64_t end = directory + (uint64_t)n * PAC_ENTRY_SIZE;

	if (n == 0) {
		(void)!err_set(e, ERR_FORMAT, "the PAC holds no files");
		return lies(e, AGAIN);
	}
	if (n > PAC_FILES_MAX) {
		(void)!err_set(e, ERR_FORMAT,
			       "the PAC says that it holds %u files; %u is the "
			       "limit",
			       n, PAC_FILES_MAX);
		return lies(e, AGAIN);
	}
	if (p->info.size > PAC_SIZE_MAX) {
		(void)!err_set(e, ERR_FORMAT,
			       "the PAC has %llu bytes; 256 GiB is the limit",
			       (unsigned long long)p->info.size);
		return lies(e, AGAIN);
	}
	if (directory < PAC_HEADER_SIZE || end > p->info.size) {
		(void)!err_set(e, ERR_FORMAT,
			       "the directory of the PAC (%u files at %u) does "
			       "not fit into its %llu bytes",
			       n, directory, (unsigned long long)p->info.size);
		return lies(e, AGAIN);
	}
	return 0;
}

static int read_header(struct pac *p, uint32_t *ret_n, uint32_t *ret_directory,
		       bool *ret_wide, struct err *e)
{
	uint8_t head[PAC_HEADER_SIZE];
	bool magic;

	if (pac_read(p, head, sizeof(head), 0, e) < 0 ||
	    pac_parse_header(head, &p->info, ret_n, ret_directory, ret_wide,
			     &magic, e) < 0)
		return -(int)e->code;
	if (!magic)
		pac_problem(p, "the mark at the end of the header is missing");
	if (p->info.crc_header_is != p->info.crc_header)
		pac_problem(p,
			    "the checksum of the header is 0x%04X, and should "
			    "be 0x%04X",
			    p->info.crc_header_is, p->info.crc_header);
	note_size(p);
	return check_counts(p, *ret_n, *ret_directory, e);
}

/* -- the directory ------------------------------------------------------- */

static int read_entry(struct pac *p, uint64_t offset, bool wide, struct err *e)
{
	struct pac_file *f = &p->files[p->info.nfiles];
	uint8_t entry[PAC_ENTRY_SIZE];
	bool odd;

	if (pac_read(p, entry, sizeof(entry), offset, e) < 0 ||
	    pac_parse_entry(entry, wide, f, &odd, e) < 0)
		return -(int)e->code;
	if (f->size > PAC_SIZE_MAX || f->offset > PAC_SIZE_MAX) {
		(void)!err_set(e, ERR_FORMAT,
			       "'%.60s' has %llu bytes at %llu; 256 GiB is the "
			       "limit",
			       f->name, (unsigned long long)f->size,
			       (unsigned long long)f->offset);
		return lies(e, AGAIN);
	}
	if (odd)
		pac_problem(p,
			    "the entry of '%.60s' holds what is no text, or "
			    "more addresses than it has room for",
			    *f->name ? f->name : f->id);
	if (f->size > 0) {
		if (!pac_safe_name(f->name, f->safe))
			pac_problem(p,
				    "'%.80s' is no name for a file; '%.80s' "
				    "is taken",
				    f->name, f->safe);
		pac_make_unique(p->files, p->info.nfiles);
	}
	p->info.nfiles++;
	return 0;
}

static int read_all(struct pac *p, struct err *e)
{
	uint32_t n, directory;
	bool wide;

	if (read_header(p, &n, &directory, &wide, e) < 0)
		return -(int)e->code;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t at = directory + (uint64_t)i * PAC_ENTRY_SIZE;

		if (read_entry(p, at, wide, e) < 0) {
			err_hint(e, AGAIN);
			return err_context(e, "entry %u of the directory",
					   i + 1);
		}
	}
	pac_check_borders(p, directory + (uint64_t)n * PAC_ENTRY_SIZE);
	return 0;
}

/* -- a life -------------------------------------------------------------- */

static int open_source(struct source *s, struct pac **ret, struct err *e)
{
	struct pac *p = calloc(1, sizeof(*p));
	int rc;

	if (!p) {
		s->ops->close(s);
		return err_nomem(e);
	}
	p->source = s;
	p->info.files = p->files;
	p->info.problems = (const char(*)[256])p->problems;
	rc = read_all(p, e);
	if (rc < 0) {
		pac_close(p);
		return rc;
	}
	text_copy(p->info.inside, sizeof(p->info.inside), s->inside);
	*ret = p;
	return 0;
}

/* 1: it is, 0: it is not. */
static int begins_as_pac(struct source *s, struct err *e)
{
	uint8_t head[PAC_MARK_SIZE];

	if (s->size < sizeof(head))
		return 0;
	if (s->ops->read(s, head, sizeof(head), 0, e) < 0)
		return -(int)e->code;
	return pac_is_header(head, sizeof(head));
}

static int open_path(const char *path, const char *inside, struct pac **ret,
		     bool *ret_none, struct err *e)
{
	struct source *s;
	int rc;

	*ret_none = false;
	if (source_open_file(path, &s, e) < 0)
		return -(int)e->code;
	if (s->size == 0) {
		*ret_none = true;
		s->ops->close(s);
		rc = err_set(e, ERR_FORMAT, "'%s' is empty", path);
		return lies(e, "copy or download it again");
	}
	rc = begins_as_pac(s, e);
	if (rc == 0) {
		s->ops->close(s);
		if (source_open_packed(path, inside, &s, ret_none, e) < 0)
			return -(int)e->code;
	} else if (rc < 0) {
		s->ops->close(s);
		return err_context(e, "'%s'", path);
	} else if (inside) {
		s->ops->close(s);
		rc = err_set(e, ERR_USAGE, "'%s' is a PAC itself", path);
		err_hint(e, "leave --inside out: it is for archives");
		return rc;
	}
	if (open_source(s, ret, e) < 0)
		return err_context(e, "'%s'", path);
	return 0;
}

int pac_open(const char *path, const char *inside, struct pac **ret,
	     struct err *e)
{
	bool none;

	return open_path(path, inside, ret, &none, e);
}

int pac_open_if_one(const char *path, struct pac **ret, struct err *e)
{
	bool none;
	int rc = open_path(path, NULL, ret, &none, e);

	if (rc == 0 || !none || e->code != ERR_FORMAT)
		return rc;
	*ret = NULL;
	return 0;
}

int pac_open_memory(const void *p, size_t n, struct pac **ret, struct err *e)
{
	struct source *s;

	if (source_open_memory(p, n, &s, e) < 0)
		return -(int)e->code;
	return open_source(s, ret, e);
}

void pac_close(struct pac *p)
{
	if (!p)
		return;
	p->source->ops->close(p->source);
	free(p);
}

const struct pac_info *pac_info(const struct pac *p)
{
	return &p->info;
}

int pac_read(struct pac *p, void *to, size_t n, uint64_t offset, struct err *e)
{
	return p->source->ops->read(p->source, to, n, offset, e);
}

int pac_load(struct pac *p, const struct pac_file *f, size_t max, uint8_t **ret,
	     struct err *e)
{
	uint8_t *bytes;
	int rc;

	if (f->size > max) {
		rc = err_set(e, ERR_FORMAT,
			     "'%.60s' has %llu bytes; %zu is the limit",
			     f->name, (unsigned long long)f->size, max);
		err_hint(e, AGAIN);
		return rc;
	}
	bytes = malloc((size_t)f->size + 1);
	if (!bytes)
		return err_nomem(e);
	if (pac_read(p, bytes, (size_t)f->size, f->offset, e) < 0) {
		free(bytes);
		return err_context(e, "'%.60s'", f->name);
	}
	bytes[f->size] = '\0';
	*ret = bytes;
	return 0;
}
