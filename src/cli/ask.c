/* SPDX-License-Identifier: BSD-3-Clause */
/* ask.c - questions go to stderr, answers come from stdin. */
#include "ask.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool ui_may_ask(const struct options *o)
{
	return !o->no_input && !o->json && isatty(STDIN_FILENO) &&
	       isatty(STDERR_FILENO);
}

int ui_ask_number(struct ui *u, const char *question, size_t n, size_t *ret,
		  struct err *e)
{
	char line[64];
	uint64_t v;

	for (;;) {
		fprintf(stderr, "%s [1-%zu] ", question, n);
		fflush(stderr);
		/* A signal ends the read, as SA_RESTART is not set. */
		if (!fgets(line, sizeof(line), stdin)) {
			clearerr(stdin);
			fputc('\n', stderr);
			return err_set(e, ERR_CANCELLED, "%s",
				       ui_stopped(NULL)
					       ? "stopped by the user"
					       : "no answer was given");
		}
		line[strcspn(line, "\n")] = '\0';
		if (text_to_u64(line, n, &v, e) == 0 && v > 0) {
			*ret = (size_t)v;
			return 0;
		}
		ui_note(u, "please type a number from 1 to %zu", n);
	}
}
