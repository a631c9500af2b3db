/* SPDX-License-Identifier: BSD-3-Clause */
/* internal.h - what the files of the simulated phone share. */
#ifndef SIM_INTERNAL_H
#define SIM_INTERNAL_H

#include "sim/phone.h"
#include "storage.h"
#include "wire.h"

#include "base/text.h"
#include "bsl/proto.h"

/* The values of the word keys, in the order of the words in spec.c. */
enum { BAD_CHK_HANG, BAD_CHK_REPLY, BAD_CHK_IGNORE };
enum { UNKNOWN_FE, UNKNOWN_83, UNKNOWN_CRASH, UNKNOWN_SILENT };
enum { DA_NONE, DA_BARE, DA_V1, DA_V2, DA_V4, DA_TLV };
enum { INFO_SILENT, INFO_REPLY, INFO_DEAD };
enum { CHARGE_ACK, CHARGE_CRASH, CHARGE_FE };
enum { NV_NONE, NV_UBOOT, NV_AB };
enum { USER_OK, USER_84, USER_96 };
enum { PTABLE_BA, PTABLE_FE, PTABLE_SILENT, PTABLE_MB };
enum { LINK_USB, LINK_SERIAL };
enum { REENUM_NONE, REENUM_FDL1, REENUM_FDL2 };
enum { SIZE_TEXT, SIZE_ZERO, SIZE_OFF };
enum { BACK_ROM, BACK_FDL2 };
enum { FDL1_RUNS, FDL1_SILENT, FDL1_ROM, FDL1_LEAVES };
enum { FDL2_RUNS, FDL2_SILENT, FDL2_LEAVES, FDL2_SAYS };
enum { END_NOT, END_VOLUME, END_ANY };
enum { MISC_NONE, MISC_RESET, MISC_START, MISC_BOTH };

/* What the storage is, and by what the last loader reads it. */
enum model_kind { MODEL_NAMES, MODEL_NOR, MODEL_NAND, MODEL_UBI };

#define CFG_BAD_MAX 16

struct bad_range {
	char part[BSL_NAME_MAX + 1];
	uint64_t offset, size;
	bool flaky;
	uint64_t refusals; /* so far; a flaky one has enough at last */
};

#define CFG_BLOCKS_MAX 16

/* An erase block that the maker of the NAND, or use, has marked. */
struct bad_block {
	char part[BSL_NAME_MAX + 1];
	uint64_t offset;
};

#define CFG_SPOIL_MAX 16

enum spoil_kind { SPOIL_BLANK, SPOIL_ERASED, SPOIL_STUCK, SPOIL_CHANGE };

struct spoil {
	enum spoil_kind kind;
	char part[BSL_NAME_MAX + 1];
	uint64_t offset, size; /* SPOIL_CHANGE; else all of it */
};

/* One field per key of the spec; docs/simulator.md says what each does. */
struct cfg {
	uint64_t seed, super, userdata, sector;
	char *storage, *boot1, *boot2;
	uint64_t flash, split, feature_hang, nand, must_end;
	uint64_t link, uart, need_line_state, reenum, disconnect_at;
	uint64_t disconnect_every, back_ms, back_in, back_seed, revive_ms;
	char *back_uid;
	char *version;
	uint64_t ver_skip, secure, brom_max, fdl1_max, no_ack_exec, keep_charge;
	uint64_t fdl2_delay_ms;
	uint64_t chk_odd_fold, bad_chk, frame_is_transfer, drop_pipelined;
	uint64_t drop_early;
	uint64_t rx_max, tx16, escape_overflow, log_frames;
	uint64_t pool, leak_unknown, unknown;
	uint64_t auth_gate, rsa_handshake, rsa_hang;
	uint64_t da, hdlc, hdlc_dead, storage_type, old_memory;
	uint64_t max_read, size0_crash, size64k_len0, read32;
	uint64_t read_start_lazy, unknown_name_96, user_partition, prodnv_check;
	uint64_t ptable, size_names, info_0d, boot_wrap;
	char *uid, *skip_partition;
	struct bad_range bad[CFG_BAD_MAX];
	size_t n_bad;
	struct bad_block blocks[CFG_BLOCKS_MAX];
	size_t n_blocks;
	uint64_t flaky_n, hang_read, min_read;
	struct spoil spoil[CFG_SPOIL_MAX];
	size_t n_spoil;
	uint64_t lie;
	uint64_t nv_repair, nv_stale, fixnv_size, slot;
	char *nv_bad;
	uint64_t gpt_primary_bad, gpt_backup_bad;
	uint64_t miscdata_writes, poweroff_waits;
	uint64_t write_enable, ab_mirror, verify_hang;
	uint64_t host, mute, fdl1, fdl2, refuse_starts, short_data;
	char *no_name;
};

