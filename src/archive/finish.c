/* SPDX-License-Identifier: BSD-3-Clause */
/* finish.c - manifest, checksums and tail: what makes an archive whole. */
#include "writer.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* The manifest is the promise; it must speak of what is in the file. */
static int check_manifest(const struct archive_writer *w,
			  const struct manifest *m, struct err *e)
{
	if (m->block_size != BLOCK_SIZE)
		return err_set(e, ERR_BUG, "a manifest with blocks of %" PRIu32,
			       m->block_size);
	if (m->nparts != w->nmembers)
		return err_set(e, ERR_BUG,
			       "%zu members written, %zu in the manifest",
			       w->nmembers, m->nparts);
	for (size_t i = 0; i < w->nmembers; i++) {
		const struct written_member *is = &w->members[i];
		const struct manifest_part *p = &m->parts[i];

		if (strcmp(is->name, p->member) != 0 || is->size != p->size ||
		    is->first_frame != p->first_frame ||
		    is->frames != p->frames ||
		    memcmp(is->sha256, p->sha256, SHA256_LEN) != 0)
			return err_set(e, ERR_BUG,
				       "'%s' is not in the manifest as it was "
				       "written",
				       is->name);
	}
	return 0;
}

static int add_manifest(struct archive_writer *w, const struct manifest *m,
			struct err *e)
{
	CLEANUP(file_freep) char *json = NULL;
	struct manifest again;
	size_t n;

	if (manifest_to_json(m, &json, &n, e) < 0)
		return -(int)e->code;
	/* What cannot be read back is worth nothing. */
	if (manifest_from_json(json, n, &again, e) < 0)
		return err_context(e, "reading the new manifest back");
	manifest_free(&again);
	if (writer_add(w, MANIFEST_NAME, json, n, e) < 0)
		return -(int)e->code;
	return writer_end(w, e);
}

static int add_sums(struct archive_writer *w, struct err *e)
{
	struct strbuf sums = { 0 };
	char hex[SHA256_HEX];
	int rc;

	for (size_t i = 0; i < w->nmembers; i++) {
		text_hex(w->members[i].sha256, SHA256_LEN, hex);
		strbuf_add(&sums, "%s  %s\n", hex, w->members[i].name);
	}
	if (sums.failed)
		rc = err_nomem(e);
	else
		rc = writer_add(w, MANIFEST_SUMS, sums.s, sums.len, e);
	strbuf_free(&sums);
	return rc < 0 ? rc : writer_end(w, e);
}

static int write_tail(struct archive_writer *w, uint32_t manifest_frame,
		      struct err *e)
{
	CLEANUP(file_freep) uint8_t *tail = NULL;
	struct trailer tr = {
		.manifest_frame = manifest_frame,
		.manifest_offset = w->table.start[manifest_frame],
		.digest = XXH64_digest(w->xxh),
	};
	size_t n;

	if (tail_encode(&w->table, &tr, &tail, &n, e) < 0 ||
	    outfile_write(w->file, tail, n, e) < 0)
		return -(int)e->code;
	atomic_fetch_add(&w->size, n);
	return 0;
}

int archive_finish(struct archive_writer *w, const struct manifest *m,
		   struct err *e)
{
	uint32_t manifest_frame;

	if (ring_flush(w->ring, e) < 0)
		return -(int)e->code;
	if (w->open || w->finished)
		return err_set(e, ERR_BUG, "finished inside a member");
	if (check_manifest(w, m, e) < 0)
		return -(int)e->code;
	manifest_frame = w->table.count;
	archive_stop_journal(w);
	if (add_manifest(w, m, e) < 0 || add_sums(w, e) < 0 ||
	    writer_send_end(w, e) < 0)
		return -(int)e->code;
	w->finished = true;
	writer_stop(w);
	if (w->left)
		return err_set(e, ERR_IO, "%s hangs", archive_partial(w));
	if (write_tail(w, manifest_frame, e) < 0)
		return -(int)e->code;
	if (outfile_commit(w->file, e) < 0)
		return -(int)e->code;
	if (w->journal)
		journal_file_remove(w->journal);
	return 0;
}
