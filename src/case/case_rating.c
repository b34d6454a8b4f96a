/* Ratings: what people think of how it went, five levels, once per case, kept apart from the case: no case, no person, no
 * clerk, no moment finer than the month. A low one is a matter to follow up within a time, without a person. They lie in
 * no event on purpose: the log's order and moments would tell whose they are. Never shown to those who were rated. */
#include "case/case_in.h"

#include <sodium.h>

enum { LEVELS = 5, LOW = 2, MAX_REMARK = 500, FOLLOW_UP_DAYS = 15, ID_BYTES = 16, MAX_CONTACT = 60 };

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

/* In: what = a case's or a ticket's code, each in its own words. */
static StoreArg code_hash(Str what, Arena *a) {
    uint8_t hash[crypto_generichash_BYTES];
    Str text = str_join2(a, STR("rated "), what);
    crypto_generichash(hash, sizeof hash, (const uint8_t *)text.p, text.n, NULL, 0);
    return store_blob(str_copy(a, (Str){(const char *)hash, sizeof hash}));
}

static bool is_rated(CaseHouse *h, Str what, Arena *a, bool *out, Err *err) {
    StoreRows rows;
    StoreArg code = code_hash(what, a);
    TRY(store_query(h->store, store_statement(h->store, "case_rated_get"), &code, 1, a, &rows, err));
    *out = rows.n > 0;
    return true;
}

bool case_may_rate(CaseHouse *h, const CaseRecord *r, Arena *a, bool *out, Err *err) {
    bool rated;
    TRY(is_rated(h, r->code, a, &rated, err));
    *out = value_is_null(r->process) && !rated;
    return true;
}

static Str visit_of(Str ticket, Arena *a) { return str_join2(a, STR("visit "), ticket); }

bool case_may_rate_visit(CaseHouse *h, Str ticket, Arena *a, bool *out, Err *err) {
    bool rated;
    TRY(is_rated(h, visit_of(ticket, a), a, &rated, err));
    *out = !rated;
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
    if (utf8_count(str_trim(value_get_str(rating, "contact"))) > MAX_CONTACT) return refuse(err, "contact", "a number to call has at most 60 characters");
    if (!value_is_null(chosen) && (chosen.kind != VALUE_LIST || chosen.size > COUNT_OF(aspects))) return refuse(err, "aspects", "aspects are a list");
    for (uint32_t i = 0; chosen.kind == VALUE_LIST && i < chosen.size; i++)
        if (chosen.u.list[i].kind != VALUE_STRING || !is_aspect(channel, value_text(chosen.u.list[i]))) return refuse(err, "aspects", "there is no such aspect");
    return true;
}

/* Counted from the Monday of the week, so that the last day tells the week and not the day. */
static StoreArg follow_up(const Calendar *calendar, int64_t level, int64_t today) {
    int64_t monday = today - (today + 3) % 7; /* day 0 was a Thursday */
    if (level > LOW) return store_null();
    return store_int(calendar_due(calendar, monday, FOLLOW_UP_DAYS, CALENDAR_WORKING).day);
}

typedef struct Rated { /* what a rating is of: no more is kept */
    const Pack *pack;            /* whose calendar counts */
    Str service, office, channel; /* service "": a visit */
    int64_t today;               /* of it the month alone */
} Rated;

static void add_rating(CaseHouse *h, StoreBatch *b, const Rated *of, Value rating, const uint8_t seed[32]) {
    Arena *a = store_batch_arena(b);
    Buf id = {.a = a};
    int64_t year;
    int month, day;
    Value chosen = value_get(rating, "aspects");
    for (int i = 0; i < ID_BYTES; i++) buf_printf(&id, "%02x", seed[i]);
    date_civil(of->today, &year, &month, &day);
    Str month_of = str_printf(a, "%04lld-%02d", (long long)year, month);
    int64_t level = value_get_int(rating, "level", 0);
    Str contact = level <= LOW ? str_trim(value_get_str(rating, "contact")) : STR(""); /* only who is dissatisfied is called back */
    store_add(b, store_statement(h->store, "case_rating_add"),
              (StoreArg[]){store_text(buf_str(&id)), store_text(of->service), store_text(of->office), store_text(month_of), store_text(of->channel), store_int(level),
              store_text(value_is_null(chosen) ? STR("[]") : json_text(a, chosen)), store_text(str_trim(value_get_str(rating, "remark"))), follow_up(&of->pack->calendar, level, of->today), store_text(contact)}, 10);
}

