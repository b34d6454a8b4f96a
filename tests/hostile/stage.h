/* The scripts that power cuts are played from: what a counter does from its first start to its last close, through
 * the real rooms. Each acknowledged commit is marked on the tape with the state of all tables at that moment. */
#ifndef YC_TESTS_HOSTILE_STAGE_H
#define YC_TESTS_HOSTILE_STAGE_H

#include "disk.h"

#include "store/store.h"

enum { MARK_COMMIT, MARK_BACKUP, MARK_RESTORED, MARK_CLIENT }; /* kinds of marks; MARK_CLIENT + c: client c's next row */
enum { STAGE_CLIENTS = 4 };

typedef struct StageScript {
    const char *name;                                   /* for people */
    void (*play)(const char *folder);                   /* from an empty folder, whose data/ it fills */
    bool (*open)(const char *dir, Store **s, Err *err); /* as the next start would, on what is left */
    bool cases;                                         /* it has a counter that can go on */
    bool copies;                                        /* it makes a backup in backup/ and restores it to again/ */
    bool crowd;                                         /* several clients: marks name rows, not states */
    bool sparse;                                        /* too large for every point */
} StageScript;
extern const StageScript stage_scripts[];
extern const size_t stage_count;

void stage_prepare(void); /* once, first: compiles the service */
/* A number for the contents of all tables but the record of migrations; of no tables or empty ones: 0. False when the
 * database is damaged or cannot be read. */
bool stage_state(const char *data_dir, bool check, uint64_t *out);
/* Commits that were acknowledged; kept in shared memory, so that it outlives a child. */
extern volatile int64_t *stage_acknowledged;
/* The counter goes on after a cut: one more case is registered and decided, and all tables are as the log has them. */
bool stage_goes_on(const char *data_dir);

#endif
