/* What the stories of room case share: one counter on a folder of its own with the demo pack, opened on the real
 * store, and the words to act on it. A story may edit the pack's files or publish one more calendar first. */
#ifndef YC_TESTS_CASE_BENCH_H
#define YC_TESTS_CASE_BENCH_H

#include "main/main_in.h"
#include "case/case.h"

#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t NOON_US = 1795492800 * (int64_t)1000000; /* Tuesday 2026-11-24 12:00 at +08:00 */
enum { OFFSET = 28800 };

typedef struct Bench Bench;
struct Bench {
    Arena *a;           /* from set-up to tear-down */
    const char *dir;    /* the data folder */
    Store *store;
    CaseHouse *house;
    int turn;           /* commands so far */
    bool edited;        /* its rows were changed by hand */
    void (*edit)(Bench *b, PackFile *files, size_t n); /* changes the pack before it is compiled; NULL = none */
    const char *year;   /* one more published calendar as JSON, or NULL */
    const char *service; /* another service of the demo authority, as it is; NULL = the traffic pack */
};

static inline void must(bool ok, const Err *err) {
    if (!ok) fail_msg("%s: %s: %s", err->room, err->element, err->text);
}

static inline Value json(Bench *b, const char *text) {
    Value v;
    Err err = {0};
    must(json_parse(str_of(text), (JsonLimits){0}, b->a, &v, &err), &err);
    return v;
}

/* The bytes with the first `from`, which must be there, exchanged. */
static inline Str replaced(Bench *b, Str bytes, const char *from, const char *to) {
    ptrdiff_t at = str_find(bytes, str_of(from));
    assert_true(at >= 0);
    Str head = str_join2(b->a, str_sub(bytes, 0, (size_t)at), str_of(to));
    return str_join2(b->a, head, str_sub(bytes, (size_t)at + strlen(from), bytes.n));
}

static inline Value bench_authority(Bench *b) {
    Err err = {0};
    Value authority;
    ValueBuild list = {.a = b->a};
    must(main_read_authority("packs/demo-prefecture", b->a, &authority, &err), &err);
    Value calendars = value_get(authority, "calendars");
    for (uint32_t i = 0; i < calendars.size; i++) build_item(&list, calendars.u.list[i]);
    if (b->year) build_item(&list, json(b, b->year));
    return value_with(b->a, authority, STR("calendars"), build_list(&list));
}

/* The pack of the story: the traffic pack, perhaps edited, or another service of the folder. */
static inline CasePackSource bench_source(Bench *b, Value authority) {
    Err err = {0};
    ErrList faults = {.a = b->a};
    MainPack made;
    if (b->service) {
        const char *dir = str_c(b->a, str_printf(b->a, "packs/demo-prefecture/%s", b->service));
        if (!main_compile_pack(dir, b->a, &faults, &made)) must(false, &faults.items[0]);
        return (CasePackSource){made.pack, made.files, made.n_files};
    }
    must(main_read_pack("packs/demo-prefecture/traffic-first-violation", b->a, &made.files, &made.n_files, &err), &err);
    if (b->edit) b->edit(b, made.files, made.n_files);
    if (!pack_compile(STR("traffic-first-violation"), made.files, made.n_files, authority, b->a, &faults, &made.pack)) must(false, &faults.items[0]);
    return (CasePackSource){made.pack, made.files, made.n_files};
}

static inline void open_bench(Bench *b) {
    Err err = {0};
    Value authority = bench_authority(b), logins;
    CasePackSource *source = NEW(b->a, CasePackSource);
    StoreSchema schemas[] = {access_schema, case_schema};
    uint8_t seed[32] = {7};
    *source = bench_source(b, authority);
    must(store_open((StoreOptions){.dir = fixture_place(b->a, b->dir)}, schemas, COUNT_OF(schemas), &b->store, &err), &err);
    Value offices_only = value_with(b->a, authority, STR("demo_users"), value_list(NULL, 0));
    must(access_install(b->store, offices_only, seed, NOON_US, b->a, &logins, &err), &err);
    must(case_house(b->store, source, 1, NOON_US, b->a, &b->house, &err), &err);
}

static inline void reopen_bench(Bench *b) {
    store_close(b->store);
    open_bench(b);
}

/* A counter with one of the ordinary services. */
static inline Bench *service_bench(const char *service) {
    Bench *b = calloc(1, sizeof *b);
    b->a = arena_new(0);
    b->service = service;
    b->dir = fixture_dir(b->a);
    open_bench(b);
    return b;
}

