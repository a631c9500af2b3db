/* SPDX-License-Identifier: BSD-3-Clause */
/* reader.h - bytes of the phone's storage: READ_START, READ_MIDST, READ_END. */
#ifndef DEVICE_READER_H
#define DEVICE_READER_H

#include "base/block.h"
#include "base/err.h"
#include "device/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READER_UNIT 0x1000u /* the first and the smallest chunk, bytes */

/* Where bytes lie: what READ_START names, and a run of bytes in that. */
struct extent {
	char name[37];
	uint64_t offset, length;
	/*
	 * Bytes of what is named, told to a NAND [5.8]; 0: to the end of this.
	 */
	uint64_t whole;
	bool by_address; /* not by that name, but by this number: READ_FLASH */
	uint32_t region;
};

struct part_reader;

/*
 * Starts reading at `from` (counted from the beginning of x).  ERR_REFUSED:
 * the loader does not give this; nothing is left open then.
 */
int part_reader_open(struct session *s, const struct extent *x, uint64_t from,
		     struct part_reader **ret, struct err *e) MUST_CHECK;
/*
 * Fills b from b->used to the brim or to the end of the extent.  Blocks until
 * then.  A damaged or missing answer is asked for again, after a fence has
 * shown that no old answer is left.  On failure b->used counts the bytes that
 * are known to be good; ERR_REFUSED then means that the
 * bytes from part_reader_pos() to the next border of part_reader_unit() cannot
 * be read, and part_reader_skip() may go past them.
 * Ending with b->used unchanged means that all has been read.
 */
int part_reader_fill(struct part_reader *r, struct block *b,
		     struct err *e) MUST_CHECK;
/*
 * As part_reader_fill, but comes back after eight chunks, so that progress can
 * be told and the user be heard.  The next request may be on its way then, and
 * no chunk is cut for it.
 */
int part_reader_fill_some(struct part_reader *r, struct block *b,
			  struct err *e) MUST_CHECK;
/*
 * Puts n zero bytes (at most what is left, and what fits into b) in place of
 * bytes that cannot be had.  Returns how many.
 */
size_t part_reader_skip(struct part_reader *r, struct block *b, uint64_t n);
/* Bytes that a refusal stands for: a sector, or more. */
uint32_t part_reader_unit(const struct part_reader *r);
/* Narrows no further than that many bytes from now on; 0: to the sector. */
void part_reader_set_unit(struct part_reader *r, uint32_t unit);
/*
 * Looks at up to n bytes at another place of the extent; the next byte to be
 * read stays the same.  Returns how many there are (fewer than n where n is
 * more than a chunk), 0 when they are refused, negative: the link failed.
 */
int part_reader_peek(struct part_reader *r, uint64_t at, void *buf, uint32_t n,
		     struct err *e) MUST_CHECK;
/* Offset of the next byte in the extent. */
uint64_t part_reader_pos(const struct part_reader *r);
/* After a fill to the brim: READ_END; r is gone, whatever is returned. */
int part_reader_close(struct part_reader *r, struct err *e) MUST_CHECK;
/* The same after a failure: sends nothing more than READ_END, ignores it. */
void part_reader_drop(struct part_reader *r);

/* All at once into memory. */
int reader_read(struct session *s, const struct extent *x, void *buf,
		struct err *e) MUST_CHECK;
/* By address: nothing of x from there on is asked for in this session. */
void reader_forbid(struct session *s, const struct extent *x, uint64_t from);
/*
 * Is there at least one readable byte range [offset, offset + n) of `name`?
 * 1 yes, 0 the loader refused, negative: the link failed.
 */
int reader_probe(struct session *s, const char *name, uint64_t offset,
		 uint32_t n, struct err *e) MUST_CHECK;
/* The largest READ_MIDST that has worked in this session, bytes. */
uint32_t reader_chunk(const struct session *s);

#endif
