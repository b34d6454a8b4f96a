/* Power cuts, full and failing disks, at every input and output of the scripts in stage.c.
 * Usage: powercut CUTS [SEED]. Records each script once, then cuts the power after each operation of its tape, with
 * other leavings of the unsynced writes in each pass, opens what is left with the real code and compares it with the
 * states that were acknowledged. Prints cuts, lost, corrupt, full (scripts with a full disk), stopped (those ended by
 * a failed sync) and control (a disk that ignores syncs must be found out); exit 1 unless lost and corrupt are 0.
 * A million cuts take some twenty minutes on two cores. */
#include "cut.h"
#include "stage.h"

#include "fault.h"
#include "fixture.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SCRIPTS = 8, MAX_WORKERS = 16, NOTES = 20, DEEP = 64, SPARSE = 997, CONTROL_CUTS = 400 };
typedef enum Verdict { FINE, LOST, CORRUPT } Verdict;

typedef struct Tally { /* shared between the workers */
    atomic_long left;           /* cuts still to make */
    atomic_long cuts;           /* made */
    atomic_long lost, corrupt;  /* found */
    atomic_long full, stopped;  /* scripts that met a full disk; that a failed sync ended */
    atomic_long notes;          /* printed */
} Tally;
static Tally *tally;
static DiskTape tapes[MAX_SCRIPTS];
static uint64_t seed = 1;

typedef struct Told { /* what was acknowledged before the cut */
    uint64_t state, next;          /* after the last commit; after the one under way, if any */
    bool backed_up, restored;      /* these calls had returned */
    uint64_t copy;                 /* state of the backup, known once it was complete */
    int64_t rows[STAGE_CLIENTS];   /* the crowd's */
} Told;

static Verdict note(Verdict verdict, const char *script, size_t op, uint64_t dice, const char *text) {
    atomic_fetch_add(verdict == LOST ? &tally->lost : &tally->corrupt, 1);
    if (atomic_fetch_add(&tally->notes, 1) < NOTES)
        fprintf(stderr, "%s, operation %zu, dice %llx: %s: %s\n", script, op, (unsigned long long)dice,
                verdict == LOST ? "lost" : "corrupt", text);
    return verdict;
}

/* ---- looking at what is left ------------------------------------------------------------------------------------- */
static Verdict look_at_rows(Store *s, const Told *told, const char **why) {
    Arena *a = arena_new(0);
    Verdict verdict = FINE;
    for (int i = 0; i < STAGE_CLIENTS && verdict == FINE; i++) {
        StoreEvents events;
        if (!store_events(s, str_printf(a, "case/%d", i), 0, 1000, a, &events, NULL)) verdict = CORRUPT, *why = "unreadable";
        else if ((int64_t)events.n < told->rows[i]) verdict = LOST, *why = "an acknowledged row is gone";
        else if ((int64_t)events.n > told->rows[i] + 1) verdict = CORRUPT, *why = "more rows than were asked for";
    }
    arena_free(a);
    int64_t events, bad;
    if (verdict == FINE && fixture_count(s, "test_halves") != 0) verdict = CORRUPT, *why = "half a batch";
    if (verdict == FINE && (!store_verify(s, &events, &bad, NULL) || bad)) verdict = CORRUPT, *why = "the chain is broken";
    return verdict;
}

static bool seen_before(const DiskTape *tape, uint64_t state) {
    if (state == 0) return true;
    for (size_t i = 0; i < tape->n; i++)
        if (tape->ops[i].what == DISK_MARK && tape->ops[i].at == MARK_COMMIT && tape->ops[i].state == state) return true;
    return false;
}

/* In: a state equal to one on the tape needs no look at the chain: it was right when it was recorded. */
static Verdict look_at_state(const DiskTape *tape, const char *dir, const Told *told, const char **why) {
    uint64_t state;
    *why = "the integrity check fails";
    if (!stage_state(dir, true, &state)) return CORRUPT;
    if (state == told->state || state == told->next) return FINE;
    bool older = seen_before(tape, state);
    *why = older ? "what was acknowledged is gone" : "half a commit";
    return older ? LOST : CORRUPT;
}

