/* Receipts and drawers: which number is next, which drawer is open, what lies in it, and its count at the end of the day.
 * Numbers of an office and year have no gap: two that take one at the same moment cannot both commit. A drawer that is
 * closed takes nothing more: the next day's does. Room desk says at which counter somebody sits; here it is a name. */
#include "case/case_in.h"

enum { MAX_RECEIPTS = 1000, MAX_REASON = 500 };
static const char *const methods[] = {"cash", "card", "qr"}; /* what a drawer holds */

void case_cash_statements(CaseHouse *h) {
    const struct {
        int *slot;
        const char *name;
    } statements[] = {
        {&h->receipt_add, "case_receipt_add"},   {&h->receipt_last, "case_receipt_last"}, {&h->receipt_get, "case_receipt_get"},
        {&h->receipts_day, "case_receipts_day"}, {&h->drawer_add, "case_drawer_add"},     {&h->drawer_open, "case_drawer_open"},
        {&h->drawer_still, "case_drawer_still"}, {&h->drawer_close, "case_drawer_close"}, {&h->drawer_day, "case_drawer_day"},
        {&h->drawer_get, "case_drawer_get"},     {&h->drawer_next, "case_drawer_next"},   {&h->drawer_sums, "case_drawer_sums"},
    };
    for (size_t i = 0; i < COUNT_OF(statements); i++) *statements[i].slot = store_statement(h->store, statements[i].name);
}

/* ---- before something is taken ------------------------------------------------------------------------------------- */

bool case_touches_money(const Pack *pack, CaseDo what) {
    bool decides = what == CASE_ADOPT || what == CASE_DEPART;
    if (what == CASE_PAY || what == CASE_REFUND) return true;
    return (what == CASE_ACCEPT && str_is(pack->fees_before, "acceptance")) || (decides && str_is(pack->fees_before, "decision"));
}

static bool first_of(CaseHouse *h, int statement, const StoreArg *args, size_t n, int64_t otherwise, Arena *a, int64_t *out, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, statement, args, n, a, &rows, err));
    *out = rows.n > 0 ? rows.cells[0].i + 1 : otherwise;
    return true;
}

bool case_read_money(CaseHouse *h, const Pack *pack, const Command *c, Arena *a, CaseRecord *r, Err *err) {
    CaseRecord told = *r;
    CaseStory story;
    int month, day;
    int64_t today = case_day(c->now_us, c->offset);
    CaseMoney money = {.office = c->who.office.n > 0 ? c->who.office : r->office, .counter = value_get_str(c->args, "counter")};
    StoreArg office = store_text(money.office);
    TRY(case_read_story(h, pack, a, &told, &story, err));
    date_civil(today, &money.year, &month, &day);
    TRY(first_of(h, h->receipt_last, (StoreArg[]){office, store_int(money.year)}, 2, 1, a, &money.receipt, err));
    TRY(first_of(h, h->drawer_next, (StoreArg[]){office, store_text(c->who.user), store_text(money.counter), store_int(today)}, 4, today, a, &money.day, err));
    r->payments = story.payments;
    r->money = money;
    return true;
}

/* ---- events to rows ----------------------------------------------------------------------------------------------------- */

void case_receipt_fold(Str kind, Value payload, int64_t at_us, Arena *a, CaseRecord *r) {
    if (!str_is(kind, "paid") && !str_is(kind, "refunded")) return;
    ValueBuild b = {.a = a}, list = {.a = a};
    build_c(&b, "kind", value_str(kind));
    build_c(&b, "at", value_int(at_us));
    build_c(&b, "payload", payload);
    for (uint32_t i = 0; r->receipts.kind == VALUE_LIST && i < r->receipts.size; i++) build_item(&list, r->receipts.u.list[i]);
    build_item(&list, build_ctx(&b));
    r->receipts = build_list(&list);
}

static void drawer_args(Value payload, StoreArg out[4]) {
    out[0] = store_text(value_get_str(payload, "office"));
    out[1] = store_text(value_get_str(payload, "clerk"));
    out[2] = store_text(value_get_str(payload, "counter"));
    out[3] = store_int(value_get_int(payload, "day", 0));
}

/* What a provider was paid lies in nobody's drawer. */
static bool in_drawer(Value payload) { return value_get_str(payload, "clerk").n > 0; }

