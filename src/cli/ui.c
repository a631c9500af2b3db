/* SPDX-License-Identifier: BSD-3-Clause */
/* ui.c - messages to stderr, results to stdout. */
#include "ui.h"
#include "why.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "job/compare.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_MS	 100u
#define PROGRESS_JSON_MS 1000u

#define RED    "\033[31m"
#define YELLOW "\033[33m"
#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"

static volatile sig_atomic_t stop_signals;

static void on_signal(int sig)
{
	(void)sig;
	if (stop_signals++ > 0)
		_exit(EXIT_INTERRUPT);
}

void ui_catch_signals(void)
{
	struct sigaction a = { .sa_handler = on_signal };

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGHUP, &a, NULL);
	a.sa_handler = SIG_IGN;
	/* Writing then fails, and that is told as for a full disk. */
	sigaction(SIGPIPE, &a, NULL);
	sigaction(SIGXFSZ, &a, NULL);
}

bool ui_stopped(void *unused)
{
	(void)unused;
	return stop_signals > 0;
}

static bool wants_color(const struct options *o)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	if (no && *no)
		return false;
	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

int ui_init(struct ui *u, const struct options *o, struct err *e)
{
	memset(u, 0, sizeof(*u));
	u->json = o->json;
	u->quiet = o->quiet;
	u->verbose = o->verbose;
	u->color = wants_color(o);
	u->tty = isatty(STDERR_FILENO) && !o->quiet;
	u->started_at = clock_ms();
	if (o->log) {
		u->log = fopen(o->log, "ae");
		if (!u->log)
			return err_sys(e, errno, "opening the log '%s'",
				       o->log);
		setlinebuf(u->log);
	}
	return 0;
}

void ui_end(struct ui *u)
{
	bool lost = u->log && ferror(u->log);

	if (u->log && (fclose(u->log) != 0 || lost))
		fputs("warning: the log could not be written whole\n", stderr);
	u->log = NULL;
}

static void clear_line(struct ui *u)
{
	if (u->line_shown)
		fputs("\r\033[K", stderr);
	u->line_shown = false;
}

static void log_line(struct ui *u, const char *kind, const char *text)
{
	char stamp[32];
	time_t t = time(NULL);
	struct tm tm;

	if (!u->log)
		return;
	gmtime_r(&t, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(u->log, "%s %s%s%s\n", stamp, kind, *kind ? ": " : "", text);
}

/* kind: "", "warning" or "error"; color may be NULL. */
static void say(struct ui *u, const char *kind, const char *color,
		const char *text)
{
	log_line(u, kind, text);
	fflush(stdout); /* so that both streams read in order */
	clear_line(u);
	if (!*kind)
		fprintf(stderr, "%s\n", text);
	else if (u->color)
		fprintf(stderr, "%s%s:%s %s\n", color, kind, PLAIN, text);
	else
		fprintf(stderr, "%s: %s\n", kind, text);
}

/* Names come from outside, and long ones are cut anywhere. */
#define FORMAT(text, size)                      \
	do {                                    \
		va_list ap;                     \
		va_start(ap, fmt);              \
		vsnprintf(text, size, fmt, ap); \
		va_end(ap);                     \
		utf8_tame(text);                \
	} while (0)

void ui_note(struct ui *u, const char *fmt, ...)
{
	char text[768];

	FORMAT(text, sizeof(text));
	if (u->quiet)
		log_line(u, "", text);
	else
		say(u, "", NULL, text);
}

void ui_step(struct ui *u, const char *fmt, ...)
{
	char text[768];

	FORMAT(text, sizeof(text));
	if (u->verbose)
		say(u, "", NULL, text);
	else
		log_line(u, "", text);
}

void ui_warn(struct ui *u, const char *fmt, ...)
{
	char text[768];

	FORMAT(text, sizeof(text));
	u->warnings++;
	say(u, "warning", YELLOW, text);
	if (u->json)
		ui_event(u, "warning",
			 json_pack("{so}", "text", ui_text(text)));
}

void ui_alarm(struct ui *u, const char *fmt, ...)
{
	char text[768];

	FORMAT(text, sizeof(text));
	u->warnings++;
	say(u, "suspect", RED, text);
	if (u->json)
		ui_event(u, "warning",
			 json_pack("{so}", "text", ui_text(text)));
}

void ui_below(struct ui *u, const char *kind, const char *text)
{
	log_line(u, kind, text);
	fprintf(stderr, "%s: %s\n", kind, text);
}

/* The row of the table of failures, each cause with its remedy. */
static void say_why(struct ui *u, const struct why_row *r)
{
	char text[160];

	snprintf(text, sizeof(text), "%s (%s)", r->seen, r->id);
	ui_below(u, "  seen", text);
	for (size_t i = 0; i < WHY_CAUSES_MAX && r->causes[i].cause; i++) {
		ui_below(u, i ? "  or" : "  likely", r->causes[i].cause);
		ui_below(u, "  try", r->causes[i].remedy);
	}
}

void ui_error(struct ui *u, const struct err *e, const char *kept)
{
	const struct why_row *row = why_row(e);
	struct err tame = *e;
	const char *hint = remedy_of(&tame);

	utf8_tame(tame.text);
	utf8_tame(tame.hint);
	say(u, "error", RED, tame.text);
	if (*hint && (!row || *e->hint))
		ui_below(u, "  try", hint);
	if (row)
		say_why(u, row);
	if (kept)
		ui_below(u, "  kept", kept);
}

void ui_result(struct ui *u, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	if (u->json && !u->log)
		return;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		fputs("error: the system gave no memory\n", stderr);
		return;
	}
	utf8_tame(text);
	log_line(u, "", text);
	if (!u->json) {
		clear_line(u);
		puts(text);
	}
	free(text);
}

