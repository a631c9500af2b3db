/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * left.c - notes in the user's own folder for such things, one for each place
 * where a phone can be plugged in.
 */
#include "left.h"

#include "ui.h"

#include "base/file.h"
#include "base/text.h"

#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE_FORMAT 1
#define NOTE_MAX    16384u

/* $XDG_RUNTIME_DIR ends with the login, as the others do not: the boot id in a
 * stay makes old notes worthless there. */
static bool folder(char out[PATH_MAX])
{
	static const struct {
		const char *variable, *below;
	} places[] = {
		{ "XDG_RUNTIME_DIR", "/spdvault" },
		{ "XDG_STATE_HOME", "/spdvault" },
		{ "HOME", "/.local/state/spdvault" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *base = getenv(places[i].variable);

		if (base && base[0] == '/')
			return snprintf(out, PATH_MAX, "%s%s", base,
					places[i].below) < PATH_MAX - 128;
	}
	return false;
}

static void make_folders(const char *path)
{
	char part[PATH_MAX];

	for (const char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(s - path), path);
		mkdir(part, 0700);
	}
}

/* DIR/PLACE.json: the place is what stands before the '#'. */
static bool path_of(const char *stay, char out[PATH_MAX])
{
	size_t n, len = strcspn(stay, "#");

	if (!*stay || len > 100 || !folder(out))
		return false;
	n = strlen(out);
	out[n++] = '/';
	for (size_t i = 0; i < len; i++)
		out[n++] = isalnum((unsigned char)stay[i]) || stay[i] == '.'
				   ? stay[i]
				   : '-';
	snprintf(out + n, PATH_MAX - n, ".json");
	return true;
}

/* -- the note as JSON ---------------------------------------------------- */

static json_t *loader_json(const struct loader *l)
{
	char hex[SHA256_HEX];

	if (!*l->file)
		return json_null();
	text_hex(l->sha256, SHA256_LEN, hex);
	return json_pack("{so sI sI ss}", "file", ui_text(l->file), "address",
			 (json_int_t)l->addr, "size", (json_int_t)l->len,
			 "sha256", hex);
}

static json_t *da_json(const struct da_info *d)
{
	return json_pack("{si sI sb si si sI sI sb}", "form", (int)d->form,
			 "version", (json_int_t)d->version, "can_stop_escape",
			 d->can_stop_escape, "old_memory", (int)d->old_memory,
			 "raw_data", (int)d->raw_data, "flush_kib",
			 (json_int_t)d->flush_kib, "storage_type",
			 (json_int_t)d->storage_type, "has_log", d->has_log);
}

static json_t *to_json(const char *stay, const struct left *l)
{
	const struct device_info *d = &l->session.info;
	char uid[2 * sizeof(d->uid) + 1];

	text_hex(d->uid, d->uid_len, uid);
	return json_pack("{si ss si ss ss ss ss si sb si si sb so so so}",
			 "format", NOTE_FORMAT, "stay", stay, "stage",
			 (int)l->session.stage, "profile", l->profile, "hello",
			 d->hello, "fdl1_hello", d->fdl1_hello, "uid", uid,
			 "storage", (int)d->storage, "escaping", d->escaping,
			 "baud", (int)d->baud, "unsupported",
			 (int)d->unsupported, "no_list", d->no_list, "da",
			 da_json(&d->da), "fdl1", loader_json(&l->fdl1), "fdl2",
			 loader_json(&l->fdl2));
}

static bool between(int v, int least, int most)
{
	return v >= least && v <= most;
}

static bool loader_from_json(json_t *o, struct loader *ret)
{
	const char *file, *hex;
	json_int_t addr, size;

	memset(ret, 0, sizeof(*ret));
	if (!o || json_is_null(o))
		return true;
	if (json_unpack(o, "{ss sI sI ss}", "file", &file, "address", &addr,
			"size", &size, "sha256", &hex) != 0 ||
	    addr < 0 || addr > UINT32_MAX || size < 0 ||
	    size > (json_int_t)LOADER_MAX ||
	    !text_unhex(hex, ret->sha256, SHA256_LEN))
		return false;
	text_copy(ret->file, sizeof(ret->file), file);
	ret->addr = (uint32_t)addr;
	ret->has_addr = true;
	ret->len = (size_t)size;
	return true;
}

