/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd_phone.c - info, reboot and poweroff. */
#include "base/text.h"
#include "commands.h"
#include "job/backup.h"
#include "phone.h"
#include "ui.h"

#include <string.h>

/* Where a size is from, when no table of the phone told it. */
static const char *how_sized(const struct partition *p)
{
	static const char *const words[] = {
		[REGION_SIZE_UNKNOWN] = ", readable only with its size: --pac",
		[REGION_SIZE_PROFILE] = ", size as on all phones of the chip",
		[REGION_SIZE_DHTB] = ", size by its header",
		[REGION_SIZE_VNTS] = ", size by its block table",
		[REGION_SIZE_PACKAGE] = ", size by the firmware package",
	};

	if (p->by_address)
		return words[p->size_from];
	return p->probed ? ", size found by reading" : "";
}

/* Of a phone that is read by address nobody knows it. */
static const char *storage_text(const struct manifest *m,
				char buf[TEXT_SIZE_MAX])
{
	return m->storage_size ? text_size(m->storage_size, buf)
			       : "size not known";
}

static void say_table(struct ui *u, const struct layout *l)
{
	char size[TEXT_SIZE_MAX];

	ui_result(u, "partitions:");
	for (size_t i = 0; i < l->table.n; i++) {
		const struct partition *p = &l->table.v[i];
		const struct part_class *c = plan_class(p->name);
		char offset[24] = "-";

		if (p->has_offset)
			snprintf(offset, sizeof(offset), "0x%llx",
				 (unsigned long long)p->offset);
		else if (p->by_address)
			snprintf(offset, sizeof(offset), "#%08x", p->region);
		ui_result(u, "  %-22s %10s  %12s  %s%s%s%s", p->name,
			  p->by_address && !p->size ? "not known"
						    : text_size(p->size, size),
			  offset, c->name, c->private_ ? ", private" : "",
			  c->by_default ? "" : ", only when asked for",
			  how_sized(p));
	}
}

static void say_info(struct ui *u, const struct phone_link *p,
		     const struct manifest *m, const struct layout *l)
{
	const struct device_info *d = session_info(p->session);
	char size[TEXT_SIZE_MAX], sectors[TEXT_SIZE_MAX];

	ui_result(u, "ROM says:   %s", d->hello);
	if (*d->fdl1_hello && strcmp(d->fdl1_hello, d->hello) != 0)
		ui_result(u, "FDL1 says:  %s", d->fdl1_hello);
	ui_result(u, "chip:       %s",
		  p->so.profile ? p->so.profile->title : "not named (--chip)");
	ui_result(u, "storage:    %s, %s%s",
		  *m->storage ? m->storage : "kind not told",
		  storage_text(m, size), text_sectors(m->sector_size, sectors));
	if (*m->disk_guid)
		ui_result(u, "disk GUID:  %s", m->disk_guid);
	if (*m->uid)
		ui_result(u, "chip uid:   %s", m->uid);
	ui_result(u, "loader:     DA_INFO %s, escaping %s",
		  msg_da_form_name(d->da.form), d->escaping ? "on" : "off");
	ui_result(u, "table:      %s, %zu entries%s%s",
		  ptable_source_name(l->table.source), l->table.n,
		  *l->unit_why ? "; unit: " : "", l->unit_why);
	say_table(u, l);
}

static json_t *info_json(struct phone_link *p, const struct manifest *m,
			 const struct layout *l)
{
	json_t *parts = json_array(), *device;
	char *text = NULL;
	size_t n;
	struct err e;

	for (size_t i = 0; i < l->table.n; i++) {
		const struct partition *t = &l->table.v[i];
		json_t *o = json_pack("{ss sI ss sb sb}", "name", t->name,
				      "size", (json_int_t)t->size, "class",
				      plan_class(t->name)->name, "private",
				      plan_class(t->name)->private_, "default",
				      plan_class(t->name)->by_default);

		if (o && t->has_offset)
			json_object_set_new(
				o, "offset",
				json_integer((json_int_t)t->offset));
		if (o && t->by_address) {
			json_object_set_new(o, "region",
					    json_integer(t->region));
			json_object_set_new(
				o, "size_from",
				json_string(region_size_name(t->size_from)));
		}
		json_array_append_new(parts, o);
	}
	device = manifest_device_json(m, &text, &n, &e) == 0
			 ? json_loads(text, 0, NULL)
			 : NULL;
	free(text);
	return json_pack("{so? so so?}", "device", device, "partitions", parts,
			 "phone_witness", phone_witness(p));
}

