/* What the stories of room desk share: the demo county's hall on a store of its own, and the words to act in it. */
#ifndef YC_TESTS_DESK_HALL_H
#define YC_TESTS_DESK_HALL_H

#include "main/main_in.h"
#include "desk/desk.h"

#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t NOON_US = 1795492800 * (int64_t)1000000; /* Tuesday 2026-11-24 12:00 at +08:00 */
static const int64_t MINUTE_US = 60 * (int64_t)1000000;

typedef struct Hall {
    Arena *a;         /* from set-up to tear-down */
    const char *dir;  /* the data folder */
    Store *store;
    CaseHouse *cases;
    DeskHouse *desk;
    CasePackSource source; /* one service, for its calendars */
    int64_t now_us;   /* moves on with every command */
    int turn;         /* commands so far */
} Hall;

static inline void must(bool ok, const Err *err) {
    if (!ok) fail_msg("%s: %s: %s", err->room, err->element, err->text);
}

static inline Value json(Hall *h, const char *text) {
    Value v;
    Err err = {0};
    must(json_parse(str_of(text), (JsonLimits){0}, h->a, &v, &err), &err);
    return v;
}

static inline void open_hall(Hall *h) {
    Err err = {0};
    Value authority, logins;
    ErrList faults = {.a = h->a};
    MainPack made;
    StoreSchema schemas[] = {access_schema, case_schema, desk_schema};
    uint8_t seed[32] = {7};
    must(main_read_authority("packs/demo-prefecture", h->a, &authority, &err), &err);
    if (!main_compile_pack("packs/demo-prefecture/licence-renewal", h->a, &faults, &made)) must(false, &faults.items[0]);
    h->source = (CasePackSource){made.pack, made.files, made.n_files};
    must(store_open((StoreOptions){.dir = fixture_place(h->a, h->dir)}, schemas, COUNT_OF(schemas), &h->store, &err), &err);
    authority = value_with(h->a, authority, STR("demo_users"), value_list(NULL, 0));
    must(access_install(h->store, authority, seed, NOON_US, h->a, &logins, &err), &err);
    must(case_house(h->store, &h->source, 1, NOON_US, h->a, &h->cases, &err), &err);
    must(desk_house(h->store, h->cases, authority, NOON_US, h->a, &h->desk, &err), &err);
}

static inline int set_up(void **state) {
    Hall *h = calloc(1, sizeof *h);
    h->a = arena_new(0);
    h->dir = fixture_dir(h->a);
    h->now_us = NOON_US;
    open_hall(h);
    *state = h;
    return 0;
}

static inline void rows_are_as_the_log_has_them(Hall *h) {
    const char *dir = fixture_dir(h->a);
    StoreSchema schemas[] = {access_schema, case_schema, desk_schema};
    Store *into;
    Err err = {0};
    must(store_open((StoreOptions){.dir = dir}, schemas, COUNT_OF(schemas), &into, &err), &err);
    must(case_refold(h->store, into, desk_fold, NULL, NULL, &err), &err);
    for (size_t i = 0; i < store_projections(h->store); i++) {
        StoreDifference d;
        must(store_compare(h->store, into, i, h->a, &d, &err), &err);
        Str table = store_projection(h->store, i);
        if (d.differs) fail_msg(STR_FMT " " STR_FMT ": kept " STR_FMT ", folded " STR_FMT, STR_ARG(table), STR_ARG(d.key), STR_ARG(d.here), STR_ARG(d.there));
    }
    store_close(into);
    fixture_remove(dir);
}

/* At the end of every story. */
static inline int tear_down(void **state) {
    Hall *h = *state;
    rows_are_as_the_log_has_them(h);
    store_close(h->store);
    fixture_remove(h->dir);
    arena_free(h->a);
    free(h);
    return 0;
}

static inline AccessWho staff(Hall *h, const char *login, const char *role) {
    (void)h;
    return (AccessWho){.user = str_of(login), .name = str_of(login), .office = STR("demo-county"), .role = str_of(role)};
}

/* A command with a key of its own. login NULL: a visitor. */
static inline DeskCommand wish(Hall *h, DeskDo what, const char *login) {
    DeskCommand c = {.what = what, .office = STR("demo-county"), .key = str_printf(h->a, "key-%d", h->turn), .version = -1, .now_us = h->now_us};
    if (login) c.who = staff(h, login, "clerk");
    for (size_t i = 0; i < sizeof c.seed; i++) c.seed[i] = (uint8_t)(i % 4 < 2 ? h->turn >> i % 2 * 8 : (int)i * 13); /* no two alike */
    h->turn++;
    h->now_us += 1000000;
    return c;
}

static inline DeskReply does(Hall *h, const DeskCommand *c) {
    DeskReply r;
    Err err = {0};
    must(desk_handle(h->desk, c, h->a, &r, &err), &err);
    return r;
}

static inline Err refused(Hall *h, const DeskCommand *c) {
    DeskReply r;
    Err err = {0};
    assert_false(desk_handle(h->desk, c, h->a, &r, &err));
    return err;
}

static inline DeskReply issue(Hall *h, const char *queue) {
    DeskCommand c = wish(h, DESK_ISSUE, NULL);
    c.queue = str_of(queue);
    return does(h, &c);
}

static inline void sit(Hall *h, const char *login, const char *counter) {
    DeskCommand c = wish(h, DESK_SIT, login);
    c.counter = str_of(counter);
    does(h, &c);
}

static inline DeskReply act(Hall *h, DeskDo what, const char *login) {
    DeskCommand c = wish(h, what, login);
    return does(h, &c);
}

static inline Str label(const DeskReply *r) { return value_get_str(r->view, "label"); }
#define assert_text(s, want) do { Str got_ = (s); if (!str_is(got_, want)) fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(got_), want); } while (0)

#endif
