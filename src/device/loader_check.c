/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loader_check.c - a loader is looked at before it is sent; pure.  Layout of
 * the header: docs/protocol.md 9.  What a header does not tell, or a raw
 * binary cannot, is no suspicion: a false alarm keeps a good loader out.
 */
#include "device/loader_check.h"

#include "base/bytes.h"
#include "base/text.h"
#include "device/loader_place.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HEAD_SIZE      0x200u
#define SIGN_HEAD_SIZE 0x60u
#define SIGN_MAX       0x10000u
/* FDL1 runs in the chip's own memory, which no chip has so much of. */
#define FDL1_MAX  ((size_t)1 << 20)
#define FDL2_MIN  ((size_t)16 << 10)
#define CODE_SEEN 8u /* words at the entry that are looked at */

/* -- other kinds of files ------------------------------------------------ */

static const struct {
	const char *magic;
	size_t len;
	const char *kind;
} foreign[] = {
	{ "B\0P\0_\0R\0", 8, "a PAC firmware package" },
	{ "PK\3\4", 4, "a zip archive" },
	{ "\x1F\x8B", 2, "a gzip archive" },
	{ "\xFD"
	  "7zXZ",
	  5, "an xz archive" },
	{ "7z\xBC\xAF\x27\x1C", 6, "a 7-zip archive" },
	{ "Rar!\x1A\x07", 6, "a rar archive" },
	{ "\x28\xB5\x2F\xFD", 4, "a zstd archive" },
	{ "ANDROID!", 8, "an Android boot image" },
	{ "AVB0", 4, "a vbmeta image" },
	{ "\x3A\xFF\x26\xED", 4, "an Android sparse image" },
	{ "\x7F"
	  "ELF",
	  4, "an ELF program" },
	{ "MZ\x90", 3, "a Windows program" },
	{ "%PDF", 4, "a PDF document" },
	{ "\x89PNG", 4, "a picture" },
};

/* A saved web page is the usual wrong file of this field. */
static bool is_text(const uint8_t *p, size_t n)
{
	if (n > 512)
		n = 512;
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x09 || (p[i] > 0x0D && p[i] < 0x20) || p[i] > 0x7E)
			return false;
	return n > 0;
}

static bool contains(const uint8_t *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= n; i++)
		if (strncasecmp((const char *)p + i, word, len) == 0)
			return true;
	return false;
}

const char *loader_foreign_kind(const uint8_t *p, size_t n)
{
	size_t head = n < 1024 ? n : 1024;

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (n >= foreign[i].len &&
		    memcmp(p, foreign[i].magic, foreign[i].len) == 0)
			return foreign[i].kind;
	/* UTF-8 text does not pass for ASCII, but its tags do. */
	if (contains(p, head, "<html") || contains(p, head, "<!doctype"))
		return "a web page";
	return is_text(p, n) ? "a text, not a program" : NULL;
}

/* -- the header ---------------------------------------------------------- */

/* Behind the image, rounded or not: the header of a signature [9]. */
bool loader_find_signature(const uint8_t *p, size_t n, uint64_t from,
			   uint64_t image, uint64_t *ret_end)
{
	const uint64_t places[] = { image, (image + 15) & ~15ull,
				    (image + 511) & ~511ull };

	for (size_t i = 0; i < 3; i++) {
		const uint8_t *s = p + (places[i] - from);
		uint64_t size, at;

		if (places[i] < from || places[i] - from + SIGN_HEAD_SIZE > n)
			continue;
		size = get_le64(s + 0x20);
		at = get_le64(s + 0x28);
		if (get_le64(s + 0x18) != HEAD_SIZE || size == 0 ||
		    size > SIGN_MAX || at < image || at > image + SIGN_MAX)
			continue;
		*ret_end = at + size;
		return true;
	}
	return false;
}

bool loader_head_parse(const uint8_t *p, size_t n, struct loader_head *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (n < HEAD_SIZE || memcmp(p, "DHTB", 4) != 0)
		return false;
	ret->dhtb = true;
	ret->version = get_le32(p + 4);
	ret->addr = get_le64(p + 0x28);
	ret->size = get_le32(p + 0x30);
	ret->end = (uint64_t)HEAD_SIZE + ret->size;
	ret->has_signature =
		loader_find_signature(p, n, 0, ret->end, &ret->end);
	return true;
}

/* -- findings: the worst one stays --------------------------------------- */

static void find(struct loader_verdict *v, enum loader_worth worth,
		 const char *hint, const char *fmt, ...) PRINTF(4, 5);

