/* SPDX-License-Identifier: BSD-3-Clause */
/* packed.c - a PAC inside an archive, as a stream, by libarchive. */
#include "base/text.h"
#include "internal.h"

#include <archive.h>
#include <archive_entry.h>

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MEMBERS_MAX 100000u
#define REWINDS_MAX 16u /* each unpacks from the start */
#define SHOWN_MAX   6u
#define PIECE	    ((size_t)64 << 10)

struct packed {
	struct source base;
	char *path;
	size_t index; /* of the member */
	bool none;    /* nothing speaks for a PAC in it */
	struct archive *a;
	uint64_t at; /* of the member's bytes */
	unsigned rewinds;
};

/* "... failed (-5)": the number of a library says nothing to anybody. */
static void drop_number(char *text)
{
	char *at = strrchr(text, '(');

	if (at && at > text && at[-1] == ' ' &&
	    strcmp(at + 1 + strspn(at + 1, "-0123456789"), ")") == 0)
		at[-1] = '\0';
}

/* `opened`: it has a format, which libarchive may then be asked about. */
static int failed(struct archive *a, bool opened, struct err *e)
{
	const char *text = archive_error_string(a);
	char clean[160];
	int rc;

	if (archive_errno(a) == ENOMEM)
		return err_nomem(e);
	if (opened && archive_read_has_encrypted_entries(a) > 0) {
		rc = err_set(e, ERR_FORMAT, "the archive is encrypted");
		err_hint(e, "unpack it with its password, and give the PAC");
		return rc;
	}
	pac_clean(text ? text : "it cannot be read", clean, sizeof(clean));
	drop_number(clean);
	rc = err_set(e, ERR_FORMAT,
		     "the archive is damaged or of an unknown "
		     "kind: %s",
		     clean);
	err_hint(e, "download it again, or unpack it and give the PAC in it");
	return rc;
}

/* No "all": some kinds would start other programs on foreign bytes. */
static int open_archive(const char *path, struct archive **ret, struct err *e)
{
	struct archive *a = archive_read_new();
	int rc;

	if (!a)
		return err_nomem(e);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_raw(a); /* FW.pac.xz */
	if (archive_read_open_filename(a, path, PIECE) != ARCHIVE_OK) {
		rc = failed(a, false, e);
		archive_read_free(a);
		return rc;
	}
	*ret = a;
	return 0;
}

static int next_member(struct archive *a, struct archive_entry **ret,
		       struct err *e)
{
	int rc = archive_read_next_header(a, ret);

	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return failed(a, true, e);
	return 1;
}

static const char *name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	if (!name)
		name = archive_entry_pathname_utf8(entry);
	return name ? name : "?";
}

/* A compressed file alone has no name; without compression it is no archive. */
static bool is_packed_alone(struct archive *a)
{
	return archive_format(a) == ARCHIVE_FORMAT_RAW &&
	       archive_filter_count(a) > 1;
}

static bool fits(struct archive *a, struct archive_entry *entry,
		 const char *glob)
{
	const char *name = name_of(entry), *base = strrchr(name, '/');
	size_t n = strlen(name);

	if (archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry))
		return false;
	if (archive_format(a) == ARCHIVE_FORMAT_RAW)
		return is_packed_alone(a);
	if (glob)
		return fnmatch(glob, name, 0) == 0 ||
		       fnmatch(glob, base ? base + 1 : name, 0) == 0;
	return n > 4 && strcasecmp(name + n - 4, ".pac") == 0;
}

static int none_fits(const char *path, const char *glob, struct err *e)
{
	int rc;

	if (glob) {
		rc = err_set(e, ERR_USAGE, "'%s' holds no '%s'", path, glob);
		err_hint(e, "without --inside the PACs in it are looked for");
		return rc;
	}
	rc = err_set(e, ERR_FORMAT,
		     "'%s' is no PAC, and no archive with a PAC in it", path);
	err_hint(e, "a PAC is the vendor's firmware in one file, NAME.pac; "
		    "unpack other archives (as .rar) first");
	return rc;
}

static int several_fit(const char *path, const char *names, struct err *e)
{
	int rc = err_set(e, ERR_USAGE, "'%s' holds several PACs: %.200s", path,
			 names);

	err_hint(e, "choose one by its name: --inside NAME");
	return rc;
}

/* Zeros are taken for a tar, and a few bytes for a compressed file. */
static bool is_guess(struct archive *a)
{
	int format = archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;

	return format != ARCHIVE_FORMAT_ZIP && format != ARCHIVE_FORMAT_7ZIP;
}

