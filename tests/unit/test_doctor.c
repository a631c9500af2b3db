/* SPDX-License-Identifier: BSD-3-Clause */
/* test_doctor.c - facts to findings, and what comings and goings mean. */
#include "../../src/cli/doctor.h"

#include "lib/unit.h"

#include "base/text.h"

#include <string.h>

static const struct err works;
static struct findings all;

static const struct host_facts well = {
	.has_usb = true,
	.has_nodes = true,
	.has_udev = true,
	.rule = "/etc/udev/rules.d/99-spdvault.rules",
};

/* The one finding about `id` that is not good; NULL: there is none. */
static const struct finding *bad_about(const struct host_facts *f,
				       const struct err *usb, const char *id)
{
	const struct finding *found = NULL;

	all.n = 0;
	judge_host(f, usb, &all);
	for (size_t i = 0; i < all.n; i++) {
		if (all.v[i].severity == FINDING_OK)
			continue;
		if (found || strcmp(all.v[i].id, id) != 0)
			fail_msg("also '%s': %s", all.v[i].id, all.v[i].text);
		found = &all.v[i];
	}
	return found;
}

static void a_good_computer_has_no_finding(void **state)
{
	(void)state;
	assert_null(bad_about(&well, &works, ""));
	assert_true(all.n >= 5);
}

static void each_fact_has_its_finding_and_remedy(void **state)
{
	struct {
		struct host_facts f;
		const char *id, *text;
		enum severity severity;
	} cases[12];
	size_t n = 0;

	(void)state;
#define CASE(i, t, s)                                              \
	cases[n].f = well, cases[n].id = (i), cases[n].text = (t), \
	cases[n].severity = (s), f = &cases[n++].f
	struct host_facts *f;

	CASE("usb", "no USB at all", FINDING_BAD);
	f->has_usb = false;
	CASE("usb", "is missing", FINDING_BAD);
	f->has_nodes = false;
	CASE("rights", "no udev rule", FINDING_WARN);
	f->rule[0] = '\0';
	CASE("rights", "no udev runs", FINDING_WARN);
	f->has_udev = false;
	CASE("rights", "over ssh", FINDING_NOTE);
	f->remote = true;
	CASE("driver", "'option' was told", FINDING_WARN);
	text_copy(f->taker, sizeof(f->taker), "option");
	CASE("vm", "inside Windows", FINDING_WARN);
	text_copy(f->vm, sizeof(f->vm), "WSL");
	CASE("vm", "(QEMU)", FINDING_NOTE);
	text_copy(f->vm, sizeof(f->vm), "QEMU");
	CASE("container", "(docker)", FINDING_NOTE);
	text_copy(f->container, sizeof(f->container), "docker");
#undef CASE
	for (size_t i = 0; i < n; i++) {
		const struct finding *b =
			bad_about(&cases[i].f, &works, cases[i].id);

		assert_non_null(b);
		assert_int_equal(b->severity, cases[i].severity);
		assert_non_null(strstr(b->text, cases[i].text));
		assert_true(*b->hint);
	}
}

static void root_needs_no_rule(void **state)
{
	struct host_facts f = well;

	(void)state;
	f.superuser = true;
	f.rule[0] = '\0';
	assert_null(bad_about(&f, &works, ""));
}

static void modem_manager_is_harmless_with_the_rule(void **state)
{
	struct host_facts f = well;

	(void)state;
	f.modem_manager = true;
	assert_null(bad_about(&f, &works, ""));
	f.superuser = true;
	f.rule[0] = '\0';
	assert_non_null(bad_about(&f, &works, "modem-manager"));
}

static void a_bus_that_libusb_cannot_see_is_told(void **state)
{
	struct err e;

	(void)state;
	(void)!err_set(&e, ERR_NODEV, "nobody may look");
	err_hint(&e, "as root");
	assert_non_null(strstr(bad_about(&well, &e, "libusb")->text,
			       "nobody may look"));
}

/* -- the bus ------------------------------------------------------------- */

static struct bus_watch w;
static struct bus_event events[2 * HOST_DEVICES_MAX];
static struct finding said;

static struct host_device device(const char *where, unsigned address,
				 enum host_mode mode)
{
	struct host_device d = { .mode = mode,
				 .vid = 0x1782,
				 .pid = 0x4D00,
				 .address = address,
				 .access = USB_ACCESS_OK };

	text_copy(d.path, sizeof(d.path), where);
	text_copy(d.where, sizeof(d.where), where);
	return d;
}

/* One look that must bring one event, in these words. */
static void sees(const struct host_device *v, size_t n, uint64_t at,
		 enum bus_what what, const char *text)
{
	assert_int_equal(bus_watch_look(&w, v, n, at, events), 1);
	assert_int_equal(events[0].what, what);
	bus_event_say(&w, &events[0], "the star", &said);
	if (!strstr(said.text, text))
		fail_msg("'%s'", said.text);
}