static void find(struct loader_verdict *v, enum loader_worth worth,
		 const char *hint, const char *fmt, ...)
{
	va_list ap;

	if (worth <= v->worth)
		return;
	v->worth = worth;
	text_copy(v->hint, sizeof(v->hint), hint);
	va_start(ap, fmt);
	vsnprintf(v->text, sizeof(v->text), fmt, ap);
	va_end(ap);
}

bool loader_head_tells(uint64_t addr)
{
	return addr != 0 && addr != UINT64_MAX && addr != UINT32_MAX;
}

static void check_head(const struct loader *l, const struct loader_head *h,
		       struct loader_verdict *v)
{
	if (h->end > l->len)
		find(v, LOADER_SUSPECT,
		     "copy it again from the firmware package",
		     "its header promises %" PRIu64 " bytes and there are %zu: "
		     "it is cut off",
		     h->end, l->len);
	else if (h->size == 0)
		find(v, LOADER_SUSPECT,
		     "copy it again from the firmware package",
		     "its header promises an image of 0 bytes");
	else if (h->version != 1)
		find(v, LOADER_NOTED, "", "its header has version %u, not 1",
		     h->version);
	if (l->has_addr && loader_head_tells(h->addr) &&
	    !loader_same_place(h->addr, l->addr))
		find(v, LOADER_SUSPECT,
		     "name the chip of this phone (--chip), or take the "
		     "loaders of its own firmware",
		     "its header says that it belongs at 0x%" PRIX64
		     ", and it would be loaded to 0x%08X: a loader for "
		     "another chip, or another chip's address",
		     h->addr, l->addr);
	if (!h->has_signature)
		find(v, LOADER_NOTED, "",
		     "it has no signature; a phone with secure boot "
		     "refuses it");
}

/*
 * An ARM or ARM64 program begins with a branch, a table of branches, or
 * instructions that most often are unconditional.
 */
static bool looks_like_code(const uint8_t *p, size_t n)
{
	unsigned always = 0;

	for (size_t i = 0; i < CODE_SEEN && 4 * i + 4 <= n; i++) {
		uint32_t w = get_le32(p + 4 * i);

		/* ARM64: B, or a system instruction such as MSR or NOP */
		if (i == 0 && (w >> 26 == 0x05 || w >> 24 == 0xD5))
			return true;
		always += w >> 28 == 0xE;
	}
	return always >= 2;
}

static void check_code(const struct loader *l, const struct loader_head *h,
		       struct loader_verdict *v)
{
	size_t at = h->dhtb ? HEAD_SIZE : 0;

	if (l->len < at + 4 * CODE_SEEN)
		find(v, LOADER_NOTED, "", "it is only %zu bytes long", l->len);
	else if (!looks_like_code(l->data + at, l->len - at))
		find(v, LOADER_NOTED, "",
		     "what stands at its entry is no usual ARM code");
}

static void check_blank(const struct loader *l, struct loader_verdict *v)
{
	const uint8_t *p = l->data;

	if (l->len > 1 && (p[0] == 0 || p[0] == 0xFF) &&
	    memcmp(p, p + 1, l->len - 1) == 0)
		find(v, LOADER_NOTED, "", "it holds nothing but 0x%02X", p[0]);
}

static void check_size(const struct loader *l, int which,
		       struct loader_verdict *v)
{
	if (which == 1 && l->len > FDL1_MAX)
		find(v, LOADER_SUSPECT,
		     "the first loader is the small one of the two",
		     "%zu bytes are too many for the chip's own memory, where "
		     "FDL1 runs",
		     l->len);
	if (which == 2 && l->len < FDL2_MIN)
		find(v, LOADER_NOTED, "",
		     "it is small for an FDL2 with drivers (%zu bytes)",
		     l->len);
}

/* -- names of chips ------------------------------------------------------ */

/* Letters and at least four digits, as a chip has them: "sc9863", "ums512". */
static size_t chip_word(const char *s, char *ret, size_t cap)
{
	static const char *const heads[] = { "sc",  "sp",  "ums", "udx",
					     "uis", "uws", "ud" };

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t head = strlen(heads[i]), n = head;

		if (strncasecmp(s, heads[i], head) != 0)
			continue;
		while (isdigit((unsigned char)s[n]))
			n++;
		if (n - head < 3 || n - head > 4 || n >= cap)
			continue;
		/* sc27xx, sc28xx: power managers, used with many chips */
		if (head == 2 && (s[2] == '2' || n - head < 4) && s[1] != 'd')
			continue;
		memcpy(ret, s, n);
		ret[n] = '\0';
		return n;
	}
	return 0;
}

