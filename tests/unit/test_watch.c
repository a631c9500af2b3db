/* SPDX-License-Identifier: BSD-3-Clause */
/* test_watch.c - a disk that hangs, a pipe that nobody reads. */
#include "archive/archive.h"
#include "base/file.h"
#include "base/ring.h"
#include "base/watch.h"

#include "lib/unit.h"

#include <fcntl.h>
#include <semaphore.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err e;

/* The user at the screen; every wait calls on him sooner or later. */
static struct user {
	unsigned told;
	bool stop;	/* wants an end as soon as he is told */
	sem_t *release; /* what hangs goes on when he is told */
	char text[256];
} user;

static void on_stuck(void *u, const char *text)
{
	struct user *x = u;

	x->told++;
	snprintf(x->text, sizeof(x->text), "%s", text);
	if (x->release)
		sem_post(x->release);
}

static bool on_cancelled(void *u)
{
	const struct user *x = u;

	return x->stop && x->told > 0;
}

static struct watch watch_of(unsigned limit_ms)
{
	struct watch w = { .user = &user,
			   .what = "x.partial",
			   .cancelled = on_cancelled,
			   .stuck = on_stuck,
			   .grace_ms = 1,
			   .tell_ms = 1,
			   .limit_ms = limit_ms };

	memset(&user, 0, sizeof(user));
	return w;
}

/* -- the ring ------------------------------------------------------------ */

/* Work that hangs until somebody lets it go. */
struct hanging {
	struct ring *ring;
	sem_t inside, go;
};

static int hang(void *arg, unsigned worker, unsigned slot, struct err *x)
{
	struct hanging *h = arg;

	(void)worker;
	(void)slot;
	(void)x;
	sem_post(&h->inside);
	while (sem_wait(&h->go) < 0)
		;
	return 0;
}

static void hanging_new(struct hanging *h, const struct watch *w, bool take)
{
	sem_init(&h->go, 0, 0);
	sem_init(&h->inside, 0, 0);
	assert_ok(ring_new(1, 1, hang, h, &h->ring, &e), &e);
	ring_set_watch(h->ring, w, take);
}

/* One slot, which is put: the next one is not to be had. */
static void fill(struct hanging *h)
{
	unsigned slot;

	assert_ok(ring_get(h->ring, &slot, &e), &e);
	ring_put(h->ring, slot);
	while (sem_wait(&h->inside) < 0)
		;
}

static void a_wait_is_told_and_goes_on(void **state)
{
	struct watch w = watch_of(0);
	struct hanging h;
	unsigned slot;

	(void)state;
	hanging_new(&h, &w, true);
	user.release = &h.go;
	fill(&h);
	assert_int_equal(ring_take(h.ring, &slot, &e), 1);
	assert_int_equal(user.told, 1);
	assert_non_null(strstr(user.text, "'x.partial' has taken nothing for"));
	assert_true(ring_free(h.ring));
}

static void a_wait_can_be_ended(void **state)
{
	struct watch w = watch_of(0);
	struct hanging h;
	unsigned slot;

	(void)state;
	hanging_new(&h, &w, false);
	user.stop = true;
	fill(&h);
	assert_err(ring_get(h.ring, &slot, &e), ERR_CANCELLED, "x.partial", &e);
	/* The same for whoever waits at the other side, and later. */
	assert_err(ring_take(h.ring, &slot, &e), ERR_CANCELLED, "", &e);
	assert_err(ring_flush(h.ring, &e), ERR_CANCELLED, "", &e);
	sem_post(&h.go);
	user.stop = false;
	assert_true(ring_free(h.ring));
}

static void a_wait_has_an_end(void **state)
{
	struct watch w = watch_of(1);
	struct hanging h;

	(void)state;
	hanging_new(&h, &w, false);
	fill(&h);
	assert_err(ring_flush(h.ring, &e), ERR_IO, "has taken nothing", &e);
	assert_non_null(strstr(e.hint, "disk"));
	sem_post(&h.go);
	assert_true(ring_free(h.ring));
}

/* A thread that the disk keeps is left behind, with all that it uses. */
static void what_hangs_for_good_is_left(void **state)
{
	static struct hanging h;
	struct watch w = watch_of(1);

	(void)state;
	hanging_new(&h, &w, false);
	fill(&h);
	user.stop = true;
	assert_false(ring_free(h.ring));
	sem_post(&h.go);
	/* Only the test knows that it is free now. */
	user.stop = false;
	w.limit_ms = 0;
	ring_set_watch(h.ring, &w, false);
	assert_true(ring_free(h.ring));
}

/* -- a thread ------------------------------------------------------------ */

