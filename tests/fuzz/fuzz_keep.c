/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fuzz_keep.c - the file of a simulated phone's key `keep`, cut or damaged
 * anywhere: what is whole is taken, and the next process takes the same.
 */
#include "fuzz.h"

#include "sim/phone.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 64

static char path[64], spec[128];

static void remove_file(void)
{
	unlink(path);
}

static struct phone *open_phone(void)
{
	struct phone *p = NULL;
	struct err e = { .code = ERR_NONE };
	int rc = phone_new(spec, &p, &e);

	if (rc == 0)
		return p;
	assert_failure(rc, &e);
	assert(e.code == ERR_USAGE && !p);
	return NULL;
}

/* Behind the head that this phone gives a new file. */
static size_t fill(struct input in)
{
	FILE *f;

	if (!path[0]) {
		snprintf(path, sizeof(path), "/tmp/fuzz-keep.%d",
			 (int)getpid());
		snprintf(spec, sizeof(spec),
			 "sc9832,super=1M,userdata=1M,"
			 "keep=%s",
			 path);
		atexit(remove_file);
	}
	unlink(path);
	if (take_u8(&in) & 1)
		phone_free(open_phone());
	f = fopen(path, "ab");
	assert(f && fwrite(in.p, 1, in.n, f) == in.n && fclose(f) == 0);
	return in.n;
}

static size_t size_of(void)
{
	struct stat st;

	assert(stat(path, &st) == 0);
	return (size_t)st.st_size;
}

static uint32_t look(const struct phone *p)
{
	static const char *const areas[] = { "user", "boot1", "boot2" };
	uint8_t b[4096];
	uint32_t sum = 0;

	for (int i = 0; i < 3; i++) {
		uint64_t size = phone_area_size(p, areas[i]);

		for (uint64_t at = 0; at + sizeof(b) <= size; at += size / 16) {
			assert(phone_peek(p, areas[i], at, b, sizeof(b)));
			sum = sum * 31 + touch(b, sizeof(b));
		}
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t all = fill((struct input) { p, n }), kept;
	struct phone *phone = open_phone();
	uint32_t sum;

	if (!phone) {
		assert(size_of() == all);
		return 0;
	}
	kept = size_of();
	assert(kept >= HEAD && kept <= HEAD + all);
	sum = look(phone);
	phone_free(phone);
	phone = open_phone();
	assert(phone && look(phone) == sum && size_of() == kept);
	phone_free(phone);
	return 0;
}