void case_receipt_project(CaseHouse *h, StoreBatch *b, const CaseRecord *r) {
    for (uint32_t i = 0; r->receipts.kind == VALUE_LIST && i < r->receipts.size; i++) {
        Value one = r->receipts.u.list[i], payload = value_get(one, "payload");
        bool back = str_is(value_get_str(one, "kind"), "refunded");
        int64_t fen = value_get_int(payload, "fen", 0);
        StoreArg drawer[4];
        drawer_args(payload, drawer);
        store_add(b, h->receipt_add, (StoreArg[]){drawer[0], store_int(value_get_int(payload, "year", 0)), store_int(value_get_int(payload, "receipt", 0)),
                  case_id_arg(r->id), store_int(value_get_int(payload, back ? "payment" : "no", 0)), drawer[1], drawer[2], drawer[3],
                  store_text(value_get_str(payload, "method")), store_int(back ? -fen : fen), store_int(value_get_int(one, "at", 0))}, 11);
        if (in_drawer(payload)) store_add(b, h->drawer_add, drawer, 4);
    }
}

void case_drawer_guard(CaseHouse *h, StoreBatch *b, const CaseRecord *r) {
    for (uint32_t i = 0; r->receipts.kind == VALUE_LIST && i < r->receipts.size; i++) {
        Value payload = value_get(r->receipts.u.list[i], "payload");
        StoreArg drawer[4];
        drawer_args(payload, drawer);
        if (in_drawer(payload)) store_expect(b, h->drawer_open, drawer, 4, 1);
    }
}

static void add_closed(CaseHouse *h, StoreBatch *b, Value payload, int64_t at_us) {
    StoreArg drawer[4];
    drawer_args(payload, drawer);
    store_add(b, h->drawer_close, (StoreArg[]){drawer[0], drawer[1], drawer[2], drawer[3], store_text(json_text(store_batch_arena(b), value_get(payload, "counted"))),
              store_text(value_get_str(payload, "reason")), store_text(value_get_str(payload, "by_name")), store_int(at_us)}, 8);
}

bool case_cash_fold(CaseHouse *h, StoreBatch *b, const StoreEvent *e, Err *err) {
    Value payload;
    if (!str_starts(e->stream, STR("office/")) || !str_is(e->kind, "cash_closed")) return true;
    TRY(json_parse(e->payload, CASE_JSON, store_batch_arena(b), &payload, err));
    add_closed(h, b, payload, e->at_us);
    return true;
}

/* ---- what lies in a drawer ------------------------------------------------------------------------------------------------ */

static bool expected_of(CaseHouse *h, const StoreArg *drawer, Arena *a, Value *out, Err *err) {
    StoreRows rows;
    ValueBuild b = {.a = a};
    TRY(store_query(h->store, h->drawer_sums, (StoreArg[]){drawer[0], drawer[3], drawer[1], drawer[2]}, 4, a, &rows, err));
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        int64_t fen = 0;
        for (size_t k = 0; k < rows.n; k++)
            if (str_is(rows.cells[k * rows.columns].s, methods[i])) fen = rows.cells[k * rows.columns + 1].i;
        build_c(&b, methods[i], value_int(fen));
    }
    *out = build_ctx(&b);
    return true;
}

static int64_t sum_of(Value amounts) {
    int64_t sum = 0;
    for (size_t i = 0; i < COUNT_OF(methods); i++) sum += value_get_int(amounts, methods[i], 0);
    return sum;
}

static bool drawer_value(CaseHouse *h, const StoreArg *c, int32_t offset, Arena *a, Value *out, Err *err) {
    Value expected, counted = value_null();
    ValueBuild b = {.a = a};
    TRY(expected_of(h, c, a, &expected, err));
    if (c[5].i) TRY(json_parse(c[6].s, CASE_JSON, a, &counted, err));
    build_c(&b, "office", value_str(c[0].s));
    build_c(&b, "clerk", value_str(c[1].s));
    build_c(&b, "counter", value_str(c[2].s));
    build_c(&b, "day", (Value){.kind = VALUE_DATE, .u.i = c[3].i});
    build_c(&b, "payments", value_int(c[4].i));
    build_c(&b, "expected", expected);
    build_c(&b, "closed", value_bool(c[5].i != 0));
    build_c(&b, "counted", counted);
    build_c(&b, "difference", c[5].i ? value_int(sum_of(counted) - sum_of(expected)) : value_null());
    build_c(&b, "reason", value_str(c[7].s));
    build_c(&b, "closed_by", value_str(c[8].s));
    build_c(&b, "closed_at", c[5].i ? date_from_unix_us(a, c[9].i - c[9].i % 1000000, offset) : value_null());
    *out = build_ctx(&b);
    return true;
}

static int32_t offset_of(const CaseHouse *h) { return h->n_packs > 0 ? case_office_offset(h->packs[0].pack) : 0; }

static bool may_see(CaseHouse *h, const AccessWho *who, Str office, Str clerk) {
    bool own = str_eq(clerk, who->user) && access_may(h->store, who, ACCESS_CASH, office);
    return own || access_may(h->store, who, ACCESS_BOARD, office);
}