static bool da_from_json(json_t *o, struct da_info *ret)
{
	int form, escape, old_memory, raw_data, log;
	json_int_t version, flush, storage;

	if (json_unpack(o, "{si sI sb si si sI sI sb}", "form", &form,
			"version", &version, "can_stop_escape", &escape,
			"old_memory", &old_memory, "raw_data", &raw_data,
			"flush_kib", &flush, "storage_type", &storage,
			"has_log", &log) != 0 ||
	    !between(form, DA_NONE, DA_TLV))
		return false;
	ret->form = (enum da_form)form;
	ret->version = (uint32_t)version;
	ret->can_stop_escape = escape;
	ret->old_memory = (uint8_t)old_memory;
	ret->raw_data = (uint8_t)raw_data;
	ret->flush_kib = (uint32_t)flush;
	ret->storage_type = (uint32_t)storage;
	ret->has_log = log;
	return true;
}

static bool take_uid(const char *hex, struct device_info *d)
{
	size_t n = strlen(hex);

	if (n % 2 || n / 2 > sizeof(d->uid) || !text_unhex(hex, d->uid, n / 2))
		return false;
	d->uid_len = n / 2;
	return true;
}

static bool from_json(json_t *o, const char *stay, struct left *ret)
{
	struct device_info *d = &ret->session.info;
	const char *at, *profile, *hello, *fdl1_hello, *uid;
	int format, stage, storage, escaping, baud, unsupported, no_list;
	json_t *da, *fdl1, *fdl2;

	memset(ret, 0, sizeof(*ret));
	if (json_unpack(o, "{si ss si ss ss ss ss si sb si si sb so so so}",
			"format", &format, "stay", &at, "stage", &stage,
			"profile", &profile, "hello", &hello, "fdl1_hello",
			&fdl1_hello, "uid", &uid, "storage", &storage,
			"escaping", &escaping, "baud", &baud, "unsupported",
			&unsupported, "no_list", &no_list, "da", &da, "fdl1",
			&fdl1, "fdl2", &fdl2) != 0 ||
	    format != NOTE_FORMAT || strcmp(at, stay) != 0 ||
	    (stage != STAGE_FDL1 && stage != STAGE_FDL2) ||
	    !between(storage, STORAGE_UNKNOWN, STORAGE_NOR) ||
	    !da_from_json(da, &d->da) || !between(baud, 0, 4000000) ||
	    !between(unsupported, 0, 1000) || !take_uid(uid, d) ||
	    !loader_from_json(fdl1, &ret->fdl1) ||
	    !loader_from_json(fdl2, &ret->fdl2))
		return false;
	ret->session.stage = (enum stage)stage;
	text_copy(ret->profile, sizeof(ret->profile), profile);
	text_copy(d->hello, sizeof(d->hello), hello);
	text_copy(d->fdl1_hello, sizeof(d->fdl1_hello), fdl1_hello);
	d->storage = (enum storage_kind)storage;
	d->escaping = escaping;
	d->baud = (unsigned)baud;
	d->unsupported = (unsigned)unsupported;
	d->no_list = no_list;
	return true;
}

/* -- the file ------------------------------------------------------------ */

bool left_load(const char *stay, struct left *ret)
{
	CLEANUP(file_freep) uint8_t *text = NULL;
	char path[PATH_MAX];
	struct err e;
	json_t *o;
	size_t n;
	bool good;

	if (!path_of(stay, path) ||
	    file_read_all(path, NOTE_MAX, &text, &n, &e) < 0)
		return false;
	o = json_loadb((const char *)text, n, 0, NULL);
	good = o && from_json(o, stay, ret);
	json_decref(o);
	return good;
}

/* In one step, so that a run that is killed leaves the old one or the new. */
static void put_file(const char *path, const char *text)
{
	char next[PATH_MAX];
	struct err e;
	bool good;
	int fd;

	if (snprintf(next, sizeof(next), "%s.new", path) >= (int)sizeof(next))
		return;
	make_folders(path);
	fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return;
	good = file_write_all(fd, text, strlen(text), &e) == 0;
	close(fd);
	if (!good || rename(next, path) < 0)
		unlink(next);
}

void left_save(const char *stay, const struct left *l)
{
	char path[PATH_MAX];
	json_t *o;
	char *text;

	if (!path_of(stay, path))
		return;
	o = to_json(stay, l);
	text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	if (text)
		put_file(path, text);
	free(text);
}

void left_forget(const char *stay)
{
	char path[PATH_MAX];

	if (path_of(stay, path))
		unlink(path);
}
