/* SPDX-License-Identifier: BSD-3-Clause */
/* smallphone.c - a GPT with a few small partitions, made by the simulator. */
#include "lib/smallphone.h"

#include "../../src/sim/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOT_BYTES  16384u
#define FIRST_BYTES 65536u /* of the first partition; behind any table */
#define BEHIND	    ((GPT_BACKUP_LBAS + 2) * 4096u)

/*
 * Sizes in sectors of 4 KiB; nothing repeats, so that a chunk in the wrong
 * place is seen.
 */
static const struct {
	const char *name;
	bool slot; /* "_a" follows on a phone with slots */
	unsigned units;
	enum content kind;
} parts[] = {
	{ "misc", false, 2, CONTENT_RANDOM },
	{ "l_fixnv1", true, 3, CONTENT_RANDOM },
	{ "l_fixnv2", true, 3, CONTENT_RANDOM },
	{ "logo", false, 19, CONTENT_FLAGS },
	{ "boot", true, 7, CONTENT_RANDOM },
	{ "super", false, 1027, CONTENT_BULK }, /* two blocks; large only */
};

#define NPARTS (sizeof(parts) / sizeof(parts[0]))

bool smallphone_put(const char *dir, const char *name, const uint8_t *p,
		    size_t n)
{
	char path[128];
	FILE *f;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		return false;
	}
	good = fwrite(p, 1, n, f) == n;
	return fclose(f) == 0 && good;
}

static bool make_user(const char *dir, unsigned sector, bool slots, bool large)
{
	static struct table t;
	size_t at = FIRST_BYTES, size;
	uint8_t *disk;
	char name[48];
	bool good;

	memset(&t, 0, sizeof(t));
	for (size_t i = 0; i < NPARTS - !large; i++) {
		struct part *p = &t.part[t.n++];

		snprintf(p->name, sizeof(p->name), "%s%s", parts[i].name,
			 slots && parts[i].slot ? "_a" : "");
		p->start = at;
		p->size = parts[i].units * 4096u;
		/* An odd number of sectors, where the sector allows. */
		if (sector == 512)
			p->size -= 512 * (i & 1);
		at += parts[i].units * 4096u;
	}
	size = at + BEHIND;
	disk = calloc(1, size);
	if (!disk)
		return false;
	for (size_t i = 0; i < t.n; i++)
		content_fill(parts[i].kind, i + 1, 0, disk + t.part[i].start,
			     t.part[i].size);
	gpt_build(&t, sector, size, 7, disk,
		  disk + size - GPT_BACKUP_LBAS * sector);
	snprintf(name, sizeof(name), "user-%u%s%s.img", sector,
		 slots ? "-slots" : "", large ? "-large" : "");
	good = smallphone_put(dir, name, disk, size);
	free(disk);
	return good;
}

bool smallphone_files(const char *dir)
{
	uint8_t boot[BOOT_BYTES];

	content_fill(CONTENT_RANDOM, 99, 0, boot, sizeof(boot));
	return smallphone_put(dir, "boot.img", boot, sizeof(boot)) &&
	       make_user(dir, 512, false, false) &&
	       make_user(dir, 512, true, false) &&
	       make_user(dir, 512, true, true) &&
	       make_user(dir, 4096, false, false) &&
	       make_user(dir, 4096, true, false);
}

void smallphone_spec(const char *dir, const char *model, unsigned sector,
		     bool large, char *out, size_t cap)
{
	const char *keys = strchr(model, ',');
	size_t n = keys ? (size_t)(keys - model) : strlen(model);
	const char *slots = strncmp(model, "ums", 3) == 0 ? "-slots" : "";

	if (sector == 0) {
		snprintf(out, cap, "%s", model);
		return;
	}
	snprintf(out, cap,
		 "%.*s,sector=%u,storage=%s/user-%u%s%s.img,boot1=%s/boot.img,"
		 "boot2=%s/boot.img%s",
		 (int)n, model, sector, dir, sector, slots,
		 large ? "-large" : "", dir, dir, keys ? keys : "");
}

bool smallphone_loader(int which, struct loader *ret, struct err *e)
{
	uint8_t bytes[3000];

	content_fill(CONTENT_RANDOM, (uint64_t)which, 0, bytes, sizeof(bytes));
	memcpy(bytes, "DHTB", 4);
	return loader_from_memory(which == 1 ? "one" : "two", 0, bytes,
				  which == 1 ? 1000 : sizeof(bytes), ret,
				  e) == 0;
}
