/* SPDX-License-Identifier: BSD-3-Clause */
/* profile_find.c - which profile does the user mean? */
#include "device/profile.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A longer query is no name; what follows is not looked at. */
#define QUERY_MAX 96

/* The next run of letters and digits in lower case; 0 at the end. */
static size_t next_word(const char **s, char *word, size_t cap)
{
	size_t n = 0;

	while (**s && !isalnum((unsigned char)**s))
		++*s;
	for (; isalnum((unsigned char)**s); ++*s)
		if (n + 1 < cap)
			word[n++] = (char)tolower((unsigned char)**s);
	word[n] = '\0';
	return n;
}

/* Makers and brands in front of a name tell no chip from another. */
static bool is_brand(const char *word)
{
	static const char *const brands[] = { "unisoc", "spreadtrum", "sprd",
					      "tiger", "tanggula" };

	for (size_t i = 0; i < ARRAY_SIZE(brands); i++)
		if (strcmp(word, brands[i]) == 0)
			return true;
	return false;
}

/* "Unisoc Tiger T-606" to "t606". */
static void normalise(const char *s, char out[QUERY_MAX])
{
	char word[QUERY_MAX];
	size_t used = 0, n;

	while ((n = next_word(&s, word, sizeof(word)))) {
		if (is_brand(word))
			continue;
		/* Cut, it could be equal to a name that it is not. */
		if (used + n >= QUERY_MAX) {
			used = 0;
			break;
		}
		memcpy(out + used, word, n);
		used += n;
	}
	out[used] = '\0';
}

static bool same(const char *name, const char *query)
{
	char n[QUERY_MAX];

	normalise(name, n);
	return strcmp(n, query) == 0;
}

static bool only_letters(const char *s)
{
	while (isalpha((unsigned char)*s))
		s++;
	return !*s;
}

/*
 * "9863", "sc9863" or "9863a" for "SC9863A": the number has to be whole, the
 * letters in front of it or behind may be missing.
 */
static bool same_number(const char *name, const char *query)
{
	char n[QUERY_MAX];
	const char *s = n;
	size_t len = strlen(query);

	normalise(name, n);
	if (isdigit((unsigned char)query[0]))
		while (isalpha((unsigned char)*s))
			s++;
	return len >= 3 && strncmp(s, query, len) == 0 &&
	       (isdigit((unsigned char)query[len - 1]) ? only_letters(s + len)
						       : !s[len]);
}

static bool has_word(const char *s, const char *word)
{
	char w[QUERY_MAX];

	while (next_word(&s, w, sizeof(w)))
		if (strcmp(w, word) == 0)
			return true;
	return false;
}

/* Each word of the query is a word of the model. */
static bool same_words(const char *model, const char *query)
{
	char word[QUERY_MAX];
	size_t n = 0;

	for (; next_word(&query, word, sizeof(word)); n++)
		if (!has_word(model, word))
			return false;
	return n > 0;
}

/* A maker's name alone ("Nokia") is no model, a year or a "5" neither. */
static bool looks_like_model(const char *query)
{
	bool letter = false, digit = false;

	for (const char *s = query; *s; s++) {
		letter |= isalpha((unsigned char)*s) != 0;
		digit |= isdigit((unsigned char)*s) != 0;
	}
	return letter && digit && strlen(query) >= 3;
}

enum tier {
	TIER_FILE,   /* the profile's own name */
	TIER_NAME,   /* a chip, marketing or code name */
	TIER_MODEL,  /* a phone's whole name */
	TIER_NUMBER, /* a chip's number without its letters */
	TIER_WORDS,  /* some words of a phone's name */
	TIERS
};

static bool fits_name(const struct profile *p, const char *query,
		      bool (*test)(const char *, const char *))
{
	if (test(p->name, query))
		return true;
	for (size_t i = 0; i < p->nnames; i++)
		if (test(p->names[i], query))
			return true;
	return false;
}

