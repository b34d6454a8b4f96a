/* A courier that dies, before the other side has heard, or after it has and before the case has, and another side
 * that fails three times in ten: each key is done exactly once by a side that knows keys, or is a dead letter with
 * its reason; nothing is left. Every life is a process of its own, killed without a farewell. */
#include "post.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CASES = 40, LIVES_MAX = 400, DIED = 9 };

typedef struct Sink { /* the other side; shared with the lives */
    int64_t now;            /* the clock of all */
    uint32_t lot;           /* of a small generator: what fails and who dies is the same in each run */
    int calls, fails, deaths, repeats; /* calls; of them refused, to be tried again; deaths; calls with a key done already */
    struct {
        char key[64];
        int done;           /* times done: what must never be two */
    } rows[CASES];
    int n;                  /* keys done */
} Sink;

static uint32_t draw(Sink *s, uint32_t n) {
    s->lot = s->lot * 1664525u + 1013904223u;
    return (s->lot >> 8) % n;
}

static void perhaps_die(Sink *s) {
    if (draw(s, 12) > 0) return;
    s->deaths++;
    kill(getpid(), SIGKILL);
}

static void keep(Sink *s, Str key) {
    for (int i = 0; i < s->n; i++)
        if (str_is(key, s->rows[i].key)) {
            s->repeats++;
            return;
        }
    assert_true(s->n < CASES && key.n < sizeof s->rows[0].key);
    memcpy(s->rows[s->n].key, key.p, key.n);
    s->rows[s->n++].done++;
}

static bool knows(const Sink *s, Str key) {
    for (int i = 0; i < s->n; i++)
        if (str_is(key, s->rows[i].key)) return true;
    return false;
}

static CourierAnswer hears(void *self, const CaseEffect *e, int64_t now_us, Arena *a) {
    Sink *s = self;
    (void)now_us, (void)a;
    perhaps_die(s);
    s->calls++;
    if (!knows(s, e->key) && draw(s, 10) < 3) {
        s->fails++;
        return (CourierAnswer){.said = COURIER_LATER, .reason = STR("the line is down")};
    }
    keep(s, e->key);
    perhaps_die(s);
    return (CourierAnswer){.said = COURIER_DID};
}

static void with_message(Bench *b, PackFile *files, size_t n) { add_message(b, files, n, "2", ""); }

static size_t count_open(Bench *b, bool dead) {
    Value list;
    Err err = {0};
    must(case_outbox_list(b->store, dead, b->a, &list, &err), &err);
    for (uint32_t i = 0; dead && i < list.size; i++)
        assert_true(str_find(value_get_str(list.u.list[i], "reason"), STR("given up after 2 tries: the line is down")) >= 0);
    return list.size;
}

/* Works until nothing is open, unless it dies before. */
static void live(Bench *b, Sink *s) {
    open_bench(b);
    Courier *c = new_courier(b, &s->now, hears, s, (uint8_t)s->deaths);
    while (count_open(b, false) > 0) {
        go_round(c);
        s->now += 30 * SECOND_US;
    }
    _exit(0);
}

static int one_life(Bench *b, Sink *s) {
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) live(b, s);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? DIED : WEXITSTATUS(status);
}

static void each_key_once_or_dead_with_its_reason(void **state) {
    (void)state;
    Sink *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(s != MAP_FAILED);
    s->now = NOON_US;
    s->lot = 11;
    Bench *b = new_bench(with_message);
    Str ids[CASES];
    for (int i = 0; i < CASES; i++) ids[i] = decided(b, NOON_US).id;
    store_close(b->store);
    int lives = 0, end = DIED;
    while (end == DIED && lives++ < LIVES_MAX) end = one_life(b, s);
    assert_int_equal(end, 0);
    open_bench(b);
    size_t dead = count_open(b, true), closed = 0;
    for (int i = 0; i < CASES; i++) {
        AccessWho who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")};
        Value v;
        Err err = {0};
        must(case_view(b->house, &who, ids[i], STR("decision"), NOON_US, b->a, &v, &err), &err);
        closed += str_is(value_get_str(v, "state"), "decided") && value_get(v, "letters").size == 1;
    }
    print_message("# %d calls, %d failed, %d deaths, %d handed over twice, %zu dead letters\n", s->calls, s->fails, s->deaths, s->repeats, dead);
    assert_true(s->deaths > 3 && s->repeats > 0 && s->fails > 5 && dead > 0);
    for (int i = 0; i < s->n; i++) assert_int_equal(s->rows[i].done, 1);
    assert_int_equal((size_t)s->n + dead, CASES);
    assert_int_equal(closed, s->n);
    void *bench = b;
    tear_down(&bench);
    munmap(s, sizeof *s);
}

int main(void) {
    fixture_need_store();
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_key_once_or_dead_with_its_reason)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