/* Does the profile have this number in its name or in one of its names? */
static bool has_number(const struct profile *p, const char *word)
{
	const char *digits = word + strcspn(word, "0123456789");

	if (strstr(p->name, digits) || strstr(p->title, digits))
		return true;
	for (size_t i = 0; i < p->nnames; i++)
		if (strstr(p->names[i], digits))
			return true;
	return false;
}

/* A vendor's file name with a chip in it, which is not the chip named. */
static void check_name(const struct loader *l, const struct profile *p,
		       struct loader_verdict *v)
{
	char word[16], other[16] = "";

	if (!p)
		return;
	for (const char *s = l->file; *s; s++) {
		size_t n = s == l->file || !isalnum((unsigned char)s[-1])
				   ? chip_word(s, word, sizeof(word))
				   : 0;

		if (n == 0)
			continue;
		if (has_number(p, word))
			return;
		text_copy(other, sizeof(other), word);
	}
	if (*other)
		find(v, LOADER_SUSPECT,
		     "take the loaders of this phone's own firmware, or "
		     "correct --chip",
		     "its name says that it is for %s, and the chip is %s",
		     other, p->title);
}

/* A name with an address in it: "fdl1_0x5500.bin". */
static void check_named_place(const struct loader *l, struct loader_verdict *v)
{
	uint32_t addr;

	if (l->has_addr && loader_name_address(l->file, &addr) &&
	    !loader_same_place(addr, l->addr))
		find(v, LOADER_SUSPECT,
		     "name the chip of this phone (--chip), or take the "
		     "loaders of its own firmware",
		     "its name says that it belongs at 0x%" PRIX32
		     ", and it would be loaded to 0x%" PRIX32,
		     addr, l->addr);
}

/* -- both ---------------------------------------------------------------- */

void loader_check(const struct loader *l, int which,
		  const struct profile *profile, struct loader_verdict *ret)
{
	const char *kind = loader_foreign_kind(l->data, l->len);
	struct loader_head h;

	memset(ret, 0, sizeof(*ret));
	if (kind) {
		bool pac = strstr(kind, "PAC") || strstr(kind, "archive");

		find(ret, LOADER_WRONG,
		     pac ? "the loaders are inside; unpack FDL1 and FDL2 from "
			   "it, or use the package itself where a command "
			   "takes it (--pac)"
			 : "take the file itself, not the page that links to "
			   "it, from the firmware of exactly this model",
		     "it is %s", kind);
		return;
	}
	loader_head_parse(l->data, l->len, &h);
	check_blank(l, ret);
	if (h.dhtb)
		check_head(l, &h, ret);
	check_name(l, profile, ret);
	check_named_place(l, ret);
	check_size(l, which, ret);
	check_code(l, &h, ret);
}

static bool names_itself(const struct loader *l, const char *word)
{
	return contains((const uint8_t *)l->file, strlen(l->file), word);
}

/* Is a's place, as its header has it, where b would go? */
static bool belongs_to(const struct loader *a, const struct loader *b)
{
	struct loader_head h;

	return loader_head_parse(a->data, a->len, &h) &&
	       loader_head_tells(h.addr) && b->has_addr &&
	       loader_same_place(h.addr, b->addr) &&
	       !(a->has_addr && loader_same_place(h.addr, a->addr));
}

void loader_check_pair(const struct loader *fdl1, const struct loader *fdl2,
		       struct loader_verdict *ret)
{
	const char *hint = "give the first stage to --fdl1, the second to "
			   "--fdl2";

	memset(ret, 0, sizeof(*ret));
	if (belongs_to(fdl1, fdl2) || belongs_to(fdl2, fdl1))
		find(ret, LOADER_SUSPECT, hint,
		     "FDL1 '%s' and FDL2 '%s' are swapped, say the addresses "
		     "in their headers",
		     fdl1->file, fdl2->file);
	if (names_itself(fdl1, "fdl2") && !names_itself(fdl1, "fdl1") &&
	    names_itself(fdl2, "fdl1") && !names_itself(fdl2, "fdl2"))
		find(ret, LOADER_SUSPECT, hint,
		     "FDL1 and FDL2 are swapped, say their names ('%s', '%s')",
		     fdl1->file, fdl2->file);
	if (fdl1->len > FDL1_MAX / 4 && fdl2->len < fdl1->len / 2)
		find(ret, LOADER_SUSPECT, hint,
		     "FDL1 '%s' (%zu bytes) is much larger than FDL2 '%s' "
		     "(%zu bytes): they look swapped",
		     fdl1->file, fdl1->len, fdl2->file, fdl2->len);
}
