/* Ratings: what people think of how it went, five levels, once per case, kept apart from the case: no case, no person, no
 * clerk, no moment finer than the month. A low one is a matter to follow up within a time, without a person. They lie in
 * no event on purpose: the log's order and moments would tell whose they are. Never shown to those who were rated. */
#include "case/case_in.h"

#include <sodium.h>

enum { LEVELS = 5, LOW = 2, MAX_REMARK = 500, FOLLOW_UP_DAYS = 15, ID_BYTES = 16 };

static const struct {
    const char *channel, *aspect; /* what may be praised or blamed there */
} aspects[] = {
    {"window", "speed"}, {"window", "skill"}, {"window", "manner"},
    {"online", "speed"}, {"online", "guide"}, {"online", "ease"}, {"online", "usability"},
};

static bool is_aspect(Str channel, Str aspect) {
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(aspects); i++) known |= str_is(channel, aspects[i].channel) && str_is(aspect, aspects[i].aspect);
    return known;
}

Value case_rating_aspects(Str channel, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < COUNT_OF(aspects); i++)
        if (str_is(channel, aspects[i].channel)) build_item(&list, value_c(aspects[i].aspect));
    return build_list(&list);
}

Str case_channel(const CaseStory *story) {
    return story->events.n > 0 && str_is(story->events.items[0].actor, "applicant") ? STR("online") : STR("window");
}

static StoreArg code_hash(const CaseRecord *r, Arena *a) {
    uint8_t hash[crypto_generichash_BYTES];
    Str text = str_join2(a, STR("rated "), r->code);
    crypto_generichash(hash, sizeof hash, (const uint8_t *)text.p, text.n, NULL, 0);
    return store_blob(str_copy(a, (Str){(const char *)hash, sizeof hash}));
}

bool case_may_rate(CaseHouse *h, const CaseRecord *r, Arena *a, bool *out, Err *err) {
    StoreRows rows;
    StoreArg code = code_hash(r, a);
    TRY(store_query(h->store, store_statement(h->store, "case_rated_get"), &code, 1, a, &rows, err));
    *out = value_is_null(r->process) && rows.n == 0;
    return true;
}

static bool refuse(Err *err, const char *element, const char *text) {
    err_set(err, ERR_INVALID, "case", "%s", text);
    err_element(err, str_of(element));
    return false;
}

static bool check(Value rating, Str channel, Err *err) {
    int64_t level = value_get_int(rating, "level", 0);
    Value chosen = value_get(rating, "aspects");
    if (level < 1 || level > LEVELS) return refuse(err, "level", "a rating has one of five levels");
    if (utf8_count(str_trim(value_get_str(rating, "remark"))) > MAX_REMARK) return refuse(err, "remark", "a remark has at most 500 characters");
    if (!value_is_null(chosen) && (chosen.kind != VALUE_LIST || chosen.size > COUNT_OF(aspects))) return refuse(err, "aspects", "aspects are a list");
    for (uint32_t i = 0; chosen.kind == VALUE_LIST && i < chosen.size; i++)
        if (chosen.u.list[i].kind != VALUE_STRING || !is_aspect(channel, value_text(chosen.u.list[i]))) return refuse(err, "aspects", "there is no such aspect");
    return true;
}

/* Counted from the Monday of the week, so that the last day tells the week and not the day. */
static StoreArg follow_up(const Pack *pack, int64_t level, int64_t today) {
    int64_t monday = today - (today + 3) % 7; /* day 0 was a Thursday */
    if (level > LOW) return store_null();
    return store_int(calendar_due(&pack->calendar, monday, FOLLOW_UP_DAYS, CALENDAR_WORKING).day);
}

static void add_rating(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *r, Str channel, Value rating, const uint8_t seed[32], int64_t now_us) {
    Arena *a = store_batch_arena(b);
    Buf id = {.a = a};
    int64_t today = case_day(now_us, case_office_offset(pack)), year;
    int month, day;
    Value chosen = value_get(rating, "aspects");
    for (int i = 0; i < ID_BYTES; i++) buf_printf(&id, "%02x", seed[i]);
    date_civil(today, &year, &month, &day);
    Str of = str_printf(a, "%04lld-%02d", (long long)year, month);
    int64_t level = value_get_int(rating, "level", 0);
    store_add(b, store_statement(h->store, "case_rating_add"),
              (StoreArg[]){store_text(buf_str(&id)), store_text(r->service), store_text(r->office), store_text(of), store_text(channel), store_int(level),
              store_text(value_is_null(chosen) ? STR("[]") : json_text(a, chosen)), store_text(str_trim(value_get_str(rating, "remark"))), follow_up(pack, level, today)}, 9);
}

