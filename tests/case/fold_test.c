/* Rows and events: whatever happens, folding the log again gives every projection as the counter keeps it; a row that
 * was changed by hand is found, in every table; a command that comes twice changes nothing. */
#include "bench.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { STEPS = 40, MANY_STEPS = 200, CASES = 6, MEASURED = 20, MOST_PAGES = 11, MOST_TO_OPEN = 16 };
static const char first_parking[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-16T08:42\",\"historyVerified\":true}";
static const int64_t HOUR_US = 3600 * (int64_t)1000000;

static int set_up(void **state) {
    *state = new_bench(add_silence);
    return 0;
}

/* ---- chance ------------------------------------------------------------------------------------------------------------ */

static unsigned draw(uint64_t *x, unsigned n) {
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*x >> 33) % n;
}

typedef struct Play { /* one sequence of commands */
    bool service;            /* of an ordinary service: with acceptance, notices and withdrawal */
    uint64_t chance;         /* what comes next */
    CaseReply cases[CASES];  /* newest answers */
    size_t n;                /* of cases */
    int64_t now_us;          /* never earlier than before */
    int extended;            /* deadlines that a second person put off */
} Play;

static const char application[] =
    "{\"applicantType\":\"resident\",\"personName\":\"岩温%u\",\"personId\":\"532801199001011234\",\"phone\":\"13800004321\","
    "\"term\":\"6\",\"validTo\":\"2027-01-10\",\"fullMarks\":\"no\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}";

/* What may happen to an application; much of it is refused, as at a counter. */
static Command next_in_life(Bench *b, Play *p) {
    CaseReply *on = p->n > 0 ? &p->cases[draw(&p->chance, (unsigned)p->n)] : NULL;
    unsigned what = draw(&p->chance, 15);
    if (!on || what > 10) return order(b, CASE_CREATE, NULL, p->now_us, str_c(b->a, str_printf(b->a, application, draw(&p->chance, 3))));
    switch (what) {
    case 0: return order(b, CASE_ACCEPT, on, p->now_us, "{\"accept\":true}");
    case 1: return order(b, CASE_ACCEPT, on, p->now_us, "{\"accept\":false,\"reason\":\"不属于本机关\"}");
    case 2: return order(b, CASE_NOTICE, on, p->now_us, "{\"items\":[{\"evidence\":\"medical\",\"fault\":\"missing\"}],\"days\":10,\"reason\":\"又发现\"}");
    case 3: return order(b, CASE_SUPPLY, on, p->now_us, "{\"answers\":{\"personName\":\"岩香\"}}");
    case 4: return order(b, CASE_SUPPLY, on, p->now_us, "{\"note\":\"已交\"}");
    case 5: return order(b, CASE_CHECK, on, p->now_us, "{\"answers\":{\"papers\":\"complete\",\"fit\":\"fit\"}}");
    case 6: return order(b, CASE_CHECK, on, p->now_us, "{\"answers\":{\"papers\":\"incomplete\",\"missing\":\"照片\"}}");
    case 7: return order(b, CASE_WITHDRAW, on, p->now_us, "{\"reason\":\"本人提出\"}");
    case 8: return order(b, CASE_DEPART, on, p->now_us, "{\"outcome\":\"GRANT\",\"reason\":\"核对\",\"external\":\"1\"}");
    case 9: return order(b, CASE_CORRECT, on, p->now_us, "{\"outcome\":\"REFUSE\",\"reason\":\"更正\"}");
    default: return order(b, CASE_MOVE, on, p->now_us, "{\"cancel\":\"decide\",\"begin\":\"accept\",\"reason\":\"重新受理\"}");
    }
}

static Command next_command(Bench *b, Play *p) {
    if (p->service) return next_in_life(b, p);
    static const char *const codes[] = {"1039", "1344", "1208"};
    CaseReply *on = p->n > 0 ? &p->cases[draw(&p->chance, (unsigned)p->n)] : NULL;
    unsigned what = draw(&p->chance, 12);
    if (!on || what == 0 || what > 9) {
        Str args = str_printf(b->a, "{\"violationCode\":\"%s\",\"plate\":\"示A·%u\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true}",
                              codes[draw(&p->chance, COUNT_OF(codes))], draw(&p->chance, 3));
        return order(b, CASE_CREATE, NULL, p->now_us, str_c(b->a, args));
    }
    switch (what) {
    case 1: return order(b, CASE_ADOPT, on, p->now_us, "{}");
    case 2: return order(b, CASE_DEPART, on, p->now_us, "{\"outcome\":\"NO_PENALTY\",\"reason\":\"初次\"}");
    case 3: return order(b, CASE_CORRECT, on, p->now_us, "{\"outcome\":\"NO_PENALTY\",\"reason\":\"更正\"}");
    case 4: return order(b, CASE_MOVE, on, p->now_us, "{\"cancel\":\"decide\",\"begin\":\"decide\",\"reason\":\"换人\"}");
    case 5: return order(b, CASE_CLOCK, on, p->now_us, "{\"clock\":\"notice\",\"do\":\"suspend\",\"reason\":\"鉴定\"}");
    case 6: return order(b, CASE_CLOCK, on, p->now_us, "{\"clock\":\"notice\",\"do\":\"resume\"}");
    case 7: return order(b, CASE_CLOCK, on, p->now_us, "{\"clock\":\"notice\",\"do\":\"approve\"}");
    case 8: return order(b, CASE_CLOCK, on, p->now_us, "{\"clock\":\"notice\",\"do\":\"refuse\",\"reason\":\"不需要\"}");
    default: return order(b, CASE_CLOCK, on, p->now_us, "{\"clock\":\"notice\",\"do\":\"extend\",\"days\":3,\"reason\":\"延长\"}");
    }
}

