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
enum { NV_WRITE_PAD, NV_WRITE_LEN, NV_WRITE_MERGE };
enum { NV_DIFF_A1, NV_DIFF_A2 };
enum { BAK_NONE, BAK_SIGNED, BAK_ALWAYS };
enum { VERIFY_OFF, VERIFY_HANG, VERIFY_84, VERIFY_AA };
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

#define CFG_DAMAGE_MAX 16

struct damage {
	char part[BSL_NAME_MAX + 1]; /* a pattern */
	uint64_t offset, size;	     /* 0: to the end */
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
	char *storage, *boot1, *boot2, *keep, *log;
	struct damage damage[CFG_DAMAGE_MAX];
	size_t n_damage;
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
	uint64_t nv_repair, nv_stale, fixnv_size, slot, same_slots;
	char *nv_bad;
	uint64_t gpt_primary_bad, gpt_backup_bad;
	uint64_t miscdata_writes, poweroff_waits;
	uint64_t write_enable, ab_mirror, bak, verify_hang, vbmeta_erase;
	uint64_t nv_write, nv_diff, nv_crypt, nv_sum32;
	uint64_t start_exact, even_sizes, window, writes_log;
	uint64_t write_ms, last_ms, erase_ms, power_loss, torn;
	uint64_t start_says, last_says;
	char *protect;
	uint64_t host, mute, fdl1, fdl2, refuse_starts, short_data;
	char *no_name, *add;
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

/*
 * keep.c: the file of key `keep`, if there is one.  Opening it makes its
 * changes to the storage; from then on each change is added.
 */
int keep_open(struct phone *p, struct err *e) MUST_CHECK;
void keep_close(struct phone *p);
void keep_add(struct phone *p, enum area_id area, uint64_t offset,
	      const uint8_t *data, uint64_t n);

/* witness.c: the file of key `log`, a line for each change. */
int log_open(struct phone *p, struct err *e) MUST_CHECK;
void log_close(struct phone *p);

/* damage.c */
int damage_parse(struct cfg *c, char *value, struct err *e) MUST_CHECK;
int damage_do(struct phone *p, struct err *e) MUST_CHECK;

/* contents.c */
uint64_t content_seed(const struct cfg *c, const char *name);
/* Makes the areas. */
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

/* An Android sparse image on its way to one partition. */
struct sparse {
	bool begun;
	uint32_t block, chunks; /* chunks: still to come */
	uint64_t at, left;	/* left: of the data of a raw chunk */
};

struct writing {
	bool open, nv, failed;
	char name[BSL_NAME_UNITS];
	uint64_t size, got, flushed;
	uint64_t at; /* in the flash, where there are no names */
	bool nowhere;
	uint32_t checksum;
	uint8_t *buf; /* what has come and is not written */
	size_t len, cap;
	/* What the first window told: */
	char other[BSL_NAME_UNITS + 4]; /* written along, or empty */
	uint64_t payload;		/* 0: the data do not tell */
	bool has_tail;			/* more than padding lies behind it */
	bool expand;
	struct sparse sparse[2]; /* of name, of other */
	bool foreign[2];	 /* not what the vendor signed for them */
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
	int keep_fd, log_fd; /* -1: none */
	struct table table;

	uint64_t now_ms;
	bool attached, leaving, line_open;
	bool dark; /* the power is gone in the middle of something */
	unsigned power_ons;
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
	uint64_t logged; /* where uboot_log goes on */
	char harmed[BSL_NAME_UNITS];
	uint8_t *nv_ram;
	unsigned nv_flags;

