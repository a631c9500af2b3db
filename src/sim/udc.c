/* SPDX-License-Identifier: BSD-3-Clause */
/* udc.c - the gadget in configfs: the cable pulled, and put in again. */
#include "ffs.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIGFS "/sys/kernel/config/usb_gadget"

/* "36 35 0:5 / /dir rw - functionfs NAME rw"; the octal escapes stay. */
static bool instance_of(const char *dir, char *name, size_t cap)
{
	char line[1024], *at = realpath(dir, NULL);
	FILE *f = fopen("/proc/self/mountinfo", "re");
	bool found = false;

	while (f && at && !found && fgets(line, sizeof(line), f)) {
		char where[512], source[128];
		const char *tail = strstr(line, " - functionfs ");

		if (!tail || sscanf(line, "%*s %*s %*s %*s %511s", where) != 1)
			continue;
		if (sscanf(tail, " - functionfs %127s", source) != 1 ||
		    strcmp(where, at) != 0)
			continue;
		found = snprintf(name, cap, "%s", source) < (int)cap;
	}
	if (f)
		fclose(f);
	free(at);
	return found;
}

void ffs_find_gadget(struct ffs *f, const char *dir)
{
	char name[128], pattern[256], *end;
	glob_t g;

	if (!instance_of(dir, name, sizeof(name)))
		return;
	snprintf(pattern, sizeof(pattern), CONFIGFS "/*/functions/ffs.%s",
		 name);
	if (glob(pattern, GLOB_NOSORT, NULL, &g) != 0)
		return;
	end = strstr(g.gl_pathv[0], "/functions/");
	if (end && (size_t)(end - g.gl_pathv[0]) < sizeof(f->gadget)) {
		*end = '\0';
		strcpy(f->gadget, g.gl_pathv[0]);
	}
	globfree(&g);
}

static int open_udc(const struct ffs *f, int flags, struct err *e)
{
	char path[300];
	int fd;

	if (!*f->gadget)
		return err_set(e, ERR_IO,
			       "no gadget below " CONFIGFS
			       " has this function, so there is no cable to "
			       "pull");
	snprintf(path, sizeof(path), "%s/UDC", f->gadget);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "opening '%s'", path);
	return fd;
}

static int write_udc(const struct ffs *f, const char *udc, struct err *e)
{
	char line[80];
	int n = snprintf(line, sizeof(line), "%s\n", udc);
	int fd = open_udc(f, O_WRONLY, e), rc = 0;

	if (fd < 0)
		return fd;
	if (write(fd, line, (size_t)n) != n)
		rc = err_sys(e, errno, "%s '%s'",
			     *udc ? "binding to" : "unbinding",
			     *udc ? udc : f->gadget);
	close(fd);
	return rc;
}

int ffs_unbind(struct ffs *f, struct err *e)
{
	int fd = open_udc(f, O_RDONLY, e);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, f->udc, sizeof(f->udc) - 1);
	close(fd);
	f->udc[n > 0 ? n : 0] = '\0';
	f->udc[strcspn(f->udc, "\n")] = '\0';
	/* Somebody was faster and has pulled it. */
	return *f->udc ? write_udc(f, "", e) : 0;
}

int ffs_bind(struct ffs *f, const char *udc, struct err *e)
{
	return *udc ? write_udc(f, udc, e) : 0;
}
