/* SPDX-License-Identifier: BSD-3-Clause */
/* tap.h - a transport in front of another that counts and spoils. */
#ifndef LIB_TAP_H
#define LIB_TAP_H

#include "transport/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAP_READS_MAX 8192

enum tap_fault {
	TAP_NONE,
	TAP_LOSE,   /* never arrives */
	TAP_LATE,   /* arrives behind the next request */
	TAP_CUT,    /* its second half is missing */
	TAP_FLIP,   /* one bit is wrong */
	TAP_DOUBLE, /* arrives, and once more behind the next request */
	TAP_SHORT,  /* a good frame of the same type with 6 bytes of data */
};

struct tap_read {
	uint32_t size;
	uint64_t offset;
};

/* What went through, and what to spoil; fields may be set at any time. */
struct tap {
	unsigned requests;  /* frames sent */
	unsigned sent[256]; /* of these, by command */
	unsigned odd;	    /* of these, with an odd payload */
	unsigned flags;	    /* transfers of flags alone */
	struct tap_read reads[TAP_READS_MAX]; /* READ_MIDST, in order */
	size_t nreads;

	unsigned lose_start; /* this READ_START from now on is lost; 0: none */
	size_t longest; /* an answer is cut behind so many bytes; 0: none */
	enum tap_fault fault;
	uint16_t type;	    /* of the answers that are spoilt */
	unsigned at, times; /* from the at-th (from 1) on, so many */
	unsigned seen, spoilt;
};

/* Takes t over.  *ret_tap lives as long as the result. */
struct transport *tap_open(struct transport *t, struct tap **ret_tap);

#endif
