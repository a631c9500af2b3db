/* SPDX-License-Identifier: BSD-3-Clause */
/* transport.c - from a device specification to an open transport. */
#include "transport/transport.h"

#include <string.h>

static const struct {
	const char *prefix;
	int (*open)(const char *rest, struct transport **ret, struct err *e);
} kinds[] = {
	{ "tty:", transport_open_tty },
	{ "sim:", transport_open_sim },
};

int transport_open(const char *spec, struct transport **ret, struct err *e)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i].prefix);

		if (strncmp(spec, kinds[i].prefix, n) == 0)
			return kinds[i].open(spec + n, ret, e);
	}
	return err_set(e, ERR_USAGE,
		       "'%s' is no device; write tty:PATH[@BAUD] or "
		       "sim:MODEL[,key=value...]",
		       spec);
}

void transport_close(struct transport *t)
{
	if (t)
		t->ops->close(t);
}