bool ui_ask(struct ui *u, const char *question)
{
	char line[16] = "";
	bool yes;

	fflush(stdout);
	clear_line(u);
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (!fgets(line, sizeof(line), stdin))
		fputc('\n', stderr);
	yes = strcasecmp(line, "y\n") == 0 || strcasecmp(line, "yes\n") == 0;
	log_line(u, question, yes ? "yes" : "no");
	return yes;
}

json_t *ui_text(const char *s)
{
	json_t *t = s ? json_string(s) : json_null();
	char clean[1024];

	if (t)
		return t;
	text_copy(clean, sizeof(clean), s);
	utf8_tame(clean);
	return json_string(clean);
}

void ui_event(struct ui *u, const char *event, json_t *o)
{
	json_t *line = json_pack("{ss}", "event", event);
	char *text;

	if (u->json && line && o && json_object_update(line, o) == 0) {
		text = json_dumps(line, JSON_COMPACT);
		if (text) {
			clear_line(u);
			puts(text);
			fflush(stdout);
			free(text);
		}
	}
	json_decref(line);
	json_decref(o);
}

/* -- a job's events ------------------------------------------------------ */

static void job_note_cb(void *user, const char *text)
{
	ui_note(user, "%s", text);
}

static void job_warning_cb(void *user, const char *text)
{
	ui_warn(user, "%s", text);
}

static double rate_of(uint64_t bytes, uint64_t ms)
{
	return ms ? (double)bytes * 1000 / (double)ms : 0;
}

static const char *time_left(uint64_t left, double rate,
			     char buf[TEXT_SIZE_MAX])
{
	if (rate < 1)
		return "?";
	return text_duration((uint64_t)((double)left / rate) + 1, buf);
}

