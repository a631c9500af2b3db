/* SPDX-License-Identifier: BSD-3-Clause */
/* readback.c - what was stored, as it lies on the disk. */
#include "writer.h"

#include "archive/zframe.h"

#include <inttypes.h>
#include <stdlib.h>

static int read_frame(struct archive_writer *w, uint32_t frame,
		      struct zframe_dec *dec, uint8_t *buf, struct err *e)
{
	CLEANUP(file_freep) uint8_t *packed = malloc(w->out_cap);
	const char *why;

	if (!packed)
		return err_nomem(e);
	if (writer_frame(w, frame, packed, e) < 0)
		return -(int)e->code;
	why = zframe_decode(dec, packed, seektable_compressed(&w->table, frame),
			    buf, w->table.content[frame]);
	if (why)
		return err_set(e, ERR_IO, "frame %" PRIu32 " of '%s': %s",
			       frame, archive_partial(w), why);
	return 0;
}

int archive_read_back(struct archive_writer *w, const struct manifest_part *p,
		      uint64_t block, uint8_t *buf, size_t *ret, struct err *e)
{
	uint64_t size = p ? p->size : w->now.size;
	uint32_t first = p ? p->first_frame : w->now.first_frame;
	struct zframe_dec *dec;
	int rc;

	/* Everything is written then, and the table is ours. */
	if (ring_flush(w->ring, e) < 0)
		return -(int)e->code;
	if (!archive_can_mend(w))
		return err_set(e, ERR_USAGE,
			       "what was written cannot be read back there");
	if ((!p && !w->open) || w->held || block >= size / BLOCK_SIZE + 1 ||
	    block * BLOCK_SIZE >= size || first + block >= w->table.count)
		return err_set(e, ERR_BUG, "no block %" PRIu64 " to read back",
			       block);
	if (zframe_dec_new(&dec, e) < 0)
		return -(int)e->code;
	rc = read_frame(w, first + (uint32_t)block, dec, buf, e);
	zframe_dec_free(dec);
	if (rc == 0)
		*ret = writer_block_len(size, block);
	return rc;
}
