/* SPDX-License-Identifier: BSD-3-Clause */
/* output.c - can OUT be written at all? */
#include "output.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_partial(const char *path)
{
	char *partial;
	struct stat st;
	bool is;

	if (asprintf(&partial, "%s.partial", path) < 0)
		return true;
	is = lstat(partial, &st) == 0;
	free(partial);
	return is;
}

static int check_folder(const char *path, struct err *e)
{
	char *copy = strdup(path);
	const char *folder;
	struct stat st;
	int rc = 0;

	if (!copy)
		return err_nomem(e);
	folder = dirname(copy);
	if (stat(folder, &st) < 0) {
		rc = err_sys(e, errno, "the folder of '%s'", path);
		if (e->sys == ENOENT)
			err_hint(e, "make it first (mkdir), or look at the "
				    "spelling of the path");
	} else if (!S_ISDIR(st.st_mode)) {
		rc = err_sys(e, ENOTDIR, "the folder of '%s'", path);
	} else if (access(folder, W_OK | X_OK) < 0) {
		rc = err_sys(e, errno, "the folder of '%s'", path);
		err_hint(e, "choose a folder that you may write into");
	}
	free(copy);
	return rc;
}

int output_check(const struct options *o, struct err *e)
{
	const char *path = o->output;
	struct stat st;
	int rc;

	if (strcmp(path, "-") == 0)
		return 0;
	if (!*path) {
		rc = err_set(e, ERR_USAGE, "-o has an empty name");
		err_hint(e, "give a file, as -o phone.tar.zst");
		return rc;
	}
	if (stat(path, &st) < 0)
		return errno == ENAMETOOLONG ? err_sys(e, errno, "'%s'", path)
					     : check_folder(path, e);
	if (S_ISDIR(st.st_mode)) {
		rc = err_set(e, ERR_EXISTS, "'%s' is a folder", path);
		err_hint(e, "name a file in it");
		return rc;
	}
	if (!S_ISREG(st.st_mode))
		return 0;
	/* What is left of an earlier run has words of its own. */
	if (!o->force && !o->resume && !has_partial(path)) {
		rc = err_set(e, ERR_EXISTS, "'%s' exists already", path);
		err_hint(e, "choose another name, or give --force to replace "
			    "it");
		return rc;
	}
	return check_folder(path, e);
}