static bool fits_model(const struct profile *p, const char *query,
		       bool (*test)(const char *, const char *))
{
	for (size_t i = 0; i < p->nmodels; i++)
		if (test(p->models[i], query))
			return true;
	return false;
}

static bool fits(const struct profile *p, enum tier tier, const char *name)
{
	char query[QUERY_MAX];

	normalise(name, query);
	if (!query[0])
		return false;
	switch (tier) {
	case TIER_FILE:
		return same(p->name, query);
	case TIER_NAME:
		return fits_name(p, query, same);
	case TIER_MODEL:
		return fits_model(p, query, same);
	case TIER_NUMBER:
		return fits_name(p, query, same_number);
	case TIER_WORDS:
		return looks_like_model(query) &&
		       fits_model(p, name, same_words);
	case TIERS:
		break;
	}
	return false;
}

/* All words of the query somewhere in the words of text. */
static bool contains(const char *text, const char *query)
{
	char word[QUERY_MAX], field[2 * QUERY_MAX];
	size_t used = 0, n;

	/* A blank behind each word, so that nothing is found across two. */
	while ((n = next_word(&text, word, sizeof(word))) &&
	       used + n + 2 <= sizeof(field)) {
		memcpy(field + used, word, n);
		used += n;
		field[used++] = ' ';
	}
	field[used] = '\0';
	while (next_word(&query, word, sizeof(word)))
		if (!strstr(field, word))
			return false;
	return true;
}

bool profile_matches(const struct profile *p, const char *query)
{
	return contains(p->title, query) || fits_name(p, query, contains) ||
	       fits_model(p, query, contains);
}

/* One letter wrong, missing or too many. */
static bool is_typo(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), i = 0;

	if (na > nb)
		return is_typo(b, a);
	if (na < 3 || nb - na > 1)
		return false;
	while (i < na && a[i] == b[i])
		i++;
	return strcmp(a + i + (na == nb && i < na), b + i + (i < nb)) == 0;
}

/* Also the other way round: "UMS9230_6h10" is a board with a UMS9230. */
static bool is_near_name(const char *name, const char *query)
{
	char n[QUERY_MAX];

	normalise(name, n);
	return is_typo(n, query) ||
	       (strlen(query) >= 3 && strstr(n, query) != NULL) ||
	       (strlen(n) >= 5 && looks_like_model(n) &&
		strncmp(query, n, strlen(n)) == 0);
}

static bool has_near_word(const char *text, const char *word)
{
	char w[QUERY_MAX];

	while (next_word(&text, w, sizeof(w)))
		if (strstr(w, word) || is_typo(w, word))
			return true;
	return false;
}

/* "moto go4" or "motog04" for "Motorola moto g04" */
static bool near_words(const char *model, const char *query)
{
	char word[QUERY_MAX], m[QUERY_MAX], q[QUERY_MAX];
	size_t n = 0;

	normalise(model, m);
	normalise(query, q);
	if (strlen(q) >= 5 && strstr(m, q))
		return true;
	for (; next_word(&query, word, sizeof(word)); n++)
		if (!has_near_word(model, word))
			return false;
	return n > 0;
}

/* What of it looks like the query; NULL: nothing. */
static const char *near(const struct profile *p, const char *name)
{
	char query[QUERY_MAX];

	normalise(name, query);
	if (!query[0])
		return NULL;
	if (is_near_name(p->name, query))
		return p->name;
	for (size_t i = 0; i < p->nnames; i++)
		if (is_near_name(p->names[i], query))
			return p->names[i];
	for (size_t i = 0; i < p->nmodels; i++)
		if (near_words(p->models[i], name))
			return p->models[i];
	return profile_matches(p, name) ? p->name : NULL;
}

/*
 * The words of the query without brands, where anything else is left; false if
 * it is too long to be a name.
 */
