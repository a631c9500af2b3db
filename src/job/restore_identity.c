/* SPDX-License-Identifier: BSD-3-Clause */
/* restore_identity.c - is the archive of this phone, or of its model? */
#include "base/text.h"
#include "job/backup.h"
#include "restore_run.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static int refuse(struct restore *r, struct err *e, const char *what)
{
	int rc = err_set(e, ERR_EXISTS,
			 "phone and archive do not belong together: %s", what);

	text_copy(r->plan.owner_why, sizeof(r->plan.owner_why), what);
	err_hint(e, "connect the phone that the archive is of; 'spdvault "
		    "inspect' says whose it is");
	return rc;
}

/* -1: both know it, and it differs; 1: the same; 0: not known. */
static int compare_trait(const char *archive, const char *phone)
{
	if (!*archive || !*phone)
		return 0;
	return strcasecmp(archive, phone) == 0 ? 1 : -1;
}

/* What another phone of the same model has in common with it. */
static int check_model(struct restore *r, const struct manifest *now,
		       struct err *e)
{
	const struct {
		const char *what, *archive, *phone;
	} traits[] = {
		{ "chip", r->m->profile, now->profile },
		{ "kind of storage", r->m->storage, now->storage },
	};
	char text[160];

	for (size_t i = 0; i < sizeof(traits) / sizeof(traits[0]); i++) {
		if (compare_trait(traits[i].archive, traits[i].phone) >= 0)
			continue;
		snprintf(text, sizeof(text),
			 "the %s is %s in the archive, %s "
			 "on the phone",
			 traits[i].what, traits[i].archive, traits[i].phone);
		return refuse(r, e, text);
	}
	if (r->m->sector_size && now->sector_size &&
	    r->m->sector_size != now->sector_size) {
		snprintf(text, sizeof(text),
			 "sectors have %u bytes in the archive, %u on the "
			 "phone",
			 r->m->sector_size, now->sector_size);
		return refuse(r, e, text);
	}
	return 0;
}

static int other_phone(struct restore *r, const char *what, const char *archive,
		       const char *phone, struct err *e)
{
	int rc;

	r->plan.owner = RESTORE_OTHER_PHONE;
	snprintf(r->plan.owner_why, sizeof(r->plan.owner_why),
		 "the %s is %s in the archive, %s on the phone", what, archive,
		 phone);
	if (r->q.other_phone)
		return 0;
	rc = err_set(e, ERR_EXISTS, "this is another phone: %s",
		     r->plan.owner_why);
	err_hint(e, "connect the phone that the archive is of; one of the same "
		    "model may take what is not private to the unit with "
		    "--other-phone");
	return rc;
}

int restore_identify(struct restore *r, struct err *e)
{
	const struct manifest *m = r->m;
	struct manifest now = { .format = 0 };
	int uid, disk;

	job_describe(r->s, &r->layout, r->so, &now);
	if (check_model(r, &now, e) < 0)
		return -(int)e->code;
	uid = compare_trait(m->uid, now.uid);
	disk = compare_trait(m->disk_guid, now.disk_guid);
	if (uid < 0)
		return other_phone(r, "chip uid", m->uid, now.uid, e);
	/* A disk GUID is of the table, which tools make anew. */
	if (disk < 0 && uid == 0)
		return other_phone(r, "disk GUID", m->disk_guid, now.disk_guid,
				   e);
	if (disk < 0)
		return refuse(r, e,
			      "the same chip, but its partition table "
			      "was made anew (another disk GUID)");
	r->plan.owner = uid || disk ? RESTORE_SAME_PHONE : RESTORE_UNPROVEN;
	snprintf(r->plan.owner_why, sizeof(r->plan.owner_why), "%s%s%s%s%s",
		 uid ? "chip uid " : "", uid ? now.uid : "",
		 uid && disk ? ", " : "", disk ? "disk GUID " : "",
		 disk ? now.disk_guid : "");
	if (r->image)
		text_copy(r->plan.owner_why, sizeof(r->plan.owner_why),
			  "an image does not say whose it is");
	else if (r->plan.owner == RESTORE_UNPROVEN)
		text_copy(r->plan.owner_why, sizeof(r->plan.owner_why),
			  "the phone tells neither a chip uid nor a disk GUID "
			  "that the archive has, too");
	return 0;
}
