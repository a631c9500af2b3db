/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz_profile.c - profiles; what is accepted is in range and is found. */
#include "fuzz.h"

#include "device/profile.h"

static void check(struct profile *p)
{
	struct profile_set set = { p, 1 };
	const struct profile *found;
	struct err e = { .code = ERR_NONE };

	assert(strcmp(p->name, "fuzz") == 0 && p->title[0] && p->evidence[0]);
	assert(p->nnames <= PROFILE_NAMES_MAX);
	assert(p->nmodels <= PROFILE_NAMES_MAX);
	assert(p->nalternatives <= PROFILE_ALTERNATIVES_MAX);
	assert(p->read_chunk <= 0xF800 && p->read_chunk % 512 == 0);
	assert(p->fdl1 % 4 == 0 && p->fdl2 % 4 == 0);
	assert(p->has_fdl1 || (!p->fdl1 && !p->has_fdl2));
	assert(profile_find(&set, "fuzz", &found, &e) == 0 && found == p);
	/* A name of nothing but blanks and brands finds nothing. */
	for (size_t i = 0; i < p->nnames; i++)
		if (profile_find(&set, p->names[i], &found, &e) == 0)
			assert(found == p);
	assert(profile_matches(p, p->title));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = (char *)exact_copy(p, n);
	struct err e = { .code = ERR_NONE };
	struct profile profile;
	int rc = profile_parse(text, n, "some/fuzz.profile", &profile, &e);

	free(text);
	if (rc == 0) {
		check(&profile);
		return 0;
	}
	assert_failure(rc, &e);
	assert(e.code == ERR_PROFILE && strstr(e.text, "fuzz.profile"));
	return 0;
}
