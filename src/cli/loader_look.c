/* SPDX-License-Identifier: BSD-3-Clause */
/* loader_look.c - refuses loaders that are none, before a phone is asked. */
#include "device/loader_check.h"
#include "phone.h"

/* text: which file, in front of what was found; may be empty. */
static int judge(const struct options *o, struct ui *u, const char *which,
		 const char *file, const struct loader_verdict *v,
		 struct err *e)
{
	char text[512];
	int rc;

	snprintf(text, sizeof(text), "%s%s%s%s%s", which, *file ? " '" : "",
		 file, *file ? "': " : "", v->text);
	if (v->worth == LOADER_FINE)
		return 0;
	if (v->worth == LOADER_NOTED) {
		ui_step(u, "%s", text);
		return 0;
	}
	if (v->worth == LOADER_SUSPECT && o->force) {
		ui_warn(u, "%s (sent all the same: --force)", text);
		return 0;
	}
	rc = err_set(e, ERR_EXISTS, "%s; nothing was sent", text);
	err_hint(e, "%s%s", v->hint,
		 v->worth == LOADER_SUSPECT
			 ? "; if you are sure of it, --force sends it"
			 : "");
	return rc;
}

int phone_look_at_loaders(const struct options *o, struct ui *u,
			  const struct phone_link *p, struct err *e)
{
	static const char *const names[] = { "FDL1", "FDL2" };
	const struct loader *l[] = { &p->fdl1, &p->fdl2 };
	struct loader_verdict v;

	if (l[0]->data && l[1]->data) {
		loader_check_pair(l[0], l[1], &v);
		if (judge(o, u, "", "", &v, e) < 0)
			return -(int)e->code;
	}
	for (int i = 0; i < 2; i++) {
		if (!l[i]->data)
			continue;
		loader_check(l[i], i + 1, p->so.profile, &v);
		if (judge(o, u, names[i], l[i]->file, &v, e) < 0)
			return -(int)e->code;
	}
	return 0;
}
