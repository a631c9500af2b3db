/* SPDX-License-Identifier: BSD-3-Clause */
/* faulted_totals.c - sessions, faults by kind, ends. */
#include "lib/faulted.h"

#include "../../src/cli/ui.h"

void faulted_count(struct faulted_totals *t, const struct faulted_result *r)
{
	t->sessions++;
	t->untouched += r->faults == 0;
	t->ends[r->end]++;
	t->resumed += r->resumed;
	t->kept += r->kept;
	if (r->end == FAULTED_NAMED)
		t->codes[r->code]++;
	for (unsigned k = 0; k < FAULT_KINDS; k++) {
		t->faults[k] += r->done[k];
		t->by_kind[k][r->end] += r->done[k] > 0;
	}
}

void faulted_print(const struct faulted_totals *t, FILE *to)
{
	fprintf(to, "#= %-12s %10s %10s %10s %10s\n", "fault", "made", "exact",
		"named", "wrong");
	for (unsigned k = 0; k < FAULT_KINDS; k++)
		fprintf(to, "#= %-12s %10llu %10llu %10llu %10llu\n",
			fault_kind_name(k), (unsigned long long)t->faults[k],
			(unsigned long long)t->by_kind[k][FAULTED_EXACT],
			(unsigned long long)t->by_kind[k][FAULTED_NAMED],
			(unsigned long long)t->by_kind[k][FAULTED_WRONG]);
	fprintf(to,
		"#= %llu sessions (%llu met no fault): %llu exact, "
		"%llu ended with a named error, %llu otherwise\n",
		(unsigned long long)t->sessions,
		(unsigned long long)t->untouched,
		(unsigned long long)t->ends[FAULTED_EXACT],
		(unsigned long long)t->ends[FAULTED_NAMED],
		(unsigned long long)t->ends[FAULTED_WRONG]);
	fprintf(to,
		"#= %llu left something, %llu of them were resumed to the "
		"whole\n",
		(unsigned long long)t->kept, (unsigned long long)t->resumed);
	fprintf(to, "#= named:");
	for (unsigned i = 1; i < ERR_CODES; i++)
		if (t->codes[i])
			fprintf(to, " %s %llu", err_kind_name(i),
				(unsigned long long)t->codes[i]);
	fprintf(to, "\n");
}
