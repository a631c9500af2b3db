/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_config.c - INI files: each value once, and none of them unseen. */
#include "fuzz.h"

#include "base/config.h"

static const char *const places[][2] = {
	{ "", "key" },
	{ "a", "key" },
	{ "profile", "title" },
	{ "profile", "name" },
	{ "fdl1", "at" },
	{ "read", "chunk" },
	{ "source", "evidence" },
};

static size_t take_all(struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *section = places[i][0], *key = places[i][1], *v;

		while ((v = config_take(c, section, key))) {
			struct err e = { .code = ERR_NONE };
			int rc = config_bad(c, section, key, v, "why", &e);

			assert_failure(rc, &e);
			assert(e.code == ERR_PROFILE);
			for (; *v; v++)
				assert((uint8_t)*v >= 0x20 ||
				       strchr("\t\r", *v));
			n++;
		}
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = (char *)exact_copy(p, n);
	struct err e = { .code = ERR_NONE };
	struct config *c;
	int rc = config_parse(text, n, "file", &c, &e);

	if (rc < 0) {
		assert_failure(rc, &e);
		free(text);
		return 0;
	}
	/* The values are the config's own. */
	memset(text, 'x', n);
	free(text);
	assert(take_all(c) <= CONFIG_VALUES_MAX);
	assert(take_all(c) == 0);
	rc = config_done(c, &e);
	if (rc < 0)
		assert_failure(rc, &e);
	config_free(c);
	return 0;
}
