/* Before applying, on a shipped service: questions to a result, a checklist, a fee and days; what comes from common/ and
 * what of it makes the version; what is refused when a service says it wrongly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"

#define SERVICE "licence-renewal"
#define NOW     ((date_days(2026, 11, 24) * 1440 + 60) * INT64_C(60000000))

static FeelRun run_of(Arena *a) {
    return (FeelRun){.arena = a, .fuel = FEEL_FUEL, .now_us = NOW, .offset = 28800};
}

static const Pack *service(Arena *a) {
    Folder f = folder_service(a, SERVICE);
    ErrList faults;
    Pack *pack;
    bool ok = folder_compile(&f, &faults, &pack);
    for (size_t i = 0; i < faults.n; i++) print_message("# %s\n", str_c(a, err_line(a, &faults.items[i])));
    assert_true(ok);
    return pack;
}

static Value precheck(const Pack *p, Arena *a, const char *json, PaperFaults *faults) {
    FeelRun run = run_of(a);
    Value answers, out = value_null();
    Err err = {0};
    assert_true(json_parse(str_of(json), (JsonLimits){0}, a, &answers, &err));
    if (!pack_precheck(p, answers, &run, faults, &out, &err)) fail_msg("%s", err.text);
    return out;
}

static void test_questions_give_result_list_fee_and_days(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    const Pack *p = service(a);
    PaperFaults faults = {0};
    Value out = precheck(p, a,
                         "{\"applicantType\":\"resident\",\"agent\":true,\"term\":\"6\",\"validTo\":\"2027-01-10\","
                         "\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}",
                         &faults);
    assert_int_equal(faults.n, 0);
    assert_true(str_is(value_get_str(out, "result"), "RENEW") && value_get_bool(out, "eligible", false));
    Value first = value_get(out, "rules").u.list[0], lines = value_get(out, "checklist");
    assert_true(str_is(value_get_str(first, "rule"), "E3") && value_get_bool(first, "decides", false));
    assert_int_equal(lines.size, 4); /* identity, agent's identity, authority, certificate */
    assert_true(str_is(value_get_str(lines.u.list[1], "id"), "agent-id"));
    assert_true(str_is(value_text(value_get(lines.u.list[1], "articles").u.list[0]), "dlr162:105"));
    assert_true(value_get_str(value_get(lines.u.list[3], "exempt"), "zh").n > 0);
    assert_int_equal(value_get_int(value_get(out, "fee"), "fen", -1), 1000);
    Value clocks = value_get(out, "clocks");
    assert_int_equal(value_get_int(value_get(clocks.u.list[1], "statutory"), "n", 0), 1);
    assert_int_equal(value_get_int(value_get(clocks.u.list[1], "promised"), "n", -1), 0); /* the same day */
    assert_true(value_is_null(value_get(clocks.u.list[0], "promised")));
    arena_free(a);
}

static void test_answers_to_other_questions_are_refused(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    const Pack *p = service(a);
    PaperFaults faults = {0};
    (void)precheck(p, a, "{\"applicantType\":\"resident\",\"term\":\"6\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\",\"personName\":\"x\"}", &faults);
    assert_int_equal(faults.n, 2); /* the name is no question; the date is missing */
    arena_free(a);
}

/* ---- which papers, before anybody has answered ---- */
static Value paper_of(const Pack *p, Arena *a, const char *id) {
    Value all = pack_papers(p, a);
    for (uint32_t i = 0; i < all.size; i++)
        if (str_is(value_get_str(value_get(all.u.list[i], "type"), "id"), id)) return all.u.list[i];
    fail_msg("no paper %s", id);
    return value_null();
}

static Value only_rule(Value paper) {
    assert_false(value_get_bool(paper, "always", true));
    assert_int_equal(value_get(paper, "rules").size, 1);
    return value_get(paper, "rules").u.list[0];
}

static void test_papers_tell_which_answers_ask_for_them(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Value rule = only_rule(paper_of(service(a), a, "medical")), when = value_get(rule, "conditions");
    assert_true(str_is(value_get_str(rule, "rule"), "L1") && str_is(value_get_str(rule, "needed"), "must")); /* not L3: it calls it needless */
    assert_int_equal(when.size, 2);
    assert_true(str_is(value_get_str(when.u.list[0], "en"), "Class") && str_is(value_get_str(when.u.list[0], "wanted"), "\"ordinary\""));
    assert_true(str_is(value_get_str(when.u.list[1], "expression"), "medicalOnline = true"));
    rule = only_rule(paper_of(service(a), a, "agent-id")); /* from a shared function */
    assert_true(str_is(value_get_str(value_get(rule, "conditions").u.list[0], "en"), "An agent acts"));
    arena_free(a);
}

static const Pack *changed(Arena *a, const char *id, const char *from, const char *to) {
    Folder f = folder_service(a, id);
    ErrList faults;
    Pack *pack;
    folder_change(&f, "decide.dmn", from, to);
    assert_true(folder_compile(&f, &faults, &pack));
    return pack;
}