struct model {
	uint32_t fdl1, fdl2;  /* fdl2 0: one loader does it all */
	const char *parts;    /* "name=MiB ..." in table order */
	const char *defaults; /* a spec without a model's name */
	enum model_kind kind;
	uint32_t nor_base; /* where the loader sees the flash */
	uint32_t chip_id;
};

/* models.c; index: position in phone_models(). */
const struct model *model_at(size_t index);

/* spec.c: keys of a comma list into cfg. */
int cfg_parse(struct cfg *c, const char *list, struct err *e) MUST_CHECK;
void cfg_free(struct cfg *c);

/* spoil.c */
int spoil_parse(struct cfg *c, const char *key, char *value,
		struct err *e) MUST_CHECK;

/* contents.c: makes the areas. */
int layout_make(struct storage *s, const struct model *m, struct cfg *c,
		struct err *e) MUST_CHECK;

/* contents.c: what a partition of that name holds. */
int contents_add(struct area *a, const struct cfg *c, const char *name,
		 uint64_t start, uint64_t size, struct err *e) MUST_CHECK;

/* regions.c: flash without a table, in pieces that only the loader knows. */
#define REGIONS_MAX 8

struct region {
	const char *name; /* ours, for the keys; the wire has numbers only */
	uint32_t id;	  /* 0: no number */
	uint64_t start, size;
};

size_t regions_plan(const struct model *m, const struct cfg *c, uint64_t size,
		    struct region out[REGIONS_MAX]);
int regions_make(struct area *a, const struct model *m, const struct cfg *c,
		 struct err *e) MUST_CHECK;

/* gpt.c */
#define GPT_PARTS_MAX	 128
#define GPT_ENTRIES_SIZE 16384
#define GPT_BACKUP_LBAS	 33 /* entries 32 before the last block [6.2] */

struct part {
	char name[BSL_NAME_UNITS + 1];
	uint64_t start, size;
};

struct table {
	struct part part[GPT_PARTS_MAX];
	size_t n;
	bool known, primary_ok, ok;
};

/* "name=MiB ..." as places one behind the other; the end of the last. */
uint64_t contents_plan(const char *parts, const struct cfg *c,
		       struct table *ret);

uint32_t crc32_of(const uint8_t *p, size_t n);
size_t gpt_front_size(uint64_t sector);
/*
 * MBR, header and entries for the front (gpt_front_size() bytes), entries
 * and header for the end (GPT_BACKUP_LBAS sectors).
 */
void gpt_build(const struct table *t, uint64_t sector, uint64_t disk,
	       uint64_t seed, uint8_t *front, uint8_t *back);
/* A new header and entries, for behind the MBR, from a good backup. */
bool gpt_front_from_back(const struct area *a, uint64_t sector, uint8_t *out);
/* Reads the table from the area, primary first. */
void gpt_load(const struct area *a, uint64_t sector, struct table *t);

enum stage { STAGE_OFF, STAGE_BROM, STAGE_FDL1, STAGE_FDL2, STAGE_AUTOD };

/* A loader on its way into RAM. */
struct load {
	bool started, ended, dhtb;
	uint32_t size, got;
	uint8_t first[4];
};

struct reading {
	bool open, from_ram, refused;
	bool nv;       /* NAND: its header is stepped over */
	int volume;    /* NAND: of the table; -1: a raw part */
	uint32_t size; /* NAND: as READ_START said */
	char name[BSL_NAME_UNITS];
};

struct writing {
	bool open, nv;
	char name[BSL_NAME_UNITS];
	uint64_t size, got, flushed;
	uint64_t at; /* in the flash, where there are no names */
	bool nowhere;
	uint32_t checksum;
	uint8_t *buf;
	size_t len, cap;
};

/* Where reads and writes by name go. */
struct target {
	enum area_id area;
	uint64_t start, size;
};

struct out {
	uint8_t *buf; /* WIRE_BUILT_MAX, once it was used */
	size_t len, pos;
	uint64_t ready_ms;
};

#define OUTS	 16
#define NV_RAM	 ((size_t)2 << 20)
#define NV_HEAD	 512
#define NV_MAGIC 0x00004E56U

struct phone {
	size_t index;
	const struct model *model;
	struct cfg cfg;
	struct storage storage;
	struct table table;

	uint64_t now_ms;
	bool attached, leaving, line_open;
	uint64_t left_ms, died_ms; /* when */
	bool others_turn;	   /* the next to come is the phone of back_* */
	enum stage stage, next_stage;
	struct phone_stats stats;
	struct strbuf log;

	struct wire_in in;
	struct out out[OUTS];
	unsigned out_first, out_n;
	uint64_t delay_ms; /* of the next reply only */
	uint8_t *scratch;  /* a payload before it is escaped */

	/* BROM, FDL1, AutoD */
	struct load load;
	unsigned execs;
	uint64_t skipped; /* CHECK_BAUDs without an answer */
	bool synced;

	/* FDL2 */
	bool plain, write_enabled, handshake_due, connected;
	uint64_t leaked, frames;
	struct reading reading;
	bool opened[GPT_PARTS_MAX]; /* volumes that READ_END has not closed */
	struct writing writing;
	uint8_t *nv_ram;
	unsigned nv_flags;

