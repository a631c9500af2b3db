/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * scheme.c - the XML in a PAC, by expat; docs/pac.md.
 *
 * It is read twice: which of the products and schemes counts is known only at
 * the end.
 */
#include "pac/scheme.h"

#include "base/text.h"
#include "internal.h"

#include <expat.h>

#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX 64u
#define TEXT_MAX   256u
#define NO_GROUP   UINT32_MAX
#define BYTES	   "spdvault-bytes" /* an encoding of ours, see unknown() */

enum tag {
	OTHER,
	BMA_CONFIG,
	PRODUCT_LIST,
	PRODUCT,
	SCHEME_NAME,
	CHIPS,
	CHIP_ITEM,
	NV_BACKUP,
	NV_ITEM,
	ID,
	PARTITIONS,
	PARTITION,
	SCHEME_LIST,
	SCHEME,
	FILE_TAG,
	ID_ALIAS,
	TYPE,
	BLOCK,
	BASE,
	SIZE,
};

/* An element counts only where it is expected. */
static const struct {
	const char *name;
	enum tag tag, parent;
} tags[] = {
	{ "BMAConfig", BMA_CONFIG, OTHER },
	{ "ProductList", PRODUCT_LIST, BMA_CONFIG },
	{ "Product", PRODUCT, PRODUCT_LIST },
	{ "SchemeName", SCHEME_NAME, PRODUCT },
	{ "Chips", CHIPS, PRODUCT },
	{ "ChipItem", CHIP_ITEM, CHIPS },
	{ "NVBackup", NV_BACKUP, PRODUCT },
	{ "NVItem", NV_ITEM, NV_BACKUP },
	{ "ID", ID, NV_ITEM },
	{ "Partitions", PARTITIONS, PRODUCT },
	{ "Partition", PARTITION, PARTITIONS },
	{ "SchemeList", SCHEME_LIST, BMA_CONFIG },
	{ "Scheme", SCHEME, SCHEME_LIST },
	{ "File", FILE_TAG, SCHEME },
	{ "ID", ID, FILE_TAG },
	{ "IDAlias", ID_ALIAS, FILE_TAG },
	{ "Type", TYPE, FILE_TAG },
	{ "Block", BLOCK, FILE_TAG },
	{ "Base", BASE, BLOCK },
	{ "Size", SIZE, BLOCK },
};

struct group {
	char name[128];
	char scheme[128]; /* of a product: the one it wants */
};

struct parse {
	XML_Parser x;
	struct pac_scheme *out;
	bool collecting; /* the second time */
	enum tag stack[PAC_DEPTH_MAX + 1];
	unsigned depth;
	char text[TEXT_MAX];
	size_t text_len;
	struct group products[GROUPS_MAX], schemes[GROUPS_MAX];
	uint32_t nproducts, nschemes;
	uint32_t product, scheme; /* which counts, or NO_GROUP */
	bool seen_root;
	struct err *e;
	int rc;
};

static void stop(struct parse *p)
{
	p->rc = -(int)p->e->code;
	XML_StopParser(p->x, XML_FALSE);
}

static void too_many(struct parse *p, const char *what, unsigned most)
{
	(void)!err_set(p->e, ERR_FORMAT, "the XML holds more than %u %s", most,
		       what);
	stop(p);
}

/* The value, or "". */
static const char *attribute(const char **v, const char *name)
{
	for (; v[0]; v += 2)
		if (strcmp(v[0], name) == 0)
			return v[1];
	return "";
}

/* A zeroed element at the end of a list, or NULL. */
static void *add(struct parse *p, void **list, size_t *n, size_t size,
		 unsigned most, const char *what)
{
	uint8_t *v = *list;

	if (*n == most) {
		too_many(p, what, most);
		return NULL;
	}
	if ((*n & (*n - 1)) == 0) {
		v = realloc(v, (*n ? 2 * *n : 1) * size);
		if (!v) {
			(void)!err_nomem(p->e);
			stop(p);
			return NULL;
		}
		*list = v;
	}
	v += (*n)++ * size;
	memset(v, 0, size);
	return v;
}