static void nothing_new(const struct host_device *v, size_t n, uint64_t at)
{
	assert_int_equal(bus_watch_look(&w, v, n, at, events), 0);
}

static void a_short_visit_means_that_no_key_was_held(void **state)
{
	struct host_device d = device("1-2", 5, HOST_DOWNLOAD);

	(void)state;
	memset(&w, 0, sizeof(w));
	nothing_new(NULL, 0, 0);
	sees(&d, 1, 1000, BUS_CAME, "1-2: a phone came, in download mode");
	nothing_new(&d, 1, 5600);
	sees(NULL, 0, 5700, BUS_LEFT, "it appeared for 4.7 s and left");
	assert_string_equal(said.hint, "the star");
	d.address = 6;
	sees(&d, 1, 9000, BUS_CAME, "came");
	sees(NULL, 0, 9300, BUS_LEFT, "it appeared for 0.3 s");
	assert_non_null(strstr(said.hint, "2 times now"));
	assert_int_equal(w.short_visits, 2);
}

static void one_that_stays_is_told_once(void **state)
{
	struct host_device d = device("1-2", 5, HOST_DOWNLOAD);

	(void)state;
	memset(&w, 0, sizeof(w));
	nothing_new(NULL, 0, 0);
	sees(&d, 1, 1000, BUS_CAME, "came");
	nothing_new(&d, 1, 5999);
	sees(&d, 1, 6000, BUS_STAYS, "it stays: this is download mode");
	nothing_new(&d, 1, 60000);
	sees(NULL, 0, 61000, BUS_LEFT, "it left after 60.0 s: unplugged");
	assert_int_equal(w.short_visits, 0);
}

static void two_visits_at_one_port_are_two(void **state)
{
	struct host_device d = device("1-2", 5, HOST_DOWNLOAD);

	(void)state;
	memset(&w, 0, sizeof(w));
	nothing_new(NULL, 0, 0);
	sees(&d, 1, 1000, BUS_CAME, "came");
	d.address = 6;
	assert_int_equal(bus_watch_look(&w, &d, 1, 3000, events), 2);
	assert_int_equal(events[0].what, BUS_LEFT);
	assert_int_equal(events[0].ms, 2000);
	assert_int_equal(events[1].what, BUS_CAME);
}

static void what_was_there_before_is_no_short_visit(void **state)
{
	struct host_device d = device("1-2", 5, HOST_DOWNLOAD);

	(void)state;
	memset(&w, 0, sizeof(w));
	sees(&d, 1, 500, BUS_CAME, "a phone is there");
	sees(NULL, 0, 900, BUS_LEFT, "the phone that was there left");
	assert_int_equal(w.short_visits, 0);
	assert_string_equal(said.hint, "");
}

static void a_phone_that_is_on_is_no_visit(void **state)
{
	struct host_device d = device("1-2", 5, HOST_ANDROID);

	(void)state;
	memset(&w, 0, sizeof(w));
	nothing_new(NULL, 0, 0);
	sees(&d, 1, 1000, BUS_CAME, "a phone that is on");
	assert_true(*said.hint);
	sees(NULL, 0, 2000, BUS_LEFT, "left");
	assert_int_equal(w.short_visits, 0);
}

static void more_devices_than_there_is_room_for_are_passed_over(void **state)
{
	struct host_device v[HOST_DEVICES_MAX];

	(void)state;
	memset(&w, 0, sizeof(w));
	for (unsigned i = 0; i < HOST_DEVICES_MAX; i++)
		v[i] = device("1-2", i, HOST_DOWNLOAD);
	assert_int_equal(bus_watch_look(&w, v, HOST_DEVICES_MAX, 0, events),
			 HOST_DEVICES_MAX);
	for (unsigned i = 0; i < HOST_DEVICES_MAX; i++)
		v[i].address += 100;
	assert_int_equal(bus_watch_look(&w, v, HOST_DEVICES_MAX, 9000, events),
			 2 * HOST_DEVICES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_computer_has_no_finding),
		cmocka_unit_test(each_fact_has_its_finding_and_remedy),
		cmocka_unit_test(root_needs_no_rule),
		cmocka_unit_test(modem_manager_is_harmless_with_the_rule),
		cmocka_unit_test(a_bus_that_libusb_cannot_see_is_told),
		cmocka_unit_test(a_short_visit_means_that_no_key_was_held),
		cmocka_unit_test(one_that_stays_is_told_once),
		cmocka_unit_test(two_visits_at_one_port_are_two),
		cmocka_unit_test(what_was_there_before_is_no_short_visit),
		cmocka_unit_test(a_phone_that_is_on_is_no_visit),
		cmocka_unit_test(
			more_devices_than_there_is_room_for_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
