/* SPDX-License-Identifier: BSD-3-Clause */
/* storage.c - areas: generated or mapped content under an overlay. */
#include "storage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *area_name(enum area_id id)
{
	static const char *const names[AREAS] = { "user", "boot1", "boot2" };

	return names[id];
}

static void area_free(struct area *a)
{
	for (size_t i = 0; i < a->n_extents; i++)
		free(a->extents[i].head);
	free(a->extents);
	for (size_t i = 0; i < a->cap_pages; i++)
		free(a->pages[i].data);
	free(a->pages);
	free(a->erased);
	free(a->image_of);
	if (a->map)
		munmap((void *)(uintptr_t)a->map, a->map_len);
	memset(a, 0, sizeof(*a));
}

void storage_free(struct storage *s)
{
	for (int i = 0; i < AREAS; i++)
		area_free(&s->area[i]);
}

int area_add(struct area *a, const struct extent *x, struct err *e)
{
	struct extent *grown;

	grown = reallocarray(a->extents, a->n_extents + 1, sizeof(*grown));
	if (!grown) {
		free(x->head);
		return err_nomem(e);
	}
	a->extents = grown;
	a->extents[a->n_extents++] = *x;
	return 0;
}

static int map_fd(struct area *a, int fd, const char *path, struct err *e)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "cannot look at '%s'", path);
	if (st.st_size <= 0)
		return err_set(e, ERR_USAGE, "storage file '%s' is empty",
			       path);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(e, errno, "cannot map '%s'", path);
	a->map = map;
	a->map_len = (size_t)st.st_size;
	a->size = (uint64_t)st.st_size;
	return 0;
}

int area_map_file(struct area *a, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_sys(e, errno, "cannot open storage file '%s'", path);
	r = map_fd(a, fd, path, e);
	close(fd);
	return r;
}

static size_t slot_of(const struct area *a, uint64_t no)
{
	size_t i = (size_t)content_mix(no) & (a->cap_pages - 1);

	while (a->pages[i].no && a->pages[i].no != no + 1)
		i = (i + 1) & (a->cap_pages - 1);
	return i;
}

static uint8_t *find_page(const struct area *a, uint64_t no)
{
	return a->cap_pages ? a->pages[slot_of(a, no)].data : NULL;
}

static bool grow_pages(struct area *a)
{
	struct area new = { .cap_pages = a->cap_pages ? a->cap_pages * 2 : 64 };

	if (a->n_pages * 2 < a->cap_pages)
		return true;
	new.pages = calloc(new.cap_pages, sizeof(*new.pages));
	if (!new.pages)
		return false;
	for (size_t i = 0; i < a->cap_pages; i++)
		if (a->pages[i].no)
			new.pages[slot_of(&new, a->pages[i].no - 1)] =
				a->pages[i];
	free(a->pages);
	a->pages = new.pages;
	a->cap_pages = new.cap_pages;
	return true;
}

static const struct extent *extent_from(const struct area *a, uint64_t offset)
{
	size_t lo = 0, hi = a->n_extents;

	/* The first one that ends behind offset. */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct extent *x = &a->extents[mid];

		if (x->start + x->size > offset)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo < a->n_extents ? &a->extents[lo] : NULL;
}