/* Goes through all members once; notes the one that fits. */
static int choose(struct packed *s, const char *glob, struct err *e)
{
	struct strbuf names = { 0 };
	struct archive_entry *entry;
	size_t found = 0, i;
	char clean[96];
	int rc = 1;

	for (i = 0; (rc = next_member(s->a, &entry, e)) > 0; i++) {
		if (i == MEMBERS_MAX) {
			rc = err_set(e, ERR_FORMAT,
				     "the archive has more than %u members",
				     MEMBERS_MAX);
			err_hint(e, "unpack it, and give the PAC in it");
			break;
		}
		if (!fits(s->a, entry, glob))
			continue;
		pac_clean(name_of(entry), clean, sizeof(clean));
		if (found++ < SHOWN_MAX)
			strbuf_add(&names, "%s'%s'", found > 1 ? ", " : "",
				   clean);
		s->index = i;
	}
	s->none = found == 0 && (rc == 0 || (i == 0 && is_guess(s->a)));
	/* Damage behind the one that was found is none of our business. */
	if (rc < 0 && e->code == ERR_FORMAT && found == 1)
		rc = 0;
	if (rc == 0 && found == 0)
		rc = none_fits(s->path, glob, e);
	if (rc == 0 && found > 1)
		rc = several_fit(s->path, names.s ? names.s : "", e);
	strbuf_free(&names);
	return rc;
}

/* To the first byte of the member. */
static int begin(struct packed *s, struct err *e)
{
	struct archive_entry *entry = NULL;
	int rc;

	archive_read_free(s->a);
	s->a = NULL;
	s->at = 0;
	if (open_archive(s->path, &s->a, e) < 0)
		return -(int)e->code;
	for (size_t i = 0; i <= s->index; i++) {
		rc = next_member(s->a, &entry, e);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return err_set(e, ERR_FORMAT,
				       "'%s' has changed while it was read",
				       s->path);
	}
	s->base.size_known = archive_entry_size_is_set(entry) &&
			     archive_entry_size(entry) >= 0;
	if (s->base.size_known)
		s->base.size = (uint64_t)archive_entry_size(entry);
	if (archive_format(s->a) != ARCHIVE_FORMAT_RAW)
		pac_clean(name_of(entry), s->base.inside,
			  sizeof(s->base.inside));
	return 0;
}

static int pull(struct packed *s, uint8_t *to, size_t n, struct err *e)
{
	while (n > 0) {
		la_ssize_t got = archive_read_data(s->a, to, n);
		int rc;

		if (got < 0)
			return failed(s->a, true, e);
		if (got == 0) {
			rc = err_set(e, ERR_FORMAT,
				     "the PAC in the archive ends after %llu "
				     "bytes, before what it promises",
				     (unsigned long long)s->at);
			err_hint(e, "download the archive again");
			return rc;
		}
		to += got;
		n -= (size_t)got;
		s->at += (uint64_t)got;
	}
	return 0;
}

static int packed_read(struct source *base, void *to, size_t n, uint64_t offset,
		       struct err *e)
{
	struct packed *s = (struct packed *)base;
	uint8_t ignored[4096];
	int rc;

	if (offset < s->at || !s->a) {
		if (++s->rewinds > REWINDS_MAX) {
			rc = err_set(e, ERR_FORMAT,
				     "the files of this PAC lie across each "
				     "other: its archive would have to be "
				     "unpacked again and again");
			err_hint(e, "unpack it, and give the PAC in it");
			return rc;
		}
		if (begin(s, e) < 0)
			return -(int)e->code;
	}
	while (s->at < offset) {
		uint64_t left = offset - s->at;
		size_t some =
			left < sizeof(ignored) ? (size_t)left : sizeof(ignored);

		if (pull(s, ignored, some, e) < 0)
			return -(int)e->code;
	}
	return pull(s, to, n, e);
}

static void packed_close(struct source *base)
{
	struct packed *s = (struct packed *)base;

	archive_read_free(s->a);
	free(s->path);
	free(s);
}

static const struct source_ops ops = { packed_read, packed_close };

/* A compressed file alone: is it what it looks like, and then a PAC? */
static int look_at_content(struct packed *s, struct err *e)
{
	uint8_t head[PAC_MARK_SIZE];
	struct err why; /* told again by whoever reads on */
	int rc = pull(s, head, sizeof(head), &why);

	s->none = rc < 0 ? why.code == ERR_FORMAT
			 : !pac_is_header(head, sizeof(head));
	return begin(s, e);
}

int source_open_packed(const char *path, const char *inside,
		       struct source **ret, bool *ret_none, struct err *e)
{
	struct packed *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_nomem(e);
	s->base.ops = &ops;
	s->path = strdup(path);
	if (!s->path) {
		packed_close(&s->base);
		return err_nomem(e);
	}
	s->none = true;
	rc = open_archive(path, &s->a, e);
	if (rc == 0)
		rc = choose(s, inside, e);
	if (rc == 0)
		rc = begin(s, e);
	if (rc == 0 && is_packed_alone(s->a))
		rc = look_at_content(s, e);
	*ret_none = s->none;
	if (rc < 0) {
		packed_close(&s->base);
		return rc;
	}
	*ret = &s->base;
	return 0;
}