/* A line that wraps could not be taken back; 0: no terminal says its width. */
static int columns(void)
{
	struct winsize w;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

static void draw_line(struct ui *u, const struct job_progress *p, uint64_t now)
{
	char line[256];
	int width = columns();
	char done[TEXT_SIZE_MAX], total[TEXT_SIZE_MAX], left[TEXT_SIZE_MAX],
		all_left[TEXT_SIZE_MAX];
	double rate = rate_of(p->done, now - u->part_started_at);
	double all_rate = rate_of(p->all_done, now - u->started_at);

	if (rate < 1)
		rate = all_rate;
	snprintf(line, sizeof(line),
		 "[%zu/%zu] %s  %s of %s  %.1f MiB/s  %s left  |  "
		 "all %.0f %%  %s left",
		 p->number, p->count, p->part, text_size(p->done, done),
		 text_size(p->total, total), rate / (1 << 20),
		 time_left(p->total - p->done, rate, left),
		 p->all_total
			 ? 100.0 * (double)p->all_done / (double)p->all_total
			 : 0.0,
		 time_left(p->all_total - p->all_done, all_rate, all_left));
	if (width > 1 && strlen(line) >= (size_t)width)
		line[width - 1] = '\0';
	fprintf(stderr, "\r\033[K%s", line);
	fflush(stderr);
	u->line_shown = true;
}

static void job_progress_cb(void *user, const struct job_progress *p)
{
	struct ui *u = user;
	uint64_t now = clock_ms();

	if (p->number != u->part_number) {
		u->part_number = p->number;
		u->part_started_at = now;
	}
	if (u->json && now - u->shown_at >= PROGRESS_JSON_MS) {
		u->shown_at = now;
		ui_event(u, "progress",
			 json_pack("{so sI sI sI sI sI sI}", "part",
				   ui_text(p->part), "number",
				   (json_int_t)p->number, "count",
				   (json_int_t)p->count, "done",
				   (json_int_t)p->done, "total",
				   (json_int_t)p->total, "all_done",
				   (json_int_t)p->all_done, "all_total",
				   (json_int_t)p->all_total));
	} else if (!u->json && u->tty && now - u->shown_at >= PROGRESS_MS) {
		u->shown_at = now;
		draw_line(u, p, now);
	}
}

static void job_part_done_cb(void *user, const struct manifest_part *p)
{
	struct ui *u = user;
	char size[TEXT_SIZE_MAX], hex[SHA256_HEX];

	text_hex(p->sha256, SHA256_LEN, hex);
	ui_step(u, "  %-20s %10s  %-8s %s%s", p->name, text_size(p->size, size),
		manifest_method_name(p->method), *p->content ? p->content : "-",
		p->nunreadable ? "  with unreadable ranges" : "");
	if (u->json)
		ui_event(u, "part",
			 json_pack("{ss sI ss ss ss sI}", "name", p->name,
				   "size", (json_int_t)p->size, "sha256", hex,
				   "method", manifest_method_name(p->method),
				   "content", p->content, "unreadable_ranges",
				   (json_int_t)p->nunreadable));
}

static void job_difference_cb(void *user, const char *member, uint64_t offset,
			      uint64_t length, const char *what)
{
	struct ui *u = user;
	char text[768];
	const char *name = member ? member : "archive";

	u->differences++;
	if (offset == UINT64_MAX)
		snprintf(text, sizeof(text), "%s: %s", name, what);
	else if (length)
		snprintf(text, sizeof(text),
			 "%s: 0x%" PRIx64 " to 0x%" PRIx64 ": %s", name, offset,
			 offset + length, what);
	else
		snprintf(text, sizeof(text), "%s: at 0x%" PRIx64 ": %s", name,
			 offset, what);
	utf8_tame(text);
	say(u, "differs", RED, text);
	if (u->json)
		ui_event(u, "difference",
			 json_pack("{so sI sI so}", "member", ui_text(member),
				   "offset",
				   offset == UINT64_MAX ? (json_int_t)-1
							: (json_int_t)offset,
				   "length", (json_int_t)length, "what",
				   ui_text(what)));
}

static const char *const compare_states[] = { "same", "changed", "differs",
					      "skipped" };

static void job_compared_cb(void *user, const struct compare_part *p)
{
	struct ui *u = user;
	char size[TEXT_SIZE_MAX];

	if (p->state == COMPARE_CHANGED)
		ui_result(u,
			  "  changed, as expected: %s, %s in %zu range%s: %s",
			  p->name, text_size(p->differing, size), p->ranges,
			  p->ranges == 1 ? "" : "s", p->reason);
	else if (p->state == COMPARE_DIFFERS)
		ui_result(u, "  differs: %s, %s in %zu range%s", p->name,
			  text_size(p->differing, size), p->ranges,
			  p->ranges == 1 ? "" : "s");
	else if (p->state == COMPARE_SKIPPED)
		ui_result(u, "  not compared: %s: %s", p->name, p->reason);
	if (p->lacking)
		ui_result(u,
			  "  not compared: %s of %s, unreadable when it was "
			  "archived",
			  text_size(p->lacking, size), p->name);
	if (p->refused)
		ui_result(u,
			  "  not compared: %s of %s, which the phone does "
			  "not give now",
			  text_size(p->refused, size), p->name);
	if (u->json)
		ui_event(u, "compared",
			 json_pack("{ss ss so sI sI sI sI sI}", "part", p->name,
				   "state", compare_states[p->state], "reason",
				   ui_text(p->reason), "bytes",
				   (json_int_t)p->compared, "differing",
				   (json_int_t)p->differing, "ranges",
				   (json_int_t)p->ranges, "lacking",
				   (json_int_t)p->lacking, "refused",
				   (json_int_t)p->refused));
}

void ui_job_events(struct ui *u, struct job_events *ev)
{
	memset(ev, 0, sizeof(*ev));
	ev->user = u;
	ev->note = job_note_cb;
	ev->warning = job_warning_cb;
	ev->progress = job_progress_cb;
	ev->part_done = job_part_done_cb;
	ev->difference = job_difference_cb;
	ev->compared = job_compared_cb;
	ev->cancelled = ui_stopped;
	u->started_at = clock_ms();
}