	uint8_t *loader[2];
	size_t loader_len[2];
};

/* phone.c */
void sim_die(struct phone *p, const char *why);
void sim_reply(struct phone *p, uint16_t type, const void *data, size_t n);
/* Room for WIRE_DATA_MAX bytes that sim_reply() may then send from. */
uint8_t *sim_room(struct phone *p);
void sim_power_on(struct phone *p);
void sim_leave(struct phone *p, enum stage next);
/*
 * Every change to the storage goes through here; data NULL erases.
 * commanded: it is what the command was for, not a side effect.
 */
bool sim_write(struct phone *p, const char *cause, bool commanded,
	       enum area_id area, uint64_t offset, const uint8_t *data,
	       uint64_t n);

/* Flash by number or address; else partitions by name. */
static inline bool sim_by_number(const struct phone *p)
{
	return p->model->kind == MODEL_NOR || p->model->kind == MODEL_NAND;
}

static inline bool sim_on_usb(const struct phone *p)
{
	return p->cfg.link == LINK_USB;
}

/* rom.c: BROM, FDL1 and both first roles of AutoD */
void rom_check_baud(struct phone *p);
void rom_command(struct phone *p, const struct wire_msg *m);
enum wire_chk rom_chk(const struct phone *p);

/* fdl2.c */
void fdl2_start(struct phone *p);
void fdl2_command(struct phone *p, const struct wire_msg *m);
void fdl2_unknown(struct phone *p);
void fdl2_name(const struct wire_msg *m, char name[BSL_NAME_UNITS]);
/* Where a name lies; the table is only looked at. */
bool fdl2_locate(struct phone *p, const char *name, struct target *ret);
/* As the loader looks a name up; may repair the table on its way [4.7]. */
bool fdl2_find(struct phone *p, const char *name, struct target *ret);
void fdl2_load_table(struct phone *p);
/* A reply with data needs a second packet buffer; dead without one [2.6]. */
bool fdl2_may_reply_data(struct phone *p);

/* fdl2_read.c; false when it does not know m */
bool fdl2_read_command(struct phone *p, const struct wire_msg *m);
/* False past the end and where the storage cannot be read. */
bool fdl2_read_target(struct phone *p, const struct target *t, uint64_t offset,
		      uint8_t *out, size_t size);

/* fdl_ids.c: the loaders of feature phones, which know no names. */
bool ids_command(struct phone *p, const struct wire_msg *m);

/* nand.c */
#define NAND_PAGE  ((uint64_t)2 << 10)
#define NAND_BLOCK ((uint64_t)128 << 10)

/* From a physical place on, bad blocks stepped over in this request only. */
bool nand_read(struct phone *p, const struct target *part, uint64_t offset,
	       uint8_t *out, size_t n);
/* The answer; reading.name is set. */
uint16_t nand_read_start(struct phone *p, uint32_t size);
bool nand_read_midst(struct phone *p, uint64_t offset, uint8_t *out, size_t n);
void nand_read_end(struct phone *p);

/* ubi.c */
int ubi_make(struct storage *s, const struct model *m, const struct cfg *c,
	     struct err *e) MUST_CHECK;
void ubi_volumes(const struct model *m, const struct cfg *c, struct table *ret);
/* The parts beside the volumes, and the one that holds these. */
bool ubi_raw_part(const struct phone *p, const char *name, struct target *ret);
/* That one as bytes, bad blocks left out. */
bool ubi_image(struct phone *p, uint64_t offset, uint8_t *out, size_t n);

/* spoil.c: what was read from the storage at that place, made worse. */
void spoil_read(struct phone *p, enum area_id area, uint64_t at, uint8_t *out,
		size_t n);
/* One wrong bit in one answer of many. */
void spoil_lie(struct phone *p, uint8_t *data, size_t n);

/* fdl2_write.c; as above */
bool fdl2_write_command(struct phone *p, const struct wire_msg *m);
void fdl2_miscdata(struct phone *p, const char *cause, bool commanded,
		   uint64_t offset, const uint8_t *data, size_t n);

/* nv.c */
bool nv_is_primary(const struct phone *p, const char *name);
/* READ_START of a primary NV name: repair, load into RAM, answer. */
void nv_read_start(struct phone *p);
/* On NAND: the repair alone. */
void nv_repair_copies(struct phone *p);
/* The last MIDST of a primary NV name: check, build, write; the answer. */
uint16_t nv_store(struct phone *p);
uint32_t nv_checksum(const uint8_t *p, size_t n);

/* sparse.c; the second only when the first is true */
bool sparse_is(const uint8_t *p, size_t n);
bool sparse_write(struct phone *p, const struct target *t, const uint8_t *in,
		  size_t n);

/* loader.c */
int loader_make(struct phone *p, struct err *e) MUST_CHECK;

#endif
