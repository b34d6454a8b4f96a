/* PostgreSQL goes away: before a commit nothing is changed and the caller is told so or the group is written again;
 * after a commit whose answer was lost, the store finds out. Nothing is lost, nothing doubled. */
#include "fixture.h"

#include "proxy.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { THREADS = 8, CUTS = 40, PATIENCE = 300 };

static void pause_ms(long ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void check_whole(Store *s, int64_t written) {
    int64_t events, bad;
    Err err = {0};
    if (!store_verify(s, &events, &bad, &err)) fail_msg("%s (%s)", err.text, err.cause);
    assert_int_equal(bad, 0);
    assert_int_equal(events, written);
    assert_int_equal(fixture_count(s, "test_count"), written);
    assert_int_equal(fixture_count(s, "test_halves"), 0);
}

static void test_answer_of_a_commit_is_lost(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Err err = {0};
    (void)state;
    Store *s = fixture_open(dir);
    int before = proxy_cuts();
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    for (int i = 2; i <= 7; i++) {
        proxy_mode(i % 2 ? PROXY_CUT_AFTER : PROXY_CUT_BEFORE);
        if (!fixture_write(s, STR("case/1"), i, &err)) fail_msg("%d: %s (%s)", i, err.text, err.cause);
    }
    assert_int_equal(proxy_cuts() - before, 6);
    check_whole(s, 7);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

/* What a store that was out of reach says, until it answers again. */
static void wait_for(Store *s) {
    StoreEvents events;
    Arena *a = arena_new(0);
    int i = 0;
    for (Err err = {0}; !store_events(s, STR("case/1"), 0, 1, a, &events, &err) && i < PATIENCE; i++) {
        assert_int_equal(err.code, ERR_BUSY);
        pause_ms(20);
    }
    assert_in_range(i, 0, PATIENCE - 1);
    arena_free(a);
}

static void test_server_is_out_of_reach(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Err err = {0};
    StoreEvents events;
    (void)state;
    Store *s = fixture_open(dir), *other;
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    const char *place = fixture_place(a, dir);
    proxy_mode(PROXY_SHUT);
    pause_ms(50);
    assert_false(fixture_write(s, STR("case/1"), 2, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_non_null(strstr(err.text, "cannot be reached; nothing was changed"));
    assert_false(store_events(s, STR("case/1"), 0, 1, a, &events, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_false(store_open((StoreOptions){.dir = place}, &fixture_schema, 1, &other, &err));
    assert_int_equal(err.code, ERR_BUSY);
    proxy_mode(PROXY_OPEN);
    wait_for(s);
    for (int i = 0; i < PATIENCE && !fixture_write(s, STR("case/1"), 2, NULL); i++) pause_ms(20);
    check_whole(s, 2);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

typedef struct Load {
    Store *s;          /* one of two on the same database */
    int number;        /* of the client */
    int64_t written;   /* its events confirmed */
    int other;         /* errors that are not "try again" */
    atomic_bool *stop; /* asks it to end */
    pthread_t thread;  /* it runs here */
} Load;

static void *load_main(void *load) {
    Load *l = load;
    char name[32];
    Str stream = {name, (size_t)snprintf(name, sizeof name, "case/%d", l->number)};
    while (!atomic_load(l->stop)) {
        Err err = {0};
        bool ok = fixture_write(l->s, stream, l->written + 1, &err);
        l->written += ok;
        l->other += !ok && err.code != ERR_BUSY;
        if (!ok) pause_ms(5);
    }
    return NULL;
}

static void test_cuts_under_load(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Load clients[THREADS];
    atomic_bool stop = false;
    int64_t written = 0;
    (void)state;
    Store *stores[] = {fixture_open(dir), fixture_open(dir)};
    for (int i = 0; i < THREADS; i++) {
        clients[i] = (Load){.s = stores[i % 2], .number = i, .stop = &stop};
        assert_int_equal(pthread_create(&clients[i].thread, NULL, load_main, &clients[i]), 0);
    }
    for (int i = 0; i < CUTS; i++) {
        proxy_mode(i % 2 ? PROXY_CUT_AFTER : PROXY_CUT_BEFORE);
        pause_ms(15);
        if (i % 10 == 9) proxy_mode(PROXY_SHUT), pause_ms(30);
    }
    proxy_mode(PROXY_OPEN);
    pause_ms(200);
    atomic_store(&stop, true);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(clients[i].thread, NULL);
        assert_int_equal(clients[i].other, 0);
        assert_true(clients[i].written > 0);
        written += clients[i].written;
    }
    wait_for(stores[0]);
    check_whole(stores[0], written);
    store_close(stores[1]);
    store_close(stores[0]);
    fixture_remove(dir);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_of_a_commit_is_lost),
        cmocka_unit_test(test_server_is_out_of_reach),
        cmocka_unit_test(test_cuts_under_load),
    };
    fixture_need_store();
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    proxy_start(dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fixture_remove(dir);
    arena_free(a);
    return failed;
}
