/* A record that is recalled is the one that the store would give, and one that is outdated answers nobody. */
#include "bench.h"
#include "case/case_in.h"

static const char answers[] = "{\"violationCode\":\"1039\",\"plate\":\"示A·12345\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true}";

static int set_up(void **state) {
    *state = new_bench(NULL);
    return 0;
}

static void same_text(Str kept, Str read) {
    if (!str_eq(kept, read)) fail_msg("kept " STR_FMT ", read " STR_FMT, STR_ARG(kept), STR_ARG(read));
}

static void same_value(Bench *b, Value kept, Value read) { same_text(json_text(b->a, kept), json_text(b->a, read)); }

/* Each fact of a record that reading sets; the others are as they are in a new one. */
static void same_record(Bench *b, const CaseRecord *kept, const CaseRecord *read) {
    const Str texts[][2] = {{kept->id, read->id}, {kept->service, read->service}, {kept->pack_hash, read->pack_hash}, {kept->office, read->office},
                            {kept->state, read->state}, {kept->code, read->code}, {kept->subject, read->subject},
                            {kept->proposed, read->proposed}, {kept->outcome, read->outcome}, {kept->assignee, read->assignee}};
    const int64_t numbers[][2] = {{kept->version, read->version}, {kept->created_us, read->created_us}, {kept->updated_us, read->updated_us},
                                  {kept->decisions, read->decisions}, {kept->letters, read->letters}, {kept->notices, read->notices},
                                  {kept->answered, read->answered}, {kept->occurred_us, read->occurred_us}, {kept->board, read->board}, {kept->second, read->second}};
    const Value values[][2] = {{kept->process, read->process}, {kept->clocks, read->clocks}, {kept->answers, read->answers}, {kept->proposal, read->proposal},
                               {kept->said, read->said}, {kept->aside, read->aside}, {kept->standing, read->standing}, {kept->outbox, read->outbox}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) same_text(texts[i][0], texts[i][1]);
    for (size_t i = 0; i < COUNT_OF(numbers); i++) assert_int_equal(numbers[i][0], numbers[i][1]);
    for (size_t i = 0; i < COUNT_OF(values); i++) same_value(b, values[i][0], values[i][1]);
}

static void what_is_recalled_is_what_is_read(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseRecord kept = {0}, read = {0};
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    assert_true(case_recent_get(b->house->recent, r.id, b->a, &kept));
    must(case_read(b->house, b->house->get, case_id_arg(r.id), b->a, &read, &err), &err);
    same_record(b, &kept, &read);
    r = does(b, CASE_ADOPT, &r, NOON_US, "{}");
    assert_false(case_recent_get(b->house->recent, r.id, b->a, &kept)); /* it has ended */
}

/* Two servers with one database: each recalls what it wrote itself. */
static void what_is_outdated_answers_nobody(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseHouse *here = b->house, *there;
    CaseRecord kept, read;
    CaseReply r;
    must(case_house(b->store, here->packs, here->n_packs, NOON_US, b->a, &there, &err), &err);
    CaseReply old = does(b, CASE_CREATE, NULL, NOON_US, answers), now = old;
    b->house = there;
    does(b, CASE_ADOPT, &old, NOON_US, "{}");
    b->house = here;
    assert_true(case_recent_get(here->recent, old.id, b->a, &kept) && kept.version == old.version);
    Command late = order(b, CASE_ADOPT, &old, NOON_US, "{}");
    assert_false(case_handle(here, &late, b->a, &r, &err));
    assert_int_equal(err.code, ERR_STALE);
    must(case_read(here, here->get, case_id_arg(old.id), b->a, &read, &err), &err);
    now.version = read.version;
    does(b, CASE_CORRECT, &now, NOON_US, "{\"outcome\":\"NO_PENALTY\",\"reason\":\"核对后更正\"}");
}

/* Not what JSON would give back otherwise, not what has no room, not one that somebody has overtaken. */
static void what_cannot_be_kept_is_read(void **state) {
    Bench *b = *state;
    CaseRecent *recent = case_recent_new(b->a);
    Str id = case_id_make(b->a, NOON_US, (const uint8_t[]){1, 2, 3}), large = {arena_zero(b->a, 8192), 8192};
    CaseRecord r = {.id = id, .version = 3, .process = value_bool(true), .answers = value_int(1)}, got;
    case_recent_keep(recent, &r);
    assert_true(case_recent_get(recent, id, b->a, &got) && got.version == 3);
    r.version = 2;
    case_recent_keep(recent, &r);
    assert_true(case_recent_get(recent, id, b->a, &got) && got.version == 3);
    r.version = 4;
    r.answers = date_from_unix_us(b->a, NOON_US, OFFSET);
    case_recent_keep(recent, &r);
    assert_false(case_recent_get(recent, id, b->a, &got));
    r.answers = value_str(large);
    case_recent_keep(recent, &r);
    assert_false(case_recent_get(recent, id, b->a, &got));
    assert_false(case_recent_get(recent, STR("no identifier"), b->a, &got));
}

int main(void) {
    fixture_need_store();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_recalled_is_what_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_outdated_answers_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_kept_is_read, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
