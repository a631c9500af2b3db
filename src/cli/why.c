/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * why.c - the table of failures; docs/failures.md is the same for people.
 * Facts: docs/protocol.md 4.5 to 4.8.  Likely causes first.
 */
#include "why.h"

#define SAME_MODEL "take it from the firmware of exactly this model"
#define SWITCH_OFF                                                          \
	"switch the phone off (power key 10 s or battery out), then start " \
	"again"
#define OTHER_CABLE "take another cable, and a port of the computer itself"
#define CHARGE	    "charge it for half an hour while it is off"

static const struct why_row rows[WHY_ROWS] = {
	[WHY_NO_PHONE] = { "no-phone",
			   "no phone in download mode is there",
			   { { "it is not in download mode: it is on, or "
			       "charges",
			       "switch the phone off, hold the key of its "
			       "model "
			       "(often volume "
			       "down) and plug it in" },
			     { "the cable only charges, or the hub loses it",
			       OTHER_CABLE },
			     { "a virtual machine has not been given the "
			       "device",
			       "pass 1782:4d00 on to it, or run on the "
			       "computer itself" },
			     { "the battery is empty", CHARGE } } },
	[WHY_NO_RIGHT] = { "no-right",
			   "the phone is there and may not be opened",
			   { { "no rule gives this user the device",
			       "install the udev rule ('make install'), plug "
			       "the phone in "
			       "again; or run as root" },
			     { "you are not at the screen (ssh), or not in the "
			       "group of "
			       "the serial line",
			       "run as root, or join that group" } } },
	[WHY_PORT_BUSY] = { "port-busy",
			    "something else holds the phone's port",
			    { { "another program has it open (a second "
				"spdvault, a modem "
				"manager)",
				"end it, then start again" },
			      { "a kernel driver has taken it as a serial line",
				"unbind that driver, or use the line itself: "
				"--device "
				"tty:/dev/ttyUSB0" },
			      { "a virtual machine has it",
				"take it back from there" } } },
	[WHY_CHARGING] = { "charging",
			   "the phone came, and left after seconds",
			   { { "the key was not held: it went on to charging",
			       "hold the key of its model before and while it "
			       "is plugged "
			       "in" },
			     { "it is another key",
			       "hold volume up, or both keys" },
			     { "the battery is empty", CHARGE } } },
	[WHY_ROM_SILENT] = { "rom-silent",
			     "the port is open and nothing answers",
			     { { "an earlier run left it in a loader",
				 "it must be switched off first (power key 10 "
				 "s or battery out)" },
			       { "it is up, or a modem of another kind (PDL), "
				 "whose ROM "
				 "speaks another protocol",
				 "switch the phone off, hold the key of "
				 "its model and plug it in" },
			       { "a hub, a USB 3 port or a virtual machine in "
				 "between",
				 OTHER_CABLE } } },
	[WHY_FDL1_ADDRESS] = { "fdl1-address",
			       "the ROM refuses FDL1's address or size",
			       { { "the address is that of another chip",
				   "name the chip of this phone (--chip; see "
				   "'spdvault "
				   "chips')" },
				 { "the file is not this chip's FDL1",
				   SAME_MODEL } } },
	[WHY_FDL1_STALLED] = { "fdl1-stalled",
			       "the phone fell silent while FDL1 was sent",
			       { { "the cable or a hub loses data",
				   OTHER_CABLE },
				 { "a virtual machine or an old USB driver "
				   "loses the end of "
				   "a transfer",
				   "run on the computer itself" },
				 { "the ROM is stuck since an earlier try",
				   SWITCH_OFF } } },
	[WHY_FDL1_SIGNATURE] = { "fdl1-signature",
				 "the ROM refuses FDL1's signature",
				 { { "FDL1 is not signed, and this phone asks "
				     "for it",
				     "take the signed file ('fdl1-sign.bin') "
				     "of its firmware" },
				   { "it is signed for another maker's or "
				     "model's phones",
				     SAME_MODEL },
				   { "the file is damaged",
				     "unpack it again from the firmware "
				     "package" } } },
	[WHY_FDL1_REJECTED] = { "fdl1-rejected",
				"FDL1 was sent, and the ROM is back",
				{ { "its signature is not one for this phone",
				    SAME_MODEL },
				  { "it is for another chip, and crashed",
				    "look at the chip's name ('spdvault "
				    "chips')" },
				  { "the battery gave out", CHARGE } } },
	[WHY_FDL1_SILENT] = { "fdl1-silent",
			      "FDL1 was started and says nothing",
			      { { "it hangs starting the memory: FDL1 of "
				  "another model",
				  SAME_MODEL },
				{ "it was loaded to the wrong address",
				  "name the chip (--chip), leave @ADDR out" },
				{ "the ROM did not accept its signature and "
				  "says nothing",
				  "take the signed file of its firmware" },
				{ "it is stuck since an earlier try",
				  SWITCH_OFF } } },
	[WHY_KEEP_CHARGE] = { "keep-charge",
			      "FDL1 hung when asked to keep charging",
			      { { "this FDL1 is older than that command",
				  "give another --chip, or a profile without "
				  "the quirk "
				  "keep-charge; " SWITCH_OFF } } },
	[WHY_LOST_ON_THE_WAY] = { "lost-on-the-way",
				  "the phone left the bus before FDL2 ran",
				  { { "the cable slipped or a hub dropped it",
				      OTHER_CABLE },
				    { "the battery is flat: the load of the "
				      "loader switches the "
				      "phone off",
				      CHARGE },
				    { "a loader of another model restarted the "
				      "phone",
				      SAME_MODEL } } },
	[WHY_FDL2_ADDRESS] = { "fdl2-address",
			       "FDL1 refuses FDL2's address or size",
			       { { "the address is that of another chip",
				   "name the chip of this phone (--chip; see "
				   "'spdvault "
				   "chips')" },
				 { "FDL1 and FDL2 are not of one firmware",
				   SAME_MODEL } } },
	[WHY_FDL2_STALLED] = { "fdl2-stalled",
			       "the phone fell silent while FDL2 was sent",
			       { { "the cable or a hub loses data",
				   OTHER_CABLE },
				 { "the memory does not work with this FDL1",
				   SAME_MODEL },
				 { "the address leads over FDL1 itself",
				   "name the chip (--chip), leave @ADDR "
				   "out" } } },
	[WHY_FDL2_SIGNATURE] = { "fdl2-signature",
				 "FDL1 refuses FDL2's signature",
				 { { "FDL2 is not signed, and this FDL1 asks "
				     "for it",
				     "take the signed file ('fdl2-sign.bin') "
				     "of its firmware" },
				   { "FDL1 and FDL2 are of two firmwares",
				     "take both from one package, of exactly "
				     "this model" } } },
	[WHY_FDL2_SILENT] = { "fdl2-silent",
			      "FDL2 was sent and started, and says nothing",
			      { { "it is for another board (chip, pins, "
				  "memory)",
				  SAME_MODEL },
				{ "its memory was not started right: FDL1 of "
				  "another model",
				  "take both loaders from one package" },
				{ "this build refuses download mode (a flag in "
				  "the phone "
				  "that no host can change)",
				  "another firmware version of the same model "
				  "may not" },
				{ "the cable lost the last bytes",
				  OTHER_CABLE } } },
	[WHY_FDL2_LEFT] = { "fdl2-left",
			    "FDL2 was started and the phone left the bus",
			    { { "the battery is flat", CHARGE },
			      { "this build looks for a permission of its "
				"maker and "
				"switches the phone off",
				"another firmware version of the same model "
				"may not" },
			      { "it is for another board, and crashed",
				SAME_MODEL },
			      { "the cable slipped", OTHER_CABLE } } },
	[WHY_FDL2_REFUSED] = { "fdl2-refused",
			       "FDL2 was refused, or refuses to start",
			       { { "FDL1 and FDL2 are of two firmwares",
				   "take both from one package, of exactly "
				   "this model" },
				 { "the file is damaged",
				   "unpack it again" } } },
	[WHY_MEMORY] = { "memory",
			 "the loader does not get the memory to work",
			 { { "the loaders are for another model (other memory "
			     "chips)",
			     SAME_MODEL },
			   { "the phone's memory is failing",
			     "there is no remedy from outside" } } },
	[WHY_STORAGE] = { "storage",
			  "FDL2 does not recognise the phone's storage",
			  { { "FDL2 is for another model (eMMC, UFS, or other "
			      "drivers)",
			      SAME_MODEL },
			    { "it is older than this phone's storage chip",
			      "take it from a newer firmware of the same "
			      "model" },
			    { "the storage is failing",
			      "start again some times, cold; save what is most "
			      "important first" } } },
	[WHY_OTHER_CHIP] = { "other-chip",
			     "the loader says that it is for another chip",
			     { { "it is of another model", SAME_MODEL } } },
	[WHY_VENDOR_KEY] = { "vendor-key",
			     "FDL2 wants a key that only its maker has",
			     { { "this firmware's loader serves the maker's "
				 "program only",
				 "only its maker holds that key: look for a "
				 "firmware of the same model whose "
				 "FDL2 does "
				 "not ask; nothing was asked of it "
				 "further" } } },
	[WHY_FDL2_MUTE] = { "fdl2-mute",
			    "FDL2 runs and does not answer the first command",
			    { { "it does not bear that escaping is switched "
				"off",
				"name the chip (--chip) or another one: its "
				"profile may "
				"say keep-escaping" },
			      { "it wants its maker's key without saying so",
				"look for a firmware of the same model whose "
				"FDL2 does "
				"not ask" },
			      { "the cable lost the request", OTHER_CABLE } } },
	[WHY_AUTHORISATION] = { "authorisation",
				"FDL2 says no to every command",
				{ { "it wants to be authorised by its maker's "
				    "own program",
				    "take the FDL2 of a firmware of the same "
				    "model that does "
				    "not ask; nothing was asked of it "
				    "further" },
				  { "the command is one that this FDL2 does "
				    "not know",
				    SAME_MODEL } } },
	[WHY_AUTOD] = { "autod",
			"the phone's own u-boot (AutoD) does not let us in",
			{ { "it wants authorisation, as its maker has built it",
			    "go in through the ROM: switch it off, hold the "
			    "key of "
			    "its model and plug it in" },
			  { "it was entered by 'reboot autodloader' of a "
			    "locked "
			    "system",
			    "use the ROM and the loaders of its firmware" } } },
	[WHY_REFUSING_BUILD] = { "refusing-build",
				 "FDL2 answers, and refuses every read",
				 { { "a \"security download\" build: it serves "
				     "only phones that "
				     "were brought in by the factory's way",
				     "look for a firmware of the same model "
				     "without it; "
				     "nothing was asked of it further" },
				   { "FDL2 is of another model and finds no "
				     "table",
				     SAME_MODEL } } },
	[WHY_OLDER_THAN_TABLE] = { "older-than-table",
				   "the loader does not know a partition of "
				   "the table",
				   { { "FDL2 is older than the phone's "
				       "partition table",
				       "take it from the firmware that the "
				       "phone runs, or a "
				       "newer one of the same model" },
				     { "the name is none of this phone",
				       "'spdvault info' lists them" } } },
	[WHY_WRONG_REGION] = { "wrong-region",
			       "the loader stopped at a place of the flash "
			       "that it does not have",
			       { { "the firmware package (--pac) is of another "
				   "model or version",
				   "take that of exactly this phone, or none" },
				 { "the chip is another one",
				   "name it with --chip" },
				 { "the loader stays hung", SWITCH_OFF } } },
	[WHY_DAMAGED_FRAME] = { "damaged-frame",
				"a request came to the phone damaged; loaders "
				"hang then",
				{ { "the cable, a hub or a long serial line",
				    OTHER_CABLE
				    "; a lower speed on a serial line" },
				  { "the loader stays hung", SWITCH_OFF } } },
	[WHY_SHORT_ANSWER] = { "short-answer",
			       "an answer had not the bytes that were asked "
			       "for",
			       { { "the chunk is more than the loader's driver "
				   "can send",
				   "ask for less: --chunk 4096" },
				 { "the cable loses packets", OTHER_CABLE } } },
	[WHY_LEFT_THE_BUS] = { "left-the-bus",
			       "the phone left the bus",
			       { { "the cable slipped or a hub dropped it",
				   OTHER_CABLE },
				 { "the battery is flat", CHARGE } } },
	[WHY_HANGS] = { "hangs",
			"the phone is there and does not answer",
			{ { "the loader hangs", SWITCH_OFF },
			  { "the cable or a hub loses data", OTHER_CABLE } } },
	[WHY_DAMAGED_ANSWERS] = { "damaged-answers",
				  "answers come damaged",
				  { { "the cable or a hub", OTHER_CABLE },
				    { "a serial line that is too fast",
				      "take a lower speed: "
				      "--device tty:PATH@115200" } } },
	[WHY_WRITE_NAME] = { "write-name",
			     "the loader takes no data for this partition",
			     { { "it protects this partition, or has none of "
				 "this name",
				 "leave it out; 'spdvault info' lists what "
				 "the phone has" },
			       { "a \"security download\" build: it serves "
				 "only phones that "
				 "were brought in by the factory's way",
				 "take the FDL2 of a firmware of the same "
				 "model without it" } } },
	[WHY_WRITE_SIZE] = { "write-size",
			     "the loader says that this is too large",
			     { { "FDL2 is of another firmware, and keeps less "
				 "room for it (NV above all)",
				 "take it from the firmware that the phone "
				 "runs" },
			       { "the partition is smaller than what goes "
				 "there",
				 "leave it out" } } },
	[WHY_WRITE_NOT_ENABLED] = { "write-not-enabled",
				    "the loader does not let itself be "
				    "switched to writing",
				    { { "its maker's own program does more "
					"before",
					"take the FDL2 of another firmware of "
					"the same "
					"model" } } },
	[WHY_WRITE_PROTECTED] = { "write-protected",
				  "the storage is write-protected there",
				  { { "the loader has protected it until the "
				      "next start",
				      SWITCH_OFF },
				    { "the storage has worn out and only "
				      "reads",
				      "save what it holds; there is no remedy "
				      "from outside" } } },
	[WHY_WRITE_CHECKSUM] = { "write-checksum",
				 "the loader refuses the sum of what it got",
				 { { "the NV of this build is encrypted or "
				     "protected",
				     "leave it out: the second copy can be "
				     "written as it is" },
				   { "the storage did not take it",
				     SWITCH_OFF },
				   { "the cable or a hub changed bytes",
				     OTHER_CABLE } } },
	[WHY_WRITE_FAILED] = { "write-failed",
			       "the loader could not write what it got",
			       { { "it protects this partition until the next "
				   "start",
				   SWITCH_OFF },
				 { "the partition is smaller than what goes "
				   "there",
				   "'spdvault info' shows its size" },
				 { "the storage is failing",
				   "save what it holds; there is no remedy "
				   "from outside" } } },
	[WHY_WRITE_SIGNATURE] = { "write-signature",
				  "the loader refuses the signature of what it "
				  "got",
				  { { "it is signed for another phone, or is "
				      "older than what the phone lets in",
				      "write back only what this phone held "
				      "itself, or its maker's "
				      "newest" },
				    { "it is not whole",
				      "verify the archive ('spdvault "
				      "verify')" } } },
	[WHY_WRITE_SIGNATURE_HANG] = { "write-signature-hang",
				       "silence behind the last byte of a "
				       "signed partition",
				       { { "the loader refuses the signature, "
					   "and hangs without a word",
					   SWITCH_OFF "; the partition may "
						      "hold what it held" },
					 { "the storage is still at it",
					   "start again, and compare" } } },
	[WHY_WRITE_LOST] = { "write-lost",
			     "an answer was lost while the phone was being "
			     "written",
			     { { "the cable slipped, a hub dropped it, or the "
				 "battery is flat: the partition may hold old "
				 "and new bytes",
				 "start again and go on: nothing is sent "
				 "twice before it has been read" },
			       { "the loader hangs", SWITCH_OFF } } },
};

const struct why_row *why_at(enum why why)
{
	return why > WHY_NONE && why < WHY_ROWS && rows[why].id ? &rows[why]
								: NULL;
}

const struct why_row *why_row(const struct err *e)
{
	static const enum why usual[ERR_CODES] = {
		[ERR_NODEV] = WHY_NO_PHONE,
		[ERR_GONE] = WHY_LEFT_THE_BUS,
		[ERR_TIMEOUT] = WHY_HANGS,
		[ERR_FRAME] = WHY_DAMAGED_ANSWERS,
	};

	if (e->why || (e->code == ERR_NODEV && *e->hint))
		return why_at(e->why);
	return why_at(usual[e->code]);
}

json_t *why_json(const struct err *e)
{
	const struct why_row *r = why_row(e);
	json_t *causes = r ? json_array() : NULL;

	if (!r)
		return NULL;
	for (size_t i = 0; i < WHY_CAUSES_MAX && r->causes[i].cause; i++)
		json_array_append_new(causes,
				      json_pack("{ss ss}", "cause",
						r->causes[i].cause, "remedy",
						r->causes[i].remedy));
	return json_pack("{ss ss so}", "row", r->id, "seen", r->seen, "causes",
			 causes);
}
