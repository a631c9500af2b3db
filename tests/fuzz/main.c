/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - runs a fuzz target over files, and over all files of folders. */
#include "fuzz.h"

#include "base/file.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_MAX    ((size_t)16 << 20)
#define SECONDS_EACH 20
#define LATE	     "not ok - no end within 20 s\n"

static char **names;
static size_t count;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void add_name(const char *path)
{
	char **more = realloc(names, (count + 1) * sizeof(*names));

	if (!more)
		die(path);
	names = more;
	names[count] = strdup(path);
	if (!names[count++])
		die(path);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void add(const char *path)
{
	struct dirent **list;
	struct stat st;
	char *inner;
	int n;

	if (stat(path, &st) < 0)
		die(path);
	if (!S_ISDIR(st.st_mode)) {
		add_name(path);
		return;
	}
	n = scandir(path, &list, visible, alphasort);
	if (n < 0)
		die(path);
	for (int i = 0; i < n; i++) {
		if (asprintf(&inner, "%s/%s", path, list[i]->d_name) < 0)
			die(path);
		add(inner);
		free(inner);
		free(list[i]);
	}
	free(list);
}

/* The line before this one names the input. */
static void late(int sig)
{
	(void)sig;
	if (write(STDOUT_FILENO, LATE, sizeof(LATE) - 1) < 0)
		_exit(2);
	_exit(1);
}

static void run(const char *path)
{
	CLEANUP(file_freep) uint8_t *data = NULL, *copy = NULL;
	struct err e;
	size_t n;

	if (file_read_all(path, INPUT_MAX, &data, &n, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		exit(1);
	}
	copy = exact_copy(data, n);
	alarm(SECONDS_EACH);
	LLVMFuzzerTestOneInput(copy, n);
	alarm(0);
}

int main(int argc, char **argv)
{
	signal(SIGALRM, late);
	for (int i = 1; i < argc; i++)
		add(argv[i]);
	if (count == 0) {
		fprintf(stderr, "usage: %s FILE|FOLDER...: no input\n",
			argv[0]);
		return 1;
	}
	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		printf("# %s\n", names[i]);
		fflush(stdout);
		run(names[i]);
		printf("ok %zu - %s\n", i + 1, names[i]);
		free(names[i]);
	}
	free(names);
	return 0;
}