/* A backup or a restored folder: complete, or visibly not there. */
static Verdict look_at_copy(const StageScript *script, const char *folder, const Told *told, const char **why) {
    char backup[300], again[300], third[300];
    uint64_t state;
    snprintf(backup, sizeof backup, "%s/backup", folder);
    snprintf(again, sizeof again, "%s/again/yichuang.db", folder);
    snprintf(third, sizeof third, "%s/third", folder);
    *why = "the backup";
    bool ok = store_restore(backup, third, &fixture_schema, 1, NULL);
    if (ok && (!stage_state(third, true, &state) || state != told->copy)) return CORRUPT;
    if (!ok && told->backed_up) return LOST;
    *why = "the restored folder";
    if (access(again, F_OK) != 0) return told->restored ? LOST : FINE;
    again[strlen(again) - strlen("/yichuang.db")] = '\0';
    Store *s;
    if (!script->open(again, &s, NULL)) return CORRUPT;
    store_close(s);
    return stage_state(again, true, &state) && state == told->copy ? FINE : CORRUPT;
}

static Verdict look(const StageScript *script, const DiskTape *tape, const char *folder, const Told *told, bool deep,
                    const char **why) {
    char dir[300];
    Store *s;
    Err err = {0};
    static char text[600];
    snprintf(dir, sizeof dir, "%s/data", folder);
    if (!script->open(dir, &s, &err)) {
        snprintf(text, sizeof text, "it does not start: %s (%s)", err.text, err.cause);
        *why = text;
        return CORRUPT;
    }
    Verdict verdict = script->crowd ? look_at_rows(s, told, why) : look_at_state(tape, dir, told, why);
    store_close(s);
    if (verdict == FINE && script->copies) verdict = look_at_copy(script, folder, told, why);
    *why = verdict == FINE ? "it does not go on" : *why;
    if (verdict == FINE && deep && script->cases && !stage_goes_on(dir)) verdict = CORRUPT;
    return verdict;
}

/* ---- cutting -------------------------------------------------------------------------------------------------------- */
static uint64_t next_state(const DiskTape *tape, size_t from, uint64_t otherwise) {
    for (size_t i = from; i < tape->n; i++)
        if (tape->ops[i].what == DISK_MARK && tape->ops[i].at == MARK_COMMIT) return tape->ops[i].state;
    return otherwise;
}

static void hear(const DiskTape *tape, size_t at, Told *told) {
    const DiskOp *op = &tape->ops[at];
    if (op->at == MARK_COMMIT) told->state = op->state, told->next = next_state(tape, at + 1, op->state);
    if (op->at == MARK_BACKUP) told->backed_up = true;
    if (op->at == MARK_RESTORED) told->restored = true;
    if (op->at >= MARK_CLIENT) told->rows[op->at - MARK_CLIENT] = (int64_t)op->state;
}

static Told begin(const DiskTape *tape) {
    Told told = {.next = next_state(tape, 0, 0)};
    for (size_t i = 0; i < tape->n; i++)
        if (tape->ops[i].what == DISK_MARK && tape->ops[i].at == MARK_BACKUP) told.copy = tape->ops[i].state;
    return told;
}

static void cut_here(int number, const Cut *cut, size_t op, const Told *told, uint64_t dice, const char *folder) {
    const StageScript *script = &stage_scripts[number];
    const char *why = "";
    uint64_t first = dice;
    long n = atomic_fetch_add(&tally->cuts, 1);
    if (mkdir(folder, 0700) != 0) fixture_remove(folder), mkdir(folder, 0700);
    cut_power(cut, &dice, folder);
    Verdict verdict = look(script, &tapes[number], folder, told, n % DEEP == 0, &why);
    if (verdict != FINE) note(verdict, script->name, op, first, why);
    fixture_remove(folder);
}

