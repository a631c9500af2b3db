/* SPDX-License-Identifier: BSD-3-Clause */
/* pac_check.c - is a firmware package as its maker wrote it? */
#include "job/pac_jobs.h"

#include "base/crc16.h"
#include "pac/scheme.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_PLACE UINT64_MAX
#define PIECE	 ((size_t)1 << 20)

struct check {
	struct pac *pac;
	const struct job_events *ev;
	size_t faults;
};

static void fault(struct check *c, const char *fmt, ...) PRINTF(2, 3);
static void fault(struct check *c, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->faults++;
	if (c->ev->difference)
		c->ev->difference(c->ev->user, "pac", NO_PLACE, 0, text);
}

/* The last loader or partition that the XML tells about must be there. */
static int check_scheme(struct check *c, struct err *e)
{
	struct pac_loader fdl1, fdl2;
	struct pac_scheme s;
	int rc = pac_scheme_read(c->pac, &s, e);

	if (rc == -(int)ERR_FORMAT) {
		fault(c, "%s", e->text);
		return 0;
	}
	if (rc < 0)
		return rc;
	if (s.odd)
		fault(c,
		      "%zu partitions of the XML have no name or size that "
		      "makes sense",
		      s.odd);
	pac_find_loaders(c->pac, &s, &fdl1, &fdl2);
	if (!fdl1.file && !fdl2.file)
		job_note(c->ev, "it holds no loader (FDL)");
	pac_scheme_free(&s);
	return 0;
}

/* Of all behind the header; ERR_FORMAT: it is cut off. */
static int sum_of_rest(struct pac *p, const struct job_events *ev,
		       uint16_t *ret, struct err *e)
{
	const struct pac_info *info = pac_info(p);
	struct job_progress pr = { .part = "pac",
				   .number = 1,
				   .count = 1,
				   .total = info->size,
				   .all_total = info->size };
	uint8_t *piece = malloc(PIECE);
	uint64_t at = PAC_HEADER_SIZE;
	uint16_t crc = 0;
	int rc = piece ? 0 : err_nomem(e);

	while (rc == 0 && at < info->size) {
		size_t n = info->size - at < PIECE ? (size_t)(info->size - at)
						   : PIECE;

		rc = job_go_on(ev, e);
		if (rc == 0)
			rc = pac_read(p, piece, n, at, e);
		if (rc < 0)
			break;
		crc = crc16_arc(crc, piece, n);
		at += n;
		pr.done = pr.all_done = at;
		job_progress(ev, &pr);
	}
	free(piece);
	*ret = crc;
	return rc;
}

static int check_rest(struct check *c, struct err *e)
{
	const struct pac_info *info = pac_info(c->pac);
	uint16_t crc;
	int rc = sum_of_rest(c->pac, c->ev, &crc, e);

	if (rc == -(int)ERR_FORMAT) {
		fault(c, "%s", e->text);
		return 0;
	}
	if (rc == 0 && crc != info->crc_rest)
		fault(c,
		      "the checksum of what follows the header is 0x%04X, and "
		      "should be 0x%04X",
		      crc, info->crc_rest);
	return rc;
}

int job_pac_sums(struct pac *p, const struct job_events *ev, struct err *e)
{
	const struct pac_info *info = pac_info(p);
	uint16_t crc = 0;
	int rc = sum_of_rest(p, ev, &crc, e);

	if (rc < 0 ||
	    (crc == info->crc_rest && info->crc_header == info->crc_header_is))
		return rc;
	return err_set(e, ERR_MISMATCH,
		       "the package is damaged: the checksum of %s is not the "
		       "one that it tells",
		       crc == info->crc_rest ? "its header"
					     : "what follows its header");
}

int job_pac_check(struct pac *p, const struct job_events *ev,
		  size_t *ret_faults, struct err *e)
{
	struct check c = { .pac = p, .ev = ev };
	const struct pac_info *info = pac_info(p);
	int rc;

	for (size_t i = 0; i < info->nproblems; i++)
		fault(&c, "%s", info->problems[i]);
	rc = check_scheme(&c, e);
	if (rc == 0)
		rc = check_rest(&c, e);
	*ret_faults = c.faults;
	if (rc < 0 || c.faults == 0)
		return rc;
	rc = err_set(e, ERR_MISMATCH, "%zu fault%s found in the PAC", c.faults,
		     c.faults == 1 ? " was" : "s were");
	err_hint(e, "copy or download it again, and compare with another "
		    "source before anything of it is trusted");
	return rc;
}