static inline Bench *new_bench(void (*edit)(Bench *b, PackFile *files, size_t n)) {
    Bench *b = calloc(1, sizeof *b);
    b->a = arena_new(0);
    b->edit = edit;
    b->dir = fixture_dir(b->a);
    open_bench(b);
    return b;
}

/* ---- folding and comparing -------------------------------------------------------------------------------------------- */

static inline Store *folded(Bench *b, const char *dir) {
    StoreSchema schemas[] = {access_schema, case_schema};
    Store *into;
    Err err = {0};
    must(store_open((StoreOptions){.dir = dir}, schemas, COUNT_OF(schemas), &into, &err), &err);
    must(case_refold(b->store, into, NULL, NULL, NULL, &err), &err);
    return into;
}

/* The table that differs first, "" when none does. */
static inline Str differs(Bench *b, Store *other, StoreDifference *d) {
    Err err = {0};
    for (size_t i = 0; i < store_projections(b->store); i++) {
        must(store_compare(b->store, other, i, b->a, d, &err), &err);
        if (d->differs) return store_projection(b->store, i);
    }
    return STR("");
}

static inline void rows_are_as_the_log_has_them(Bench *b) {
    const char *dir = fixture_dir(b->a);
    StoreDifference d;
    Store *other = folded(b, dir);
    Str table = differs(b, other, &d);
    if (table.n) fail_msg(STR_FMT " " STR_FMT ": kept " STR_FMT ", folded " STR_FMT, STR_ARG(table), STR_ARG(d.key), STR_ARG(d.here), STR_ARG(d.there));
    store_close(other);
    fixture_remove(dir);
}

/* At the end of every story. */
static inline int tear_down(void **state) {
    Bench *b = *state;
    if (!b->edited) rows_are_as_the_log_has_them(b);
    store_close(b->store);
    fixture_remove(b->dir);
    arena_free(b->a);
    free(b);
    return 0;
}

/* A command of wang's; on an existing case it has a key of its own. */
static inline Command order(Bench *b, CaseDo what, const CaseReply *on, int64_t now_us, const char *args) {
    Command c = {.what = what, .service = str_of(b->service ? b->service : "traffic-first-violation"), .version = -1, .args = json(b, args), .now_us = now_us, .offset = OFFSET,
                 .who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")}};
    for (size_t i = 0; i < sizeof c.seed; i++) c.seed[i] = (uint8_t)(b->turn * 31 + (int)i * 7);
    if (on) c.case_id = on->id, c.version = on->version, c.key = str_printf(b->a, "key-%d", b->turn);
    b->turn++;
    return c;
}

static inline CaseReply does(Bench *b, CaseDo what, const CaseReply *on, int64_t now_us, const char *args) {
    Command c = order(b, what, on, now_us, args);
    CaseReply r;
    Err err = {0};
    must(case_handle(b->house, &c, b->a, &r, &err), &err);
    assert_int_equal(r.faults.n, 0);
    return r;
}

/* ---- the demo's service with a boundary timer at the officer's task, whose silence the law takes for a decision ---- */

static const char boundary[] =
    "<bpmn:boundaryEvent id=\"unanswered\" attachedToRef=\"decide\"><bpmn:outgoing>to_silence</bpmn:outgoing>"
    "<bpmn:timerEventDefinition id=\"five_days\"><bpmn:timeDuration>P5D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    "<bpmn:sequenceFlow id=\"to_silence\" sourceRef=\"unanswered\" targetRef=\"letter\" />"
    "<bpmn:serviceTask id=\"letter\" name=\"制作决定书\">";
static const char silence[] =
    "\"silence\": [{\"timer\": \"unanswered\", \"clock\": \"notice\", \"outcome\": \"NO_PENALTY\"}], \"clocks\": ["
    "{\"id\": \"notice\", \"name\": {\"zh\": \"一次告知\", \"en\": \"One notice\"}, \"start\": \"created\", \"stop\": \"decided\","
    "\"statutory\": {\"n\": 5, \"unit\": \"working\"}, \"law\": [\"rtvp:44\"]},";

static inline void add_silence(Bench *b, PackFile *files, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Str *bytes = &files[i].bytes;
        if (str_is(files[i].name, "process.bpmn")) *bytes = replaced(b, *bytes, "<bpmn:serviceTask id=\"letter\" name=\"制作决定书\">", boundary);
        if (str_is(files[i].name, "process.bpmn"))
            *bytes = replaced(b, *bytes, "<bpmn:incoming>to_letter</bpmn:incoming>", "<bpmn:incoming>to_letter</bpmn:incoming><bpmn:incoming>to_silence</bpmn:incoming>");
        if (str_is(files[i].name, "pack.json")) *bytes = replaced(b, *bytes, "\"clocks\": [", silence);
    }
}

#endif
