/* A pack with a fault is refused with file, element and a sentence; many faults are reported at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"

typedef struct Change {
    const char *file, *from, *to; /* first occurrence; from "" removes the file */
    const char *want;             /* what some fault's line holds */
} Change;

static const Change CHANGES[] = {
    {"law.json", "", "", "law.json: The file is missing"},
    {"form.json", "", "", "pack.json: /form: The file form.json is missing"},
    {"letters/decision.en.html", "", "", "pack.json: /letters/0/en: The file letters/decision.en.html is missing"},
    {"pack.json", "\"status\": \"sample\",", "\"status\": \"sample\" 1,", "pack.json:4:"},
    {"pack.json", "\"subtitle\"", "\"subtitel\"", "pack.json: /subtitel: This key is unknown"},
    {"pack.json", "\"status\": \"sample\"", "\"status\": \"draft\"", "/status: The status must be"},
    {"pack.json", "\"departable\": true", "\"departable\": 1", "/outcomes/0/departable: This must be true or false"},
    {"pack.json", "parameters.listVersion", "parameters.(", "/derive/1/feel: At character 12 of line 1: a member name"},
    {"pack.json", "\"feel\": \"now\"", "\"feel\": \"nowe\"", "/derive/0/feel"},
    {"pack.json", "\"key\": \"at\"", "\"key\": \"then\"", "/derive/0/key: The form has no field then"},
    {"pack.json", "\"subject\": \"plate\"", "\"subject\": \"number\"", "/subject: The form has no field number"},
    {"pack.json", "\"decision\": \"proposal\"", "\"decision\": \"propose\"",
     "/decision: The model decide.dmn has no decision propose"},
    {"pack.json", "\"P12M\"", "\"12M\"", "/history/window: The window \"12M\""},
    {"pack.json", "\"order\": \"occurred\"", "\"order\": \"time\"",
     "/history/order: This must be occurred or recorded"},
    {"pack.json", "\"name\": \"territory\"", "\"name\": \"window\"",
     "/parameters/window: Two periods overlap on 2021-07-01"},
    {"pack.json", "\"valid_from\": \"2021-07-01\"", "\"valid_from\": \"2021-07-32\"",
     "/parameters/0/valid_from: This must be a date"},
    {"pack.json", "\"code\": \"ERASED\"", "\"code\": \"DROPPED\"",
     "rule A1, output 1: pack.json lists no outcome ERASED"},
    {"pack.json", "\"rtsl:87\"", "\"rtsl:887\"", "/outcomes/0: law.json has no article rtsl:887"},
    {"decide.dmn", "<annotationEntry><text>apl:36</text>", "<annotationEntry><text>apl:836</text>",
     "A3: law.json has no article apl:836"},
    {"decide.dmn", "<text>[14..18)</text>", "<text>[14..</text>", "rule B4, input 1"},
    {"decide.dmn", "</decisionTable>", "</decisionTabel>", "decide.dmn:"},
    {"form.json", "\"key\": \"congestion\"", "\"key\": \"jam\"",
     "decide.dmn: congestion: The model's input congestion is no field"},
    {"process.bpmn", "decisionId=\"proposal\"", "decisionId=\"guess\"",
     "process.bpmn: propose: The model has no decision guess"},
    {"process.bpmn", "<bpmn:outgoing>to_propose</bpmn:outgoing>",
     "<bpmn:outgoing>to_propose</bpmn:outgoing><bpmn:timerEventDefinition><bpmn:timeDate>2027-01-04T00:00:00</bpmn:timeDate>"
     "</bpmn:timerEventDefinition>",
     "process.bpmn: start: The counter begins a case at a plain start event"},
    {"process.bpmn", "value=\"decision\"", "value=\"receipt\"",
     "process.bpmn: receipt: pack.json lists no letter receipt"},
    {"process.bpmn", "type=\"letter\"", "type=\"fax\"",
     "process.bpmn: letter: No counter does a job of type fax"},
    {"process.bpmn", "<zeebe:header key=\"letter\"", "<zeebe:header key=\"send\" value=\"pigeon\" /><zeebe:header key=\"letter\"",
     "process.bpmn: pigeon: A letter goes out by mail, sms, print or webhook, not by pigeon"},
    {"texts/en.json",
     "\"congestion\":", "\"congestoin\":", "texts/en.json: /fields/congestion: The text is missing in this language"},
    {"texts/zh.json", "\"A2\":", "\"A22\":", "texts/zh.json: /rules/A2: The text is missing in this language"},
    {"cases.json", "\"D5\"", "\"D55\"", "cases.json: /0: No table has a rule D55"},
    {"cases.json", "\"outcome\": \"WARNING\"", "\"outcome\": \"WARN\"",
     "cases.json: /0: pack.json lists no outcome WARN"},
    {"cases.json", "\"historyVerified\"", "\"historyChecked\"", "cases.json: /0: The form has no field historyChecked"},
    {"replay.json", "\"days_to\": \"recorded\"", "\"days_to\": \"minor\"", "/answers/daysSinceAct: Days are counted"},
    {"replay.json", "\"corrected\":", "\"korrected\":", "/answers/korrected: The model has no input"},
    {"replay.json", "{\"column\": \"code\"}", "{\"column\": \"vehicle\"}",
     "/answers/violationCode/column: vehicle is no column"},
    {"decide.dmn", "<rule id=\"A2\"", "<rule id=\"A1\"", "decide.dmn: A1: The id stands on more than one rule"},
    {"texts/en.json", "\"means\":", "\"mean\":", "/outcomes/ORAL_WARNING/means: This key is missing"},
    {"texts/en.json", "\"propose\":", "\"proposed\":", "/steps/proposed: The process has no element"},
    {"authority.json", "\"role\": \"clerk\"", "\"role\": \"king\"",
     "authority.json: /demo_users/0: There is no role king"},
    {"authority.json", "\"above\": \"nation\"", "\"above\": \"province\"", "authority.json: /layers/0/above: This must be nation or a layer"},
    {"authority.json", "\"id\": \"prefecture\",\n      \"name\"", "\"id\": \"office\",\n      \"name\"", "/layers/0: The layer office is listed twice, or its name is taken"},
    {"authority.json", "{\"prefecture\":", "{\"county\":", "/layers: No layer is called county, as the folder in calendars/ is"},
    {"authority.json", "\"calendar\": \"prefecture\"", "\"calendar\": \"county\"", "/offices/0/calendar: There is no layer county"},
    {"authority.json", "2026-04-14", "2026-04-13T", "calendars/prefecture/2026.json: /days/1/date: This must be a date"},
    {"authority.json", "\"2026-04-14\", \"name\": \"民族节日（样例）\", \"kind\": \"rest\"", "\"2026-04-13\", \"name\": \"\", \"kind\": \"work\"",
     "calendars/prefecture/2026.json: /days/1: the day is called a day off and a working day"},
    {"pack.json", "\"stop\": \"decided\"", "\"stop\": \"decided\", \"extension\": {\"n\": 0, \"letter\": \"more\"}", "/clocks/0/extension/n: This must be a whole number from 1 to 3660"},
    {"pack.json", "\"stop\": \"decided\"", "\"stop\": \"decided\", \"extension\": {\"n\": 10, \"letter\": \"more\"}", "/clocks/0/extension/letter: There is no letter more"},
    {"pack.json", "\"unit\": \"working\"", "\"unit\": \"working\", \"calendar\": \"county\"",
     "/clocks/0/statutory/calendar: This must be nation, office or a layer of authority.json"},
    {"authority.json", "\"parent\": \"prefecture\"", "\"parent\": \"province\"",
     "/offices/1: No office province stands before"},
    {"replay.json", "\"corrected\": {\"value\": false}", "\"corrected\": {\"value\": \"no\"}",
     "/answers/corrected: The value is not of the type"},
    {"pack.json", "\"start\": \"at\"", "\"start\": \"seen\"", "/clocks/0/start: This must be created, decided or a form key"},
    {"pack.json", "\"stop\": \"done\"", "\"stop\": \"decided\"", "/clocks/2: A clock that starts with the decision cannot stop with it"},
    {"pack.json", "\"n\": 90", "\"n\": 0", "/clocks/1/statutory/n: This must be a whole number"},
    {"pack.json", "\"n\": 5,\n        \"unit\": \"working\",\n        \"source\"", "\"n\": 0,\n        \"unit\": \"calendar\",\n        \"source\"",
     "/clocks/1/promised/unit: The same day must be a working day"},
    {"pack.json", "\"unit\": \"working\"", "\"unit\": \"weeks\"", "/clocks/0/statutory/unit: This must be working or calendar"},
    {"pack.json", "\"rtvp:19\",", "\"rtvp:919\",", "/clocks/0: law.json has no article rtvp:919"},
    {"pack.json", "detection = ", "detektion = ", "/clocks/0/when"},
    {"pack.json", "\"clocks\": [", "\"silence\": [{\"timer\": \"late\", \"clock\": \"decide\", \"outcome\": \"WARNING\"}], \"clocks\": [",
     "/silence/0: The process has no timer event late"},
    {"letters/decision.zh.html", "{{/", "{{/x", "letters/decision.zh.html:"},
    {"form.json", "\"maxLength\": 20", "\"maxLength\": \"abc\"", "form.json: plate: a bound"},
};

static bool some_line_holds(Arena *a, const ErrList *faults, const char *want) {
    for (size_t i = 0; i < faults->n; i++)
        if (str_find(err_line(a, &faults->items[i]), str_of(want)) >= 0) return true;
    for (size_t i = 0; i < faults->n && i < 8; i++) print_message("# %s\n", str_c(a, err_line(a, &faults->items[i])));
    return false;
}

static void test_the_shipped_pack_compiles(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    const Pack *p = folder_pack(a);
    assert_true(str_is(p->id, FOLDER_ID));
    assert_int_equal(p->hash.n, 64);
    assert_true(p->has_history && p->columns);
    assert_int_equal(p->history.window, PACK_WINDOW_MONTHS);
    assert_int_equal(p->history.window_n, 12);
    assert_non_null(pack_article(p, STR("rtsl:90")));
    assert_null(pack_outcome(p, STR("YES")));
    arena_free(a);
}

static void test_a_fault_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        Arena *a = arena_new(0);
        Folder f = folder_open(a);
        ErrList faults;
        Pack *pack;
        folder_change(&f, CHANGES[i].file, CHANGES[i].from, CHANGES[i].to);
        if (folder_compile(&f, &faults, &pack)) fail_msg("%s: nobody misses \"%s\"", CHANGES[i].file, CHANGES[i].want);
        assert_null(pack);
        if (!some_line_holds(a, &faults, CHANGES[i].want)) fail_msg("%s: no \"%s\"", CHANGES[i].file, CHANGES[i].want);
        arena_free(a);
    }
}

/* A model and a form that have faults of their own do not hide the names that miss them. */
static void test_all_faults_come_at_once(void **state) {
    (void)state;
    const size_t some[] = {2, 4, 18, 19, 23, 28, 30, 39};
    Arena *a = arena_new(0);
    Folder f = folder_open(a);
    ErrList faults;
    Pack *pack;
    for (size_t i = 0; i < COUNT_OF(some); i++)
        folder_change(&f, CHANGES[some[i]].file, CHANGES[some[i]].from, CHANGES[some[i]].to);
    assert_false(folder_compile(&f, &faults, &pack));
    for (size_t i = 0; i < COUNT_OF(some); i++)
        if (!some_line_holds(a, &faults, CHANGES[some[i]].want))
            fail_msg("no \"%s\"", CHANGES[some[i]].want);
    arena_free(a);
}

/* A period that ends before the next begins: nobody may guess what held in between. */
static void test_a_gap_between_periods_is_a_fault(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Folder f = folder_open(a);
    ErrList faults;
    Pack *pack;
    folder_change(&f, "pack.json", "\"value\": \"P12M\",", "\"value\": \"P12M\", \"valid_to\": \"2023-06-30\",");
    folder_change(&f, "pack.json", "\"name\": \"territory\",", "\"name\": \"window\",");
    folder_change(&f, "pack.json", "\"value\": \"province\",\n      \"valid_from\": \"2021-07-01\"",
                  "\"value\": \"P6M\", \"valid_from\": \"2024-01-01\"");
    assert_false(folder_compile(&f, &faults, &pack));
    assert_true(some_line_holds(a, &faults, "No value is in force from 2023-07-01 to the day before 2024-01-01"));
    arena_free(a);
}

static void due_is(const Pack *p, const char *calendar, const char *office, const char *day, bool provisional) {
    Value start, due;
    assert_true(date_parse(STR("2026-04-10"), &start) && date_parse(str_of(day), &due));
    CalendarDue last = calendar_due(pack_calendar(p, str_of(calendar), str_of(office)), start.u.i, 1, CALENDAR_WORKING);
    assert_int_equal(last.day, due.u.i);
    assert_int_equal(last.provisional, provisional);
}

/* Nation, prefecture, post: each says its own days over those above; an office without a layer has its parent's. */
static void test_calendars_lie_in_layers(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Folder f = folder_open(a);
    ErrList faults;
    Pack *p;
    folder_change(&f, "authority.json", "\"layer_calendars\":{",
                  "\"layer_calendars\":{\"market\":[{\"year\":2026,\"source\":\"\",\"licence\":\"\",\"checked_on\":\"\",\"checked_by\":\"\",\"papers\":[],"
                  "\"days\":[{\"date\":\"2026-04-11\",\"name\":\"\",\"kind\":\"work\"}]}],\"late\":[],");
    folder_change(&f, "authority.json", "\"above\": \"nation\"\n    }",
                  "\"above\": \"nation\"}, {\"id\": \"market\", \"name\": {\"zh\": \"集\", \"en\": \"market\"}, \"above\": \"prefecture\"},"
                  "{\"id\": \"late\", \"name\": {\"zh\": \"迟\", \"en\": \"late\"}, \"above\": \"nation\"}");
    folder_change(&f, "authority.json", "\"kind\": \"post\"", "\"kind\": \"post\", \"calendar\": \"market\"");
    folder_change(&f, "pack.json", "\"title\"", "\"decided_by\": [\"post\", \"prefecture\"], \"title\"");
    assert_true(folder_compile(&f, &faults, &p));
    due_is(p, "nation", "demo-post", "2026-04-13", false);
    due_is(p, "prefecture", "demo-post", "2026-04-16", false);
    due_is(p, "market", "", "2026-04-11", false);
    due_is(p, "office", "demo-post", "2026-04-11", false);
    due_is(p, "office", "second-county", "2026-04-16", false); /* the prefecture decides for it */
    due_is(p, "office", "elsewhere", "2026-04-13", false);
    due_is(p, "late", "", "2026-04-13", true); /* it has not said anything of 2026 */
    arena_free(a);
}

static void test_the_hash_is_the_folders(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Folder f = folder_open(a), g = f, h = f;
    ErrList faults;
    Pack *one, *two, *three;
    g.files[0] = f.files[1];
    g.files[1] = f.files[0];
    folder_change(&h, "pack.json", "\"version\": \"", "\"version\": \"x");
    assert_true(folder_compile(&f, &faults, &one) && folder_compile(&g, &faults, &two) &&
                folder_compile(&h, &faults, &three));
    assert_true(str_eq(one->hash, two->hash));
    assert_false(str_eq(one->hash, three->hash));
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shipped_pack_compiles), cmocka_unit_test(test_a_fault_is_named),
        cmocka_unit_test(test_all_faults_come_at_once),   cmocka_unit_test(test_a_gap_between_periods_is_a_fault),
        cmocka_unit_test(test_calendars_lie_in_layers),   cmocka_unit_test(test_the_hash_is_the_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
