/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loader_folder.c - the loaders of a folder, ranked by what they say of
 * themselves first and by their names last.
 */
#include "device/loader_folder.h"

#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* -- names --------------------------------------------------------------- */

static void lower(const char *s, char *out, size_t cap)
{
	size_t n = 0;

	for (; s[n] && n + 1 < cap; n++)
		out[n] = (char)tolower((unsigned char)s[n]);
	out[n] = '\0';
}

/* Where "fdl1" stands in a name, also as "fdl_1" and "fdl-1"; NULL: not. */
static const char *numbered(const char *name, char digit)
{
	for (const char *s = strstr(name, "fdl"); s; s = strstr(s + 3, "fdl")) {
		const char *d = s + 3;

		if ((*d == '_' || *d == '-') && d[1] == digit)
			d++;
		if (*d == digit && !isdigit((unsigned char)d[1]) && d[1] != 'x')
			return s;
	}
	return NULL;
}

/* "fdl.bin": chips with one loader only call it so. */
static bool bare_fdl(const char *name)
{
	const char *s = strstr(name, "fdl");

	if (!s || strstr(name, "hostfdl") || strstr(name, "host_fdl"))
		return false;
	s += 3;
	s += *s == '_' || *s == '-';
	return !isdigit((unsigned char)*s) || (s[0] == '0' && s[1] == 'x');
}

enum name_kind { NAME_NONE, NAME_BARE, NAME_SPL, NAME_PART, NAME_USUAL };

/*
 * Newer packages have fdl1-sign.bin and fdl2-sign.bin (or lk-fdl2-sign.bin),
 * older ones nand_fdl.bin for the second.  u-boot-spl-16k is FDL1's code as the
 * phone itself starts it; it serves as one where nothing better is there.
 */
static enum name_kind kind_of_name(const char *file, int *ret_which)
{
	char name[128];
	const char *one, *two, *bare;

	lower(file, name, sizeof(name));
	*ret_which = 0;
	bare = strncmp(name, "lk-", 3) == 0 ? name + 3 : name;
	one = numbered(name, '1');
	two = numbered(name, '2');
	if (one && two)
		return NAME_NONE;
	if (one || two) {
		*ret_which = one ? 1 : 2;
		return (one ? one : two) == bare ? NAME_USUAL : NAME_PART;
	}
	if (strncmp(name, "nand_fdl", 8) == 0) {
		*ret_which = 2;
		return NAME_PART;
	}
	if (strncmp(name, "u-boot-spl-16k", 14) == 0) {
		*ret_which = 1;
		return NAME_SPL;
	}
	if (bare_fdl(name)) {
		*ret_which = 1;
		return NAME_BARE;
	}
	return NAME_NONE;
}

int loader_role(const char *file)
{
	int which;

	return kind_of_name(file, &which) == NAME_NONE ? 0 : which;
}

/* "fdl1-dl.bin" and "fdl2-dl.bin"? */
static bool are_twins(const char *a, const char *b)
{
	char x[128], y[128];

	lower(a, x, sizeof(x));
	lower(b, y, sizeof(y));
	if (strlen(x) != strlen(y) || strcmp(x, y) == 0)
		return false;
	for (size_t i = 0; x[i]; i++)
		if (x[i] != y[i] && !((x[i] == '1' && y[i] == '2') ||
				      (x[i] == '2' && y[i] == '1')))
			return false;
	return true;
}

/* -- points -------------------------------------------------------------- */

static void give(struct loader_candidate *c, int points, const char *why)
{
	size_t n = strlen(c->why);

	c->points += points;
	snprintf(c->why + n, sizeof(c->why) - n, "%s%s", n ? ", " : "", why);
}

/* Each is worth more than all those below it together. */
static void rate_place(struct loader_candidate *c)
{
	if (c->place.source == PLACE_NONE)
		return;
	if (c->place.source == PLACE_ALTERNATIVE)
		give(c, 32, "it says its address itself");
	else if (c->place.confirmed)
		give(c, 64, "it says this address itself");
}

static void rate_signature(struct loader_candidate *c, const struct loader *l)
{
	struct loader_head h;

	if (loader_head_parse(l->data, l->len, &h) && h.has_signature)
		give(c, 16, "signed");
	else
		text_copy(c->minus, sizeof(c->minus), "not signed");
}

