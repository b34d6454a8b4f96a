/* A counter of its own for a part of the bench: the small pack compiled, a store opened, officers who register
 * and decide through case_handle as the doors do. */
#include "main/main_in.h"
#include "processes.h"

#include <stdio.h>
#include <string.h>

enum { TASKS = 9, OFFSET = 28800 }; /* people's tasks of the long process; the office's zone */

static const char answers[] = "{\"plate\":\"A12345\",\"points\":3,\"age\":34,\"kind\":\"renewal\",\"applicant\":"
                              "\"resident-000123\",\"note\":\"first minor violation in 12 months\"}";
static const char decided[] = "{\"outcome\":\"FINE200\",\"reason\":\"bench\"}";

const char *bench_packs(void) {
    return BENCH_COUNTER;
}

/* Start, nine people's tasks in a row, end: ten steps with the registration. The pack's texts name four of them. */
static Str ten_tasks(Arena *a) {
    static const char *const ids[TASKS + 2] = {"start", "apply", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "rule", "done"};
    Buf b = {.a = a};
    buf_c(&b, "<b:definitions xmlns:b=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" id=\"d\" targetNamespace=\"bench\">"
              "<b:process id=\"ten\" isExecutable=\"true\"><b:startEvent id=\"start\"/><b:endEvent id=\"done\"/>");
    for (int i = 0; i <= TASKS; i++) {
        if (i > 0) buf_add(&b, str_printf(a, "<b:userTask id=\"%s\"/>", ids[i]));
        buf_add(&b, str_printf(a, "<b:sequenceFlow id=\"f%d\" sourceRef=\"%s\" targetRef=\"%s\"/>", i, ids[i], ids[i + 1]));
    }
    buf_c(&b, "</b:process></b:definitions>");
    return buf_str(&b);
}

/* The open task's timer runs longer, and filing the case away is a step of its own. */
static Str next_version(Arena *a, Str bytes) {
    static const char *const swaps[][2] = {
        {"PT1H", "PT2H"},
        {"sourceRef=\"rule\" targetRef=\"done\"/>", "sourceRef=\"rule\" targetRef=\"file\"/><bpmn:userTask id=\"file\"/>"
                                                  "<bpmn:sequenceFlow id=\"f7\" sourceRef=\"file\" targetRef=\"done\"/>"},
    };
    for (size_t i = 0; i < COUNT_OF(swaps); i++) {
        ptrdiff_t at = str_find(bytes, str_of(swaps[i][0]));
        bench_check(at >= 0, "the process is another than its next version expects", NULL);
        Str head = str_join2(a, str_sub(bytes, 0, (size_t)at), str_of(swaps[i][1]));
        bytes = str_join2(a, head, str_sub(bytes, (size_t)at + strlen(swaps[i][0]), bytes.n));
    }
    return bytes;
}

static CasePackSource *compile(Arena *a, int which, Value authority) {
    Err err = {0};
    ErrList faults = {.a = a};
    PackFile *files;
    Pack *pack = NULL;
    size_t n;
    const char *dir = str_c(a, str_printf(a, "%s/small", bench_packs()));
    bench_check(main_read_pack(dir, a, &files, &n, &err), "the pack cannot be read", &err);
    for (size_t i = 0; i < n; i++) {
        if (!str_is(files[i].name, "process.bpmn") || which == BENCH_SMALL) continue;
        files[i].bytes = which == BENCH_TEN ? ten_tasks(a) : next_version(a, files[i].bytes);
    }
    bool ok = pack_compile(STR("small"), files, n, authority, a, &faults, &pack);
    bench_check(ok, "the pack has faults", ok ? NULL : &faults.items[0]);
    CasePackSource *source = NEW(a, CasePackSource);
    *source = (CasePackSource){pack, files, n};
    return source;
}

void bench_counter_open(const Bench *b, const char *name, int which, BenchCounter *out) {
    Arena *a = arena_new(0);
    Err err = {0};
    Value authority, logins;
    uint8_t seed[32] = {1};
    StoreSchema schemas[] = {access_schema, case_schema};
    *out = (BenchCounter){.a = a, .service = STR("small")};
    bench_check(main_read_authority(bench_packs(), a, &authority, &err), "the authority cannot be read", &err);
    CasePackSource *source = compile(a, which, authority);
    authority = value_with(a, authority, STR("demo_users"), value_list(NULL, 0));
    bench_check(store_open((StoreOptions){.dir = bench_place(b, a, name)}, schemas, COUNT_OF(schemas), &out->store, &err),
                "the store does not open", &err);
    bench_check(access_install(out->store, authority, seed, main_now_us(), a, &logins, &err), "no offices", &err);
    bench_check(case_house(out->store, source, 1, main_now_us(), a, &out->house, &err), "the house does not open", &err);
}

void bench_counter_close(BenchCounter *c) {
    store_close(c->store);
    arena_free(c->a);
}

/* ---- an officer ------------------------------------------------------------------------------------------------ */
void bench_client_open(const BenchCounter *at, int number, BenchClient *out) {
    Err err = {0};
    *out = (BenchClient){.at = at, .a = arena_new(0), .number = number};
    bench_check(json_parse(STR(answers), (JsonLimits){0}, at->a, &out->answers, &err), "the answers", &err);
    bench_check(json_parse(STR(decided), (JsonLimits){0}, at->a, &out->decision, &err), "the decision", &err);
}

void bench_client_close(BenchClient *c) {
    arena_free(c->a);
}

/* Bytes that differ for every command, as random ones would. */
static void fill_seed(BenchClient *c, uint8_t seed[32]) {
    uint64_t x = (uint64_t)c->number << 40 | (uint64_t)c->turn;
    for (int i = 0; i < 4; i++) {
        x += 0x9e3779b97f4a7c15u;
        uint64_t z = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        z ^= z >> 31;
        memcpy(seed + 8 * i, &z, 8);
    }
}

static void handle(BenchClient *c, Command *command) {
    Err err = {0};
    CaseReply reply;
    c->turn++;
    fill_seed(c, command->seed);
    command->who = (AccessWho){.user = STR("bench"), .name = STR("bench"), .office = STR("bench"), .role = STR("officer")};
    command->key = str_printf(c->a, "%d-%lld", c->number, (long long)c->turn);
    command->now_us = c->fixed_us ? c->fixed_us : main_now_us();
    command->offset = OFFSET;
    bool ok = case_handle(c->at->house, command, c->a, &reply, &err);
    bench_check(ok && reply.faults.n == 0, "a command was refused", ok ? NULL : &err);
    bool open = !str_is(reply.state, "decided");
    snprintf(c->id, sizeof c->id, "%.*s", open ? (int)reply.id.n : 0, reply.id.p);
    if (reply.tracking_code.n) snprintf(c->code, sizeof c->code, STR_FMT, STR_ARG(reply.tracking_code));
    c->version = reply.version;
}

void bench_create(BenchClient *c) {
    arena_reset(c->a);
    int64_t plate = c->number * (int64_t)10000000 + c->turn;
    Command command = {.what = CASE_CREATE, .service = c->at->service, .version = -1};
    command.args = value_with(c->a, c->answers, STR("plate"), value_str(str_printf(c->a, "A%lld", (long long)plate)));
    handle(c, &command);
}

void bench_decide(BenchClient *c) {
    arena_reset(c->a);
    Command command = {.what = CASE_DEPART, .case_id = str_copy(c->a, str_of(c->id)), .version = c->version, .args = c->decision};
    handle(c, &command);
}

void bench_step(BenchClient *c) {
    if (c->id[0])
        bench_decide(c);
    else
        bench_create(c);
}
