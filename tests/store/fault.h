/* A SQLite VFS over the system's own that lets the n-th write fail: a full disk or one that turned
 * read-only (writes only, as the system reports it), a failing one (writes, syncs and truncations), or one whose syncs fail. For tests; one plan per
 * process. */
#ifndef YC_TESTS_STORE_FAULT_H
#define YC_TESTS_STORE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum FaultKind { FAULT_NONE, FAULT_FULL, FAULT_READ_ONLY, FAULT_BROKEN, FAULT_SYNC } FaultKind;

void fault_install(void); /* becomes the default VFS */
/* The n-th point from now fails (1 = the next); with `stays`, all after it too until disarmed. */
void fault_arm(FaultKind kind, long n, bool stays);
/* Back to a healthy disk. Gives the number of points met since fault_arm. */
long fault_disarm(void);

/* Who wants to see what reached the disk. Called after it happened; from any thread. */
typedef struct FaultWatch {
    void (*opened)(const char *path);
    void (*written)(const char *path, const void *bytes, int n, int64_t at);
    void (*shortened)(const char *path, int64_t size);
    void (*synced)(const char *path);
    void (*deleted)(const char *path, bool durably);
} FaultWatch;
void fault_watch(const FaultWatch *who); /* NULL = nobody; only while no other thread uses a file */

#endif
