/* SPDX-License-Identifier: BSD-3-Clause */
/* loader.c - stand-ins for the vendor's signed loaders. */
#include "internal.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define HEAD 0x200

/* A DHTB header [9], a few ARM words (branch to itself), then noise. */
static void fill(uint8_t *p, size_t n, uint32_t addr, uint64_t seed)
{
	static const uint32_t code[] = {
		0xE59FF018, 0xE59FF018, 0xE3A00000, 0xE12FFF1E, 0xEAFFFFFE,
	};

	content_fill(CONTENT_RANDOM, seed, 0, p, n);
	memset(p, 0, HEAD);
	memcpy(p, "DHTB", 4);
	put_le32(p + 4, 1);
	put_le64(p + 0x28, addr);
	put_le32(p + 0x30, (uint32_t)(n - HEAD));
	for (size_t i = 0; i < sizeof(code) / sizeof(code[0]); i++)
		put_le32(p + HEAD + 4 * i, code[i]);
}

int loader_make(struct phone *p, struct err *e)
{
	static const size_t sizes[2] = { 20 << 10, 200 << 10 };
	const uint32_t addr[2] = { p->model->fdl1, p->model->fdl2 };

	for (int i = 0; i < 2 && addr[i]; i++) {
		p->loader[i] = malloc(sizes[i]);
		if (!p->loader[i])
			return err_nomem(e);
		p->loader_len[i] = sizes[i];
		fill(p->loader[i], sizes[i], addr[i], p->index * 2 + i + 1);
	}
	return 0;
}

void phone_sample_loader(const struct phone *p, int which, uint32_t *ret_addr,
			 const uint8_t **ret, size_t *ret_len)
{
	int i = which == 2;

	*ret_addr = i ? p->model->fdl2 : p->model->fdl1;
	*ret = p->loader[i];
	*ret_len = p->loader_len[i];
}