/* Once for each code; who comes second is told so. */
static bool keep_rating(CaseHouse *h, Str what, const Rated *of, Value rating, const uint8_t seed[32], Arena *a, Err *err) {
    Err trouble = {0};
    StoreBatch *b = store_batch(a);
    StoreArg used = code_hash(what, a);
    store_add(b, store_statement(h->store, "case_rated_add"), &used, 1);
    add_rating(h, b, of, rating, seed);
    if (store_commit(h->store, b, &trouble)) return true;
    if (trouble.code == ERR_CONFLICT) return err_set(err, ERR_STATE, "case", "this was rated already: that is done once");
    if (err) *err = trouble;
    return false;
}

bool case_rate(CaseHouse *h, Str code, Value rating, const uint8_t seed[32], int64_t now_us, Arena *a, Err *err) {
    assert(h && seed && a);
    CaseRecord r;
    CaseStory story;
    bool may = false;
    TRY(case_by_code(h, code, a, &r, err));
    const Pack *pack = case_pack_of(h, &r);
    if (!pack) return err_set(err, ERR_STATE, "case", "this program cannot read the case's version of the service");
    TRY(case_read_story(h, pack, a, &r, &story, err));
    TRY(check(rating, case_channel(&story), err));
    TRY(case_may_rate(h, &r, a, &may, err));
    if (!may) return err_set(err, ERR_STATE, "case", "a case is rated once, when it has ended");
    Rated of = {.pack = pack, .service = r.service, .office = r.office, .channel = case_channel(&story), .today = case_day(now_us, case_office_offset(pack))};
    return keep_rating(h, r.code, &of, rating, seed, a, err);
}

bool case_rate_visit(CaseHouse *h, Str office, Str ticket, Value rating, const uint8_t seed[32], int64_t now_us, Arena *a, Err *err) {
    assert(h && seed && a && ticket.n > 0);
    if (h->n_packs == 0) return err_set(err, ERR_STATE, "case", "no service is installed");
    const Pack *pack = h->packs[0].pack;
    Rated of = {.pack = pack, .service = STR(""), .office = office, .channel = STR("window"), .today = case_day(now_us, case_office_offset(pack))};
    TRY(check(rating, of.channel, err));
    return keep_rating(h, visit_of(ticket, a), &of, rating, seed, a, err);
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
    build_c(&b, "contact", value_str(c[8].s));
    build_c(&b, "disputed", value_str(c[9].s));
    build_c(&b, "disputed_by", value_str(c[10].s));
    *out = build_ctx(&b);
    return true;
}

static Value thanks_value(Str office, const StoreArg *c, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "office", value_str(office));
    build_c(&b, "service", value_str(c[0].s));
    build_c(&b, "month", value_str(c[1].s));
    build_c(&b, "remark", value_str(c[2].s));
    return build_ctx(&b);
}

static bool add_place(CaseHouse *h, const AccessPlace *place, Arena *a, ValueBuild *sums, ValueBuild *low, ValueBuild *thanks, Err *err) {
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
    TRY(store_query(h->store, store_statement(h->store, "case_rating_thanks"), args, COUNT_OF(args), a, &rows, err));
    for (size_t k = 0; k < rows.n; k++) build_item(thanks, thanks_value(place->office, rows.cells + k * rows.columns, a));
    return true;
}

bool case_ratings(CaseHouse *h, const AccessWho *who, Arena *a, Value *out, Err *err) {
    AccessPlaces places;
    ValueBuild sums = {.a = a}, low = {.a = a}, thanks = {.a = a}, b = {.a = a};
    TRY(access_places(h->store, who, ACCESS_RATINGS, a, &places, err));
    for (size_t i = 0; i < places.n; i++) TRY(add_place(h, &places.items[i], a, &sums, &low, &thanks, err));
    build_c(&b, "sums", build_list(&sums));
    build_c(&b, "low", build_list(&low));
    build_c(&b, "thanks", build_list(&thanks));
    *out = build_ctx(&b);
    return true;
}

/* Every case that ended from the first day of a month to its last. */
static bool count_closed(CaseHouse *h, const AccessPlace *place, int64_t from, int64_t to, Arena *a, int64_t *n, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(place->office), store_int(CASE_BOARD_ENDED - 2 * to - 1), store_int(CASE_BOARD_ENDED - 2 * from), store_text(place->service)};
    TRY(store_query(h->store, store_statement(h->store, "case_rating_closed"), args, COUNT_OF(args), a, &rows, err));
    *n += rows.cells[0].i;
    return true;
}

