# SPDX-License-Identifier: BSD-3-Clause
# One file, not recursive.  All output goes to $(B).
#
#   make                 the program, build/spdvault
#   make demo            the main job on the built-in simulated phone
#   make check           all tests; ends with "N passed, N failed"
#   make help            the other targets

B       ?= build
CC      ?= gcc
PREFIX  ?= /usr/local
CFLAGS  ?= -O2 -g
V       ?= 0

LAYERS  := base sim transport bsl device archive pac job cli
PKGS    := libusb-1.0 libarchive libcrypto libzstd libxxhash jansson inih expat

VERSION := $(shell git describe --tags --match 'v*' 2>/dev/null || cat VERSION)

WARN := -Wall -Wextra -Wshadow -Wformat=2 -Wundef -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla \
	-Wconversion -Wno-sign-conversion
# Tests build tables and bytes in many small steps; conversions are noise there.
WARN_TESTS := $(filter-out -Wconversion,$(WARN))

CPPFLAGS_ALL := -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DSPDVAULT_VERSION='"$(VERSION)"' \
	-DSPDVAULT_DATADIR='"$(PREFIX)/share/spdvault"' $(CPPFLAGS)
CFLAGS_ALL := -std=gnu11 $(WARN) $(WERROR) -pthread -fno-common $(CFLAGS)
CFLAGS_TESTS := -std=gnu11 $(WARN_TESTS) $(WERROR) -pthread -fno-common \
	$(CFLAGS)
LDFLAGS_ALL := -pthread $(LDFLAGS)

# Asked once, and only when something is built.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
TEST_LIBS = $(eval TEST_LIBS := $$(shell pkg-config --libs cmocka))$(TEST_LIBS)