bool case_rate(CaseHouse *h, Str code, Value rating, const uint8_t seed[32], int64_t now_us, Arena *a, Err *err) {
    assert(h && seed && a);
    CaseRecord r;
    CaseStory story;
    Err trouble = {0};
    bool may = false;
    TRY(case_by_code(h, code, a, &r, err));
    const Pack *pack = case_pack_of(h, &r);
    if (!pack) return err_set(err, ERR_STATE, "case", "this program cannot read the case's version of the service");
    TRY(case_read_story(h, pack, a, &r, &story, err));
    TRY(check(rating, case_channel(&story), err));
    TRY(case_may_rate(h, &r, a, &may, err));
    if (!may) return err_set(err, ERR_STATE, "case", "a case is rated once, when it has ended");
    StoreBatch *b = store_batch(a);
    StoreArg used = code_hash(&r, a);
    store_add(b, store_statement(h->store, "case_rated_add"), &used, 1);
    add_rating(h, b, pack, &r, case_channel(&story), rating, seed, now_us);
    if (store_commit(h->store, b, &trouble)) return true;
    if (trouble.code == ERR_CONFLICT) return err_set(err, ERR_STATE, "case", "a case is rated once, when it has ended");
    if (err) *err = trouble;
    return false;
}

/* ---- what the supervisor sees ---------------------------------------------------------------------------------------- */

static Value sum_value(Str office, const StoreArg *c, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "office", value_str(office));
    build_c(&b, "service", value_str(c[0].s));
    build_c(&b, "month", value_str(c[1].s));
    build_c(&b, "channel", value_str(c[2].s));
    build_c(&b, "level", value_int(c[3].i));
    build_c(&b, "n", value_int(c[4].i));
    return build_ctx(&b);
}

static bool low_value(Str office, const StoreArg *c, Arena *a, Value *out, Err *err) {
    ValueBuild b = {.a = a};
    Value chosen;
    TRY(json_parse(c[5].s, CASE_JSON, a, &chosen, err));
    build_c(&b, "id", value_str(c[0].s));
    build_c(&b, "office", value_str(office));
    build_c(&b, "service", value_str(c[1].s));
    build_c(&b, "month", value_str(c[2].s));
    build_c(&b, "channel", value_str(c[3].s));
    build_c(&b, "level", value_int(c[4].i));
    build_c(&b, "aspects", chosen);
    build_c(&b, "remark", value_str(c[6].s));
    build_c(&b, "due", (Value){.kind = VALUE_DATE, .u.i = c[7].i});
    *out = build_ctx(&b);
    return true;
}

static bool add_place(CaseHouse *h, const AccessPlace *place, Arena *a, ValueBuild *sums, ValueBuild *low, Err *err) {
    StoreArg args[] = {store_text(place->office), store_text(place->service)};
    StoreRows rows;
    TRY(store_query(h->store, store_statement(h->store, "case_rating_sums"), args, COUNT_OF(args), a, &rows, err));
    for (size_t k = 0; k < rows.n; k++) build_item(sums, sum_value(place->office, rows.cells + k * rows.columns, a));
    TRY(store_query(h->store, store_statement(h->store, "case_rating_low"), args, COUNT_OF(args), a, &rows, err));
    for (size_t k = 0; k < rows.n; k++) {
        Value one;
        TRY(low_value(place->office, rows.cells + k * rows.columns, a, &one, err));
        build_item(low, one);
    }
    return true;
}

bool case_ratings(CaseHouse *h, const AccessWho *who, Arena *a, Value *out, Err *err) {
    AccessPlaces places;
    ValueBuild sums = {.a = a}, low = {.a = a}, b = {.a = a};
    TRY(access_places(h->store, who, ACCESS_RATINGS, a, &places, err));
    for (size_t i = 0; i < places.n; i++) TRY(add_place(h, &places.items[i], a, &sums, &low, err));
    build_c(&b, "sums", build_list(&sums));
    build_c(&b, "low", build_list(&low));
    *out = build_ctx(&b);
    return true;
}

bool case_rating_close(CaseHouse *h, const AccessWho *who, Str id, Str office, Str note, int64_t now_us, Arena *a, Err *err) {
    Str done = str_trim(note);
    Err trouble = {0};
    if (!access_may(h->store, who, ACCESS_RATINGS, office)) return err_set(err, ERR_DENIED, "case", "ratings are the supervisor's to follow up");
    if (done.n == 0 || utf8_count(done) > MAX_REMARK) return refuse(err, "note", "say what was done about it, in at most 500 characters");
    ValueBuild payload = {.a = a};
    StoreBatch *b = store_batch(a);
    build_c(&payload, "note", value_str(done));
    store_expect(b, store_statement(h->store, "case_rating_close"), (StoreArg[]){store_text(id), store_text(office)}, 2, 1);
    store_event(b, str_join2(a, STR("office/"), office), STORE_NEXT, STR("followed_up"), access_actor(a, who), now_us, json_text(a, build_ctx(&payload)));
    if (store_commit(h->store, b, &trouble)) return true;
    if (trouble.code == ERR_CONFLICT) return err_set(err, ERR_NOT_FOUND, "case", "no such matter to follow up");
    if (err) *err = trouble;
    return false;
}
