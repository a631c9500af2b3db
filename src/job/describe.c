/* SPDX-License-Identifier: BSD-3-Clause */
/* describe.c - the phone in the words of the manifest. */
#include "base/text.h"
#include "job/backup.h"

#include <string.h>

static void describe_loader(const struct loader *l, struct manifest_loader *to)
{
	if (!l)
		return;
	text_copy(to->file, sizeof(to->file), l->file);
	to->address = l->addr;
	to->size = l->len;
	memcpy(to->sha256, l->sha256, sizeof(to->sha256));
}

static uint64_t storage_size(const struct layout *l)
{
	uint64_t sum = 0;

	if (l->table.storage_size)
		return l->table.storage_size;
	/* Regions are what is known of a flash, not the flash. */
	for (size_t i = 0; i < l->table.n && l->table.source != PTABLE_REGIONS;
	     i++)
		if (!l->table.v[i].boot_area)
			sum += l->table.v[i].size;
	return sum;
}

void job_describe(struct session *s, const struct layout *l,
		  const struct session_options *o, struct manifest *m)
{
	const struct device_info *d = session_info(s);

	m->format = MANIFEST_FORMAT;
	text_copy(m->tool, sizeof(m->tool), "spdvault " SPDVAULT_VERSION);
	m->block_size = BLOCK_SIZE;
	if (o->profile) {
		text_copy(m->chip, sizeof(m->chip),
			  o->profile->nnames ? o->profile->names[0]
					     : o->profile->name);
		text_copy(m->profile, sizeof(m->profile), o->profile->name);
	}
	text_copy(m->hello, sizeof(m->hello), d->hello);
	text_copy(m->fdl1_hello, sizeof(m->fdl1_hello), d->fdl1_hello);
	text_hex(d->uid, d->uid_len, m->uid);
	text_copy(m->disk_guid, sizeof(m->disk_guid), l->table.disk_guid);
	if (d->storage != STORAGE_UNKNOWN)
		text_copy(m->storage, sizeof(m->storage),
			  profile_storage_name(d->storage));
	m->sector_size = l->table.sector;
	m->storage_size = storage_size(l);
	text_copy(m->table_source, sizeof(m->table_source),
		  ptable_source_name(l->table.source));
	m->transcode_off = !d->escaping;
	m->chunk = reader_chunk(s);
	describe_loader(o->fdl1, &m->fdl1);
	describe_loader(o->fdl2, &m->fdl2);
}
