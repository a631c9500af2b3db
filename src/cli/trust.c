/* SPDX-License-Identifier: BSD-3-Clause */
/* trust.c - words for what makes a copy more or less to be trusted. */
#include "trust.h"

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
