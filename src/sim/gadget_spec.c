/* SPDX-License-Identifier: BSD-3-Clause */
/* gadget_spec.c - keys of the cable, taken out of the phone's. */
#include "sim/gadget.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define REATTACH_MS 1000 /* a phone that re-enumerates is back after this */

static int to_flag(const char *value, bool *ret, struct err *e)
{
	uint64_t v;
	int rc = text_to_u64(value, 1, &v, e);

	if (rc == 0)
		*ret = v == 1;
	return rc;
}

/* *ret_known: false when the key is none of ours. */
static int take_key(struct gadget_options *o, const char *key,
		    const char *value, bool *ret_known, struct err *e)
{
	int rc = 0;

	*ret_known = true;
	if (!strcmp(key, "zlp_in"))
		rc = to_flag(value, &o->zlp_in, e);
	else if (!strcmp(key, "split32"))
		rc = to_flag(value, &o->split32, e);
	else if (!strcmp(key, "stall_line_state"))
		rc = to_flag(value, &o->stall_line_state, e);
	else if (!strcmp(key, "reply_delay_us"))
		rc = text_to_u64(value, 60000000, &o->reply_delay_us, e);
	else if (!strcmp(key, "bus_mb_s"))
		rc = text_to_u64(value, 100000, &o->bus_mb_s, e);
	else if (!strcmp(key, "reattach_ms"))
		rc = text_to_u64(value, 600000, &o->reattach_ms, e);
	else if (strcmp(key, "udc") != 0)
		*ret_known = false;
	else if (!*value || strlen(value) >= sizeof(o->udc))
		rc = err_set(e, ERR_USAGE, "'%s' names no controller", value);
	else
		strcpy(o->udc, value);
	return rc < 0 ? err_context(e, "key '%s'", key) : 0;
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