	uint8_t *loader[2];
	size_t loader_len[2];
};

/* phone.c */
void sim_die(struct phone *p, const char *why);
void sim_reply(struct phone *p, uint16_t type, const void *data, size_t n);
static inline void sim_answer(struct phone *p, uint16_t type)
{
	sim_reply(p, type, NULL, 0);
}
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

/* Counts and logs a write of which nothing is simulated but its command. */
void sim_blind_write(struct phone *p, const char *cause);
/*
 * What was written to this name will hurt, though every answer was a yes;
 * NULL when it was written well.
 */
void sim_harm(struct phone *p, const char *name, const char *what);
/* The same by nobody: not counted, not logged; data NULL erases. */
bool sim_poke(struct phone *p, enum area_id area, uint64_t offset,
	      const uint8_t *data, uint64_t n);

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

/* spoil.c: what was read from the storage at that place, made worse. */
void spoil_read(struct phone *p, enum area_id area, uint64_t at, uint8_t *out,
		size_t n);
/* One wrong bit in one answer of many. */
void spoil_lie(struct phone *p, uint8_t *data, size_t n);

/* fdl2_write.c; as above */
bool fdl2_write_command(struct phone *p, const struct wire_msg *m);
/* False when it may not, and has said so. */
bool fdl2_may_write(struct phone *p);
void fdl2_drop_writing(struct phone *p);

/*
 * store.c: a full window, or what is left at the last MIDST.  The answer; 0
 * for none.
 */
uint16_t store_window(struct phone *p, bool last);
bool store_is_protected(const struct phone *p, const char *name);

/* signed.c */
bool signed_name(const char *name);
bool signed_is_dhtb(const uint8_t *p, size_t n);
bool signed_is_vbmeta(const uint8_t *p, size_t n);
/* Header, image and signature, as far as n bytes tell; 0 when they do not. */
uint64_t signed_payload(const uint8_t *p, size_t n);
/* Whether the phone was made with these bytes there. */
bool signed_as_made(struct phone *p, const char *name, uint64_t offset,
		    const uint8_t *data, size_t n);

/* fdl2_table.c */
void fdl2_erase(struct phone *p, const struct wire_msg *m);
void fdl2_repartition(struct phone *p, const struct wire_msg *m);

/* fdl2_misc.c; the first as above */
bool fdl2_misc_command(struct phone *p, const struct wire_msg *m);
void fdl2_miscdata(struct phone *p, const char *cause, bool commanded,
		   uint64_t offset, const uint8_t *data, size_t n);
void fdl2_miscdata_end(struct phone *p);
void fdl2_reset(struct phone *p, const char *cause);
void fdl2_log(struct phone *p, const struct wire_msg *m);

/* nv.c */
bool nv_is_primary(const struct phone *p, const char *name);
/* READ_START of a primary NV name: repair, load into RAM, answer. */
void nv_read_start(struct phone *p);
/* On NAND: the repair alone. */
void nv_repair_copies(struct phone *p);
/* The last MIDST of a primary NV name: check, build, write; the answer. */
uint16_t nv_store(struct phone *p);
/* Of n bytes, and ff bytes of FF behind them. */
uint32_t nv_checksum(const struct cfg *c, const uint8_t *p, size_t n,
		     uint64_t ff);
/* The longest image that START_DATA takes for a primary NV name. */
uint64_t nv_most(const struct phone *p, const struct target *t);

/* nv_items.c */
uint16_t nv_crc(const uint8_t *p, size_t n);
/* The first two bytes are the CRC of the others. */
bool nv_crc_fits(const uint8_t *image, size_t n);
bool nv_is_list(const uint8_t *image, size_t n);
/* Items that tell who the phone is: as in old. */
void nv_merge(uint8_t *image, size_t n, const uint8_t *old, size_t old_len);
/* On builds that do so (key nv_crypt); both ways. */
void nv_crypt(const struct cfg *c, uint8_t *image, size_t n);

/* sparse.c: whether the data begin like one. */
bool sparse_is(const uint8_t *p, size_t n);
/*
 * Writes what the next n bytes of such an image say; how many it is done
 * with, or -1.  What is left comes again, with more behind it.
 */
ptrdiff_t sparse_take(struct phone *p, const struct target *t, struct sparse *s,
		      const uint8_t *in, size_t n);
bool sparse_done(const struct sparse *s);

/* loader.c */
int loader_make(struct phone *p, struct err *e) MUST_CHECK;

#endif
