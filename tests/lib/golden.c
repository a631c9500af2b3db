/* SPDX-License-Identifier: BSD-3-Clause */
/* golden.c - reads the hex files of known frames. */
#include "lib/golden.h"

#include "lib/unit.h"

#include <ctype.h>
#include <dirent.h>

#define FOLDER "tests/data/frames/"

static unsigned digit(char c, const char *where)
{
	if (!isxdigit((unsigned char)c))
		fail_msg("'%c' is no hex digit in '%s'", c, where);
	return c <= '9' ? (unsigned)(c - '0')
			: (unsigned)(tolower((unsigned char)c) - 'a' + 10);
}

size_t golden_hex(const char *hex, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (const char *p = hex; *p;) {
		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (n == cap)
			fail_msg("more than %zu bytes in '%.40s'", cap, hex);
		out[n++] = (uint8_t)(digit(p[0], hex) << 4 | digit(p[1], hex));
		p += 2;
	}
	return n;
}

/* Which of two words; anything else is a mistake in the file. */
static bool is_second(const char *value, const char *first, const char *second,
		      const char *name)
{
	if (strcmp(value, second) == 0)
		return true;
	if (strcmp(value, first) != 0)
		fail_msg("%s.hex: '%s' is neither '%s' nor '%s'", name, value,
			 first, second);
	return false;
}

enum { DIRECTION, CHECK, ESCAPE, TYPE, PAYLOAD, WIRE, KEYS };

static void take(struct golden *g, int key, const char *value)
{
	uint8_t type[2];
	size_t n;

	switch (key) {
	case DIRECTION:
		g->from_phone = is_second(value, "host", "phone", g->name);
		break;
	case CHECK:
		g->fmt.check = is_second(value, "crc", "sum", g->name)
				       ? FRAME_SUM16
				       : FRAME_CRC16;
		break;
	case ESCAPE:
		g->fmt.escape = is_second(value, "off", "on", g->name);
		break;
	case TYPE:
		n = golden_hex(value, type, sizeof(type));
		g->type = (uint16_t)(n == 2 ? type[0] << 8 | type[1] : type[0]);
		break;
	case PAYLOAD:
		g->len += golden_hex(value, g->payload + g->len,
				     sizeof(g->payload) - g->len);
		break;
	case WIRE:
		g->wire_len += golden_hex(value, g->wire + g->wire_len,
					  sizeof(g->wire) - g->wire_len);
		break;
	}
}

void golden_load(const char *name, struct golden *ret)
{
	static const char *const keys[KEYS] = { "direction", "check",
						"escape",    "type",
						"payload",   "wire" };
	char path[128], line[1024];
	unsigned seen = 0;
	int key = -1;
	FILE *f;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	snprintf(path, sizeof(path), FOLDER "%s.hex", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("cannot open '%s'; run from the source root", path);
	while (fgets(line, sizeof(line), f)) {
		char *value;

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (line[0] == '\t' && key >= PAYLOAD) {
			take(ret, key, line);
			continue;
		}
		value = line + strcspn(line, " ");
		if (*value)
			*value++ = '\0';
		for (key = 0; key < KEYS && strcmp(keys[key], line) != 0;)
			key++;
		if (key == KEYS || (seen & 1u << key))
			fail_msg("%s: key '%s' is wrong here", path, line);
		seen |= 1u << key;
		take(ret, key, value);
	}
	fclose(f);
	if (seen != (1u << KEYS) - 1)
		fail_msg("%s: a key is missing", path);
}

static int is_hex_file(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && strcmp(dot, ".hex") == 0;
}

size_t golden_load_all(struct golden ret[GOLDEN_MAX], size_t least)
{
	struct dirent **list;
	int n = scandir(FOLDER, &list, is_hex_file, alphasort);

	if (n < (int)least || n > GOLDEN_MAX)
		fail_msg("%d frames in " FOLDER "; run from the source root",
			 n);
	for (int i = 0; i < n; i++) {
		*strrchr(list[i]->d_name, '.') = '\0';
		golden_load(list[i]->d_name, &ret[i]);
		free(list[i]);
	}
	free(list);
	return (size_t)n;
}
