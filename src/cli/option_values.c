/* SPDX-License-Identifier: BSD-3-Clause */
/* option_values.c - words and percentages, with the message when they are not.
 */
#include "option_values.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int option_choice(const char *name, const char *arg, const char *const *words,
		  int n, int *ret, struct err *e)
{
	struct strbuf all = { 0 };
	int rc;

	for (int i = 0; i < n; i++) {
		if (strcmp(arg, words[i]) == 0) {
			*ret = i;
			strbuf_free(&all);
			return 0;
		}
		strbuf_add(&all, "%s%s", i ? ", " : "", words[i]);
	}
	rc = err_set(e, ERR_USAGE, "--%s takes %s, not '%s'", name, all.s, arg);
	strbuf_free(&all);
	return rc;
}

int option_percent(const char *arg, double *ret, struct err *e)
{
	char *end;
	double v = strtod(arg, &end);
	int rc;

	if (*arg < '0' || *arg > '9' || (*end && strcmp(end, "%") != 0) ||
	    strspn(arg, "0123456789.%") != strlen(arg) ||
	    !(v > 0 && v <= 100)) {
		rc = err_set(e, ERR_USAGE,
			     "--recheck takes a percentage above "
			     "0 and up to 100, not '%s'",
			     arg);
		err_hint(e, "--recheck 5%% reads one block of twenty again");
		return rc;
	}
	*ret = v;
	return 0;
}
