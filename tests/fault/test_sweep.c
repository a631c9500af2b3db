/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every kind of fault at every transfer of a small session, until a run meets
 * none.  It ends with the whole archive, or with a named error and what was
 * read kept, from which another run comes to the whole; nothing else.
 */
#include "sweep.h"

static const struct faulted_case cases[] = {
	{ .name = "eMMC, escaping off", .model = "ums512", .sector = 512 },
	{ .name = "the same with threads",
	  .model = "ums512",
	  .sector = 512,
	  .threads = 2 },
	{ .name = "chunks of 4 KiB",
	  .model = "ums512",
	  .sector = 512,
	  .chunk_max = 4096 },
	{ .name = "UFS", .model = "ums9230", .sector = 4096, .threads = 2 },
	{ .name = "escaping on", .model = "sc9863a,hdlc=0", .sector = 512 },
	{ .name = "answers in small pieces",
	  .model = "ums512,hdlc=0",
	  .sector = 512,
	  .chunk_max = 8192,
	  .line = "split:1/1" },
	{ .name = "log frames",
	  .model = "sc9863a,log_frames=2",
	  .sector = 512 },
	{ .name = "somebody is at hand",
	  .model = "ums512,revive_ms=30000",
	  .sector = 512,
	  .threads = 2 },
	{ .name = "a loader's list",
	  .model = "ums512,user_partition=84",
	  .sector = 512 },
};

int main(int argc, char **argv)
{
	return sweep_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
