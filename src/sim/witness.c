/* SPDX-License-Identifier: BSD-3-Clause */
/* witness.c - every change of the storage, counted; and looking into it. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_MAX ((size_t)256 << 10) /* in memory */

int log_open(struct phone *p, struct err *e)
{
	if (!p->cfg.log)
		return 0;
	p->log_fd = open(p->cfg.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			 0666);
	return p->log_fd < 0 ? err_sys(e, errno, "key 'log': opening '%s'",
				       p->cfg.log)
			     : 0;
}

void log_close(struct phone *p)
{
	if (p->log_fd >= 0)
		close(p->log_fd);
	p->log_fd = -1;
}

/* The file gets every line, the copy in memory only the first ones. */
static void log_add(struct phone *p, const char *line)
{
	size_t n = strlen(line);

	if (p->log_fd >= 0 && write(p->log_fd, line, n) != (ssize_t)n)
		sim_die(p, "its 'log' file cannot be written");
	if (p->log.len > LOG_MAX)
		return;
	strbuf_add(&p->log, "%s", line);
	if (p->log.len > LOG_MAX)
		strbuf_add(&p->log, "(later changes are counted, and in the "
				    "file of the key 'log')\n");
}

/* By the table as it was last looked at. */
static const char *name_at(const struct phone *p, enum area_id area,
			   uint64_t offset)
{
	if (area != AREA_USER)
		return "";
	for (size_t i = 0; i < p->table.n; i++) {
		const struct part *part = &p->table.part[i];

		if (offset >= part->start && offset - part->start < part->size)
			return part->name;
	}
	return "";
}

static void write_log(struct phone *p, const char *cause, enum area_id area,
		      uint64_t offset, uint64_t n, bool erase)
{
	const char *name = name_at(p, area, offset);
	char line[256];

	snprintf(line, sizeof(line),
		 "%s: %s 0x%" PRIx64 "+0x%" PRIx64 "%s%s%s\n", cause,
		 area_name(area), offset, n, *name ? " " : "", name,
		 erase ? " erased" : "");
	log_add(p, line);
}

void sim_blind_write(struct phone *p, const char *cause)
{
	char line[128];

	snprintf(line, sizeof(line), "%s: refused, and not simulated\n", cause);
	log_add(p, line);
	p->stats.storage_writes++;
	p->stats.commanded_writes++;
}

bool sim_poke(struct phone *p, enum area_id area, uint64_t offset,
	      const uint8_t *data, uint64_t n)
{
	struct area *a = &p->storage.area[area];
	bool ok = data ? area_write(a, offset, data, (size_t)n)
		       : area_erase(a, offset, n);

	if (!ok)
		return false;
	keep_add(p, area, offset, data, n);
	if (area == AREA_USER)
		p->table.known = false;
	return true;
}

/* Only the beginning of what was to be written, then nothing any more. */
static void lose_power(struct phone *p, const char *cause, enum area_id area,
		       uint64_t offset, const uint8_t *data, uint64_t n)
{
	uint64_t torn = p->cfg.torn < n ? p->cfg.torn : n;

	if (!torn || sim_poke(p, area, offset, data, torn))
		write_log(p, cause, area, offset, torn, !data);
	p->dark = true;
	p->out_n = 0;
	sim_leave(p, STAGE_BROM);
}

bool sim_write(struct phone *p, const char *cause, bool commanded,
	       enum area_id area, uint64_t offset, const uint8_t *data,
	       uint64_t n)
{
	bool last = p->cfg.power_loss &&
		    p->stats.storage_writes + 1 == p->cfg.power_loss;

	if (p->dark)
		return false;
	if (last)
		lose_power(p, cause, area, offset, data, n);
	else if (!sim_poke(p, area, offset, data, n))
		return false;
	else
		write_log(p, cause, area, offset, n, !data);
	p->stats.storage_writes++;
	if (commanded)
		p->stats.commanded_writes++;
	return !last;
}

void sim_harm(struct phone *p, const char *name, const char *what)
{
	if (what) {
		p->stats.harm = what;
		strcpy(p->harmed, name);
	} else if (!strcmp(p->harmed, name)) {
		p->stats.harm = NULL;
	}
}

static void name_stage(const struct phone *p, char out[16])
{
	static const char *const names[] = { "off", "brom", "fdl1", "fdl2",
					     "autod" };

	strcpy(out, names[phone_attached(p) ? p->stage : STAGE_OFF]);
}

void phone_stats(const struct phone *p, struct phone_stats *ret)
{
	*ret = p->stats;
	name_stage(p, ret->stage);
}

const char *phone_write_log(const struct phone *p)
{
	return p->log.s ? p->log.s : "";
}

static bool area_named(const char *name, enum area_id *ret)
{
	for (int i = 0; i < AREAS; i++) {
		if (!strcmp(name, area_name(i))) {
			*ret = (enum area_id)i;
			return true;
		}
	}
	return false;
}

bool phone_peek(const struct phone *p, const char *area, uint64_t offset,
		void *buf, size_t len)
{
	enum area_id id;

	return area_named(area, &id) &&
	       area_read(&p->storage.area[id], offset, buf, len);
}

bool phone_poke(struct phone *p, const char *area, uint64_t offset,
		const void *buf, size_t len)
{
	enum area_id id;

	return area_named(area, &id) && sim_poke(p, id, offset, buf, len);
}

uint64_t phone_area_size(const struct phone *p, const char *area)
{
	enum area_id id;

	return area_named(area, &id) ? p->storage.area[id].size : 0;
}