bool case_rating_month(CaseHouse *h, const AccessWho *who, int64_t now_us, int32_t offset, Arena *a, Value *out, Err *err) {
    AccessPlaces places;
    StoreRows rows;
    int64_t today = case_day(now_us, offset), year, n = 0, cases = 0, satisfied = 0, closed = 0;
    int month, day;
    date_civil(today, &year, &month, &day);
    Str of = str_printf(a, "%04lld-%02d", (long long)year, month);
    TRY(access_places(h->store, who, ACCESS_RATINGS, a, &places, err));
    for (size_t i = 0; i < places.n; i++) {
        StoreArg args[] = {store_text(places.items[i].office), store_text(places.items[i].service), store_text(of)};
        TRY(store_query(h->store, store_statement(h->store, "case_rating_month"), args, COUNT_OF(args), a, &rows, err));
        n += rows.cells[0].i, cases += rows.cells[1].i, satisfied += rows.cells[2].i;
        TRY(count_closed(h, &places.items[i], today - day + 1, today, a, &closed, err));
    }
    ValueBuild b = {.a = a};
    build_c(&b, "month", value_str(of));
    build_c(&b, "ratings", value_int(n));
    build_c(&b, "cases", value_int(cases));
    build_c(&b, "satisfied", value_int(satisfied));
    build_c(&b, "closed", value_int(closed));
    *out = build_ctx(&b);
    return true;
}

/* ---- what follows a low one -------------------------------------------------------------------------------------------- */

static const struct {
    const char *statement, *kind; /* of the rows; of the office's event */
    bool second;                  /* settles what another one said */
} follows[] = {
    [CASE_FOLLOW_DONE] = {"case_rating_close", "followed_up", false},      [CASE_FOLLOW_CALLED] = {"case_rating_close", "called_back", false},
    [CASE_FOLLOW_DISPUTE] = {"case_rating_dispute", "disputed", false},    [CASE_FOLLOW_EXCLUDE] = {"case_rating_exclude", "excluded", true},
    [CASE_FOLLOW_KEEP] = {"case_rating_keep", "upheld", true},
};

/* Who calls a rating mistaken is not who settles that. */
static bool check_second(CaseHouse *h, const AccessWho *who, Str id, Str office, Arena *a, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, store_statement(h->store, "case_rating_disputed"), (StoreArg[]){store_text(id), store_text(office)}, 2, a, &rows, err));
    if (rows.n == 0 || !str_eq(rows.cells[0].s, who->user)) return true;
    return err_set(err, ERR_DENIED, "case", "who calls a rating mistaken does not settle it: a second person does");
}

bool case_rating_follow(CaseHouse *h, const AccessWho *who, Str id, Str office, CaseFollow what, Str note, int64_t now_us, Arena *a, Err *err) {
    assert(what < COUNT_OF(follows));
    Str done = str_trim(note);
    Err trouble = {0};
    if (!access_may(h->store, who, ACCESS_RATINGS, office)) return err_set(err, ERR_DENIED, "case", "ratings are the supervisor's to follow up");
    if (done.n == 0 || utf8_count(done) > MAX_REMARK) return refuse(err, "note", "say what was done about it, in at most 500 characters");
    if (follows[what].second) TRY(check_second(h, who, id, office, a, err));
    ValueBuild payload = {.a = a};
    StoreBatch *b = store_batch(a);
    StoreArg args[] = {store_text(id), store_text(office), store_text(what == CASE_FOLLOW_DISPUTE ? done : who->user), store_text(who->user)};
    size_t n_args = what == CASE_FOLLOW_DISPUTE ? 4 : follows[what].second ? 3 : 2;
    build_c(&payload, "note", value_str(done));
    store_expect(b, store_statement(h->store, follows[what].statement), args, n_args, 1);
    store_event(b, str_join2(a, STR("office/"), office), STORE_NEXT, str_of(follows[what].kind), access_actor(a, who), now_us, json_text(a, build_ctx(&payload)));
    if (store_commit(h->store, b, &trouble)) return true;
    if (trouble.code == ERR_CONFLICT) return err_set(err, ERR_NOT_FOUND, "case", "no such matter to follow up");
    if (err) *err = trouble;
    return false;
}
