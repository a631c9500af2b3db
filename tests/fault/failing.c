/* SPDX-License-Identifier: BSD-3-Clause */
/* failing.c - stands in front of libc, by the linker's --wrap. */
#include "failing.h"

#include "sim/phone.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <xxhash.h>
#include <zstd.h>

struct failing failing;

static sem_t hung, released;

void failing_arm(bool on)
{
	if (on) {
		sem_init(&hung, 0, 0);
		sem_init(&released, 0, 0);
		failing.seen = 0;
		failing.failed = 0;
	}
	failing.armed = on;
}

static _Thread_local bool in_phone;

/* Waits outside of everything, as in a disk that does not answer. */
static void hang(void)
{
	sem_post(&hung);
	while (sem_wait(&released) < 0)
		;
	errno = EIO;
}

void failing_release(void)
{
	while (sem_wait(&hung) < 0)
		;
	sem_post(&released);
}

static bool due(unsigned what)
{
	unsigned long n;

	if (!failing.armed || in_phone || !(failing.what & what))
		return false;
	n = ++failing.seen;
	if (failing.at == 0 || n < failing.at ||
	    (n > failing.at && !failing.keep))
		return false;
	failing.failed++;
	return true;
}

/* A short transfer is none of the other calls' business. */
static bool fails(unsigned what)
{
	if ((failing.error == FAIL_SHORT || failing.error == EINTR) &&
	    !(what & (FAIL_WRITE | FAIL_READ)))
		return false;
	if (!due(what))
		return false;
	if (failing.error == FAIL_HANG) {
		hang();
		return !(what & FAIL_READ);
	}
	errno = failing.error;
	return true;
}

/* -- the simulated phone has all it needs -------------------------------- */

#define PHONE(type, name, params, args)   \
	type __real_##name params;        \
	type __wrap_##name params;        \
	type __wrap_##name params         \
	{                                 \
		type got;                 \
		in_phone = true;          \
		got = __real_##name args; \
		in_phone = false;         \
		return got;               \
	}

PHONE(size_t, phone_give, (struct phone * p, void *buf, size_t cap),
      (p, buf, cap))
PHONE(int, phone_new, (const char *spec, struct phone **ret, struct err *e),
      (spec, ret, e))

void __real_phone_take(struct phone *p, const void *buf, size_t len);
void __wrap_phone_take(struct phone *p, const void *buf, size_t len);
void __wrap_phone_take(struct phone *p, const void *buf, size_t len)
{
	in_phone = true;
	__real_phone_take(p, buf, len);
	in_phone = false;
}

void __real_phone_attach(struct phone *p);
void __wrap_phone_attach(struct phone *p);
void __wrap_phone_attach(struct phone *p)
{
	in_phone = true;
	__real_phone_attach(p);
	in_phone = false;
}

/* -- memory -------------------------------------------------------------- */

#define ALLOC(type, name, params, args)    \
	type __real_##name params;         \
	type __wrap_##name params;         \
	type __wrap_##name params          \
	{                                  \
		if (due(FAIL_ALLOC)) {     \
			errno = ENOMEM;    \
			return NULL;       \
		}                          \
		return __real_##name args; \
	}