static struct pac_item *last_item(struct parse *p)
{
	return &p->out->items[p->out->nitems - 1];
}

/* -- elements begin ------------------------------------------------------ */

static void begin_group(struct parse *p, struct group *v, uint32_t *n,
			const char *name)
{
	if (*n == GROUPS_MAX) {
		too_many(p, "products or schemes", GROUPS_MAX);
		return;
	}
	pac_clean(name, v[*n].name, sizeof(v[*n].name));
	v[*n].scheme[0] = '\0';
	(*n)++;
}

static bool in_product(const struct parse *p)
{
	return p->collecting && p->nproducts == p->product + 1;
}

static bool in_scheme(const struct parse *p)
{
	return p->collecting && p->nschemes == p->scheme + 1;
}

/* Sizes are in MiB, also with UFS; all ones is what is left. */
static void begin_partition(struct parse *p, const char **v)
{
	const char *name = attribute(v, "id");
	struct pac_partition *row;
	uint64_t mib;
	struct err e;

	if (!text_is_file_name(name) || strlen(name) >= sizeof(row->name) ||
	    text_to_u64(attribute(v, "size"), UINT32_MAX, &mib, &e) < 0) {
		p->out->odd++;
		return;
	}
	row = add(p, (void **)&p->out->partitions, &p->out->npartitions,
		  sizeof(*row), PAC_PARTITIONS_MAX, "partitions");
	if (!row)
		return;
	text_copy(row->name, sizeof(row->name), name);
	row->size = mib == UINT32_MAX ? PAC_REST : mib << 20;
}

static void begin_nv(struct parse *p, const char **v)
{
	struct pac_nv *nv = add(p, (void **)&p->out->nv, &p->out->nnv,
				sizeof(*nv), PAC_NV_MAX, "NV items");

	if (!nv)
		return;
	pac_clean(attribute(v, "name"), nv->name, sizeof(nv->name));
	nv->backup = strcmp(attribute(v, "backup"), "1") == 0;
}

static void begin_file(struct parse *p, const char **v)
{
	struct pac_item *item = add(p, (void **)&p->out->items, &p->out->nitems,
				    sizeof(*item), PAC_FILES_MAX, "files");

	if (item)
		item->backup = strcmp(attribute(v, "backup"), "1") == 0;
}

static enum tag tag_of(const char *name, enum tag parent)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (tags[i].parent == parent && strcmp(tags[i].name, name) == 0)
			return tags[i].tag;
	return OTHER;
}

static void XMLCALL on_start(void *user, const char *name, const char **v)
{
	struct parse *p = user;
	enum tag t = tag_of(name, p->depth ? p->stack[p->depth - 1] : OTHER);

	if (p->depth == PAC_DEPTH_MAX) {
		(void)!err_set(p->e, ERR_FORMAT,
			       "the XML is nested deeper than %u",
			       PAC_DEPTH_MAX);
		stop(p);
		return;
	}
	if (t == BMA_CONFIG && p->depth > 0)
		t = OTHER;
	p->seen_root |= t == BMA_CONFIG;
	p->stack[p->depth++] = t;
	p->text_len = 0;
	if (t == PRODUCT)
		begin_group(p, p->products, &p->nproducts,
			    attribute(v, "name"));
	else if (t == SCHEME)
		begin_group(p, p->schemes, &p->nschemes, attribute(v, "name"));
	else if (t == PARTITION && in_product(p))
		begin_partition(p, v);
	else if (t == NV_ITEM && in_product(p))
		begin_nv(p, v);
	else if (t == CHIP_ITEM && in_product(p) && !*p->out->chip)
		pac_clean(attribute(v, "name"), p->out->chip,
			  sizeof(p->out->chip));
	else if (t == FILE_TAG && in_scheme(p))
		begin_file(p, v);
}

