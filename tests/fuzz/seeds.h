/* SPDX-License-Identifier: BSD-3-Clause */
/* seeds.h - what the writers of seeds share; only for seeds*.c. */
#ifndef FUZZ_SEEDS_H
#define FUZZ_SEEDS_H

#include "fuzz.h"

#include "base/text.h"

/* Ends the program with the words of e. */
void must(int rc, const struct err *e);

void add(struct strbuf *b, const void *p, size_t n);
void add_u8(struct strbuf *b, unsigned v);
void add_u16(struct strbuf *b, unsigned v);
void add_u32(struct strbuf *b, uint32_t v);
void add_u64(struct strbuf *b, uint64_t v);
void add_zeros(struct strbuf *b, size_t n);
/* A partition's name as the protocol has it. */
void add_name(struct strbuf *b, const char *name);

/* The folder that was given. */
const char *seeds_root(void);
void write_file(const char *target, const char *name, const void *p, size_t n);
/* Writes b and empties it. */
void save(const char *target, const char *name, struct strbuf *b);

#define SECTOR 512u

/* A disk with a GPT of four entries. */
struct disk {
	uint32_t sector;
	uint64_t last; /* LBA of the backup header */
	const char *names[4];
	uint64_t far; /* where the primary's entries are said to be; 0: there */
};

extern const struct disk small_disk, twice_disk, far_disk;

/* Protective MBR, header, entries: three sectors.  Returns the bytes. */
size_t make_head(const struct disk *d, uint8_t *p);
/* Entries, header: the last two sectors. */
size_t make_tail(const struct disk *d, uint8_t *p);

/* Each writes the seeds of one or more targets. */
void seeds_wire(void);	  /* frame, reply, gpt, ptable */
void seeds_phone(void);	  /* session, sim */
void seeds_journal(void); /* journal */
void seeds_pac(void);	  /* pac, scheme */
void seeds_keep(void);	  /* keep */
void seeds_write(void);	  /* nv, sparse */
void seeds_archive(void); /* archive, tarhdr, zframe, seektable, manifest */

#endif
