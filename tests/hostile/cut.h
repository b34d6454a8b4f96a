/* Plays a tape against a disk that has only what was synced for certain, and writes what a power cut may leave:
 * of everything after the last sync nothing, all, a prefix, any of the writes, or any of their sectors, torn,
 * in any order, or overwritten with rubbish. */
#ifndef YC_TESTS_HOSTILE_CUT_H
#define YC_TESTS_HOSTILE_CUT_H

#include "disk.h"

typedef struct Cut Cut;
Cut *cut_new(const DiskTape *tape, bool lies); /* lies: a disk that only says that it syncs */
void cut_free(Cut *c);
/* Plays the next operation; false at the end of the tape. */
bool cut_step(Cut *c, const DiskOp **played);
/* Cuts the power: writes one of the possible disks into an empty folder. *dice chooses and moves on. */
void cut_power(const Cut *c, uint64_t *dice, const char *folder);
uint64_t cut_dice(uint64_t *dice); /* the next number of a splitmix64 sequence */

#endif