static unsigned wall_asked;

int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

/* In front of libc, by the linker's --wrap. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	if (clock == CLOCK_REALTIME)
		wall_asked++;
	return __real_clock_gettime(clock, t);
}

static void *wait_for_go(void *arg)
{
	while (sem_wait(arg) < 0)
		;
	return NULL;
}

/* Somebody may set it back by an hour; that is not one hour more. */
static void the_wait_for_a_thread_asks_no_wall_clock(void **state)
{
	struct watch w = watch_of(1);
	pthread_t thread;
	sem_t go;

	(void)state;
	sem_init(&go, 0, 0);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_go, &go), 0);
	wall_asked = 0;
	assert_err(watch_join(thread, &w, &e), ERR_IO, "has taken nothing", &e);
	sem_post(&go);
	w.limit_ms = 0;
	assert_ok(watch_join(thread, &w, &e), &e);
	assert_int_equal(wall_asked, 0);
}

/* -- a pipe -------------------------------------------------------------- */

static struct {
	char dir[32], path[64];
	int reader;
} pipe_;

static int open_fifo(void **state)
{
	(void)state;
	strcpy(pipe_.dir, "/tmp/watch.XXXXXX");
	assert_non_null(mkdtemp(pipe_.dir));
	snprintf(pipe_.path, sizeof(pipe_.path), "%s/fifo", pipe_.dir);
	assert_int_equal(mkfifo(pipe_.path, 0600), 0);
	/* It is there, and reads nothing. */
	pipe_.reader = open(pipe_.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(pipe_.reader >= 0);
	return 0;
}

static int close_fifo(void **state)
{
	(void)state;
	close(pipe_.reader);
	unlink(pipe_.path);
	rmdir(pipe_.dir);
	return 0;
}

static int fill_pipe(struct archive_writer *w)
{
	struct block *b;

	for (uint32_t n = 0;; n++) {
		if (archive_get(w, &b, &e) < 0)
			return -(int)e.code;
		b->used = b->cap;
		/* Nothing that compresses well. */
		for (size_t i = 0; i < b->used; i += 4) {
			uint32_t x = (n * 1048583u + (uint32_t)i) * 2654435761u;

			x ^= x >> 13;
			memcpy(b->data + i, &x, 4);
		}
		if (archive_put(w, b, &e) < 0)
			return -(int)e.code;
	}
}

static void an_archive_into_a_full_pipe(enum err_code want, unsigned limit_ms,
					bool stop)
{
	struct archive_options o = { .threads = 1, .level = 1 };
	struct watch x = watch_of(limit_ms);
	struct archive_writer *w;

	user.stop = stop;
	assert_ok(archive_create(pipe_.path, &o, &w, &e), &e);
	archive_set_watch(w, &x);
	assert_ok(archive_begin(w, "partitions/big.img", UINT64_C(1) << 40, &e),
		  &e);
	assert_err(fill_pipe(w), want, "", &e);
	archive_drop(w);
}

static void ctrl_c_ends_an_archive_that_nobody_reads(void **state)
{
	(void)state;
	an_archive_into_a_full_pipe(ERR_CANCELLED, 0, true);
	assert_true(user.told >= 1);
}

static void an_archive_that_nobody_reads_has_an_end(void **state)
{
	(void)state;
	an_archive_into_a_full_pipe(ERR_IO, 1, false);
}

static bool always(void *u)
{
	++*(unsigned *)u;
	return true;
}

static void a_write_into_a_full_pipe_can_be_ended(void **state)
{
	static uint8_t much[1 << 20];
	int fd = open(pipe_.path, O_WRONLY | O_CLOEXEC);
	unsigned asked = 0;

	(void)state;
	assert_true(fd >= 0);
	assert_err(file_write_until(fd, much, sizeof(much), always, &asked, &e),
		   ERR_CANCELLED, "nobody took", &e);
	assert_int_equal(asked, 1);
	close(fd);
}

#define TEST(f)	     cmocka_unit_test(f)
#define TEST_PIPE(f) cmocka_unit_test_setup_teardown(f, open_fifo, close_fifo)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_wait_is_told_and_goes_on),
		TEST(a_wait_can_be_ended),
		TEST(a_wait_has_an_end),
		TEST(what_hangs_for_good_is_left),
		TEST(the_wait_for_a_thread_asks_no_wall_clock),
		TEST_PIPE(ctrl_c_ends_an_archive_that_nobody_reads),
		TEST_PIPE(an_archive_that_nobody_reads_has_an_end),
		TEST_PIPE(a_write_into_a_full_pipe_can_be_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