bool case_cash(CaseHouse *h, const AccessWho *who, int64_t day, Arena *a, Value *out, Err *err) {
    assert(h && who && a && out);
    StoreRows offices, rows;
    ValueBuild list = {.a = a};
    TRY(access_offices(h->store, who, a, &offices, err));
    for (size_t i = 0; i < offices.n; i++) {
        Str office = offices.cells[i * offices.columns].s;
        TRY(store_query(h->store, h->drawer_day, (StoreArg[]){store_text(office), store_int(day)}, 2, a, &rows, err));
        for (size_t k = 0; k < rows.n; k++) {
            const StoreArg *c = rows.cells + k * rows.columns;
            Value drawer;
            if (!may_see(h, who, office, c[1].s)) continue;
            TRY(drawer_value(h, c, offset_of(h), a, &drawer, err));
            build_item(&list, drawer);
        }
    }
    *out = build_list(&list);
    return true;
}

/* ---- counting it ------------------------------------------------------------------------------------------------------------ */

static bool refuse(Err *err, const char *element, const char *text) {
    err_set(err, ERR_INVALID, "case", "%s", text);
    err_element(err, str_of(element));
    return false;
}

static bool read_counted(Value given, Arena *a, Value *out, Err *err) {
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        int64_t fen;
        if (!value_to_int(value_get(given, methods[i]), &fen) || fen < 0 || fen > INT64_C(1000000000000)) return refuse(err, methods[i], "a count is a whole number of fen, 0 or more");
        build_c(&b, methods[i], value_int(fen));
    }
    *out = build_ctx(&b);
    return true;
}

static bool commit_closed(CaseHouse *h, const AccessWho *who, const StoreArg *row, const CaseDrawer *d, Value counted, Str reason, int64_t now_us, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    Err trouble = {0};
    ValueBuild p = {.a = a};
    build_c(&p, "office", value_str(d->office));
    build_c(&p, "clerk", value_str(d->clerk));
    build_c(&p, "counter", value_str(d->counter));
    build_c(&p, "day", value_int(d->day));
    build_c(&p, "counted", counted);
    if (reason.n > 0) build_c(&p, "reason", value_str(reason));
    build_c(&p, "by_name", value_str(who->name));
    Value payload = build_ctx(&p);
    store_expect(b, h->drawer_still, (StoreArg[]){row[0], row[1], row[2], row[3], row[4]}, 5, 1);
    add_closed(h, b, payload, now_us);
    store_event(b, str_join2(a, STR("office/"), d->office), STORE_NEXT, STR("cash_closed"), access_actor(a, who), now_us, json_text(a, payload));
    if (store_commit(h->store, b, &trouble)) return true;
    if (trouble.code == ERR_CONFLICT) return err_set(err, ERR_STALE, "case", "something was put into the drawer, or it was closed, meanwhile: look again");
    if (err) *err = trouble;
    return false;
}

bool case_cash_close(CaseHouse *h, const AccessWho *who, const CaseDrawer *d, Value given, Str reason, int64_t now_us, int32_t offset, Arena *a, Err *err) {
    assert(h && who && d && a);
    StoreRows rows;
    Value drawer, counted;
    Str why = str_trim(reason);
    if (!may_see(h, who, d->office, d->clerk)) return err_set(err, ERR_DENIED, "case", "this drawer is not yours to count");
    TRY(store_query(h->store, h->drawer_get, (StoreArg[]){store_text(d->office), store_text(d->clerk), store_text(d->counter), store_int(d->day)}, 4, a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "case", "nothing was taken that day: there is no drawer to count");
    TRY(drawer_value(h, rows.cells, offset, a, &drawer, err));
    TRY(read_counted(given, a, &counted, err));
    if (rows.cells[5].i)
        return value_same(counted, value_get(drawer, "counted")) || err_set(err, ERR_STATE, "case", "the drawer was counted and closed already");
    if (sum_of(counted) != sum_of(value_get(drawer, "expected")) && why.n == 0) return refuse(err, "reason", "there is a difference: say why");
    if (utf8_count(why) > MAX_REASON) return refuse(err, "reason", "the reason has more than 500 characters");
    return commit_closed(h, who, rows.cells, d, counted, why, now_us, a, err);
}

/* ---- receipts ------------------------------------------------------------------------------------------------------------------ */

static Str receipt_text(Arena *a, Str office, int64_t year, int64_t no) {
    return str_printf(a, STR_FMT "-%lld-%06lld", STR_ARG(office), (long long)year, (long long)no);
}

static Value receipt_value(const StoreArg *c, int32_t offset, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "receipt", value_str(receipt_text(a, c[0].s, c[1].i, c[2].i)));
    build_c(&b, "case", value_str(store_id_text(a, c[3].i)));
    build_c(&b, "kind", value_c(c[8].i < 0 ? "refunded" : "paid"));
    build_c(&b, "no", value_int(c[4].i));
    build_c(&b, "clerk", value_str(c[5].s));
    build_c(&b, "counter", value_str(c[6].s));
    build_c(&b, "method", value_str(c[7].s));
    build_c(&b, "fen", value_int(c[8].i));
    build_c(&b, "at", date_from_unix_us(a, c[9].i - c[9].i % 1000000, offset));
    return build_ctx(&b);
}

/* OFFICE-YEAR-NUMBER; an office's name may have hyphens. */
static bool read_receipt(Str text, Str *office, int64_t *year, int64_t *no) {
    size_t dashes[2], n = 0;
    for (size_t i = text.n; i-- > 0 && n < 2;)
        if (text.p[i] == '-') dashes[n++] = i;
    if (n < 2) return false;
    *office = str_sub(text, 0, dashes[1]);
    return str_to_int(str_sub(text, dashes[1] + 1, dashes[0] - dashes[1] - 1), year) && str_to_int(str_sub(text, dashes[0] + 1, text.n), no);
}

static void add_receipts(CaseHouse *h, const AccessWho *who, const StoreRows *rows, Arena *a, ValueBuild *list) {
    for (size_t i = 0; i < rows->n; i++) {
        const StoreArg *c = rows->cells + i * rows->columns;
        if (may_see(h, who, c[0].s, c[5].s)) build_item(list, receipt_value(c, offset_of(h), a));
    }
}

bool case_receipts(CaseHouse *h, const AccessWho *who, int64_t day, Str receipt, Arena *a, Value *out, Err *err) {
    assert(h && who && a && out);
    StoreRows offices, rows;
    ValueBuild list = {.a = a};
    Str office;
    int64_t year, no;
    if (receipt.n > 0) {
        if (!read_receipt(receipt, &office, &year, &no)) return err_set(err, ERR_NOT_FOUND, "case", "there is no such receipt");
        TRY(store_query(h->store, h->receipt_get, (StoreArg[]){store_text(office), store_int(year), store_int(no)}, 3, a, &rows, err));
        add_receipts(h, who, &rows, a, &list);
        if (list.n == 0) return err_set(err, ERR_NOT_FOUND, "case", "there is no such receipt");
    } else {
        TRY(access_offices(h->store, who, a, &offices, err));
        for (size_t i = 0; i < offices.n; i++) {
            TRY(store_query(h->store, h->receipts_day, (StoreArg[]){offices.cells[i * offices.columns], store_int(day), store_int(MAX_RECEIPTS)}, 3, a, &rows, err));
            add_receipts(h, who, &rows, a, &list);
        }
    }
    *out = build_list(&list);
    return true;
}

/* ---- as a case shows them --------------------------------------------------------------------------------------------------------- */

static void put_movement(Value fact, bool staff, ValueBuild *b) {
    Arena *a = b->a;
    int64_t year = value_get_int(fact, "year", 0);
    build_c(b, "at", value_get(fact, "at"));
    build_c(b, "receipt", year > 0 ? value_str(receipt_text(a, value_get_str(fact, "office"), year, value_get_int(fact, "receipt", 0))) : value_null());
    build_c(b, "reference", value_get(fact, "reference"));
    build_c(b, "office", value_get(fact, "office"));
    if (staff) build_c(b, "by", value_get(fact, "by_name"));
}

static Value payment_view(Value payment, bool staff, Arena *a) {
    ValueBuild b = {.a = a}, back = {.a = a};
    Value refund = value_get(payment, "refund");
    build_c(&b, "no", value_get(payment, "no"));
    build_c(&b, "state", value_get(payment, "state"));
    build_c(&b, "method", value_get(payment, "method"));
    build_c(&b, "fen", value_get(payment, "fen"));
    build_c(&b, "items", value_get(payment, "items"));
    put_movement(payment, staff, &b);
    put_movement(refund, staff, &back);
    build_c(&back, "reason", value_get(refund, "reason"));
    build_c(&b, "refund", value_is_null(refund) ? refund : build_ctx(&back));
    return build_ctx(&b);
}

bool case_fees_view(const Pack *pack, const CaseRecord *r, const CaseStory *story, bool staff, int64_t now_us, Arena *a, Value *out, Err *err) {
    FeelRun run = case_run(a, now_us, case_office_offset(pack));
    ValueBuild payments = {.a = a};
    Value fees = value_null();
    for (uint32_t i = 0; story->payments.kind == VALUE_LIST && i < story->payments.size; i++) build_item(&payments, payment_view(story->payments.u.list[i], staff, a));
    if (pack && pack->fees >= 0) TRY(case_fees_due(pack, r->answers, story->payments, &run, &fees, err));
    if (value_is_null(fees)) fees = value_with(a, value_with(a, value_ctx(NULL, 0), STR("due"), value_int(0)), STR("items"), value_list(NULL, 0));
    *out = value_with(a, fees, STR("payments"), build_list(&payments));
    return true;
}
