/* SPDX-License-Identifier: BSD-3-Clause */
/* profile_load.c - the profiles that are installed, from their folders. */
#include "device/profile.h"

#include "base/config.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXTENSION   ".profile"
#define PROFILE_MAX 1024

static bool is_profile_file(const char *name)
{
	size_t n = strlen(name), k = sizeof(EXTENSION) - 1;

	return name[0] != '.' && n > k && strcmp(name + n - k, EXTENSION) == 0;
}

static bool is_known(const struct profile_set *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, name) == 0)
			return true;
	return false;
}

static int load_file(struct profile_set *s, const char *path, struct err *e)
{
	CLEANUP(file_freep) uint8_t *text = NULL;
	struct profile *v;
	size_t n;
	int code = file_read_all(path, CONFIG_FILE_MAX, &text, &n, e);

	if (code < 0)
		return code;
	if (s->n == PROFILE_MAX)
		return err_set(e, ERR_PROFILE, "more than %d profiles",
			       PROFILE_MAX);
	v = realloc(s->v, (s->n + 1) * sizeof(*v));
	if (!v)
		return err_nomem(e);
	s->v = v;
	v += s->n;
	code = profile_parse((const char *)text, n, path, v, e);
	if (code == 0 && !is_known(s, v->name))
		s->n++;
	return code;
}

static void closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* A folder that is not there is no error, unless the user named it. */
static int load_dir(struct profile_set *s, const char *dir, bool named,
		    struct err *e)
{
	CLEANUP(closedirp) DIR *d = opendir(dir);
	struct dirent *entry;
	int code = 0;

	if (!d)
		return !named && (errno == ENOENT || errno == ENOTDIR)
			       ? 0
			       : err_sys(e, errno, "profiles in '%.200s'", dir);
	while (code == 0 && (entry = readdir(d))) {
		char path[PATH_MAX];
		int n;

		if (!is_profile_file(entry->d_name))
			continue;
		n = snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (n < 0 || (size_t)n >= sizeof(path))
			return err_set(e, ERR_IO, "path too long: '%.200s'",
				       dir);
		code = load_file(s, path, e);
	}
	return code;
}

/*
 * BUILD/spdvault lies beside profiles/ in a source tree.  Never the current
 * folder: it may be anybody's.
 */
static int load_source_tree(struct profile_set *s, struct err *e)
{
	char exe[PATH_MAX], dir[PATH_MAX + 32], mark[PATH_MAX + 64];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n <= 0)
		return 0;
	exe[n] = '\0';
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(exe, '/');

		if (!slash)
			return 0;
		*slash = '\0';
	}
	snprintf(dir, sizeof(dir), "%s/profiles", exe);
	snprintf(mark, sizeof(mark), "%s/src/device", exe);
	return access(mark, F_OK) == 0 ? load_dir(s, dir, false, e) : 0;
}

static int load_user(struct profile_set *s, struct err *e)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char dir[PATH_MAX];
	int n;

	/* A relative path is to be ignored, says the XDG specification. */
	if (xdg && xdg[0] == '/')
		n = snprintf(dir, sizeof(dir), "%s/spdvault/profiles", xdg);
	else if (home && home[0] == '/')
		n = snprintf(dir, sizeof(dir), "%s/.config/spdvault/profiles",
			     home);
	else
		return 0;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return 0;
	return load_dir(s, dir, false, e);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct profile *)a)->name,
		      ((const struct profile *)b)->name);
}

static int load_places(struct profile_set *s, struct err *e)
{
	const char *only = getenv("SPDVAULT_PROFILES");
	int code;

	if (only && *only)
		return load_dir(s, only, true, e);
	code = load_user(s, e);
	/* Before the data folder: an old installation must not win. */
	if (code == 0)
		code = load_source_tree(s, e);
	if (code == 0)
		code = load_dir(s, SPDVAULT_DATADIR "/profiles", false, e);
	return code;
}

int profile_load_all(struct profile_set *ret, struct err *e)
{
	struct profile_set s = { 0 };
	int code = load_places(&s, e);

	if (code == 0 && s.n == 0) {
		code = err_set(e, ERR_PROFILE, "no profiles found");
		err_hint(e, "set SPDVAULT_PROFILES to their folder");
	}
	if (code < 0) {
		profile_set_free(&s);
		return code;
	}
	qsort(s.v, s.n, sizeof(*s.v), by_name);
	*ret = s;
	return 0;
}

void profile_set_free(struct profile_set *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}