static int run_info(const struct options *o, struct ui *u)
{
	struct layout l = { .raw = false };
	struct manifest m = { .format = 0 };
	const char *const *known;
	struct phone_link p;
	struct err e;
	size_t nknown;
	int exit, rc = phone_open(o, u, &p, &e);

	if (rc < 0)
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	rc = phone_raise(&p, u, &e);
	known = plan_known_names(&nknown);
	if (rc == 0)
		rc = layout_read(p.session, known, nknown, &l, &e);
	if (rc < 0) {
		exit = command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
		phone_left(&p, u);
	} else {
		for (size_t i = 0; i < l.nwarnings; i++)
			ui_warn(u, "%s", l.warnings[i]);
		job_describe(p.session, &l, &p.so, &m);
		m.simulated = p.simulated;
		text_copy(m.device, sizeof(m.device), phone_device(o));
		m.package = p.pac.package;
		say_info(u, &p, &m, &l);
		phone_finish(&p, o, u);
		exit = command_done(u, 0, info_json(&p, &m, &l));
	}
	manifest_free(&m);
	layout_free(&l);
	phone_close(&p);
	return exit;
}

const struct command cmd_info = {
	.name = "info",
	.args = "",
	.summary = "connect, load, and show what the phone is and holds",
	.text = "Loads FDL1 and FDL2 and shows the phone's words, its storage "
		"and its partition\ntable with sizes, offsets and what each "
		"partition is. No command that writes is\nsent, but for "
		"--after.\n\n"
		"Example:\n"
		"  spdvault info --device sim:ums9230\n",
	.groups = OPT_PHONE | OPT_AFTER,
	.run = run_info,
};

/* reboot and poweroff: --after as a command of its own. */
static int run_end(const struct options *o, struct ui *u, enum after how)
{
	struct options with_end = *o;
	struct phone_link p;
	struct err e;
	int exit, rc;

	with_end.after = how;
	rc = phone_open(&with_end, u, &p, &e);
	if (rc < 0)
		return command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	ui_note(u, "newer loaders write watchdog flags into 'miscdata' before "
		   "they obey this");
	rc = phone_raise(&p, u, &e);
	if (rc == 0)
		rc = session_end(p.session,
				 how == AFTER_REBOOT ? SESSION_REBOOT
						     : SESSION_POWER_OFF,
				 &e);
	if (rc < 0)
		exit = command_failed(u, &e, exit_code(&e, PLACE_PHONE, false),
				      NULL, NULL);
	else {
		phone_ended(&p);
		ui_result(u, how == AFTER_REBOOT
				     ? "the phone reboots"
				     : "the phone switches off when it is "
				       "unplugged");
		exit = command_done(u, 0, NULL);
	}
	phone_close(&p);
	return exit;
}

static int run_reboot(const struct options *o, struct ui *u)
{
	return run_end(o, u, AFTER_REBOOT);
}

static int run_poweroff(const struct options *o, struct ui *u)
{
	return run_end(o, u, AFTER_POWEROFF);
}

const struct command cmd_reboot = {
	.name = "reboot",
	.args = "",
	.summary = "start the phone again",
	.text = "Loads the loaders and tells FDL2 to reset the phone. Newer "
		"loaders write watchdog\nflags into 'miscdata' before that: "
		"make a backup first, or use the power key.\n",
	.groups = OPT_PHONE,
	.run = run_reboot,
};

const struct command cmd_poweroff = {
	.name = "poweroff",
	.args = "",
	.summary = "switch the phone off",
	.text = "Loads the loaders and tells FDL2 to switch off, which happens "
		"when the cable is\npulled. Newer loaders write watchdog flags "
		"into 'miscdata' before that.\n",
	.groups = OPT_PHONE,
	.run = run_poweroff,
};
