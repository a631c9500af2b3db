/* SPDX-License-Identifier: BSD-3-Clause */
/* transport.c - from a device specification to an open transport. */
#include "transport/transport.h"

#include "stay.h"

#include <stdio.h>
#include <string.h>

static int open_sim(const char *rest, const struct transport_env *env,
		    struct transport **ret, struct err *e)
{
	(void)env;
	return transport_open_sim(rest, ret, e);
}

static const struct {
	const char *prefix;
	int (*open)(const char *rest, const struct transport_env *env,
		    struct transport **ret, struct err *e);
} kinds[] = {
	{ "tty:", transport_open_tty },
	{ "sim:", open_sim },
	{ "usb:", transport_open_usb },
	{ "fd:", transport_open_fd },
};

int transport_open_in(const char *spec, const struct transport_env *env,
		      struct transport **ret, struct err *e)
{
	if (strcmp(spec, "usb") == 0)
		spec = "usb:";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i].prefix);

		if (strncmp(spec, kinds[i].prefix, n) == 0)
			return kinds[i].open(spec + n, env, ret, e);
	}
	return err_set(e, ERR_USAGE,
		       "'%s' is no device; write usb[:BUS-PORT], "
		       "tty:PATH[@BAUD], sim:MODEL[,key=value...] or fd:N",
		       spec);
}

int transport_open(const char *spec, struct transport **ret, struct err *e)
{
	struct transport_env env = { .wait_ms = 0 };

	return transport_open_in(spec, &env, ret, e);
}

void transport_set_stay(struct transport *t, const char *place,
			const char *stay)
{
	char boot[64] = "";
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	bool known = f && fgets(boot, sizeof(boot), f);

	if (f)
		fclose(f);
	boot[strcspn(boot, "\n")] = '\0';
	/* Cut, two stays could look alike. */
	if (!known || snprintf(t->stay, sizeof(t->stay), "%s#%s %s", place,
			       stay, boot) >= (int)sizeof(t->stay))
		t->stay[0] = '\0';
}

void transport_close(struct transport *t)
{
	if (t)
		t->ops->close(t);
}