static void test_papers_follow_the_table(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    const char *cell = "<inputEntry id=\"L5_in3\"><text>\"no\"</text>";
    Value when = value_get(only_rule(paper_of(service(a), a, "licence")), "conditions");
    assert_true(str_is(value_get_str(when.u.list[0], "wanted"), "\"no\""));
    const Pack *other = changed(a, SERVICE, cell, "<inputEntry id=\"L5_in3\"><text>\"yes\"</text>");
    when = value_get(only_rule(paper_of(other, a, "licence")), "conditions");
    assert_true(str_is(value_get_str(when.u.list[0], "wanted"), "\"yes\""));
    other = changed(a, SERVICE, cell, "<inputEntry id=\"L5_in3\"><text>-</text>");
    assert_true(value_get_bool(paper_of(other, a, "licence"), "always", false));
    arena_free(a);
}

/* The shared table says `must`; the checklist of this service makes it one of two. */
static void test_papers_are_needed_as_the_checklist_says(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Folder f = folder_service(a, "inspection-mark-exempt");
    ErrList faults;
    Pack *p;
    assert_true(folder_compile(&f, &faults, &p));
    assert_true(str_is(value_get_str(only_rule(paper_of(p, a, "id-resident")), "needed"), "one_of"));
    Value licence = paper_of(p, a, "vehicle-licence");
    assert_true(value_get_bool(licence, "always", false));
    assert_true(str_is(value_get_str(value_get(licence, "rules").u.list[0], "needed"), "one_of"));
    arena_free(a);
}

static void test_what_nobody_verified_is_listed(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    const Pack *p = service(a);
    Value checks = pack_checks(p, a);
    bool fee = false, article = false, claim = false, exempt = false;
    for (uint32_t i = 0; i < checks.size; i++) {
        Value one = checks.u.list[i];
        Str kind = value_get_str(one, "kind");
        assert_true(value_get_str(one, "zh").n > 0 && value_get_str(one, "source").n > 0);
        fee |= str_is(kind, "fee"), article |= str_is(kind, "article"), claim |= str_is(kind, "claim"), exempt |= str_is(kind, "exempt");
    }
    assert_true(fee && article && claim && exempt);
    arena_free(a);
}

static void test_staff_fields_and_states_are_known(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    const Pack *p = service(a);
    bool papers = false, name = false;
    for (uint32_t i = 0; i < p->staff.size; i++) {
        papers |= str_is(value_text(p->staff.u.list[i]), "papers");
        name |= str_is(value_text(p->staff.u.list[i]), "personName");
    }
    assert_true(papers && !name);
    assert_true(str_is(pack_state(p, STR("supplement")), "awaiting_correction"));
    assert_int_equal(pack_state(p, STR("propose")).n, 0);
    arena_free(a);
}

/* A version is the pack's own files and those of common/ that it takes: no more, no less. */
static void test_the_version_is_what_is_used(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Folder f = folder_service(a, SERVICE), unused = f, used = f;
    ErrList faults;
    Pack *one, *two, *three, *again;
    unused.files[unused.n++] = (PackFile){STR("common/letters/unused.zh.html"), STR("<p>x</p>")};
    folder_change(&used, "common/fees.json", "\"fen\": 1000", "\"fen\": 1100");
    assert_true(folder_compile(&f, &faults, &one) && folder_compile(&unused, &faults, &two) && folder_compile(&used, &faults, &three));
    assert_true(str_eq(one->hash, two->hash));
    assert_false(str_eq(one->hash, three->hash));
    /* The kept files alone make the same version again. */
    memcpy(f.files, one->files, one->n_files * sizeof *one->files);
    f.n = one->n_files;
    assert_true(folder_compile(&f, &faults, &again));
    assert_true(str_eq(one->hash, again->hash));
    arena_free(a);
}

static PackDrafts drafts_of(Folder *f) {
    ErrList faults;
    Pack *pack;
    assert_true(folder_compile(f, &faults, &pack));
    return pack->drafts;
}

/* The authority speaks for all its services, a service for itself, each of what it names. */
static void test_how_long_a_draft_is_kept(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Folder f = folder_service(a, SERVICE);
    PackDrafts d = drafts_of(&f);
    assert_true(d.days == 30 && d.files == 20 && d.bytes == 64 << 20);
    folder_change(&f, "authority.json", "\"layers\":", "\"drafts\": {\"days\": 7, \"files\": 5}, \"layers\":");
    d = drafts_of(&f);
    assert_true(d.days == 7 && d.files == 5 && d.bytes == 64 << 20);
    folder_change(&f, "pack.json", "\"channels\":", "\"drafts\": {\"files\": 3, \"bytes\": 1000}, \"channels\":");
    d = drafts_of(&f);
    assert_true(d.days == 7 && d.files == 3 && d.bytes == 1000);
    arena_free(a);
}