static bool drop_brands(const char *query, char out[QUERY_MAX])
{
	char word[QUERY_MAX], bare[QUERY_MAX];
	size_t used = 0, n;

	normalise(query, bare);
	while ((n = next_word(&query, word, sizeof(word)))) {
		if (bare[0] && is_brand(word))
			continue;
		if (used + n + 2 > QUERY_MAX)
			return false;
		memcpy(out + used, word, n);
		used += n;
		out[used++] = ' ';
	}
	out[used] = '\0';
	return true;
}

/* Each word somewhere in the profile. */
static bool matches_spread(const struct profile *p, const char *words)
{
	char word[QUERY_MAX];

	while (next_word(&words, word, sizeof(word)))
		if (!profile_matches(p, word))
			return false;
	return true;
}

enum profile_fit profile_fit(const struct profile *p, const char *query)
{
	char words[QUERY_MAX];

	if (!drop_brands(query, words))
		return PROFILE_FIT_NONE;
	if (!words[0] || same_words(p->title, words) ||
	    fits_name(p, words, same_words) || fits_model(p, words, same_words))
		return PROFILE_FIT_WHOLE;
	for (enum tier tier = 0; tier < TIERS; tier++)
		if (fits(p, tier, query))
			return PROFILE_FIT_WHOLE;
	if (matches_spread(p, words))
		return PROFILE_FIT_PART;
	return near(p, query) ? PROFILE_FIT_NEAR : PROFILE_FIT_NONE;
}

const char *profile_guess(const struct profile *p, const char *name)
{
	for (enum tier tier = 0; tier < TIER_WORDS; tier++)
		if (fits(p, tier, name))
			return NULL;
	for (size_t i = 0; i < p->nmodels; i++)
		if (same_words(p->models[i], name))
			return p->models[i];
	return NULL;
}

/* "a, b (like this), c ..." */
static void add_listed(struct strbuf *b, const struct profile *p,
		       const char *like, size_t nth)
{
	if (nth < 8)
		strbuf_add(b, "%s%s", nth ? ", " : "", p->name);
	else if (nth == 8)
		strbuf_add(b, " ...");
	if (nth < 8 && like && strcasecmp(like, p->name) != 0)
		strbuf_add(b, " (%s)", like);
}

static int refuse(const struct profile_set *s, const char *name, enum tier tier,
		  struct err *e)
{
	struct strbuf b = { 0 };
	char clean[64];
	size_t n = 0;
	int code;

	text_clean(name, strlen(name), clean, sizeof(clean));
	for (size_t i = 0; i < s->n; i++) {
		const struct profile *p = &s->v[i];
		const char *like = tier < TIERS ? NULL : near(p, name);

		if (tier < TIERS ? fits(p, tier, name) : like != NULL)
			add_listed(&b, p, like, n++);
	}
	if (b.failed)
		code = err_nomem(e);
	else if (tier < TIERS)
		code = err_set(e, ERR_PROFILE, "'%s' fits several profiles: %s",
			       clean, b.s);
	else if (n)
		code = err_set(e, ERR_PROFILE,
			       "no profile for '%s'; similar: %s", clean, b.s);
	else
		code = err_set(e, ERR_PROFILE, "no profile for '%s'", clean);
	if (!b.failed)
		err_hint(e, "'spdvault chips' lists all profiles with the chips"
			    " and phones they are for");
	strbuf_free(&b);
	return code;
}

int profile_find(const struct profile_set *s, const char *name,
		 const struct profile **ret, struct err *e)
{
	for (enum tier tier = 0; tier < TIERS; tier++) {
		const struct profile *found = NULL;

		for (size_t i = 0; i < s->n; i++) {
			if (!fits(&s->v[i], tier, name))
				continue;
			if (found)
				return refuse(s, name, tier, e);
			found = &s->v[i];
		}
		if (found) {
			*ret = found;
			return 0;
		}
	}
	return refuse(s, name, TIERS, e);
}
