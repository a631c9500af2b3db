/* SPDX-License-Identifier: BSD-3-Clause */
/* test_usb_parts.c - places, endpoints, empty packets and the queue. */
#include "../../src/transport/usb_internal.h"

#include "lib/unit.h"

static struct err e;

static void places_are_read_and_written(void **state)
{
	static const char *const good[] = { "1-2", "3-1.4.2", "12-10.7",
					    "255-255.255.255.255.255.255.255" };
	char text[USB_PATH_MAX];
	struct usb_path p, other;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_ok(usb_path_parse(good[i], &p, &e), &e);
		assert_string_equal(usb_path_text(&p, text), good[i]);
		assert_true(usb_path_fits(&p, &p));
	}
	assert_ok(usb_path_parse("1-2.3", &p, &e), &e);
	assert_ok(usb_path_parse("1-2", &other, &e), &e);
	assert_false(usb_path_fits(&p, &other));
	assert_false(usb_path_fits(&other, &p));
	assert_ok(usb_path_parse("", &other, &e), &e);
	assert_true(usb_path_fits(&other, &p));
}

static void no_places_are_refused(void **state)
{
	static const char *const bad[] = {
		"1",	 "1-",	   "-1",     "1-2.",
		"1.2",	 "1-2-3",  "0-1",    "1-0",
		"1-256", "1-2.3x", "a",	     "1-+2",
		" 1-2",	 "1-2,3",  "1000-1", "1-1.1.1.1.1.1.1.1"
	};
	struct usb_path p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_err(usb_path_parse(bad[i], &p, &e), ERR_USAGE, bad[i],
			   &e);
		assert_non_null(strstr(e.hint, "spdvault devices"));
	}
}

#define END(address, attributes, packet)                                     \
	{                                                                    \
		.bEndpointAddress = (address), .bmAttributes = (attributes), \
		.wMaxPacketSize = (packet)                                   \
	}

static struct libusb_interface_descriptor
setting(uint8_t number, uint8_t alt,
	const struct libusb_endpoint_descriptor *ends, uint8_t n)
{
	return (struct libusb_interface_descriptor) {
		.bInterfaceNumber = number,
		.bAlternateSetting = alt,
		.bNumEndpoints = n,
		.endpoint = ends,
	};
}

static void the_first_interface_that_fits_is_taken(void **state)
{
	const struct libusb_endpoint_descriptor none[] = { END(0x81, 3, 8),
							   END(0x82, 2, 512) };
	const struct libusb_endpoint_descriptor fits[] = {
		END(0x81, 1, 1023), END(0x85, 2, 512), END(0x86, 2, 512),
		END(0x06, 0xe2, 64)
	};
	const struct libusb_interface_descriptor s[] = {
		setting(0, 0, none, 2), setting(3, 0, NULL, 2),
		setting(3, 1, fits, 4), setting(4, 0, fits, 4)
	};
	const struct libusb_interface itf[] = {
		{ &s[0], 1 }, { NULL, 0 }, { &s[1], 2 }, { &s[3], 1 }
	};
	const struct libusb_config_descriptor c = { .bNumInterfaces = 4,
						    .interface = itf };
	struct usb_ends f;

	(void)state;
	assert_ok(usb_scan(&c, &f, &e), &e);
	assert_int_equal(f.interface, 3);
	assert_int_equal(f.alt, 1);
	assert_int_equal(f.in, 0x85);
	assert_int_equal(f.out, 0x06);
	assert_int_equal(f.in_packet, 512);
	assert_int_equal(f.out_packet, 64);
}

static void lies_are_passed_over(void **state)
{
	static const uint16_t sizes[] = { 0, 1, 4, 7, 48, 513, 1023, 1536 };
	struct libusb_endpoint_descriptor lie[] = { END(0x81, 2, 512),
						    END(0x02, 2, 0) };
	const struct libusb_endpoint_descriptor fits[] = { END(0x83, 2, 64),
							   END(0x04, 2, 64) };
	const struct libusb_interface_descriptor s[] = {
		setting(0, 0, lie, 2), setting(1, 0, fits, 2)
	};
	const struct libusb_interface itf[] = { { &s[0], 1 }, { &s[1], 1 } };
	struct libusb_config_descriptor c = { .interface = itf };
	struct usb_ends f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		lie[1].wMaxPacketSize = sizes[i];
		c.bNumInterfaces = 2;
		assert_ok(usb_scan(&c, &f, &e), &e);
		assert_int_equal(f.in, 0x83);
		c.bNumInterfaces = 1;
		assert_err(usb_scan(&c, &f, &e), ERR_NODEV, "make no sense",
			   &e);
	}
	c.bNumInterfaces = 0;
	assert_err(usb_scan(&c, &f, &e), ERR_NODEV, "none of its 0 interfaces",
		   &e);
	c.bNumInterfaces = 2;
	c.interface = NULL;
	assert_err(usb_scan(&c, &f, &e), ERR_NODEV, "", &e);
}

static void whole_packets_need_an_empty_one(void **state)
{
	(void)state;
	assert_false(usb_needs_zlp(0, 512));
	assert_false(usb_needs_zlp(1, 512));
	assert_false(usb_needs_zlp(511, 512));
	assert_true(usb_needs_zlp(512, 512));
	assert_false(usb_needs_zlp(513, 512));
	assert_true(usb_needs_zlp(1024, 512));
	assert_true(usb_needs_zlp(64, 64));
	assert_false(usb_needs_zlp(64, 512));
}

static void the_queue_keeps_the_order(void **state)
{
	struct usb_queue q;
	uint8_t in[64], out[64];
	uint32_t seed = 7;
	unsigned put = 0, taken = 0;

	(void)state;
	assert_ok(usb_queue_init(&q, 100, &e), &e);
	assert_int_equal(usb_queue_take(&q, out, sizeof(out)), 0);
	for (int i = 0; i < 20000; i++) {
		size_t n = next_random(&seed) % (sizeof(in) + 1), room, m;

		for (size_t k = 0; k < n; k++)
			in[k] = (uint8_t)((put + k) * 7);
		room = usb_queue_room(&q);
		if (usb_queue_put(&q, in, n)) {
			assert_true(n <= room);
			put += (unsigned)n;
		} else {
			assert_true(n > room);
		}
		m = usb_queue_take(&q, out, next_random(&seed) % sizeof(out));
		for (size_t k = 0; k < m; k++)
			assert_int_equal(out[k], (uint8_t)((taken + k) * 7));
		taken += (unsigned)m;
		assert_int_equal(q.len, put - taken);
		assert_int_equal(usb_queue_room(&q), 100 - q.len);
	}
	assert_true(taken > 100000);
	usb_queue_free(&q);
	usb_queue_free(&q);
}

static void results_have_words(void **state)
{
	(void)state;
	for (int rc = -100; rc < 1; rc++) {
		const char *s = usb_words(rc);

		assert_true(strlen(s) > 5);
		assert_null(strpbrk(s, "0123456789_"));
	}
	assert_true(usb_visit_is_charging(4900));
	assert_false(usb_visit_is_charging(5100));
	assert_false(usb_visit_is_charging(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_read_and_written),
		cmocka_unit_test(no_places_are_refused),
		cmocka_unit_test(the_first_interface_that_fits_is_taken),
		cmocka_unit_test(lies_are_passed_over),
		cmocka_unit_test(whole_packets_need_an_empty_one),
		cmocka_unit_test(the_queue_keeps_the_order),
		cmocka_unit_test(results_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