typedef struct Change {
    const char *file, *from, *to; /* first occurrence; from "" removes the file */
    const char *want;             /* what some fault's line holds */
} Change;
static const Change CHANGES[] = {
    {"pack.json", "\"questions\": [", "\"questions\": [\"nobody\",", "/precheck/questions/0: The form has no field nobody"},
    {"pack.json", "\"decision\": \"Eligibility\"", "\"decision\": \"Eligible\"", "/precheck/decision: The model has no decision Eligible"},
    {"pack.json", "\"decision\": \"Checklist\"", "\"decision\": \"List\"", "/checklist/decision: The model has no decision List"},
    {"pack.json", "\"driving-licence\"", "\"driver-licence\"", "/fees/items/0: common/fees.json has no entry driver-licence"},
    {"pack.json", "\"id-resident\"", "\"id-card\"", "/evidence/0: common/evidence.json has no entry id-card"},
    {"pack.json", "\"common/texts\"", "\"common/words\"", "/texts: The file common/words/zh.json is missing"},
    {"pack.json", "\"awaiting_correction\"", "\"waiting\"", "/states/supplement: This is no state of a case"},
    {"pack.json", "\"supplement\": ", "\"suplement\": ", "/states/suplement: The process has no element"},
    {"pack.json", "\"stop\": \"accepted\"", "\"stop\": \"agreed\"", "/stop: This must be decided, done or a state"},
    {"pack.json", "\"channels\":", "\"drafts\": {\"days\": 0}, \"channels\":", "/drafts/days: This must be a whole number from 1 to 365"},
    {"authority.json", "\"layers\":", "\"drafts\": {\"day\": 3}, \"layers\":", "/drafts"},
    {"pack.json", "\"window\"", "\"fax\"", "/channels/0: There is no fax"},
    {"pack.json", "\"post\"", "\"kiosk\"", "/accepted_at/0: authority.json has no office of kind kiosk"},
    {"pack.json", "\"qmhz\"", "\"QMHZ\"", "/keywords/pinyin/0: Initials are small letters"},
    {"pack.json", "\"GRANT\"\n    ]", "\"GIVE\"\n    ]", "/external/outcomes/0: There is no outcome GIVE"},
    {"pack.json", "\"unit\": \"years\"", "\"unit\": \"decades\"", "/retention/unit: This must be months or years"},
    {"pack.json", "\"driving\"", "\"flying\"", "/life_events/0: common/life_events.json has no entry flying"},
    {"pack.json", "\"renewal-same-term\"", "\"renewal-other-term\"", "T3: pack.json lists no check renewal-same-term"},
    {"pack.json", "\"code\": \"RENEW\"", "\"code\": \"AGAIN\"", "/results/AGAIN: The text is missing"},
    {"form.json", "common/forms/driver.json", "common/forms/rider.json", "g_applicant: The form common/forms/rider.json is missing"},
    {"decide.dmn", "../common/decisions/driver.dmn", "../common/decisions/rider.dmn", "is not among the files"},
    {"decide.dmn", "<text>dlr162:62</text>", "<text>dlr162:662</text>", "E1: law.json has no article dlr162:662"},
    {"common/fees.json", "\"fen\": 1000", "\"fen\": 10.5", "/fees/items/driving-licence: An amount is a whole number of fen"},
    {"common/letters/decision.en.html", "{{> head}}", "{{> top}}", "common/letters/decision.en.html: top: There is no letters/top.en.html"},
    {"common/letters/head.zh.html", "<p", "{{> head}}<p", "takes in more than"},
    {"letters/facts.zh.html", "", "", "facts: There is no letters/facts.zh.html"},
    {"texts/en.json", "\"RENEW\": {", "\"REPLACE\": {", "/results/RENEW: The text is missing"},
};

static void test_a_fault_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        Arena *a = arena_new(0);
        Folder f = folder_service(a, SERVICE);
        ErrList faults;
        Pack *pack;
        bool found = false;
        folder_change(&f, CHANGES[i].file, CHANGES[i].from, CHANGES[i].to);
        if (folder_compile(&f, &faults, &pack)) fail_msg("%s: nobody misses \"%s\"", CHANGES[i].file, CHANGES[i].want);
        for (size_t k = 0; k < faults.n; k++) found |= str_find(err_line(a, &faults.items[k]), str_of(CHANGES[i].want)) >= 0;
        for (size_t k = 0; !found && k < faults.n && k < 6; k++) print_message("# %s\n", str_c(a, err_line(a, &faults.items[k])));
        if (!found) fail_msg("%s: no \"%s\"", CHANGES[i].file, CHANGES[i].want);
        arena_free(a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions_give_result_list_fee_and_days), cmocka_unit_test(test_answers_to_other_questions_are_refused),
        cmocka_unit_test(test_papers_tell_which_answers_ask_for_them), cmocka_unit_test(test_papers_follow_the_table),
        cmocka_unit_test(test_papers_are_needed_as_the_checklist_says),
        cmocka_unit_test(test_what_nobody_verified_is_listed),          cmocka_unit_test(test_staff_fields_and_states_are_known),
        cmocka_unit_test(test_how_long_a_draft_is_kept), cmocka_unit_test(test_the_version_is_what_is_used),             cmocka_unit_test(test_a_fault_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
