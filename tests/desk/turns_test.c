/* Two hundred who wait and thirty-two who call as fast as they can: everybody is called once, and in turn, as the log has it. */
#include "hall.h"

#include <pthread.h>
#include <stdatomic.h>

enum { CLERKS = 32, TICKETS = 200, PAGE = 500 };

typedef struct Clerk { /* one thread */
    Hall *h;           /* where */
    char login[16], counter[8]; /* who, and at which counter */
    int turn;          /* commands so far */
    pthread_t thread;  /* it runs there */
} Clerk;
static atomic_int served; /* in this round */

static int rounds(void) {
    const char *said = getenv("ROUNDS");
    return said ? (int)strtol(said, NULL, 10) : 2;
}

/* The demo county's hall with a counter for each clerk. */
static void widen(Hall *h) {
    DeskConfig c;
    Err err = {0};
    ValueBuild counters = {.a = h->a}, args = {.a = h->a};
    must(desk_config(h->desk, STR("demo-county"), h->a, &c, &err), &err);
    Value first = value_get(c.json, "counters").u.list[0];
    for (int i = 1; i <= CLERKS; i++) {
        Value counter = value_with(h->a, first, STR("id"), value_str(str_printf(h->a, "w%d", i)));
        build_item(&counters, value_with(h->a, counter, STR("no"), value_int(i)));
    }
    build_c(&args, "config", value_with(h->a, c.json, STR("counters"), build_list(&counters)));
    DeskCommand order = wish(h, DESK_CONFIGURE, "admin");
    order.who.role = STR("admin"), order.who.office = STR("prefecture"), order.args = build_ctx(&args);
    does(h, &order);
}

static DeskCommand order_of(Clerk *k, DeskDo what, Arena *a) {
    DeskCommand c = {.what = what, .office = STR("demo-county"), .version = -1, .now_us = k->h->now_us + k->turn,
                     .who = {.user = str_of(k->login), .name = str_of(k->login), .office = STR("demo-county"), .role = STR("clerk")}};
    c.key = str_printf(a, "%s-%d", k->login, k->turn++);
    c.counter = str_of(k->counter);
    return c;
}

static bool one(Clerk *k, DeskDo what, Arena *a, DeskReply *r) {
    Err err = {0};
    DeskCommand c = order_of(k, what, a);
    bool ok = desk_handle(k->h->desk, &c, a, r, &err);
    if (!ok) fprintf(stderr, "%s: %s\n", k->login, err.text);
    return ok;
}

static void *call_all(void *arg) {
    Clerk *k = arg;
    Arena *a = arena_new(0);
    DeskReply r;
    while (one(k, DESK_CALL_NEXT, a, &r) && r.id.n > 0 && one(k, DESK_ARRIVE, a, &r) && one(k, DESK_FINISH, a, &r)) {
        atomic_fetch_add(&served, 1);
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

/* The calls of the log after a number must be the tickets of the round in the order in which they were taken. */
static int64_t calls_are_in_turn(Hall *h, int64_t after, const Str *taken) {
    size_t n = 0;
    StoreEvents events;
    Err err = {0};
    do {
        must(store_log(h->store, after, PAGE, h->a, &events, &err), &err);
        for (size_t i = 0; i < events.n; i++) {
            after = events.items[i].number;
            if (!str_is(events.items[i].kind, "called")) continue;
            Str id = str_sub(events.items[i].stream, 7, 14); /* after "ticket/" */
            assert_true(n < TICKETS);
            if (!str_eq(id, taken[n])) fail_msg("call %zu is of " STR_FMT, n + 1, STR_ARG(id));
            n++;
        }
    } while (events.n == PAGE);
    assert_int_equal(n, TICKETS);
    return after;
}

static void everybody_is_called_once_and_in_turn(void **state) {
    Hall *h = *state;
    Clerk clerks[CLERKS];
    Str taken[TICKETS];
    int64_t after = 0;
    widen(h);
    for (int i = 0; i < CLERKS; i++) {
        DeskReply r;
        clerks[i] = (Clerk){.h = h};
        snprintf(clerks[i].login, sizeof clerks[i].login, "clerk%d", i + 1);
        snprintf(clerks[i].counter, sizeof clerks[i].counter, "w%d", i + 1);
        assert_true(one(&clerks[i], DESK_SIT, h->a, &r));
    }
    for (int round = 0, n = rounds(); round < n; round++) {
        for (int i = 0; i < TICKETS; i++) taken[i] = issue(h, i % 3 ? "licence" : "vehicle").id;
        h->now_us += 1000000;
        for (int i = 0; i < CLERKS; i++) assert_int_equal(pthread_create(&clerks[i].thread, NULL, call_all, &clerks[i]), 0);
        for (int i = 0; i < CLERKS; i++) pthread_join(clerks[i].thread, NULL);
        assert_int_equal(atomic_exchange(&served, 0), TICKETS);
        after = calls_are_in_turn(h, after, taken);
    }
}

int main(void) {
    fixture_need_store();
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(everybody_is_called_once_and_in_turn, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
