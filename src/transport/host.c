/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * host.c - rights, drivers and virtual machines, by the kernel's own files.
 * Every file is read up to a limit, every folder up to a number of entries.
 */
#include "transport/host.h"

#include "base/text.h"
#include "host_internal.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES_MAX 65536 /* processes */
#define DRIVERS_MAX 256

bool host_read(const char *root, const char *path, char *buf, size_t cap)
{
	char full[PATH_MAX];
	ssize_t n;
	int fd;

	buf[0] = '\0';
	if (snprintf(full, sizeof(full), "%s%s", root, path) >=
	    (int)sizeof(full))
		return false;
	fd = open(full, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, buf, cap - 1);
	close(fd);
	if (n < 0)
		n = 0;
	buf[n] = '\0';
	/* One line, printable: it is shown. */
	n = (ssize_t)strcspn(buf, "\n");
	buf[n] = '\0';
	for (char *s = buf; *s; s++)
		if (!isprint((unsigned char)*s))
			*s = '?';
	return true;
}

bool host_has(const char *root, const char *path)
{
	char full[PATH_MAX];

	return snprintf(full, sizeof(full), "%s%s", root, path) <
		       (int)sizeof(full) &&
	       access(full, F_OK) == 0;
}

const char *host_rule(const char *root)
{
	static const char *const places[] = {
		"/etc/udev/rules.d/" HOST_RULE,
		"/run/udev/rules.d/" HOST_RULE,
		"/usr/local/lib/udev/rules.d/" HOST_RULE,
		"/usr/lib/udev/rules.d/" HOST_RULE,
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (host_has(root, places[i]))
			return places[i];
	return NULL;
}

static bool holds(const char *text, const char *word)
{
	return strcasestr(text, word) != NULL;
}

/* What the processor says, where the firmware says nothing. */
static bool has_hypervisor(const char *root)
{
	char path[PATH_MAX], line[2048];
	bool found = false;
	FILE *in;

	if (snprintf(path, sizeof(path), "%s/proc/cpuinfo", root) >=
	    (int)sizeof(path))
		return false;
	in = fopen(path, "re");
	for (int i = 0; in && i < 64 && fgets(line, sizeof(line), in); i++)
		found |= strncmp(line, "flags", 5) == 0 &&
			 holds(line, " hypervisor");
	if (in)
		fclose(in);
	return found;
}

static void find_vm(const char *root, struct host_facts *f)
{
	static const struct {
		const char *word, *name;
	} makers[] = {
		{ "qemu", "QEMU" },
		{ "kvm", "KVM" },
		{ "vmware", "VMware" },
		{ "virtualbox", "VirtualBox" },
		{ "innotek", "VirtualBox" },
		{ "parallels", "Parallels" },
		{ "xen", "Xen" },
		{ "bochs", "Bochs" },
		{ "virtual machine", "Hyper-V" },
	};
	char text[512], product[256];

	if (host_read(root, "/proc/version", text, sizeof(text)) &&
	    holds(text, "microsoft")) {
		text_copy(f->vm, sizeof(f->vm), "WSL");
		return;
	}
	host_read(root, "/sys/class/dmi/id/sys_vendor", text, sizeof(text));
	host_read(root, "/sys/class/dmi/id/product_name", product,
		  sizeof(product));
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (holds(text, makers[i].word) ||
		    holds(product, makers[i].word)) {
			text_copy(f->vm, sizeof(f->vm), makers[i].name);
			return;
		}
	if (has_hypervisor(root))
		text_copy(f->vm, sizeof(f->vm), "of a kind that is not told");
}

static void find_container(const char *root, struct host_facts *f)
{
	if (host_read(root, "/run/systemd/container", f->container,
		      sizeof(f->container)) &&
	    *f->container)
		return;
	if (host_has(root, "/.dockerenv"))
		text_copy(f->container, sizeof(f->container), "docker");
	else if (host_has(root, "/run/.containerenv"))
		text_copy(f->container, sizeof(f->container), "podman");
}

/* Calls see() with each entry's name until it says true. */
static bool any_entry(const char *root, const char *path, size_t most,
		      bool (*see)(const char *root, const char *name,
				  void *user),
		      void *user)
{
	char full[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *d;

	if (snprintf(full, sizeof(full), "%s%s", root, path) >=
	    (int)sizeof(full))
		return false;
	d = opendir(full);
	while (d && !found && most-- && (entry = readdir(d)))
		found = entry->d_name[0] != '.' &&
			see(root, entry->d_name, user);
	if (d)
		closedir(d);
	return found;
}

static bool is_modem_manager(const char *root, const char *name, void *user)
{
	char path[PATH_MAX], text[HOST_TEXT_MAX];

	(void)user;
	if (!isdigit((unsigned char)name[0]))
		return false;
	snprintf(path, sizeof(path), "/proc/%s/comm", name);
	return host_read(root, path, text, sizeof(text)) &&
	       strncmp(text, "ModemManager", 12) == 0;
}

/* "new_id" of a driver lists what it was told to take besides its own. */
static bool takes_ours(const char *root, const char *name, void *user)
{
	struct host_facts *f = user;
	char path[PATH_MAX], full[PATH_MAX], text[64];
	FILE *in;
	bool found = false;

	snprintf(path, sizeof(path), "/sys/bus/usb-serial/drivers/%s/new_id",
		 name);
	if (snprintf(full, sizeof(full), "%s%s", root, path) >=
	    (int)sizeof(full))
		return false;
	in = fopen(full, "re");
	for (unsigned i = 0; in && i < 64 && fgets(text, sizeof(text), in); i++)
		found |= strncmp(text, "1782", 4) == 0;
	if (in)
		fclose(in);
	if (found)
		text_copy(f->taker, sizeof(f->taker), name);
	return found;
}

void host_look(const char *root, struct host_facts *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->superuser = geteuid() == 0;
	ret->remote = getenv("SSH_CONNECTION") != NULL;
	ret->has_usb = host_has(root, HOST_USB);
	ret->has_nodes = host_has(root, "/dev/bus/usb");
	ret->has_udev = host_has(root, "/run/udev/control");
	text_copy(ret->rule, sizeof(ret->rule), host_rule(root));
	find_vm(root, ret);
	find_container(root, ret);
	ret->modem_manager =
		any_entry(root, "/proc", ENTRIES_MAX, is_modem_manager, NULL);
	any_entry(root, "/sys/bus/usb-serial/drivers", DRIVERS_MAX, takes_ours,
		  ret);
}
