/* SPDX-License-Identifier: BSD-3-Clause */
/* folder.c - the folder that files are taken out into. */
#include "folder.h"

#include <errno.h>
#include <sys/stat.h>

int folder_in_the_way(const char *path, struct err *e)
{
	int rc = err_set(e, ERR_EXISTS, "'%s' is in the way: not a folder",
			 path);

	err_hint(e, "move it away, or choose another folder with -C");
	return rc;
}

int folder_make(const char *dir, struct err *e)
{
	struct stat st;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return err_sys(e, errno, "making the folder '%s'", dir);
	if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return folder_in_the_way(dir, e);
	return 0;
}