LIB_SRC  := $(sort $(foreach l,$(filter-out cli,$(LAYERS)),$(wildcard src/$(l)/*.c)))
CLI_SRC  := $(sort $(wildcard src/cli/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
CLI_OBJ  := $(CLI_SRC:%.c=$(B)/%.o)
LIB      := $(B)/libspdvault.a
PROG     := $(B)/spdvault

TEST_LIB_OBJ := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/lib/*.c)))
# (hints.o, why.o: tests ask whether an error has a remedy; the rest is pure)
TEST_LIB_OBJ += $(B)/src/cli/hints.o $(B)/src/cli/why.o $(B)/src/cli/doctor_judge.o $(B)/src/cli/doctor_watch.o
TEST_SRC := $(sort $(wildcard tests/unit/*.c tests/flow/*.c tests/tty/*.c tests/usb/test_*.c tests/fault/test_*.c))
TESTS    := $(TEST_SRC:%.c=$(B)/%)
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZERS  := $(FUZZ_SRC:%.c=$(B)/%)

ifeq ($(V),0)
Q := @
say = @printf '  %-7s %s\n' $(1) $(2)
else
Q :=
say = @:
endif

all: $(PROG)

$(PROG): $(CLI_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(CLI_OBJ) $(LIB) $(PKG_LIBS)

$(LIB): $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/src/%.o: src/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/tests/%.o: tests/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) -Itests $(PKG_CFLAGS) $(MOCK_CFLAGS) $(CFLAGS_TESTS) -MMD -MP -c -o $@ $<

$(TESTS): %: %.o $(TEST_LIB_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIB) $(PKG_LIBS) $(TEST_LIBS) $(MOCK_LIBS)

# The n-th call of these fails (tests/fault/failing.h).
FAILING := malloc calloc realloc reallocarray strdup strndup asprintf vasprintf \
	pthread_create ZSTD_createCCtx ZSTD_createDCtx XXH64_createState \
	EVP_MD_CTX_new archive_write_new archive_read_new archive_entry_new \
	write read pread64 fsync fdatasync ftruncate64 lseek64 fchmod flock \
	unlink mkdir rename renameat2 fallocate64 open64 \
	json_object json_array json_string json_integer json_real json_dumps \
	json_loadb phone_new phone_take phone_give phone_attach
FAILED := $(addprefix $(B)/tests/fault/,test_nomem test_disk test_hang)
$(FAILED): $(B)/tests/fault/failing.o
$(FAILED): MOCK_LIBS = $(FAILING:%=-Wl,--wrap=%)

$(B)/tests/unit/test_watch: MOCK_LIBS = -Wl,--wrap=clock_gettime
$(B)/tests/tty/test_tty: MOCK_LIBS = -Wl,--wrap=ioctl -Wl,--wrap=tcsetattr

$(filter $(B)/tests/fault/test_sweep%,$(TESTS)): $(B)/tests/fault/sweep.o

# A made-up USB, where umockdev is installed; without it the test says so.
$(filter $(B)/tests/usb/%,$(TESTS)): $(B)/tests/usb/mock.o
$(filter $(B)/tests/usb/%,$(TESTS)): MOCK_LIBS = -Wl,--wrap=libusb_close -Wl,--wrap=libusb_free_transfer \
	$(shell pkg-config --libs umockdev-1.0 2>/dev/null)
$(B)/tests/usb/mock.o: MOCK_CFLAGS = $(shell pkg-config --exists umockdev-1.0 && \
	pkg-config --cflags umockdev-1.0 | sed 's/^/-DHAVE_UMOCKDEV /')

# Rebuilds everything when the compiler or its flags change.
$(B)/flags: FORCE
	@mkdir -p $(B)
	@echo '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL)' | cmp -s - $@ || \
		echo '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL)' > $@

FORCE:


# -- trying it ---------------------------------------------------------------

demo:
	@scripts/install-deps.sh build demo
	@$(MAKE) --no-print-directory all
	@scripts/demo.sh $(PROG) $(B)/demo

# -- tests -------------------------------------------------------------------

check:
	@scripts/install-deps.sh build check
	@$(MAKE) --no-print-directory check-static all $(B)/tests.built
	@SPDVAULT=$(PROG) scripts/run-tests.sh $(TESTS) $(FUZZERS:%=%.corpus) \
		$(sort $(wildcard tests/cli/*.sh))

# The scripts make firmware packages with it.
MAKE_PAC := $(B)/tests/pac/make_pac

$(MAKE_PAC): %: %.o $(B)/tests/lib/pacmaker.o
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^

# Programs of unit, flow and terminal tests, and the fuzz targets over their
# corpus.
$(B)/tests.built: $(TESTS) $(FUZZERS) $(FUZZERS:%=%.corpus) $(MAKE_PAC)
	@touch $@

check-static:
	@scripts/check-layers.sh
	@CC=$(CC) scripts/check-headers.sh
	@scripts/check-docs.sh

SAN_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
SAN_tsan := -O1 -g -fsanitize=thread

check-asan: export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=1:allocator_may_return_null=1
check-asan: export UBSAN_OPTIONS=print_stacktrace=1
check-asan:
	@scripts/install-deps.sh build check
	@$(MAKE) --no-print-directory B=$(B)/asan CFLAGS='$(SAN_asan)' LDFLAGS='$(SAN_asan)' all tests
	@TEST_TIMEOUT=1500 SPDVAULT=$(B)/asan/spdvault TEST_LOGS=$(B)/asan/logs scripts/run-tests.sh \
		$(TESTS:$(B)/%=$(B)/asan/%) $(FUZZERS:$(B)/%=$(B)/asan/%.corpus) \
		$(sort $(wildcard tests/cli/*.sh))

# What uses threads: the ring, the archive and the whole line.
TSAN_TESTS := tests/unit/test_ring tests/unit/test_archive $(sort $(basename $(wildcard tests/flow/*.c)))
check-tsan:
	@scripts/install-deps.sh build check
	@$(MAKE) --no-print-directory B=$(B)/tsan CFLAGS='$(SAN_tsan)' LDFLAGS='$(SAN_tsan)' \
		all $(TSAN_TESTS:%=$(B)/tsan/%)
	@TEST_TIMEOUT=1500 SPDVAULT=$(B)/tsan/spdvault TEST_LOGS=$(B)/tsan/logs scripts/run-tests.sh $(TSAN_TESTS:%=$(B)/tsan/%)

# Random faults, for SOAK_SECONDS or as many as SOAK_SESSIONS.
SOAK         := $(B)/tests/fault/soak
SOAK_SECONDS ?= 1800
SOAK_KILLS   ?= 1000

$(SOAK): %: %.o $(TEST_LIB_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIB) $(PKG_LIBS) $(TEST_LIBS)

soak:
	@scripts/install-deps.sh build check
	@$(MAKE) --no-print-directory all $(SOAK)
	@$(SOAK) $(if $(SOAK_SESSIONS),-n $(SOAK_SESSIONS),-s $(SOAK_SECONDS)) \
		$(if $(SOAK_FIRST),-f $(SOAK_FIRST))
	@SPDVAULT=$(PROG) tests/cli/kill.sh $(SOAK_KILLS)

tests: $(B)/tests.built

list-tests:
	@echo $(TESTS) $(FUZZERS:%=%.corpus) $(sort $(wildcard tests/cli/*.sh))

coverage:
	@scripts/install-deps.sh build check
	@scripts/cov.sh $(B)/cov

# -- fuzzing -----------------------------------------------------------------

FUZZ_SECONDS ?= 60
FUZZ_CC      ?= clang
FUZZ_FLAGS   := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined

# The same targets under any compiler, with a main() that reads files: over the
# corpus, as a test.
$(FUZZERS): %: %.o $(B)/tests/fuzz/main.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(B)/tests/fuzz/main.o $(LIB) $(PKG_LIBS)

$(FUZZERS:%=%.corpus): $(B)/tests/fuzz/fuzz_%.corpus: FORCE
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s tests/fuzz/corpus/%s\n' '$(B)/tests/fuzz/fuzz_$*' '$*' > $@
	@chmod +x $@

# What fuzzing starts from, written anew; what it has found stays.
FUZZ_SEEDS := $(B)/tests/fuzz/seeds
SEEDS_OBJ  := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/fuzz/seeds*.c)))

$(FUZZ_SEEDS): $(SEEDS_OBJ) $(B)/tests/lib/pacmaker.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(SEEDS_OBJ) $(B)/tests/lib/pacmaker.o $(LIB) $(PKG_LIBS)

corpus: $(FUZZ_SEEDS)
	@mkdir -p tests/fuzz/corpus
	@$(FUZZ_SEEDS) tests/fuzz/corpus

# With libFuzzer, each for FUZZ_SECONDS.
fuzz:
	@scripts/install-deps.sh build check
	@$(MAKE) --no-print-directory B=$(B)/fuzz CC=$(FUZZ_CC) \
		CFLAGS='$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link' LDFLAGS='$(FUZZ_FLAGS)' fuzz-programs
	@scripts/fuzz.sh $(B)/fuzz $(FUZZ_SECONDS) $(notdir $(FUZZERS))

fuzz-programs: $(FUZZERS:%=%.libfuzzer)

$(FUZZERS:%=%.libfuzzer): %.libfuzzer: %.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $< $(LIB) $(PKG_LIBS)

# -- measuring ---------------------------------------------------------------

# The real USB stack of Linux, in a virtual machine (docs/usb-testing.md).
FLOOR    := $(B)/tests/usb/floor
STRANGER := $(B)/tests/usb/stranger

$(FLOOR): %: %.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) $(PKG_LIBS)

# Nothing of ours is in it.
$(STRANGER): %: %.o
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(PKG_LIBS)

check-vm bench-usb:
	@scripts/install-deps.sh build vm
	@$(MAKE) --no-print-directory all $(FLOOR) $(STRANGER)
	@scripts/$@.sh $(PROG) $(FLOOR) $(B)/vm

bench: all
	@scripts/install-deps.sh build check
	@scripts/bench.sh $(PROG)

# -- the rest ----------------------------------------------------------------

C_FILES = $(sort $(wildcard src/*/*.[ch] include/*/*.h tests/*/*.[ch]))

format:
	clang-format -i $(C_FILES)

lint:
	clang-format --dry-run -Werror $(C_FILES)
	@awk '/^(\/\*|#) -- .*--( \*\/)?$$/ && length() != 78 { bad = 1; \
		print FILENAME ":" FNR ": a ruler of " length() " columns, not 78" } \
		END { exit bad }' $(C_FILES) Makefile scripts/*.sh tests/*/*.sh
	cppcheck --quiet --std=c11 --enable=warning,performance,portability \
		--inline-suppr -Iinclude $(CPPFLAGS_ALL) src

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/spdvault/profiles
	install -m 755 $(PROG) $(DESTDIR)$(PREFIX)/bin/spdvault
	install -m 644 docs/spdvault.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -d $(DESTDIR)$(PREFIX)/lib/udev/rules.d
	install -m 644 scripts/99-spdvault.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/
	install -m 644 profiles/*.profile $(DESTDIR)$(PREFIX)/share/spdvault/profiles/

dist:
	@mkdir -p $(B)
	git archive --prefix=spdvault-$(VERSION)/ -o $(B)/spdvault-$(VERSION).tar.gz HEAD

clean:
	rm -rf $(B)

help:
	@echo 'demo        back up the built-in simulated phone, step by step'
	@echo 'check       all tests; the last line is "N passed, N failed"'
	@echo 'check-asan  the same with address and undefined-behaviour sanitizers'
	@echo 'check-tsan  what uses threads, with the thread sanitizer'
	@echo 'soak        sessions with random faults, SOAK_SECONDS=$(SOAK_SECONDS) or SOAK_SESSIONS=N'
	@echo 'fuzz        each fuzz target for FUZZ_SECONDS=$(FUZZ_SECONDS) with libFuzzer'
	@echo 'check-vm    the program on Linux USB, in a virtual machine (fetches a kernel)'
	@echo 'bench-usb   throughput over USB there, beside bare libusb'
	@echo 'bench       throughput, memory and reads, beside the standard tools'
	@echo 'coverage    lines of src covered by the tests'
	@echo 'lint format install dist clean'

# Not every goal compiles; what a compiler noted is taken when it is there.
-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TEST_LIB_OBJ:.o=.d) $(TESTS:=.d) $(B)/tests/usb/mock.d $(FUZZERS:=.d) \
	$(B)/tests/fuzz/main.d $(SEEDS_OBJ:.o=.d) $(MAKE_PAC:=.d) $(FLOOR:=.d) $(SOAK:=.d) \
	$(B)/tests/fault/sweep.d $(B)/tests/fault/failing.d $(STRANGER:=.d)

.PHONY: all demo check check-static check-asan check-tsan soak tests list-tests coverage fuzz \
	fuzz-programs corpus bench check-vm bench-usb format lint install dist clean help FORCE
.SECONDARY:
.DELETE_ON_ERROR:
