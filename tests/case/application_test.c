/* An application before it is decided, through the real store and a service of the demo: checked, accepted, told once what
 * is missing, completed by the applicant himself, withdrawn; and what must not happen on the way. Source: all:32. */
#include "bench.h"

static const int64_t DAY_US = 86400 * (int64_t)1000000;
static const char answers[] =
    "{\"applicantType\":\"resident\",\"personName\":\"岩温\",\"personId\":\"53280119900101123x\",\"phone\":\"138 0000 4321\","
    "\"term\":\"6\",\"validTo\":\"2027-01-10\",\"fullMarks\":\"no\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}";
static const char two_items[] =
    "{\"items\":[{\"evidence\":\"medical\",\"fault\":\"outdated\",\"text\":\"2025 年 3 月\"},{\"field\":\"phone\",\"text\":\"少一位\"}],\"days\":10}";

static int set_up(void **state) {
    *state = service_bench("licence-renewal");
    return 0;
}

static AccessWho person(const char *role, const char *office) {
    return (AccessWho){.user = str_of(role), .name = STR("某人"), .office = str_of(office), .role = str_of(role)};
}

static Value view(Bench *b, const CaseReply *on, int64_t now_us) {
    AccessWho who = person("officer", "demo-county");
    Err err = {0};
    Value out;
    must(case_view(b->house, &who, on->id, STR("handling"), now_us, b->a, &out, &err), &err);
    return out;
}

static Value clock_of(Value of, const char *id) {
    Value clocks = value_get(of, "clocks");
    for (uint32_t i = 0; i < clocks.size; i++)
        if (str_is(value_get_str(clocks.u.list[i], "id"), id)) return clocks.u.list[i];
    return value_null();
}

static bool act(Value of, const char *name) { return value_get_bool(value_get(of, "acts"), name, false); }

static void refused(Bench *b, Command *c, ErrCode code, const char *element) {
    CaseReply r;
    Err err = {0};
    assert_false(case_handle(b->house, c, b->a, &r, &err));
    assert_int_equal(err.code, code);
    if (element) assert_string_equal(err.element, element);
}

static Command by_applicant(Bench *b, CaseDo what, const CaseReply *on, int64_t now_us, const char *proof, const char *args) {
    Command c = order(b, what, on, now_us, args);
    c.who = (AccessWho){0};
    c.case_id = STR("");
    c.code = on->tracking_code;
    c.proof = str_of(proof);
    return c;
}

static CaseReply done(Bench *b, const Command *c) {
    CaseReply r;
    Err err = {0};
    must(case_handle(b->house, c, b->a, &r, &err), &err);
    assert_int_equal(r.faults.n, 0);
    return r;
}

static bool state_is(const CaseReply *r, const char *state) { return str_is(r->state, state); }

/* ---- the straight way ------------------------------------------------------------------------------------------------ */

static void test_checked_accepted_and_decided(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    assert_true(state_is(&r, "submitted"));
    Value before = view(b, &r, NOON_US);
    assert_true(act(before, "accept") && act(before, "notice") && act(before, "withdraw") && !act(before, "decide") && !act(before, "supply"));
    assert_true(str_is(value_get_str(value_get(before, "proposed"), "code"), "PENDING"));
    Command early = order(b, CASE_DEPART, &r, NOON_US, "{\"outcome\":\"GRANT\",\"reason\":\"x\",\"external\":\"1\"}");
    refused(b, &early, ERR_STATE, NULL); /* nothing is decided before it is accepted */
    r = does(b, CASE_CHECK, &r, NOON_US, "{\"answers\":{\"papers\":\"complete\",\"fit\":\"fit\",\"open\":\"none\",\"study\":\"none\",\"medicalOn\":\"2026-11-01\"}}");
    r = does(b, CASE_ACCEPT, &r, NOON_US, "{\"accept\":true}");
    assert_true(state_is(&r, "accepted"));
    Value v = view(b, &r, NOON_US);
    assert_true(act(v, "decide") && !act(v, "accept") && !act(v, "notice"));
    assert_true(str_is(value_get_str(value_get(v, "accepted"), "how"), "accepted"));
    assert_true(str_is(value_get_str(value_get(v, "accepted"), "office"), "demo-county"));
    assert_true(str_is(value_get_str(clock_of(v, "acceptance"), "state"), "stopped"));
    Value decision = clock_of(v, "decision"), promised = value_get(value_get(decision, "promised"), "due");
    assert_true(promised.kind == VALUE_DATE && promised.u.i + 1 == value_get(value_get(decision, "statutory"), "due").u.i); /* the same day */
    assert_true(str_is(value_get_str(value_get(v, "letters").u.list[0], "letter"), "receipt"));
}

static void test_what_the_counter_finds_out_changes_the_proposal(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    CaseReply after = does(b, CASE_CHECK, &r, NOON_US, "{\"answers\":{\"papers\":\"incomplete\",\"missing\":\"体检证明\"}}");
    Value v = view(b, &after, NOON_US);
    assert_true(state_is(&after, "submitted"));
    assert_true(str_is(value_get_str(value_get(v, "proposed"), "code"), "CORRECT"));
    assert_true(str_is(value_get_str(value_get(value_get(v, "proposal"), "inputs"), "papers"), "incomplete"));
    Command nothing = order(b, CASE_CHECK, &after, NOON_US, "{\"answers\":{\"papers\":\"incomplete\"}}");
    refused(b, &nothing, ERR_INVALID, "answers");
    Command his = order(b, CASE_CHECK, &after, NOON_US, "{\"answers\":{\"personName\":\"别人\"}}");
    refused(b, &his, ERR_INVALID, "personName");
}

static void test_not_accepted_needs_a_reason_and_ends(void **state) {
    Bench *b = *state;
    Str html;
    Err err = {0};
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    Command silent = order(b, CASE_ACCEPT, &r, NOON_US, "{\"accept\":false}");
    refused(b, &silent, ERR_INVALID, "reason");
    r = does(b, CASE_ACCEPT, &r, NOON_US, "{\"accept\":false,\"reason\":\"不属于本机关职权\"}");
    assert_true(state_is(&r, "rejected"));
    must(case_letter(b->house, NULL, r.tracking_code, 1, STR("zh"), NOON_US, b->a, &html, &err), &err);
    assert_true(str_find(html, STR("不予受理凭证")) >= 0 && str_find(html, STR("不属于本机关职权")) >= 0);
    assert_true(str_find(html, STR("60 日内")) >= 0 && str_find(html, STR("行政复议")) >= 0); /* arl:20: told of the way */
    assert_true(str_is(value_get_str(clock_of(view(b, &r, NOON_US), "acceptance"), "state"), "stopped"));
    Command late = order(b, CASE_CORRECT, &r, NOON_US, "{\"outcome\":\"GRANT\",\"reason\":\"x\",\"external\":\"1\"}");
    refused(b, &late, ERR_STATE, NULL); /* there is no decision */
}

/* ---- told once ------------------------------------------------------------------------------------------------------- */

static void test_told_once_and_completed_by_the_applicant(void **state) {
    Bench *b = *state;
    Str html;
    Err err = {0};
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    int64_t due = value_get(value_get(clock_of(view(b, &r, NOON_US), "acceptance"), "statutory"), "due").u.i;
    r = does(b, CASE_NOTICE, &r, NOON_US, two_items);
    assert_true(state_is(&r, "awaiting_correction"));
    Value v = view(b, &r, NOON_US), notice = value_get(v, "notices").u.list[0];
    assert_int_equal(value_get(notice, "items").size, 2);
    assert_int_equal(value_get(notice, "until").u.i, date_days(2026, 12, 8)); /* ten working days on */
    assert_true(str_is(value_get_str(clock_of(v, "acceptance"), "state"), "suspended"));
    must(case_letter(b->house, NULL, r.tracking_code, 1, STR("zh"), NOON_US, b->a, &html, &err), &err);
    assert_true(str_find(html, STR("已经过期")) >= 0 && str_find(html, STR("2025 年 3 月")) >= 0 && str_find(html, STR("少一位")) >= 0);
    must(case_tick(b->house, NOON_US + 30 * DAY_US, &err), &err); /* no silence while the applicant completes it */
    assert_true(act(view(b, &r, NOON_US), "supply"));
    Command c = by_applicant(b, CASE_SUPPLY, &r, NOON_US + 7 * DAY_US, "4321", "{\"answers\":{\"phone\":\"13800001234\"},\"note\":\"新证明已交\"}");
    r = done(b, &c);
    assert_true(state_is(&r, "submitted"));
    v = view(b, &r, NOON_US + 7 * DAY_US);
    assert_true(str_is(value_get_str(value_get(v, "answers"), "phone"), "13800001234"));
    assert_false(value_is_null(value_get(value_get(v, "notices").u.list[0], "answered_at")));
    assert_true(str_is(value_get_str(clock_of(v, "acceptance"), "state"), "running"));
    assert_true(value_get(value_get(clock_of(v, "acceptance"), "statutory"), "due").u.i > due);
    assert_true(done(b, &c).again); /* pressed twice: the first answer again */
}

static void test_a_second_notice_is_the_supervisors(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    r = does(b, CASE_NOTICE, &r, NOON_US, two_items);
    r = does(b, CASE_SUPPLY, &r, NOON_US, "{\"note\":\"窗口收到\"}"); /* at the counter, for him */
    Command again = order(b, CASE_NOTICE, &r, NOON_US, two_items);
    refused(b, &again, ERR_DENIED, NULL);
    again.who = person("supervisor", "demo-county");
    refused(b, &again, ERR_INVALID, "reason");
    again.args = value_with(b->a, again.args, STR("reason"), value_c("新交的证明是伪造的"));
    r = done(b, &again);
    assert_int_equal(value_get(view(b, &r, NOON_US), "notices").size, 2);
}

static void test_a_notice_is_complete_or_refused(void **state) {
    Bench *b = *state;
    static const struct {
        const char *args, *element;
    } rows[] = {
        {"{\"items\":[],\"days\":10}", "items"},
        {"{\"items\":[{\"evidence\":\"passport-of-nowhere\",\"fault\":\"missing\"}],\"days\":10}", "items"},
        {"{\"items\":[{\"evidence\":\"medical\",\"field\":\"phone\",\"fault\":\"missing\"}],\"days\":10}", "items"},
        {"{\"items\":[{\"evidence\":\"medical\",\"fault\":\"ugly\"}],\"days\":10}", "items"},
        {"{\"items\":[{\"evidence\":\"medical\"}],\"days\":10}", "items"},
        {"{\"items\":[{\"evidence\":\"medical\",\"fault\":\"missing\"}],\"days\":0}", "days"},
    };
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Command c = order(b, CASE_NOTICE, &r, NOON_US, rows[i].args);
        refused(b, &c, ERR_INVALID, rows[i].element);
    }
}

/* ---- the applicant acts ------------------------------------------------------------------------------------------------ */

static void test_the_applicant_is_known_by_four_characters(void **state) {
    Bench *b = *state;
    static const char *const right[] = {"4321", "123X", "123x", " 4321"}, *const wrong[] = {"4320", "", "321", "岩温"};
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        CaseReply r = does(b, CASE_CREATE, NULL, NOON_US + (int64_t)i * 1000000, answers);
        Command c = by_applicant(b, CASE_WITHDRAW, &r, NOON_US, right[i], "{}");
        r = done(b, &c);
        assert_true(state_is(&r, "withdrawn"));
    }
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US + 60 * (int64_t)1000000, answers);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Command c = by_applicant(b, CASE_WITHDRAW, &r, NOON_US, wrong[i], "{}");
        refused(b, &c, ERR_DENIED, NULL);
    }
    for (int i = 0; i < 6; i++) {
        Command c = by_applicant(b, CASE_WITHDRAW, &r, NOON_US, "0000", "{}");
        refused(b, &c, ERR_DENIED, NULL);
    }
    Command c = by_applicant(b, CASE_WITHDRAW, &r, NOON_US, "4321", "{}");
    refused(b, &c, ERR_BUSY, NULL); /* whoever guesses waits */
    c.now_us = NOON_US + 16 * 60 * (int64_t)1000000;
    r = done(b, &c);
    assert_true(state_is(&r, "withdrawn"));
}

/* One paper, uploaded by whoever may: under the tracking code, or by staff. */
static void hand_over(Bench *b, const CaseOwn *own, uint8_t chance) {
    static const char bytes[] = "%PDF-1.4\n%%EOF\n";
    const uint8_t seed[32] = {chance};
    CaseUpload u, wanted = {.evidence = STR("medical"), .name = STR("a.pdf"), .type = STR("application/pdf"), .size = sizeof bytes - 1, .blob = STR("")};
    Err err = {0};
    must(case_upload_begin(b->house, own->pack, own->key, &wanted, seed, NOON_US, b->a, &u, &err), &err);
    must(case_upload_piece(b->house, own->pack, own->key, u.id, 0, str_of(bytes), b->a, &u, &err), &err);
}

static Value tracked(Bench *b, const CaseReply *r) {
    Value seen;
    Err err = {0};
    must(case_track(b->house, r->tracking_code, NOON_US, b->a, &seen, &err), &err);
    return seen;
}

static CaseOwn own_case(Bench *b, const CaseReply *r) {
    CaseOwn own;
    Err err = {0};
    must(case_own(b->house, r->tracking_code, STR("4321"), NOON_US, b->a, &own, &err), &err);
    return own;
}

static void test_the_applicant_changes_his_own_answers_alone(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    Command early = by_applicant(b, CASE_SUPPLY, &r, NOON_US, "4321", "{\"note\":\"x\"}");
    refused(b, &early, ERR_STATE, NULL);
    r = does(b, CASE_NOTICE, &r, NOON_US, two_items);
    Command c = by_applicant(b, CASE_SUPPLY, &r, NOON_US, "4321", "{\"answers\":{\"papers\":\"complete\"}}");
    refused(b, &c, ERR_INVALID, "papers");
    c.args = json(b, "{}");
    refused(b, &c, ERR_INVALID, "answers");
    c.args = json(b, "{\"answers\":{\"phone\":\"none\"}}");
    CaseReply faulty;
    Err err = {0};
    must(case_handle(b->house, &c, b->a, &faulty, &err), &err);
    assert_int_equal(faulty.faults.n, 1);
    c.args = json(b, "{\"files\":[{\"evidence\":\"medical\",\"blob\":\"ab\",\"name\":\"a.jpg\",\"type\":\"image/jpeg\",\"bytes\":7}]}");
    refused(b, &c, ERR_INVALID, "answers"); /* a paper comes by an upload: nobody names another's */
}

static void test_papers_come_with_the_answer(void **state) {
    Bench *b = *state;
    CaseFile file;
    CaseOwn own;
    Err err = {0}, trouble = {0};
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    assert_false(own_case(b, &r).asked);
    r = does(b, CASE_NOTICE, &r, NOON_US, two_items);
    assert_false(case_own(b->house, r.tracking_code, STR("0000"), NOON_US, b->a, &own, &trouble));
    assert_int_equal(trouble.code, ERR_DENIED);
    own = own_case(b, &r);
    assert_true(own.asked);
    hand_over(b, &own, 7);
    CaseOwn staff;
    AccessWho officer = person("officer", "demo-county");
    must(case_own_staff(b->house, &officer, r.id, b->a, &staff, &err), &err);
    hand_over(b, &staff, 9); /* lies apart: he has not sent it */
    Command c = by_applicant(b, CASE_SUPPLY, &r, NOON_US, "4321", "{}");
    CaseReply first = done(b, &c), again = done(b, &c);
    assert_true(again.again && again.version == first.version);
    own = own_case(b, &r);
    assert_int_equal(own.files.size, 1);
    assert_false(own.asked);
    Value seen = tracked(b, &r);
    assert_true(value_get_str(value_get(seen, "files").u.list[0], "name").n == 0); /* a code alone tells no names */
    must(case_own_file(b->house, r.tracking_code, STR("4321"), 1, NOON_US, b->a, &file, &err), &err);
    Value line = value_get(tracked(b, &r), "lookers").u.list[0];
    assert_true(str_is(value_get_str(line, "role"), "applicant") && str_is(value_get_str(line, "purpose"), "own"));
    trouble = (Err){0};
    assert_false(case_own_file(b->house, r.tracking_code, STR("4321"), 2, NOON_US, b->a, &file, &trouble));
    assert_int_equal(trouble.code, ERR_NOT_FOUND);
}

static void test_withdrawn_is_the_end(void **state) {
    Bench *b = *state;
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    Command silent = order(b, CASE_WITHDRAW, &r, NOON_US, "{}");
    refused(b, &silent, ERR_INVALID, "reason"); /* at the counter: how he asked for it */
    r = does(b, CASE_WITHDRAW, &r, NOON_US, "{\"reason\":\"本人到窗口提出\"}");
    Value v = view(b, &r, NOON_US);
    assert_true(state_is(&r, "withdrawn") && !act(v, "withdraw") && !act(v, "accept"));
    assert_true(str_is(value_get_str(clock_of(v, "acceptance"), "state"), "stopped"));
    Err err = {0};
    must(case_tick(b->house, NOON_US + 60 * DAY_US, &err), &err);
    assert_int_equal(value_get_int(view(b, &r, NOON_US), "version", 0), r.version);
}

/* ---- the decision ------------------------------------------------------------------------------------------------------ */

static CaseReply accepted(Bench *b) {
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    return does(b, CASE_ACCEPT, &r, NOON_US, "{\"accept\":true}");
}

static void test_a_reference_and_a_competent_office_decide(void **state) {
    Bench *b = *state;
    CaseReply r = accepted(b);
    Command c = order(b, CASE_ADOPT, &r, NOON_US, "{}");
    refused(b, &c, ERR_STATE, "outcome"); /* PENDING is no decision */
    c = order(b, CASE_DEPART, &r, NOON_US, "{\"outcome\":\"GRANT\",\"reason\":\"核对无误\"}");
    refused(b, &c, ERR_INVALID, "external");
    c.args = value_with(b->a, c.args, STR("external"), value_c("5328-0001"));
    r = done(b, &c);
    assert_true(state_is(&r, "closed"));
    Value decision = value_get(view(b, &r, NOON_US), "decisions").u.list[0];
    assert_true(str_is(value_get_str(decision, "external"), "5328-0001"));
    Str html;
    Err err = {0};
    must(case_letter(b->house, NULL, r.tracking_code, 2, STR("en"), NOON_US, b->a, &html, &err), &err);
    assert_true(str_find(html, STR("5328-0001")) >= 0);
}

static void test_a_post_accepts_and_does_not_decide(void **state) {
    Bench *b = *state;
    Command c = order(b, CASE_CREATE, NULL, NOON_US, answers);
    c.who = person("officer", "demo-post");
    CaseReply r = done(b, &c);
    c = order(b, CASE_ACCEPT, &r, NOON_US, "{\"accept\":true}");
    c.who = person("officer", "demo-post");
    r = done(b, &c);
    c = order(b, CASE_DEPART, &r, NOON_US, "{\"outcome\":\"REFUSE\",\"reason\":\"不符合条件\"}");
    c.who = person("officer", "demo-post");
    refused(b, &c, ERR_DENIED, NULL);
    c.who = person("supervisor", "demo-county");
    r = done(b, &c);
    assert_true(state_is(&r, "closed"));
}

static void test_a_worklist_holds_what_is_open(void **state) {
    Bench *b = *state;
    Err err = {0};
    Value list;
    AccessWho who = person("officer", "demo-county");
    accepted(b);
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US + 1000000, answers);
    does(b, CASE_WITHDRAW, &r, NOON_US, "{\"reason\":\"本人提出\"}");
    must(case_list(b->house, &who, json(b, "{\"state\":\"open\"}"), NOON_US, b->a, &list, &err), &err);
    assert_int_equal(value_get(list, "cases").size, 1);
    assert_int_equal(value_get_int(value_get(list, "counts"), "open", -1), 1);
    assert_int_equal(value_get_int(value_get(list, "counts"), "withdrawn", -1), 1);
    assert_false(case_list(b->house, &who, json(b, "{\"state\":\"lost\"}"), NOON_US, b->a, &list, &err));
}

/* ---- ratings ----------------------------------------------------------------------------------------------------------- */

static void rate(Bench *b, Str code, int64_t now_us, const char *rating, ErrCode wanted) {
    Err err = {0};
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof seed; i++) seed[i] = (uint8_t)(b->turn * 13 + (int)i);
    b->turn++;
    bool ok = case_rate(b->house, code, json(b, rating), seed, now_us, b->a, &err);
    assert_int_equal(ok ? ERR_NONE : err.code, wanted);
}

static void test_a_rating_is_given_once_and_belongs_to_nobody(void **state) {
    Bench *b = *state;
    Err err = {0};
    Value all, seen;
    AccessWho chief = person("supervisor", "demo-county"), clerk = person("clerk", "demo-county");
    CaseReply r = does(b, CASE_CREATE, NULL, NOON_US, answers);
    rate(b, r.tracking_code, NOON_US, "{\"level\":5}", ERR_STATE); /* it goes on */
    r = does(b, CASE_WITHDRAW, &r, NOON_US, "{\"reason\":\"本人提出\"}");
    rate(b, r.tracking_code, NOON_US, "{\"level\":6}", ERR_INVALID);
    rate(b, r.tracking_code, NOON_US, "{\"level\":1,\"aspects\":[\"guide\"]}", ERR_INVALID); /* of another channel */
    int64_t events = store_counters(b->store).events;
    rate(b, r.tracking_code, NOON_US, "{\"level\":1,\"aspects\":[\"speed\"],\"remark\":\"太慢\"}", ERR_NONE);
    assert_int_equal(store_counters(b->store).events, events); /* the log tells nothing */
    rate(b, r.tracking_code, NOON_US, "{\"level\":5}", ERR_STATE);
    must(case_track(b->house, r.tracking_code, NOON_US, b->a, &seen, &err), &err);
    assert_false(value_get_bool(seen, "may_rate", true));
    must(case_ratings(b->house, &clerk, b->a, &all, &err), &err);
    assert_int_equal(value_get(all, "sums").size + value_get(all, "low").size, 0);
    must(case_ratings(b->house, &chief, b->a, &all, &err), &err);
    Value low = value_get(all, "low").u.list[0];
    Str said = json_text(b->a, all);
    assert_true(str_find(said, r.id) < 0 && str_find(said, r.tracking_code) < 0 && str_find(said, STR("岩温")) < 0);
    assert_true(str_is(value_get_str(low, "month"), "2026-11"));
    assert_int_equal(value_get(low, "due").u.i, date_days(2026, 12, 14)); /* fifteen working days from Monday, the 23rd */
    assert_false(case_rating_follow(b->house, &clerk, value_get_str(low, "id"), STR("demo-county"), CASE_FOLLOW_DONE, STR("已整改"), NOON_US, b->a, &err));
    assert_int_equal(err.code, ERR_DENIED);
    must(case_rating_follow(b->house, &chief, value_get_str(low, "id"), STR("demo-county"), CASE_FOLLOW_DONE, STR("已增开窗口"), NOON_US, b->a, &err), &err);
    must(case_ratings(b->house, &chief, b->a, &all, &err), &err);
    assert_int_equal(value_get(all, "low").size, 0);
}

static const char *const kept_of_a_rating[] = {"id", "service", "office", "month", "channel", "level", "aspects", "remark", "due_day"};

/* The table has a column for none of: the case, the person, the clerk, the counter, the moment; and no row has a place of its own. */
static void test_no_way_leads_from_a_rating_to_whom_it_is_of(void **state) {
    (void)state;
    extern const char case_sql[];
    Str sql = str_of(case_sql), rest;
    ptrdiff_t from = str_find(sql, STR("CREATE TABLE case_rating ("));
    assert_true(from >= 0);
    Str table = str_cut(str_sub(sql, (size_t)from + 26, sql.n), ';', &rest);
    for (size_t i = 0; i < COUNT_OF(kept_of_a_rating); i++) assert_true(str_find(table, str_of(kept_of_a_rating[i])) >= 0);
    size_t lines = 0;
    for (Str line; table.n > 0; lines += str_trim(line).n > 0) line = str_cut(table, '\n', &table);
    assert_int_equal(lines, COUNT_OF(kept_of_a_rating) + 1); /* and the end of the table */
    assert_true(str_find(str_sub(sql, (size_t)from, sql.n - rest.n), STR(") without rowid")) >= 0);
}

static void visit(Bench *b, const char *ticket, const char *rating, ErrCode wanted) {
    Err err = {0};
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof seed; i++) seed[i] = (uint8_t)(b->turn * 13 + (int)i);
    b->turn++;
    bool ok = case_rate_visit(b->house, STR("demo-county"), str_of(ticket), json(b, rating), seed, NOON_US, b->a, &err);
    assert_int_equal(ok ? ERR_NONE : err.code, wanted);
}

static void test_a_visit_is_rated_once_thanked_for_and_a_mistake_settled_by_two(void **state) {
    Bench *b = *state;
    Err err = {0};
    Value all, month;
    AccessWho chief = person("supervisor", "demo-county"), other = person("supervisor", "demo-county");
    other.user = STR("another");
    visit(b, "B07", "{\"level\":5,\"remark\":\"很耐心\",\"contact\":\"13800004321\"}", ERR_NONE);
    visit(b, "B07", "{\"level\":1}", ERR_STATE);
    visit(b, "B08", "{\"level\":2,\"aspects\":[\"speed\"],\"remark\":\"等了 50 分钟\",\"contact\":\"13800004321\"}", ERR_NONE);
    visit(b, "B09", "{\"level\":1,\"aspects\":[\"usability\"]}", ERR_INVALID); /* of the pages, not of the hall */
    must(case_ratings(b->house, &chief, b->a, &all, &err), &err);
    assert_int_equal(value_get(all, "thanks").size, 1);
    Value low = value_get(all, "low").u.list[0];
    assert_int_equal(value_get(all, "low").size, 1);
    assert_true(str_is(value_get_str(low, "contact"), "13800004321"));
    assert_true(str_find(json_text(b->a, value_get(all, "thanks")), STR("138")) < 0); /* who is content is not called */
    Str id = value_get_str(low, "id"), office = STR("demo-county");
    must(case_rating_follow(b->house, &chief, id, office, CASE_FOLLOW_DISPUTE, STR("评的是别的窗口"), NOON_US, b->a, &err), &err);
    assert_false(case_rating_follow(b->house, &chief, id, office, CASE_FOLLOW_EXCLUDE, STR("属实"), NOON_US, b->a, &err));
    assert_int_equal(err.code, ERR_DENIED);
    must(case_rating_follow(b->house, &other, id, office, CASE_FOLLOW_KEEP, STR("就是本窗口"), NOON_US, b->a, &err), &err);
    must(case_rating_follow(b->house, &chief, id, office, CASE_FOLLOW_DISPUTE, STR("又查了一次"), NOON_US, b->a, &err), &err);
    must(case_rating_follow(b->house, &other, id, office, CASE_FOLLOW_EXCLUDE, STR("属实"), NOON_US, b->a, &err), &err);
    must(case_ratings(b->house, &chief, b->a, &all, &err), &err);
    assert_int_equal(value_get(all, "low").size, 0);
    must(case_rating_month(b->house, &chief, NOON_US, OFFSET, b->a, &month, &err), &err);
    assert_int_equal(value_get_int(month, "ratings", -1), 1);
    assert_int_equal(value_get_int(month, "satisfied", -1), 1);
    assert_int_equal(value_get_int(month, "closed", -1), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_checked_accepted_and_decided),
        TEST(test_what_the_counter_finds_out_changes_the_proposal),
        TEST(test_not_accepted_needs_a_reason_and_ends),
        TEST(test_told_once_and_completed_by_the_applicant),
        TEST(test_a_second_notice_is_the_supervisors),
        TEST(test_a_notice_is_complete_or_refused),
        TEST(test_the_applicant_is_known_by_four_characters),
        TEST(test_the_applicant_changes_his_own_answers_alone),
        TEST(test_papers_come_with_the_answer),
        TEST(test_withdrawn_is_the_end),
        TEST(test_a_reference_and_a_competent_office_decide),
        TEST(test_a_post_accepts_and_does_not_decide),
        TEST(test_a_worklist_holds_what_is_open),
        TEST(test_a_rating_is_given_once_and_belongs_to_nobody),
        TEST(test_no_way_leads_from_a_rating_to_whom_it_is_of),
        TEST(test_a_visit_is_rated_once_thanked_for_and_a_mistake_settled_by_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