/* A refused command is as good as a done one: neither may leave anything half. */
static void play_one(Bench *b, Play *p, int *done) {
    Command c = next_command(b, p);
    CaseReply r, again;
    Err err = {0};
    if (c.what == CASE_CREATE) c.key = str_printf(b->a, "create-%d", b->turn);
    if (c.what == CASE_MOVE || (c.what == CASE_NOTICE && draw(&p->chance, 2)) ) c.who.role = STR("supervisor");
    Str act = value_get_str(c.args, "do");
    bool approves = str_is(act, "approve");
    if (approves || str_is(act, "refuse")) c.who.user = STR("chen"), c.who.name = STR("陈"), c.who.role = STR("supervisor"); /* somebody else */
    p->now_us += draw(&p->chance, 30) * HOUR_US;
    if (!case_handle(b->house, &c, b->a, &r, &err)) {
        assert_true(err.code == ERR_STATE || err.code == ERR_INVALID || err.code == ERR_STALE || err.code == ERR_DENIED);
        return;
    }
    ++*done;
    p->extended += approves;
    int64_t events = store_counters(b->store).events;
    assert_true(case_handle(b->house, &c, b->a, &again, &err) && again.again);
    assert_true(str_eq(again.id, r.id) && again.version == r.version && str_eq(again.state, r.state));
    assert_true(str_eq(again.tracking_code, r.tracking_code));
    assert_int_equal(store_counters(b->store).events, events);
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->cases[i].id, r.id)) p->cases[i] = r;
    if (c.what == CASE_CREATE) p->cases[p->n < CASES ? p->n++ : draw(&p->chance, CASES)] = r;
}

static Play play(Bench *b, int steps, bool look) {
    const char *said = getenv("SEED");
    Play p = {.service = b->service != NULL, .chance = said ? strtoull(said, NULL, 10) : 1, .now_us = NOON_US};
    int done = 0;
    for (int i = 0; i < steps; i++) {
        Err err = {0};
        play_one(b, &p, &done);
        must(case_tick(b->house, p.now_us, &err), &err);
        if (look) rows_are_as_the_log_has_them(b);
    }
    assert_true(done > steps / (p.service ? 8 : 3) && p.n > 2); /* it did play */
    return p;
}

static void folding_gives_the_rows_after_every_step(void **state) { play(*state, STEPS, true); }

static void folding_gives_the_rows_after_many_steps(void **state) {
    Play p = play(*state, MANY_STEPS, false);
    assert_true(p.service || p.extended > 0);
    rows_are_as_the_log_has_them(*state);
}

static int set_up_service(void **state) {
    *state = service_bench("licence-renewal");
    return 0;
}

/* ---- tampering ------------------------------------------------------------------------------------------------------------ */

static const StoreSchema hand = {
    "hand", STR_INIT("-- what somebody could do to the database, one change for each projection\n"
                     "-- statement hand_access_grant\ninsert into access_grant (login, no, what, office, below, service)\n"
                     "values ('nobody', 1, 'admin', '', 1, '');\n"
                     "-- statement hand_access_office\nupdate access_office set name_en = 'elsewhere' where id = 'demo-county';\n"
                     "-- statement hand_access_qualification\ninsert into access_qualification (login, service, until_us) values ('nobody', 'licence', 1);\n"
                     "-- statement hand_access_rule\ninsert into access_rule (rule, name) values ('code', 'clerk');\n"
                     "-- statement hand_access_user\ninsert into access_user (login, name_zh, name_en, office, role, created_us)\n"
                     "values ('nobody', '', '', 'demo-county', 'clerk', 0);\n"
                     "-- statement hand_case_instance\nupdate case_instance set board = 0 where id = (select max(id) from case_instance);\n"
                     "-- statement hand_case_drawer\ninsert into case_drawer (office, clerk, counter, day, payments, closed, counted, reason, closed_by, closed_us)\n"
                     "values ('demo-county', 'wang', '', 1, 1, 0, '', '', '', 0);\n"
                     "-- statement hand_case_receipt\ninsert into case_receipt (office, year, receipt, case_id, payment, clerk, counter, day, method, fen, at_us)\n"
                     "values ('demo-county', 2026, 99, 1, 1, 'wang', '', 1, 'cash', 1, 0);\n"
                     "-- statement hand_case_outbox\ninsert into case_outbox (key, kind, dead, at_us, since_us, details, reason)\n"
                     "values ('c/1/1', 'sms', 0, 0, 0, '{}', '');\n"
                     "-- statement hand_case_prior\ndelete from case_prior where case_id = (select max(id) from case_instance);\n"
                     "-- statement hand_case_stuck\ninsert into case_stuck (case_id, what, token, at_us, element, reason)\n"
                     "values ('c', 'timer', 1, 0, '', '');\n"
                     "-- statement hand_case_term\nupdate case_term set term = 'X' where case_id = (select max(id) from case_instance);\n"
                     "-- statement hand_case_timer\ninsert into case_timer (due_us, case_id, token) values (1, 1, 1);\n"
                     "-- statement hand_cut\ndelete from store_event where number = (select max(number) from store_event);\n")};

