/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * make_pac.c - writes a firmware package, for the scripts in tests/cli.
 *
 * usage: make_pac [-1] [-n] [-r N] [-p PRODUCT] [-v VERSION] OUT ENTRY...
 *
 * ENTRY is ID,NAME,SOURCE[,KIND[,ADDRESS]]; SOURCE is a file, +SIZE[K|M|G] (a
 * hole) or nothing.  -1: BP_R1.0.0, -n: without checksum of the content (which
 * takes long for large holes), -r: the last entry N times.
 */
#include "lib/crc_arc.h"
#include "lib/pacmaker.h"

#include "base/bytes.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool no_crc;

/* The next piece in front of a comma; empty at the end. */
static const char *word(char **s)
{
	const char *w = strsep(s, ",");

	return w ? w : "";
}

static uint64_t hole_of(const char *s)
{
	char *end;
	uint64_t n = strtoull(s, &end, 0);

	return n << (*end == 'G'   ? 30
		     : *end == 'M' ? 20
		     : *end == 'K' ? 10
				   : 0);
}

static void take_entry(char *s, struct pacmaker_file *f, const char **source)
{
	struct stat st;
	const char *kind;

	f->id = word(&s);
	f->name = word(&s);
	*source = word(&s);
	kind = word(&s);
	f->kind = *kind ? (uint32_t)strtoul(kind, NULL, 0) : 1;
	f->address = (uint32_t)strtoul(word(&s), NULL, 0);
	if (**source == '+')
		f->size = hole_of(*source + 1);
	else if (**source && stat(*source, &st) < 0)
		err(1, "%s", *source);
	else if (**source)
		f->size = (uint64_t)st.st_size;
}

static uint16_t write_file(FILE *out, const char *source, uint64_t size,
			   uint16_t crc)
{
	static uint8_t buf[1 << 16];
	FILE *in = *source && *source != '+' ? fopen(source, "rb") : NULL;

	if (!in && *source && *source != '+')
		err(1, "%s", source);
	if (!in && no_crc) {
		fseeko(out, (off_t)size, SEEK_CUR);
		return crc;
	}
	memset(buf, 0, sizeof(buf));
	while (size > 0) {
		size_t n = size < sizeof(buf) ? (size_t)size : sizeof(buf);

		if (in && fread(buf, 1, n, in) != n)
			err(1, "%s", source);
		if (fwrite(buf, 1, n, out) != n)
			err(1, "writing");
		if (!no_crc)
			crc = crc_arc(crc, buf, n);
		size -= n;
	}
	if (in)
		fclose(in);
	return crc;
}

static void write_pac(const char *path, const struct pacmaker *m,
		      const char *const *source)
{
	FILE *out = fopen(path, "wb");
	size_t n;
	uint8_t *head = pacmaker_head(m, &n), crc[2];
	uint16_t rest = crc_arc(0, head + 2124, n - 2124);

	if (!out || fwrite(head, 1, n, out) != n)
		err(1, "%s", path);
	for (size_t i = 0; i < m->n; i++)
		rest = write_file(out, source[i], m->files[i].size, rest);
	/* (a hole at the end is there only when the length says so) */
	fflush(out);
	if (ftruncate(fileno(out), ftello(out)) < 0)
		err(1, "%s", path);
	put_le16(crc, rest);
	fseeko(out, 2122, SEEK_SET);
	fwrite(crc, 1, 2, out);
	if (fclose(out) != 0)
		err(1, "%s", path);
	free(head);
}

int main(int argc, char **argv)
{
	struct pacmaker m = { .product = "made_up", .version = "1" };
	struct pacmaker_file *files;
	const char **source, *path;
	size_t times = 1, given;
	int c;

	while ((c = getopt(argc, argv, "1nr:p:v:")) != -1) {
		m.old |= c == '1';
		no_crc |= c == 'n';
		if (c == 'r')
			times = strtoul(optarg, NULL, 0);
		if (c == 'p')
			m.product = optarg;
		if (c == 'v')
			m.version = optarg;
	}
	if (argc - optind < 2)
		errx(2, "usage: %s [OPTION...] OUT ENTRY...", argv[0]);
	path = argv[optind++];
	given = (size_t)(argc - optind);
	m.n = given + times - 1;
	files = calloc(m.n, sizeof(*files));
	source = calloc(m.n, sizeof(*source));
	if (!files || !source)
		err(1, "memory");
	for (size_t i = 0; i < given; i++)
		take_entry(argv[optind + (int)i], &files[i], &source[i]);
	for (size_t i = given; i < m.n; i++) {
		files[i] = files[given - 1];
		source[i] = source[given - 1];
	}
	m.files = files;
	write_pac(path, &m, source);
	free(files);
	free(source);
	return 0;
}
