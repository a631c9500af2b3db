/* SPDX-License-Identifier: BSD-3-Clause */
/* signed.c - what a build with secure boot looks at before it writes. */
#include "internal.h"

#include "base/bytes.h"

#include <string.h>

#define DHTB_HEAD 0x200
#define SIGN_HEAD 0x60

/* The parts that it verifies at the last MIDST [7.5]. */
bool signed_name(const char *name)
{
	static const char *const starts[] = {
		"splloader", "sml",    "trustos", "teecfg",
		"uboot",     "vbmeta", "boot",	  "vendor_boot",
		"recovery",  "dtb",    NULL
	};

	if (!strcmp(name, "uboot_log"))
		return false;
	for (const char *const *s = starts; *s; s++)
		if (!strncmp(name, *s, strlen(*s)))
			return true;
	return strstr(name, "modem") || strstr(name, "dsp");
}

bool signed_is_dhtb(const uint8_t *p, size_t n)
{
	return n >= DHTB_HEAD && !memcmp(p, "DHTB", 4);
}

bool signed_is_vbmeta(const uint8_t *p, size_t n)
{
	return n >= 256 && !memcmp(p, "AVB0", 4);
}

/* Header, image, and what the sign header behind it tells of itself [9]. */
static uint64_t dhtb_size(const uint8_t *p, size_t n)
{
	uint64_t image = get_le32(p + 0x30);

	if (image > n - DHTB_HEAD || n - DHTB_HEAD - image < SIGN_HEAD)
		return DHTB_HEAD + image + SIGN_HEAD;
	p += DHTB_HEAD + image;
	return get_le64(p + 0x28) + get_le64(p + 0x20);
}

uint64_t signed_payload(const uint8_t *p, size_t n)
{
	if (signed_is_dhtb(p, n))
		return dhtb_size(p, n);
	if (signed_is_vbmeta(p, n))
		return 256 + get_be64(p + 12) + get_be64(p + 20);
	return 0;
}

/*
 * The simulator verifies no signature.  What the vendor has signed is what
 * the phone was made with; anything else is taken for not signed.
 */
bool signed_as_made(struct phone *p, const char *name, uint64_t offset,
		    const uint8_t *data, size_t n)
{
	uint8_t made[4096];
	struct target t;

	if (!fdl2_locate(p, name, &t) || offset > t.size || n > t.size - offset)
		return false;
	for (size_t at = 0; at < n; at += sizeof(made)) {
		size_t most = n - at < sizeof(made) ? n - at : sizeof(made);

		area_as_made(&p->storage.area[t.area], t.start + offset + at,
			     made, most);
		if (memcmp(made, data + at, most) != 0)
			return false;
	}
	return true;
}
