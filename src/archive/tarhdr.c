/* SPDX-License-Identifier: BSD-3-Clause */
/* tarhdr.c - libarchive formats and parses one tar header in memory. */
#include "archive/tarhdr.h"

#include "base/text.h"

#include <archive.h>
#include <archive_entry.h>

#include <inttypes.h>
#include <string.h>

static int describe(struct archive_entry *entry, const char *name,
		    uint64_t size, struct err *e)
{
	if (size > INT64_MAX)
		return err_set(e, ERR_BUG, "a member of %" PRIu64 " bytes",
			       size);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_size(entry, (int64_t)size);
	return 0;
}

struct sink {
	uint8_t *out;
	size_t used;
	bool closed;
};

static la_ssize_t take_bytes(struct archive *a, void *user, const void *p,
			     size_t n)
{
	struct sink *s = user;

	(void)a;
	if (s->closed || n > TARHDR_MAX - s->used)
		return -1;
	memcpy(s->out + s->used, p, n);
	s->used += n;
	return (la_ssize_t)n;
}

static int write_entry(struct archive *a, struct archive_entry *entry,
		       struct sink *s, struct err *e)
{
	/* "Restricted": a pax record only where ustar has no room. */
	if (archive_write_set_format_pax_restricted(a) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(a, 0) != ARCHIVE_OK ||
	    archive_write_open(a, s, NULL, take_bytes, NULL) != ARCHIVE_OK ||
	    archive_write_header(a, entry) != ARCHIVE_OK)
		return err_set(e, ERR_BUG, "making the tar header of '%s': %s",
			       archive_entry_pathname(entry),
			       archive_error_string(a));
	if (s->used == 0 || s->used % TAR_UNIT)
		return err_set(e, ERR_BUG, "a tar header of %zu bytes",
			       s->used);
	return 0;
}

int tarhdr_make(const char *name, uint64_t size, uint8_t out[TARHDR_MAX],
		size_t *ret_len, struct err *e)
{
	struct archive_entry *entry = archive_entry_new();
	struct archive *a = archive_write_new();
	struct sink s = { .out = out };
	int rc;

	if (!entry || !a)
		rc = err_nomem(e);
	else if (describe(entry, name, size, e) < 0 ||
		 write_entry(a, entry, &s, e) < 0)
		rc = -(int)e->code;
	else
		rc = 0;
	/*
	 * Freeing wants to write the missing body as zeros, all 9 GiB of it.
	 * The sink ends that; archive_write_fail() would, too, but leaks.
	 */
	s.closed = true;
	archive_write_free(a);
	archive_entry_free(entry);
	if (rc == 0)
		*ret_len = s.used;
	return rc;
}

static int read_entry(struct archive *a, struct tarhdr *ret, struct err *e)
{
	struct archive_entry *entry;
	const char *name, *unsafe;

	if (archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return err_set(e, ERR_FORMAT, "the tar header is damaged");
	name = archive_entry_pathname(entry);
	if (archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry) || !name)
		return err_set(e, ERR_FORMAT,
			       "the tar header is not of a regular file");
	if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0)
		return err_set(e, ERR_FORMAT, "the tar header has no size");
	unsafe = tar_name(name, ret->name);
	if (unsafe)
		return err_set(e, ERR_FORMAT, "the tar header names '%s': %s",
			       ret->name, unsafe);
	ret->size = (uint64_t)archive_entry_size(entry);
	return 0;
}

int tarhdr_parse(const uint8_t *p, size_t n, struct tarhdr *ret, struct err *e)
{
	struct archive *a = archive_read_new();
	struct tarhdr found = { .size = 0 };
	int rc;

	if (!a)
		return err_nomem(e);
	if (n == 0 || n > TARHDR_MAX || n % TAR_UNIT)
		rc = err_set(e, ERR_FORMAT, "a tar header of %zu bytes", n);
	else if (archive_read_support_format_tar(a) != ARCHIVE_OK ||
		 archive_read_open_memory(a, p, n) != ARCHIVE_OK)
		rc = err_set(e, ERR_FORMAT, "the tar header is damaged");
	else
		rc = read_entry(a, &found, e);
	/* A zero block behind it would end the tar for everybody else. */
	if (rc == 0 && archive_filter_bytes(a, 0) != (la_int64_t)n)
		rc = err_set(e, ERR_FORMAT, "bytes follow the tar header");
	if (rc == 0)
		*ret = found;
	archive_read_free(a);
	return rc;
}

const char *tar_name(const char *name, char out[MEMBER_NAME_MAX])
{
	if (name[0] == '.' && name[1] == '/')
		name += 2;
	text_clean(name, strlen(name), out, MEMBER_NAME_MAX);
	if (strlen(name) >= MEMBER_NAME_MAX)
		return "the name is too long";
	if (name[0] == '/')
		return "the name is an absolute path";
	if (!manifest_member_is_safe(name))
		return "the name is not a plain path of printable characters";
	return NULL;
}
