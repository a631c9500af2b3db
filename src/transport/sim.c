/* SPDX-License-Identifier: BSD-3-Clause */
/* sim.c - the simulated phone as a transport; its clock moves by waiting. */
#include "transport/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct sim {
	struct transport base;
	struct phone *phone;
};

static int gone(struct err *e)
{
	return err_set(e, ERR_GONE, "the phone has left the bus");
}

static int sim_send(struct transport *t, const void *buf, size_t len,
		    unsigned timeout_ms, struct err *e)
{
	struct sim *s = (struct sim *)t;

	(void)timeout_ms;
	if (!phone_attached(s->phone))
		return gone(e);
	phone_take(s->phone, buf, len);
	return 0;
}

static int sim_recv(struct transport *t, void *buf, size_t cap, size_t *ret_len,
		    unsigned timeout_ms, struct err *e)
{
	struct sim *s = (struct sim *)t;
	uint64_t left = timeout_ms;

	for (;;) {
		int64_t next;
		size_t n = phone_give(s->phone, buf, cap);

		if (n > 0) {
			*ret_len = n;
			return 0;
		}
		if (!phone_attached(s->phone))
			return gone(e);
		next = phone_next_ms(s->phone);
		if (next < 0 || (uint64_t)next > left)
			break;
		phone_advance(s->phone, (uint64_t)next);
		left -= (uint64_t)next;
	}
	phone_advance(s->phone, left);
	return err_set(e, ERR_TIMEOUT, "nothing came within %u ms", timeout_ms);
}

static int sim_drain(struct transport *t, struct err *e)
{
	struct sim *s = (struct sim *)t;
	char waste[4096];

	(void)e;
	while (phone_give(s->phone, waste, sizeof(waste)) > 0)
		;
	return 0;
}

static int sim_reopen(struct transport *t, unsigned timeout_ms, struct err *e)
{
	struct sim *s = (struct sim *)t;
	uint64_t away = phone_away_ms(s->phone);

	if (away > timeout_ms) {
		phone_advance(s->phone, timeout_ms);
		return err_set(e, ERR_GONE,
			       "the phone left the bus and did not come back "
			       "within %u ms",
			       timeout_ms);
	}
	phone_advance(s->phone, away);
	if (!phone_attached(s->phone))
		phone_attach(s->phone);
	phone_line_state(s->phone, 0x0601);
	return 0;
}

static char *sim_witness(struct transport *t)
{
	struct sim *s = (struct sim *)t;
	struct phone_stats st;
	const char *quote;
	char *text;

	phone_stats(s->phone, &st);
	quote = st.harm ? "\"" : "";
	if (asprintf(&text,
		     "{\"model\": \"%s\", \"requests\": %" PRIu64
		     ", \"reads\": %" PRIu64 ", \"refused\": %" PRIu64
		     ", \"unsupported\": %" PRIu64 ", \"early\": %" PRIu64
		     ", \"storage_writes\": %" PRIu64
		     ", \"commanded_writes\": %" PRIu64
		     ", \"harm\": %s%s%s, \"stage\": \"%s\"}",
		     phone_model(s->phone)->name, st.requests, st.reads,
		     st.refused, st.unsupported, st.early, st.storage_writes,
		     st.commanded_writes, quote, st.harm ? st.harm : "null",
		     quote, st.stage) < 0)
		return NULL;
	return text;
}

static void sim_close(struct transport *t)
{
	struct sim *s = (struct sim *)t;

	phone_free(s->phone);
	free(s);
}

static const struct transport_ops sim_ops = {
	.name = "sim",
	.send = sim_send,
	.recv = sim_recv,
	.drain = sim_drain,
	.reopen = sim_reopen,
	.witness = sim_witness,
	.close = sim_close,
};

/* A phone that the system does not let us have. */
static int closed_to_us(enum phone_host host, struct err *e)
{
	static const struct {
		enum why why;
		const char *text;
	} kinds[] = {
		[PHONE_HOST_DENIED] = { WHY_NO_RIGHT,
					"the phone at sim: is there, but you "
					"have no right to open it" },
		[PHONE_HOST_BUSY] = { WHY_PORT_BUSY,
				      "sim: claiming its interface: in use" },
		[PHONE_HOST_ABSENT] = { WHY_NO_PHONE,
					"no phone in download mode is at "
					"sim:" },
		[PHONE_HOST_CHARGING] = { WHY_CHARGING,
					  "a phone came, stayed for 4.7 s and "
					  "left" },
	};
	int rc;

	if (host == PHONE_HOST_OK)
		return 0;
	rc = err_set(e, ERR_NODEV, "%s", kinds[host].text);
	err_why(e, kinds[host].why);
	return rc;
}

int transport_open_sim(const char *rest, struct transport **ret, struct err *e)
{
	struct sim *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_nomem(e);
	s->base.ops = &sim_ops;
	r = phone_new(rest, &s->phone, e);
	if (r < 0) {
		free(s);
		return r;
	}
	r = closed_to_us(phone_host(s->phone), e);
	if (r < 0) {
		sim_close(&s->base);
		return r;
	}
	phone_line_state(s->phone, 0x0601);
	*ret = &s->base;
	return 0;
}

struct phone *transport_sim_phone(struct transport *t)
{
	return t->ops == &sim_ops ? ((struct sim *)t)->phone : NULL;
}
