/* SPDX-License-Identifier: BSD-3-Clause */
/* trust.c - words for what makes a copy more or less to be trusted. */
#include "trust.h"

#include "base/text.h"
#include "job/recheck.h"

#include <inttypes.h>
#include <string.h>

void say_confirmed(struct ui *u, const struct manifest *m)
{
	uint64_t bytes = 0, outvoted = 0;
	char size[TEXT_SIZE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < m->nparts; i++) {
		n += m->parts[i].confirmed > 0;
		bytes += m->parts[i].confirmed;
		outvoted += m->parts[i].outvoted;
	}
	if (n == 0)
		return;
	if (outvoted)
		ui_result(u,
			  "  read twice: %zu partitions, %s; %" PRIu64
			  " bytes differed, and were taken as two of three "
			  "readings gave them",
			  n, text_size(bytes, size), outvoted);
	else
		ui_result(u, "  read twice: %zu partitions, %s, no difference",
			  n, text_size(bytes, size));
}

void say_recheck(struct ui *u, const struct manifest *m)
{
	const struct manifest_recheck *r = &m->recheck;
	uint64_t bound = recheck_bound(r->blocks, r->compared);
	char size[TEXT_SIZE_MAX];

	if (!(r->percent > 0))
		return;
	if (r->refused)
		ui_result(u,
			  "  read again: %" PRIu64 " blocks were not given a "
			  "second time, and are not counted",
			  r->refused);
	if (r->differing)
		ui_alarm(u,
			 "%" PRIu64 " of %" PRIu64 " blocks that were read "
			 "again are stored wrongly: this copy is not to be "
			 "trusted",
			 r->differing, r->compared);
	else if (r->unsteady)
		ui_result(u,
			  "  read again: %" PRIu64 " of %" PRIu64 " blocks, "
			  "and %" PRIu64 " of them came differently once; what "
			  "is stored of these is right",
			  r->compared, r->blocks, r->unsteady);
	else if (r->compared == r->blocks)
		ui_result(u,
			  "  read again: all %" PRIu64 " blocks of %s, all "
			  "equal",
			  r->blocks, text_size(m->block_size, size));
	else
		ui_result(u,
			  "  read again: %" PRIu64 " of %" PRIu64 " blocks of "
			  "%s, drawn at random, all equal: with 95 %% "
			  "confidence at most %" PRIu64 " blocks (%.2g %%) "
			  "would come differently",
			  r->compared, r->blocks,
			  text_size(m->block_size, size), bound,
			  100.0 * (double)bound / (double)r->blocks);
}

/* A header speaks of its image, and a region may hold more than that. */
static void say_images(struct ui *u, const struct manifest *m)
{
	struct strbuf names = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < m->nparts; i++)
		if (strcmp(m->parts[i].size_from, "dhtb") == 0)
			strbuf_add(&names, "%s%s", n++ ? ", " : "",
				   m->parts[i].name);
	if (n)
		ui_result(u,
			  "  images: %s: read as far as their headers account "
			  "for; what their regions may hold behind is not in "
			  "it",
			  names.s ? names.s : "some");
	strbuf_free(&names);
}

void say_doubts(struct ui *u, const struct manifest *m)
{
	struct strbuf names = { 0 };
	size_t n = 0, lost = 0;

	say_images(u, m);
	for (size_t i = 0; i < m->nparts; i++) {
		const struct manifest_part *p = &m->parts[i];

		if (strcmp(p->doubt, "raw-nand") != 0)
			continue;
		strbuf_add(&names, "%s%s", n++ ? ", " : "", p->name);
		lost += p->nunreadable > 0;
	}
	if (n)
		ui_result(u,
			  "  raw NAND: %s: read from the bare chip, where "
			  "loaders step over bad blocks, so that what lies "
			  "behind one is not in its place; %s",
			  names.s ? names.s : "some",
			  lost ? "readings differed: do not write these back"
			       : "two readings in other pieces show no such "
				 "block, which is no proof");
	strbuf_free(&names);
}

json_t *recheck_json(const struct manifest *m)
{
	const struct manifest_recheck *r = &m->recheck;

	if (!(r->percent > 0))
		return NULL;
	return json_pack(
		"{sf sI sI sI sI sI sI sI}", "percent", r->percent, "seed",
		(json_int_t)r->seed, "blocks", (json_int_t)r->blocks,
		"compared", (json_int_t)r->compared, "differing",
		(json_int_t)r->differing, "unsteady", (json_int_t)r->unsteady,
		"refused", (json_int_t)r->refused, "bound",
		(json_int_t)recheck_bound(r->blocks, r->compared));
}

void say_odd(struct ui *u, const struct manifest *m, bool all)
{
	char words[64];

	for (size_t i = 0; i < m->nparts; i++)
		if (*m->parts[i].suspect && (all || !m->parts[i].grave))
			ui_result(u, "  suspect: %s is %s", m->parts[i].name,
				  blank_words(&m->parts[i], words));
}

void say_suspects(struct ui *u, const struct manifest *m,
		  const struct blank_report *b, bool accepted)
{
	char words[64];

	if (b->quiet)
		ui_result(u,
			  "  blank: %zu partition%s that may be so ('spdvault "
			  "list' names them)",
			  b->quiet, b->quiet == 1 ? "" : "s");
	say_odd(u, m, false);
	for (size_t i = 0; i < m->nparts; i++)
		if (m->parts[i].grave)
			ui_alarm(u, "%s is %s: no phone works like that",
				 m->parts[i].name,
				 blank_words(&m->parts[i], words));
	if (b->grave && !accepted)
		ui_result(u, "  so this may be no copy of the phone: try the "
			     "loaders of exactly this model, and compare with "
			     "'spdvault read'; if the phone is really so, "
			     "--accept-blank says that it is all right");
}

json_t *suspects_json(const struct manifest *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->nparts; i++)
		if (*m->parts[i].suspect)
			json_array_append_new(
				list, json_pack("{ss so sb}", "name",
						m->parts[i].name, "suspect",
						ui_text(m->parts[i].suspect),
						"grave", m->parts[i].grave));
	return list;
}