static void open_by_hand(Bench *b) {
    b->edited = true;
    StoreSchema schemas[] = {access_schema, case_schema, hand};
    Err err = {0};
    store_close(b->store);
    must(store_open((StoreOptions){.dir = fixture_place(b->a, b->dir)}, schemas, COUNT_OF(schemas), &b->store, &err), &err);
}

static void by_hand(Bench *b, Str what) {
    StoreBatch *batch = store_batch(b->a);
    Err err = {0};
    const char *name = str_c(b->a, str_printf(b->a, "hand_" STR_FMT, STR_ARG(what)));
    store_add(batch, store_statement(b->store, name), NULL, 0);
    must(store_commit(b->store, batch, &err), &err);
}

static void a_change_by_hand_is_found_in_every_table(void **state) {
    Bench *b = *state;
    const char *dir = fixture_dir(b->a);
    play(b, STEPS / 2, false);
    Store *other = folded(b, dir);
    open_by_hand(b);
    for (size_t i = 0; i < store_projections(b->store); i++) {
        StoreDifference before, after;
        Err err = {0};
        must(store_compare(b->store, other, i, b->a, &before, &err), &err);
        by_hand(b, store_projection(b->store, i));
        must(store_compare(b->store, other, i, b->a, &after, &err), &err);
        if (before.differs || !after.differs) fail_msg(STR_FMT ": %s", STR_ARG(store_projection(b->store, i)), before.differs ? before.key.p : "not found");
    }
    store_close(other);
    fixture_remove(dir);
}

static void a_cut_tail_is_found(void **state) {
    Bench *b = *state;
    int64_t events, bad;
    Err err = {0};
    play(b, STEPS / 2, false);
    open_by_hand(b);
    must(store_verify(b->store, &events, &bad, &err), &err);
    assert_int_equal(bad, 0);
    by_hand(b, STR("cut"));
    int64_t left;
    must(store_verify(b->store, &left, &bad, &err), &err);
    assert_int_equal(left, events - 1);
    assert_int_equal(bad, events);
}

/* ---- what a step writes ---------------------------------------------------------------------------------------------------- */

/* Frames that carry the header's salt: the file is longer than what was written. Source: SQLite's file format, "The WAL File". */
static int64_t wal_pages(const Bench *b) {
    enum { HEAD = 32, SALT = 16, FRAME = 24 + 4096, FRAME_SALT = 8, SALT_BYTES = 8 };
    uint8_t head[HEAD], salt[SALT_BYTES];
    int fd = open(str_c(b->a, str_printf(b->a, "%s/yichuang.db-wal", b->dir)), O_RDONLY);
    int64_t n = 0;
    assert_int_equal(pread(fd, head, HEAD, 0), HEAD);
    while (pread(fd, salt, SALT_BYTES, HEAD + n * FRAME + FRAME_SALT) == SALT_BYTES && memcmp(salt, head + SALT, SALT_BYTES) == 0) n++;
    close(fd);
    return n;
}

static void a_step_writes_few_pages(void **state) {
    Bench *b = *state;
    CaseReply cases[MEASURED];
    if (fixture_on_postgres()) return;
    for (int i = 0; i < MEASURED; i++) cases[i] = does(b, CASE_CREATE, NULL, NOON_US + i, first_parking);
    int64_t before = wal_pages(b);
    for (int i = 0; i < MEASURED; i++) does(b, CASE_CREATE, NULL, NOON_US + MEASURED + i, first_parking);
    int64_t between = wal_pages(b);
    for (int i = 0; i < MEASURED; i++) does(b, CASE_ADOPT, &cases[i], NOON_US + 2 * MEASURED, "{}");
    int64_t after = wal_pages(b);
    print_message("# pages of a step: %.1f to create, %.1f to decide\n", (double)(between - before) / MEASURED, (double)(after - between) / MEASURED);
    assert_true(before > 0 && between > before && after > between);
    assert_true((between - before + MEASURED - 1) / MEASURED <= MOST_TO_OPEN); /* search terms, priors, worklist and timer too */
    assert_true((after - between + MEASURED - 1) / MEASURED <= MOST_PAGES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folding_gives_the_rows_after_every_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folding_gives_the_rows_after_many_steps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folding_gives_the_rows_after_every_step, set_up_service, tear_down),
        cmocka_unit_test_setup_teardown(folding_gives_the_rows_after_many_steps, set_up_service, tear_down),
        cmocka_unit_test_setup_teardown(a_change_by_hand_is_found_in_every_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_tail_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_writes_few_pages, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