/* One cut after each operation of one tape, or of a tape that is too large after some. */
static void pass(int number, uint64_t turn, bool lies, const char *folder) {
    const DiskTape *tape = &tapes[number];
    const DiskOp *op;
    Told told = begin(tape);
    uint64_t dice = seed * 1000003 + turn * 8191 + (uint64_t)number;
    Cut *cut = cut_new(tape, lies);
    for (size_t i = 0; cut_step(cut, &op); i++) {
        uint64_t chance = cut_dice(&dice);
        if (op->what == DISK_MARK) hear(tape, i, &told);
        if (op->what == DISK_MARK || (stage_scripts[number].sparse && chance % SPARSE != 0)) continue;
        if (atomic_fetch_sub(&tally->left, 1) <= 0) break;
        cut_here(number, cut, i, &told, chance, folder);
    }
    cut_free(cut);
}

static void work(const char *root, int worker, int workers) {
    char folder[300];
    snprintf(folder, sizeof folder, "%s/cut%d", root, worker);
    for (uint64_t turn = (uint64_t)worker; atomic_load(&tally->left) > 0; turn += (uint64_t)workers)
        for (size_t i = 0; i < stage_count; i++) pass((int)i, turn, false, folder);
}

/* False when a child ended otherwise than it should. */
static bool in_children(const char *root, int workers) {
    int status;
    bool ok = true;
    for (int i = 0; i < workers; i++) {
        pid_t child = fork();
        if (child < 0) return false;
        if (child > 0) continue;
        work(root, i, workers);
        _exit(0);
    }
    while (wait(&status) > 0) ok = ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return ok;
}

/* The test can fail: a disk that only says that it syncs loses what was acknowledged. */
static bool control(const char *root) {
    Tally before = *tally;
    char folder[300];
    snprintf(folder, sizeof folder, "%s/control", root);
    atomic_store(&tally->notes, NOTES);
    atomic_store(&tally->left, CONTROL_CUTS);
    pass(2, 1, true, folder);
    bool found = atomic_load(&tally->lost) > before.lost && atomic_load(&tally->corrupt) > before.corrupt;
    *tally = before;
    return found;
}

/* ---- full and failing disks ------------------------------------------------------------------------------------------ */
static uint64_t last_state(const DiskTape *tape) {
    uint64_t state = 0;
    for (size_t i = 0; i < tape->n; i++)
        if (tape->ops[i].what == DISK_MARK && tape->ops[i].at == MARK_COMMIT) state = tape->ops[i].state;
    return state;
}

static const char *fresh(const char *root, const char *name) {
    static char folder[300];
    snprintf(folder, sizeof folder, "%s/%s", root, name);
    if (mkdir(folder, 0700) != 0) fixture_remove(folder), mkdir(folder, 0700);
    return folder;
}

/* The disk is full at the n-th write, for a moment or until somebody makes room. False past the last write. */
static bool meet_full(int number, long n, bool stays, const char *root) {
    const StageScript *script = &stage_scripts[number];
    const char *folder = fresh(root, "full"), *why = "";
    Told told = begin(&tapes[number]);
    told.state = told.next = last_state(&tapes[number]);
    told.backed_up = told.restored = true; /* by the end */
    fault_arm(FAULT_FULL, n, stays);
    script->play(folder);
    bool met = fault_disarm() >= n;
    atomic_fetch_add(&tally->full, met);
    char dir[310];
    snprintf(dir, sizeof dir, "%s/data", folder);
    Verdict verdict = look_at_state(&tapes[number], dir, &told, &why);
    if (verdict == FINE && script->copies) verdict = look_at_copy(script, folder, &told, &why);
    if (verdict != FINE) note(verdict, script->name, (size_t)n, 0, why);
    fixture_remove(folder);
    return met;
}

/* State after the first k acknowledged commits. */
static uint64_t state_after(const DiskTape *tape, int64_t k) {
    uint64_t state = 0;
    for (size_t i = 0; i < tape->n && k > 0; i++)
        if (tape->ops[i].what == DISK_MARK && tape->ops[i].at == MARK_COMMIT) state = tape->ops[i].state, k--;
    return state;
}