ALLOC(void *, malloc, (size_t n), (n))
ALLOC(void *, calloc, (size_t n, size_t each), (n, each))
ALLOC(void *, realloc, (void *p, size_t n), (p, n))
ALLOC(void *, reallocarray, (void *p, size_t n, size_t each), (p, n, each))
ALLOC(char *, strdup, (const char *s), (s))
ALLOC(char *, strndup, (const char *s, size_t n), (s, n))
ALLOC(ZSTD_CCtx *, ZSTD_createCCtx, (void), ())
ALLOC(ZSTD_DCtx *, ZSTD_createDCtx, (void), ())
ALLOC(XXH64_state_t *, XXH64_createState, (void), ())
ALLOC(EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
ALLOC(struct archive *, archive_write_new, (void), ())
ALLOC(struct archive *, archive_read_new, (void), ())
ALLOC(struct archive_entry *, archive_entry_new, (void), ())

ALLOC(json_t *, json_object, (void), ())
ALLOC(json_t *, json_array, (void), ())
ALLOC(json_t *, json_string, (const char *s), (s))
ALLOC(json_t *, json_integer, (json_int_t n), (n))
ALLOC(json_t *, json_real, (double n), (n))
ALLOC(char *, json_dumps, (const json_t *o, size_t flags), (o, flags))

/* Its reader must not be refused memory inside: some of it asserts. */
json_t *__real_json_loadb(const char *p, size_t n, size_t flags,
			  json_error_t *e);
json_t *__wrap_json_loadb(const char *p, size_t n, size_t flags,
			  json_error_t *e);
json_t *__wrap_json_loadb(const char *p, size_t n, size_t flags,
			  json_error_t *e)
{
	memset(e, 0, sizeof(*e));
	return due(FAIL_ALLOC) ? NULL : __real_json_loadb(p, n, flags, e);
}

int __wrap_vasprintf(char **ret, const char *fmt, va_list ap);
int __real_vasprintf(char **ret, const char *fmt, va_list ap);
int __wrap_vasprintf(char **ret, const char *fmt, va_list ap)
{
	return due(FAIL_ALLOC) ? -1 : __real_vasprintf(ret, fmt, ap);
}

int __wrap_asprintf(char **ret, const char *fmt, ...);
int __wrap_asprintf(char **ret, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __wrap_vasprintf(ret, fmt, ap);
	va_end(ap);
	return n;
}

int __real_pthread_create(pthread_t *t, const pthread_attr_t *a,
			  void *(*f)(void *), void *arg);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a,
			  void *(*f)(void *), void *arg);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a,
			  void *(*f)(void *), void *arg)
{
	return due(FAIL_ALLOC) ? EAGAIN : __real_pthread_create(t, a, f, arg);
}

/* -- the disk ------------------------------------------------------------ */

#define CALL(type, what, name, params, args)                  \
	type __real_##name params;                            \
	type __wrap_##name params;                            \
	type __wrap_##name params                             \
	{                                                     \
		return fails(what) ? -1 : __real_##name args; \
	}

/* n: how many bytes; at least one of them goes through. */
#define TRANSFER(what, name, params, args, half)                          \
	ssize_t __real_##name params;                                     \
	ssize_t __wrap_##name params;                                     \
	ssize_t __wrap_##name params                                      \
	{                                                                 \
		if (!fails(what))                                         \
			return __real_##name args;                        \
		return failing.error == FAIL_SHORT && n > 1               \
			       ? __real_##name half                       \
		       : failing.error == FAIL_SHORT ? __real_##name args \
						     : -1;                \
	}

TRANSFER(FAIL_WRITE, write, (int fd, const void *p, size_t n), (fd, p, n),
	 (fd, p, n / 2))
TRANSFER(FAIL_READ, read, (int fd, void *p, size_t n), (fd, p, n),
	 (fd, p, n / 2))
TRANSFER(FAIL_READ, pread64, (int fd, void *p, size_t n, off_t at),
	 (fd, p, n, at), (fd, p, n / 2, at))

CALL(int, FAIL_SYNC, fsync, (int fd), (fd))
CALL(int, FAIL_SYNC, fdatasync, (int fd), (fd))
CALL(int, FAIL_FILE, ftruncate64, (int fd, off_t n), (fd, n))
CALL(off_t, FAIL_FILE, lseek64, (int fd, off_t n, int w), (fd, n, w))
CALL(int, FAIL_FILE, fchmod, (int fd, mode_t mode), (fd, mode))
CALL(int, FAIL_FILE, flock, (int fd, int how), (fd, how))
CALL(int, FAIL_NAME, unlink, (const char *path), (path))
CALL(int, FAIL_NAME, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(int, FAIL_NAME, rename, (const char *a, const char *b), (a, b))
CALL(int, FAIL_NAME, renameat2,
     (int d, const char *a, int e, const char *b, unsigned flags),
     (d, a, e, b, flags))

int __real_fallocate64(int fd, int mode, off_t at, off_t n);
int __wrap_fallocate64(int fd, int mode, off_t at, off_t n);
int __wrap_fallocate64(int fd, int mode, off_t at, off_t n)
{
	/* Neither short nor interrupted. */
	if (failing.error == FAIL_SHORT || failing.error == EINTR)
		return __real_fallocate64(fd, mode, at, n);
	return fails(FAIL_WRITE) ? -1 : __real_fallocate64(fd, mode, at, n);
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return fails(FAIL_NAME) ? -1 : __real_open64(path, flags, mode);
}
