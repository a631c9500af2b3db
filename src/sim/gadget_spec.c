/* SPDX-License-Identifier: BSD-3-Clause */
/* gadget_spec.c - keys of the cable, taken out of the phone's. */
#include "sim/gadget.h"

#include "base/text.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define REATTACH_MS 1000 /* a phone that re-enumerates is back after this */
#define SLOW_MS	    7000 /* longer than hosts wait for a chunk [4.9] */

#define FLAG(f)                                                  \
	{                                                        \
#f, offsetof(struct gadget_options, f), 0, false \
	}
#define NUMBER(f, max)                                            \
	{                                                         \
#f, offsetof(struct gadget_options, f), max, true \
	}

static const struct {
	const char *name;
	size_t at;
	uint64_t max;
	bool number;
} keys[] = {
	FLAG(zlp_in),
	FLAG(split32),
	FLAG(stall_line_state),
	FLAG(join),
	NUMBER(reply_delay_us, 60000000),
	NUMBER(bus_mb_s, 100000),
	NUMBER(reattach_ms, 600000),
	NUMBER(piece, 0x20000),
	NUMBER(stall_nth, UINT64_MAX),
	NUMBER(slow_nth, UINT64_MAX),
	NUMBER(slow_ms, 600000),
	NUMBER(cut_nth, UINT64_MAX),
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

/* *ret_known: false when the key is none of ours. */
static int take_key(struct gadget_options *o, const char *key,
		    const char *value, bool *ret_known, struct err *e)
{
	uint64_t v;
	size_t i = 0;
	int rc = 0;

	*ret_known = true;
	if (!strcmp(key, "udc")) {
		if (*value && strlen(value) < sizeof(o->udc))
			strcpy(o->udc, value);
		else
			rc = err_set(e, ERR_USAGE, "'%s' names no controller",
				     value);
		return rc < 0 ? err_context(e, "key '%s'", key) : 0;
	}
	while (i < KEYS && strcmp(keys[i].name, key) != 0)
		i++;
	*ret_known = i < KEYS;
	if (i == KEYS)
		return 0;
	rc = text_to_u64(value, keys[i].number ? keys[i].max : 1, &v, e);
	if (rc < 0)
		return err_context(e, "key '%s'", key);
	if (keys[i].number)
		memcpy((char *)o + keys[i].at, &v, sizeof(v));
	else
		*((bool *)((char *)o + keys[i].at)) = v == 1;
	return 0;
}

static int take_pair(struct gadget_options *o, const char *pair,
		     struct strbuf *rest, struct err *e)
{
	char key[32];
	size_t n = strcspn(pair, "=");
	bool known = false;

	if (n < sizeof(key) && pair[n]) {
		memcpy(key, pair, n);
		key[n] = '\0';
		if (take_key(o, key, pair + n + 1, &known, e) < 0)
			return -(int)e->code;
	}
	if (!known)
		strbuf_add(rest, "%s%s", rest->len ? "," : "", pair);
	return 0;
}

int gadget_spec(const char *spec, struct gadget_options *ret, char **ret_rest,
		struct err *e)
{
	struct strbuf rest = { 0 };
	char *copy = strdup(spec), *save = NULL;
	int rc = copy ? 0 : err_nomem(e);

	memset(ret, 0, sizeof(*ret));
	ret->reattach_ms = REATTACH_MS;
	ret->slow_ms = SLOW_MS;
	ret->zlp_in = true; /* as musb and dwc3 do [1.3] */
	for (char *s = copy ? strtok_r(copy, ",", &save) : NULL; s && rc == 0;
	     s = strtok_r(NULL, ",", &save))
		rc = take_pair(ret, s, &rest, e);
	free(copy);
	if (rc == 0 && (rest.failed || !rest.s))
		rc = rest.failed ? err_nomem(e)
				 : err_set(e, ERR_USAGE, "which model?");
	if (rc < 0)
		strbuf_free(&rest);
	else
		*ret_rest = rest.s;
	return rc;
}
