/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * doctor_bus.c - looks at the bus, or plays what a simulated phone does when it
 * is plugged in; that takes no real time.
 */
#include "doctor.h"

#include "base/clock.h"
#include "base/text.h"
#include "sim/phone.h"

#include <string.h>
#include <unistd.h>

#define LOOK_MS	     100u
#define SIM_COMES_MS 1000u /* somebody has to plug it in */
#define SIM_CHARGE_MS                                                       \
	4700u		   /* how long a ROM waits that goes on to charging \
			    */
#define SIM_AGAIN_MS 8000u /* the next try */

int bus_open(const char *spec, const char *root, struct bus *ret, struct err *e)
{
	struct phone *phone;
	int rc;

	memset(ret, 0, sizeof(*ret));
	ret->root = root ? root : "";
	if (strcmp(spec, "usb") == 0 || strncmp(spec, "usb:", 4) == 0)
		return 0;
	if (strncmp(spec, "sim:", 4) != 0)
		return err_set(e, ERR_USAGE,
			       "'%s' has no bus that could be watched; doctor "
			       "takes usb[:BUS-PORT] or sim:MODEL",
			       spec);
	rc = phone_new(spec + 4, &phone, e);
	if (rc < 0)
		return rc;
	ret->sim = spec + 4;
	ret->host = phone_host(phone);
	phone_free(phone);
	return 0;
}

uint64_t bus_clock(const struct bus *b)
{
	return b->sim ? b->sim_ms : clock_ms();
}

/* Is it on the bus at this moment, and for the how-manieth time? */
static bool sim_is_there(const struct bus *b, unsigned *ret_visit)
{
	uint64_t t = b->sim_ms;

	*ret_visit = 0;
	if (b->host == PHONE_HOST_ABSENT || t < SIM_COMES_MS)
		return false;
	if (b->host != PHONE_HOST_CHARGING)
		return true;
	*ret_visit = (unsigned)((t - SIM_COMES_MS) / SIM_AGAIN_MS);
	return (t - SIM_COMES_MS) % SIM_AGAIN_MS < SIM_CHARGE_MS;
}

static size_t sim_look(const struct bus *b, struct host_device *ret)
{
	unsigned visit;

	if (!sim_is_there(b, &visit))
		return 0;
	memset(ret, 0, sizeof(*ret));
	ret->mode = HOST_DOWNLOAD;
	text_copy(ret->path, sizeof(ret->path), "sim");
	text_copy(ret->where, sizeof(ret->where), "sim");
	ret->vid = 0x1782;
	ret->pid = 0x4D00;
	ret->address = 1 + visit;
	ret->mbits = 480;
	ret->access = b->host == PHONE_HOST_DENIED ? USB_ACCESS_DENIED
		      : b->host == PHONE_HOST_BUSY ? USB_ACCESS_IN_USE
						   : USB_ACCESS_OK;
	return 1;
}

size_t bus_look(struct bus *b, struct host_device *ret)
{
	return b->sim ? sim_look(b, ret) : host_devices(b->root, ret);
}

void bus_wait(struct bus *b)
{
	if (b->sim)
		b->sim_ms += LOOK_MS;
	else
		usleep(LOOK_MS * 1000);
}
