/* Commits: many threads share them, a refused batch harms no neighbour, the event chain shows forgery. */
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 8, ROUNDS = 60 };

typedef struct Client {
    Store *s;         /* shared */
    int number;       /* of this client */
    int written;      /* its batches that were confirmed */
    int conflicts;    /* its batches that were refused */
    int other;        /* any other error */
    pthread_t thread; /* it runs here */
} Client;

/* Takes the next number of the common stream, after an event of its own that must vanish when it is lost. */
static bool fight(Store *s, int number, int64_t seq, Err *err) {
    Arena *a = arena_new(0);
    StoreBatch *b = store_batch(a);
    StoreArg own[] = {store_text(str_printf(a, "try/%d/%lld", number, (long long)seq)), store_int(seq)};
    StoreArg row[] = {store_text(str_printf(a, "common/%lld", (long long)seq)), store_int(seq)};
    store_add(b, store_statement(s, "test_add"), own, 2);
    store_event(b, str_printf(a, "try/%d", number), seq, STR("made"), STR("wang"), seq, STR("{}"));
    store_event(b, STR("common"), seq, STR("made"), STR("wang"), seq, STR("{}"));
    store_add(b, store_statement(s, "test_add"), row, 2);
    bool ok = store_commit(s, b, err);
    arena_free(a);
    return ok;
}

/* Everybody writes its own stream and fights for the next number of a common one. */
static void *client_main(void *client) {
    Client *c = client;
    char name[32];
    Str own = {name, (size_t)snprintf(name, sizeof name, "case/%d", c->number)};
    for (int64_t i = 1; i <= ROUNDS; i++) {
        Err err = {0};
        bool mine = fixture_write(c->s, own, i, &err);
        bool common = fight(c->s, c->number, i, &err);
        c->written += mine + common;
        if (!mine) c->other++;
        if (!common && err.code == ERR_CONFLICT)
            c->conflicts++;
        else if (!common)
            c->other++;
    }
    return NULL;
}

static void test_eight_threads_share_commits(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Client clients[THREADS];
    int written = 0, conflicts = 0, events_expected;
    int64_t events, bad;
    (void)state;
    Store *s = fixture_open(dir);
    for (int i = 0; i < THREADS; i++) {
        clients[i] = (Client){.s = s, .number = i};
        assert_int_equal(pthread_create(&clients[i].thread, NULL, client_main, &clients[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(clients[i].thread, NULL);
        assert_int_equal(clients[i].other, 0);
        written += clients[i].written;
        conflicts += clients[i].conflicts;
    }
    assert_int_equal(written, THREADS * ROUNDS + ROUNDS); /* each common number was won once */
    assert_int_equal(conflicts, (THREADS - 1) * ROUNDS);
    events_expected = written + ROUNDS; /* and the winners' own */
    assert_int_equal(fixture_count(s, "test_events"), events_expected);
    assert_int_equal(fixture_count(s, "test_count"), events_expected);
    assert_int_equal(fixture_count(s, "test_halves"), 0);
    StoreCounters done = store_counters(s);
    assert_int_equal(done.batches, written);
    assert_int_equal(done.events, events_expected);
    assert_true(done.commits < done.batches); /* some were shared */
    assert_true(store_verify(s, &events, &bad, NULL));
    assert_int_equal(events, events_expected);
    assert_int_equal(bad, 0);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

enum { READERS = 24 }; /* more than there are connections */

/* Sees the count of committed rows only grow. Gives NULL when it did. */
static void *reader_main(void *store) {
    int64_t last = 0;
    for (int i = 0; i < 40; i++) {
        int64_t now = fixture_count(store, "test_count");
        if (now < last) return store;
        last = now;
    }
    return NULL;
}

static void test_more_readers_than_connections(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    pthread_t threads[READERS];
    void *wrong;
    (void)state;
    Store *s = fixture_open(dir);
    for (int i = 0; i < READERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, reader_main, s), 0);
    for (int i = 1; i <= 40; i++) {
        assert_true(fixture_write(s, STR("case/1"), i, NULL));
        assert_int_equal(fixture_count(s, "test_count"), i); /* what is confirmed is seen at once */
    }
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static void test_refused_batch_leaves_nothing(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Err err = {0};
    StoreArg row[] = {store_text(STR("half")), store_int(1)},
             none[] = {store_text(STR("absent")), store_int(1), store_int(2)};
    (void)state;
    Store *s = fixture_open(dir);
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    StoreBatch *b = store_batch(a);
    store_add(b, store_statement(s, "test_add"), row, 2);
    store_event(b, STR("case/1"), 2, STR("made"), STR("wang"), 1, STR("{}"));
    store_expect(b, store_statement(s, "test_move"), none, 3, 1);
    assert_false(store_commit(s, b, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_int_equal(fixture_count(s, "test_count"), 1);
    assert_true(fixture_write(s, STR("case/1"), 2, NULL)); /* the number was given back */
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static void test_forged_event_is_found(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    int64_t events, bad;
    StoreEvents kept;
    StoreArg forged[] = {store_int(3)};
    Store *s = fixture_open(dir);
    (void)state;
    for (int i = 1; i <= 5; i++) assert_true(fixture_write(s, STR("case/1"), i, NULL));
    store_close(s);
    s = fixture_open(dir);
    assert_true(fixture_write(s, STR("case/1"), 6, NULL)); /* the chain goes on after a restart */
    assert_true(store_verify(s, &events, &bad, NULL));
    assert_int_equal(bad, 0);
    assert_true(store_events(s, STR("case/1"), 2, 3, a, &kept, NULL));
    assert_int_equal(kept.n, 3);
    assert_int_equal(kept.items[0].seq, 3);
    assert_true(str_is(kept.items[0].payload, "{\"n\":3}"));
    assert_true(str_is(kept.items[0].actor, "wang"));
    assert_int_equal(kept.items[0].at_us, 1003);
    StoreBatch *b = store_batch(a);
    store_expect(b, store_statement(s, "test_forge"), forged, 1, 1);
    assert_true(store_commit(s, b, NULL));
    assert_true(store_verify(s, &events, &bad, NULL));
    assert_int_equal(bad, 3);
    assert_int_equal(events, 2);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eight_threads_share_commits),
        cmocka_unit_test(test_more_readers_than_connections),
        cmocka_unit_test(test_refused_batch_leaves_nothing),
        cmocka_unit_test(test_forged_event_is_found),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