/* The n-th sync fails: the process stops, and what it had acknowledged is there. False past the last sync. */
static bool meet_failed_sync(int number, long n, const char *root) {
    const StageScript *script = &stage_scripts[number];
    const char *folder = fresh(root, "stop"), *why = "";
    int status;
    *stage_acknowledged = 0;
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        if (!freopen("/dev/null", "w", stderr)) _exit(8);
        fault_arm(FAULT_SYNC, n, false);
        script->play(folder);
        _exit(fault_disarm() >= n ? 0 : 7);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) return false;
    bool past = WIFEXITED(status) && WEXITSTATUS(status) == 7;
    Told told = {.state = state_after(&tapes[number], *stage_acknowledged),
                 .next = state_after(&tapes[number], *stage_acknowledged + 1)};
    atomic_fetch_add(&tally->stopped, WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    Verdict verdict = past ? FINE : look(script, &tapes[number], folder, &told, false, &why);
    if (verdict != FINE) note(verdict, script->name, (size_t)n, 0, why);
    fixture_remove(folder);
    return !past;
}

static void bad_disks(const char *root, long stride) {
    for (int i = 0; i < 3; i++) { /* one client, and nothing but the store */
        for (long n = 1; meet_full(i, n, false, root); n += stride) continue;
        for (long n = 1; meet_full(i, n, true, root); n += stride) continue;
        for (long n = 1; meet_failed_sync(i, n, root); n += stride) continue;
    }
    for (long n = 1; meet_full(3, n, true, root); n += stride) continue;
}

/* ---- the run ------------------------------------------------------------------------------------------------------------ */
static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void record_all(const char *root, Arena *a) {
    for (size_t i = 0; i < stage_count; i++) {
        const char *folder = fresh(root, "record");
        disk_record(folder, a, &tapes[i]);
        stage_scripts[i].play(folder);
        disk_stop();
        fixture_remove(folder);
    }
}

static int run(long cuts, const char *root) {
    Arena *a = arena_new(0);
    int workers = (int)sysconf(_SC_NPROCESSORS_ONLN);
    workers = workers < 1 ? 1 : workers > MAX_WORKERS ? MAX_WORKERS : workers;
    record_all(root, a);
    bool found = control(root);
    double began = seconds();
    atomic_store(&tally->left, cuts);
    bool ended = in_children(root, workers);
    double took = seconds() - began;
    bad_disks(root, cuts >= 100000 ? 1 : cuts >= 10000 ? 7 : 29);
    printf("cuts=%ld\nlost=%ld\ncorrupt=%ld\nfull=%ld\nstopped=%ld\ncontrol=%s\ncuts_per_s=%.0f\n", atomic_load(&tally->cuts),
           atomic_load(&tally->lost), atomic_load(&tally->corrupt), atomic_load(&tally->full), atomic_load(&tally->stopped),
           found ? "found" : "missed", (double)atomic_load(&tally->cuts) / took);
    arena_free(a);
    const bool held[] = {tally->lost == 0, tally->corrupt == 0, ended && tally->cuts >= cuts, found, tally->full > 0, tally->stopped > 0};
    int passed = 0, n = COUNT_OF(held);
    for (int i = 0; i < n; i++) passed += held[i];
    printf("%d passed, %d failed\n", passed, n - passed);
    return passed == n ? 0 : 1;
}

int main(int argc, char **argv) {
    char *end = NULL, root[] = "/dev/shm/yc-cut-XXXXXX", other[] = "/tmp/yc-cut-XXXXXX", *folder;
    long cuts = argc > 1 ? strtol(argv[1], &end, 10) : 0;
    if (argc < 2 || argc > 3 || *end || cuts < 1) {
        fprintf(stderr, "usage: powercut CUTS [SEED]\n");
        return 2;
    }
    if (argc > 2) seed = strtoull(argv[2], NULL, 10);
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    folder = mkdtemp(root) ? root : mkdtemp(other); /* memory first: the disks here are played */
    if (tally == MAP_FAILED || !folder) return perror("powercut"), 2;
    fault_install();
    stage_prepare();
    int code = run(cuts, folder);
    fixture_remove(folder);
    return code;
}