/* -- elements end -------------------------------------------------------- */

static void XMLCALL on_text(void *user, const char *s, int n)
{
	struct parse *p = user;

	for (int i = 0; i < n && p->text_len + 1 < sizeof(p->text); i++)
		if (p->text_len > 0 || !strchr(" \t\r\n", s[i]))
			p->text[p->text_len++] = s[i];
}

static void end_nv_id(struct parse *p)
{
	struct pac_nv *nv = &p->out->nv[p->out->nnv - 1];
	size_t n = strlen(nv->ids);
	char id[32];

	pac_clean(p->text, id, sizeof(id));
	if (n + 1 + strlen(id) >= sizeof(nv->ids))
		return;
	if (n)
		nv->ids[n++] = ' ';
	memcpy(nv->ids + n, id, strlen(id) + 1);
}

static void end_file_part(struct parse *p, enum tag t)
{
	struct pac_item *item = last_item(p);
	uint64_t base, size;
	struct err e;

	if (t == ID && !*item->id)
		pac_clean(p->text, item->id, sizeof(item->id));
	else if (t == ID_ALIAS)
		pac_clean(p->text, item->alias, sizeof(item->alias));
	else if (t == TYPE)
		pac_clean(p->text, item->type, sizeof(item->type));
	else if (t == BASE && !item->has_base &&
		 text_to_u64(p->text, UINT32_MAX, &base, &e) == 0) {
		item->base = (uint32_t)base;
		item->has_base = true;
	} else if (t == SIZE && !item->size &&
		   text_to_u64(p->text, UINT32_MAX, &size, &e) == 0) {
		item->size = (uint32_t)size;
	}
}

static void XMLCALL on_end(void *user, const char *name)
{
	struct parse *p = user;
	enum tag t = p->stack[--p->depth];
	bool of_nv = p->depth > 0 && p->stack[p->depth - 1] == NV_ITEM;

	(void)name;
	while (p->text_len > 0 && strchr(" \t\r\n", p->text[p->text_len - 1]))
		p->text_len--;
	p->text[p->text_len] = '\0';
	if (t == SCHEME_NAME)
		pac_clean(p->text, p->products[p->nproducts - 1].scheme,
			  sizeof(p->products[0].scheme));
	else if (t == ID && of_nv && in_product(p))
		end_nv_id(p);
	else if (!of_nv && t >= ID && in_scheme(p) && p->out->nitems > 0)
		end_file_part(p, t);
	p->text_len = 0;
}

/* -- one reading --------------------------------------------------------- */

/* No entities, so that none can grow. */
static void XMLCALL on_doctype(void *user, const char *name, const char *sysid,
			       const char *pubid, int internal)
{
	struct parse *p = user;

	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	(void)!err_set(p->e, ERR_FORMAT,
		       "the XML declares a document type, which no scheme "
		       "needs");
	stop(p);
}

/* GB2312 and the like: what is not ASCII is only in words for people. */
static int XMLCALL unknown(void *user, const char *name, XML_Encoding *info)
{
	(void)user;
	(void)name;
	for (int i = 0; i < 256; i++)
		info->map[i] = i < 0x80 ? i : 0xFFFD;
	info->data = NULL;
	info->convert = NULL;
	info->release = NULL;
	return XML_STATUS_OK;
}

