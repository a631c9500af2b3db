/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loader_place.c - the address of a loader: the profile's, unless the file
 * itself speaks for one that another source gives.
 */
#include "device/loader_place.h"

#include "device/loader_check.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HEAD_SIZE 0x200u /* of DHTB; it is loaded with the image [9] */

bool loader_same_place(uint64_t a, uint64_t b)
{
	return (a < b ? b - a : a - b) <= HEAD_SIZE;
}

/* Digits from s on, how many; *letter: one of them is a letter. */
static size_t hex_run(const char *s, uint32_t *value, bool *letter)
{
	size_t n = 0;

	*value = 0;
	*letter = false;
	for (; isxdigit((unsigned char)s[n]); n++) {
		int c = tolower((unsigned char)s[n]);

		*letter |= c >= 'a';
		*value = *value << 4 |
			 (uint32_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	return n;
}

bool loader_name_address(const char *file, uint32_t *ret)
{
	for (const char *s = file; *s; s++) {
		bool alone = s == file || !isalnum((unsigned char)s[-1]);
		bool prefix =
			s[0] == '0' && tolower((unsigned char)s[1]) == 'x';
		const char *digits = prefix ? s + 2 : s;
		uint32_t value;
		bool letter;
		size_t n;

		if (!alone)
			continue;
		n = hex_run(digits, &value, &letter);
		if (isalnum((unsigned char)digits[n]))
			continue;
		if (prefix ? n >= 3 && n <= 8 : n == 8 && letter) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* What the file says of itself; *who: in words. */
static bool told(const struct loader *l, uint64_t *ret, const char **who,
		 bool *by_name)
{
	struct loader_head h;
	uint32_t addr;

	*by_name = loader_name_address(l->file, &addr);
	if (*by_name) {
		*ret = addr;
		*who = "its name";
		return true;
	}
	*who = "its header";
	if (!loader_head_parse(l->data, l->len, &h) ||
	    !loader_head_tells(h.addr))
		return false;
	*ret = h.addr;
	return true;
}

static bool has(const struct profile *p, int which)
{
	return p && (which == 1 ? p->has_fdl1 : p->has_fdl2);
}

/* The alternative that the file speaks for, or NULL. */
static const struct profile_alternative *
alternative_at(const struct profile *p, int which, uint64_t addr)
{
	for (size_t i = 0; p && i < p->nalternatives; i++) {
		const struct profile_alternative *a = &p->alternatives[i];

		if (a->wrong)
			continue;
		if (which == 1
			    ? a->has_fdl1 && loader_same_place(a->fdl1, addr)
			    : a->has_fdl2 && loader_same_place(a->fdl2, addr))
			return a;
	}
	return NULL;
}

static void by_profile(const struct profile *p, int which, const char *who,
		       struct loader_place *ret)
{
	ret->source = PLACE_PROFILE;
	ret->addr = which == 1 ? p->fdl1 : p->fdl2;
	ret->confirmed = who != NULL;
	snprintf(ret->why, sizeof(ret->why), "the profile '%s' (%s)%s%s",
		 p->name, profile_confidence_text(p->confidence),
		 who ? " and " : "", who ? who : "");
}

static void by_alternative(const struct profile *p, int which,
			   const struct profile_alternative *a, const char *who,
			   struct loader_place *ret)
{
	char usual[64] = "";

	if (has(p, which))
		snprintf(usual, sizeof(usual), " in place of 0x%" PRIX32,
			 which == 1 ? p->fdl1 : p->fdl2);
	ret->source = PLACE_ALTERNATIVE;
	ret->addr = which == 1 ? a->fdl1 : a->fdl2;
	ret->confirmed = true;
	snprintf(ret->why, sizeof(ret->why),
		 "%s, and another source of the profile '%s'%s: %.200s", who,
		 p->name, usual, a->why);
}

bool loader_place(const struct loader *l, int which, const struct profile *p,
		  struct loader_place *ret)
{
	const struct profile_alternative *a;
	uint64_t addr = 0;
	const char *who;
	bool by_name, says = told(l, &addr, &who, &by_name);
	uint32_t usual = has(p, which) ? which == 1 ? p->fdl1 : p->fdl2 : 0;

	memset(ret, 0, sizeof(*ret));
	if (has(p, which) &&
	    (by_name ? addr == usual
		     : says && loader_same_place(addr, usual))) {
		by_profile(p, which, who, ret);
		return true;
	}
	a = says ? alternative_at(p, which, addr) : NULL;
	if (a) {
		by_alternative(p, which, a, who, ret);
	} else if (by_name &&
		   (!has(p, which) || loader_same_place(addr, usual))) {
		ret->source = PLACE_NAME;
		ret->addr = (uint32_t)addr;
		ret->confirmed = has(p, which);
		snprintf(ret->why, sizeof(ret->why), "%s", who);
	} else if (has(p, which)) {
		by_profile(p, which, NULL, ret);
	}
	return ret->source != PLACE_NONE;
}