static void rate_name(struct loader_candidate *c, const char *twin)
{
	int which;

	switch (kind_of_name(c->file, &which)) {
	case NAME_USUAL:
		give(c, 4, "a usual name");
		break;
	case NAME_PART:
		c->points += 2;
		break;
	case NAME_SPL:
		c->points += 1;
		text_copy(c->minus, sizeof(c->minus),
			  "the phone's own first stage, which is not always "
			  "an FDL1");
		break;
	case NAME_BARE:
		text_copy(c->minus, sizeof(c->minus),
			  "its name does not say which of the two it is");
		break;
	case NAME_NONE:
		break;
	}
	if (twin && are_twins(twin, c->file))
		give(c, 8, "the other one's twin by name");
}

void loader_rate(const struct loader *l, int which, const struct profile *p,
		 const char *twin, struct loader_candidate *ret)
{
	struct loader placed = *l;

	memset(ret, 0, sizeof(*ret));
	text_copy(ret->file, sizeof(ret->file), l->file);
	memcpy(ret->sha256, l->sha256, sizeof(ret->sha256));
	ret->which = which;
	if (loader_place(l, which, p, &ret->place)) {
		placed.addr = ret->place.addr;
		placed.has_addr = true;
	}
	loader_check(&placed, which, p, &ret->verdict);
	rate_place(ret);
	rate_signature(ret, l);
	rate_name(ret, twin);
	if (ret->verdict.worth == LOADER_SUSPECT) {
		ret->points -= 1024;
		text_copy(ret->minus, sizeof(ret->minus), ret->verdict.text);
	}
}

/* -- the folder ---------------------------------------------------------- */

static int better_first(const void *a, const void *b)
{
	const struct loader_candidate *x = a, *y = b;

	if (x->which != y->which)
		return x->which - y->which;
	if (x->points != y->points)
		return y->points - x->points;
	return strcmp(x->file, y->file);
}

/* Of two copies the better named one stays. */
static void drop_copies(struct loader_folder *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		bool copy = false;

		for (size_t k = 0; k < n && !copy; k++)
			copy = f->v[k].which == f->v[i].which &&
			       memcmp(f->v[k].sha256, f->v[i].sha256,
				      SHA256_LEN) == 0;
		if (!copy)
			f->v[n++] = f->v[i];
	}
	f->n = n;
}

static int take_file(struct loader_folder *f, const char *path, int which,
		     const struct profile *p, const char *twin, struct err *e)
{
	struct loader l;
	struct stat st;
	int rc;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
	    (uint64_t)st.st_size > LOADER_MAX)
		return 0;
	if (f->n == LOADER_CANDIDATES_MAX) {
		rc = err_set(e, ERR_USAGE,
			     "more than %d files are named like loaders",
			     LOADER_CANDIDATES_MAX);
		err_hint(e, "name the two with --fdl1 FILE and --fdl2 FILE");
		return rc;
	}
	rc = loader_read(path, &l, e);
	if (rc < 0)
		return rc;
	loader_rate(&l, which, p, twin, &f->v[f->n]);
	f->n += f->v[f->n].verdict.worth != LOADER_WRONG;
	loader_free(&l);
	return 0;
}

static int take_all(struct loader_folder *f, DIR *d, const char *dir,
		    const struct profile *p, const char *twin, struct err *e)
{
	struct dirent *entry;
	int rc = 0;

	while (rc == 0 && (entry = readdir(d))) {
		int which = loader_role(entry->d_name);
		char path[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s/%s", dir,
				 entry->d_name);

		if (which && entry->d_name[0] != '.' && n > 0 &&
		    (size_t)n < sizeof(path))
			rc = take_file(f, path, which, p, twin, e);
	}
	return rc;
}

int loader_folder_read(const char *dir, const struct profile *p,
		       const char *twin, struct loader_folder **ret,
		       struct err *e)
{
	struct loader_folder *f;
	DIR *d = opendir(dir);
	int rc;

	if (!d)
		return err_sys(e, errno, "looking for loaders in '%.200s'",
			       dir);
	f = calloc(1, sizeof(*f));
	rc = f ? take_all(f, d, dir, p, twin, e) : err_nomem(e);
	closedir(d);
	if (rc < 0) {
		free(f);
		return err_context(e, "looking for loaders in '%.200s'", dir);
	}
	qsort(f->v, f->n, sizeof(f->v[0]), better_first);
	drop_copies(f);
	*ret = f;
	return 0;
}

size_t loader_folder_best(const struct loader_folder *f, int which,
			  size_t *ret_at)
{
	size_t at = 0, n = 0;

	while (at < f->n && f->v[at].which != which)
		at++;
	while (at + n < f->n && f->v[at + n].which == which &&
	       f->v[at + n].points == f->v[at].points)
		n++;
	*ret_at = at;
	return n;
}