static size_t least(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

/* As much as one rule gives; at lies inside x, relative. */
static size_t extent_read(const struct extent *x, uint64_t at, uint8_t *buf,
			  size_t n)
{
	n = least(n, x->size - at);
	if (at < x->head_len) {
		n = least(n, x->head_len - at);
		memcpy(buf, x->head + at, n);
	} else if (at < x->tail_at) {
		n = least(n, x->tail_at - at);
		content_fill(x->kind, x->seed, x->from + at, buf, n);
	} else {
		content_fill(x->tail_kind, x->seed, x->from + at, buf, n);
	}
	return n;
}

static void base_read(const struct area *a, uint64_t offset, uint8_t *buf,
		      size_t n)
{
	const struct extent *x;
	size_t took;

	if (a->map) {
		memcpy(buf, a->map + offset, n);
		return;
	}
	if (a->image) {
		a->image(a->image_of, offset, buf, n);
		return;
	}
	for (; n; offset += took, buf += took, n -= took) {
		x = extent_from(a, offset);
		if (x && x->start <= offset) {
			took = extent_read(x, offset - x->start, buf, n);
			continue;
		}
		took = x ? least(n, x->start - offset) : n;
		memset(buf, 0, took);
	}
}

static void apply_erased(const struct area *a, uint64_t offset, uint8_t *buf,
			 size_t n)
{
	for (size_t i = 0; i < a->n_erased; i++) {
		const struct range *r = &a->erased[i];
		uint64_t lo = r->start > offset ? r->start : offset;
		uint64_t hi = least(r->start + r->size, offset + n);

		if (lo < hi)
			memset(buf + (lo - offset), a->erased_byte,
			       (size_t)(hi - lo));
	}
}

static bool inside(const struct area *a, uint64_t offset, uint64_t n)
{
	return offset <= a->size && n <= a->size - offset;
}

void area_as_made(const struct area *a, uint64_t offset, uint8_t *buf, size_t n)
{
	base_read(a, offset, buf, n);
}

bool area_read(const struct area *a, uint64_t offset, uint8_t *buf, size_t n)
{
	if (!inside(a, offset, n))
		return false;
	if (!a->n_pages && !a->n_erased) {
		base_read(a, offset, buf, n);
		return true;
	}
	while (n) {
		size_t in_page = (size_t)(offset % AREA_PAGE);
		size_t take = least(n, AREA_PAGE - in_page);
		const uint8_t *page = find_page(a, offset / AREA_PAGE);

		if (page) {
			memcpy(buf, page + in_page, take);
		} else {
			base_read(a, offset, buf, take);
			apply_erased(a, offset, buf, take);
		}
		offset += take;
		buf += take;
		n -= take;
	}
	return true;
}

/* The page as it is now, from here on in the overlay. */
static uint8_t *own_page(struct area *a, uint64_t no)
{
	uint64_t at = no * AREA_PAGE;
	uint8_t *data = find_page(a, no);
	struct page *p;

	if (data)
		return data;
	if (!grow_pages(a))
		return NULL;
	data = calloc(1, AREA_PAGE);
	if (!data)
		return NULL;
	(void)area_read(a, at, data, least(AREA_PAGE, a->size - at));
	p = &a->pages[slot_of(a, no)];
	p->no = no + 1;
	p->data = data;
	a->n_pages++;
	return data;
}

bool area_write(struct area *a, uint64_t offset, const uint8_t *buf, size_t n)
{
	if (!inside(a, offset, n))
		return false;
	while (n) {
		size_t in_page = (size_t)(offset % AREA_PAGE);
		size_t take = least(n, AREA_PAGE - in_page);
		uint8_t *page = own_page(a, offset / AREA_PAGE);

		if (!page)
			return false;
		memcpy(page + in_page, buf, take);
		offset += take;
		buf += take;
		n -= take;
	}
	return true;
}

/* Pages written before the erasing lose what lies in it. */
static void erase_pages(struct area *a, uint64_t offset, uint64_t n)
{
	for (size_t i = 0; i < a->cap_pages; i++) {
		struct page *p = &a->pages[i];
		uint64_t at = p->no ? (p->no - 1) * AREA_PAGE : 0;
		uint64_t lo = offset > at ? offset : at;
		uint64_t hi = least(offset + n, at + AREA_PAGE);

		if (p->no && lo < hi)
			memset(p->data + (lo - at), a->erased_byte,
			       (size_t)(hi - lo));
	}
}

static bool covers(const struct range *r, uint64_t offset, uint64_t n)
{
	return r->start <= offset && offset + n <= r->start + r->size;
}

bool area_erase(struct area *a, uint64_t offset, uint64_t n)
{
	struct range *grown;

	if (!inside(a, offset, n))
		return false;
	if (!n)
		return true;
	erase_pages(a, offset, n);
	for (size_t i = 0; i < a->n_erased; i++)
		if (covers(&a->erased[i], offset, n))
			return true;
	grown = reallocarray(a->erased, a->n_erased + 1, sizeof(*grown));
	if (!grown)
		return false;
	a->erased = grown;
	a->erased[a->n_erased++] = (struct range) { offset, n };
	return true;
}
