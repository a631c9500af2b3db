/* SPDX-License-Identifier: BSD-3-Clause */
/* internal.h - what the files of this folder share. */
#ifndef SRC_PAC_INTERNAL_H
#define SRC_PAC_INTERNAL_H

#include "pac/pac.h"

/* Where the bytes of a PAC come from; the first member of each kind. */
struct source {
	const struct source_ops *ops;
	uint64_t size; /* bytes, when size_known */
	bool size_known;
	char inside[256]; /* name in an archive, clean, or "" */
};

struct source_ops {
	/* Exactly n bytes; ERR_FORMAT when they are not there. */
	int (*read)(struct source *s, void *to, size_t n, uint64_t offset,
		    struct err *e);
	void (*close)(struct source *s);
};

int source_open_file(const char *path, struct source **ret,
		     struct err *e) MUST_CHECK;
int source_open_memory(const void *p, size_t n, struct source **ret,
		       struct err *e) MUST_CHECK;
/*
 * packed.c: the PAC in an archive.  *ret_none, also after a failure: nothing in
 * the file speaks for one.
 */
int source_open_packed(const char *path, const char *inside,
		       struct source **ret, bool *ret_none,
		       struct err *e) MUST_CHECK;

struct pac {
	struct source *source;
	struct pac_info info;
	struct pac_file files[PAC_FILES_MAX];
	char problems[PAC_PROBLEMS_MAX][256];
};

void pac_problem(struct pac *p, const char *fmt, ...) PRINTF(2, 3);

/* header.c; take bytes, give values. */
#define PAC_MARK_SIZE 44u /* bytes that tell a PAC */
bool pac_is_header(const uint8_t *p, size_t n);
int pac_parse_header(const uint8_t p[PAC_HEADER_SIZE], struct pac_info *ret,
		     uint32_t *ret_count, uint32_t *ret_directory,
		     bool *ret_wide, bool *ret_magic, struct err *e) MUST_CHECK;
int pac_parse_entry(const uint8_t p[PAC_ENTRY_SIZE], bool wide,
		    struct pac_file *ret, bool *ret_odd,
		    struct err *e) MUST_CHECK;

/* names.c */
/*
 * Up to `units` of UTF-16LE as UTF-8 without control and direction marks;
 * false when something had to be replaced or there is no end.  `to` has room
 * for 3 * units + 1.
 */
bool pac_text(const uint8_t *p, size_t units, char *to);
/* `name` as a file name that stays in its folder; true when it was one. */
bool pac_safe_name(const char *name, char to[PAC_FILE_NAME_MAX]);
/* Gives files[n].safe a name that none before it has. */
void pac_make_unique(struct pac_file *files, size_t n);

/* borders.c: overlaps and ends, into the problems. */
void pac_check_borders(struct pac *p, uint64_t directory_end);

#endif