static int read_once(struct parse *p, const char *xml, size_t n,
		     const char *encoding)
{
	enum XML_Status st;
	int rc;

	p->depth = 0;
	p->text_len = 0;
	p->nproducts = p->nschemes = 0;
	p->seen_root = false;
	p->rc = 0;
	p->x = XML_ParserCreate(encoding);
	if (!p->x)
		return err_nomem(p->e);
	XML_SetUserData(p->x, p);
	XML_SetElementHandler(p->x, on_start, on_end);
	XML_SetCharacterDataHandler(p->x, on_text);
	XML_SetStartDoctypeDeclHandler(p->x, on_doctype);
	XML_SetUnknownEncodingHandler(p->x, unknown, NULL);
	st = XML_Parse(p->x, xml, (int)n, XML_TRUE);
	rc = p->rc;
	if (st != XML_STATUS_OK && rc == 0) {
		enum XML_Error why = XML_GetErrorCode(p->x);

		rc = why == XML_ERROR_NO_MEMORY
			     ? err_nomem(p->e)
			     : err_set(p->e, ERR_FORMAT,
				       "the XML is damaged in line %lu: %s",
				       XML_GetCurrentLineNumber(p->x),
				       XML_ErrorString(why));
		/* Vendors write UTF-8 into the first line, and GBK behind. */
		if (why == XML_ERROR_INVALID_TOKEN && !encoding)
			rc = 1;
	}
	XML_ParserFree(p->x);
	return rc;
}

static void choose_groups(struct parse *p, const char *product)
{
	p->product = p->nproducts ? 0 : NO_GROUP;
	for (uint32_t i = p->nproducts; product && i-- > 0;)
		if (strcmp(p->products[i].name, product) == 0)
			p->product = i;
	p->scheme = p->nschemes ? 0 : NO_GROUP;
	for (uint32_t i = p->nschemes; p->nproducts && i-- > 0;)
		if (strcmp(p->schemes[i].name,
			   p->products[p->product].scheme) == 0)
			p->scheme = i;
	if (p->nproducts)
		text_copy(p->out->product, sizeof(p->out->product),
			  p->products[p->product].name);
	if (p->nschemes)
		text_copy(p->out->scheme, sizeof(p->out->scheme),
			  p->schemes[p->scheme].name);
}

static int read_twice(struct parse *p, const char *xml, size_t n,
		      const char *product)
{
	const char *encoding = NULL;
	int rc = read_once(p, xml, n, encoding);

	if (rc == 1) {
		encoding = BYTES;
		rc = read_once(p, xml, n, encoding);
	}
	if (rc < 0)
		return rc;
	if (!p->seen_root)
		return err_set(p->e, ERR_FORMAT,
			       "the XML is no scheme of a PAC (BMAConfig)");
	choose_groups(p, product);
	p->collecting = true;
	return read_once(p, xml, n, encoding);
}

/*
 * Comments out, as vendors write them with dashes inside, which XML forbids.
 * Lines keep their numbers.
 */
static void blank_comments(char *s, size_t n)
{
	char *end = s + n, *a, *b;

	while ((a = memmem(s, (size_t)(end - s), "<!--", 4))) {
		b = memmem(a + 4, (size_t)(end - a) - 4, "-->", 3);
		if (!b)
			return;
		for (s = a; s < b + 3; s++)
			if (*s != '\n')
				*s = ' ';
	}
}

int pac_scheme_parse(const void *xml, size_t n, const char *product,
		     struct pac_scheme *ret, struct err *e)
{
	struct pac_scheme s = { .nitems = 0 };
	struct parse *p;
	char *copy;
	int rc;

	if (n > PAC_XML_MAX)
		return err_set(e, ERR_FORMAT,
			       "the XML has %zu bytes; 4 MiB is the limit", n);
	p = calloc(1, sizeof(*p));
	copy = malloc(n + 1);
	if (!p || !copy) {
		free(p);
		free(copy);
		return err_nomem(e);
	}
	memcpy(copy, xml, n);
	/* (a character of UTF-16 ends with a zero) */
	while (n > 0 && copy[n - 1] == '\0' && (copy[0] & 0xFE) != 0xFE)
		n--;
	blank_comments(copy, n);
	p->out = &s;
	p->e = e;
	rc = read_twice(p, copy, n, product);
	free(copy);
	free(p);
	if (rc < 0) {
		pac_scheme_free(&s);
		return rc;
	}
	*ret = s;
	return 0;
}

void pac_scheme_free(struct pac_scheme *s)
{
	free(s->items);
	free(s->partitions);
	free(s->nv);
	memset(s, 0, sizeof(*s));
}
