/* page_board: the supervisor's board: figures by deadline, what to act on first, bars by service with the same figures as a
 * table, and the export: all from one answer of room case. Cases are given away here, several at once. */
#include "http/page_in.h"

#include <inttypes.h>
#include <string.h>

enum { AT_ONCE = 200, FIRST = 10, LOW = 3, BAR_LEFT = 300, BAR_WIDTH = 580, BAR_STEP = 34, BAR_GAP = 2 };

static const char *const lanes[] = {"late", "soon", "ok", "held", "none"};
enum { LANES = COUNT_OF(lanes) };

static Str number(const HttpPage *p, int64_t n) { return str_printf(p->a, "%" PRId64, n); }

static Str of_lane(const HttpPage *p, size_t i) { return http_page_text(p, str_c(p->a, str_printf(p->a, "board.%s", lanes[i]))); }

/* ---- figures ---------------------------------------------------------------------------------------------------------- */

static void put_counts(HttpPage *p, Value board) {
    static const char *const figures[] = {"late", "soon", "ok", "held", "none", "closed"};
    Value counts = value_get(board, "counts"), oldest = value_get(board, "oldest"), nearest = value_get(board, "nearest");
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        http_page_str(p, str_c(p->a, str_printf(p->a, "n_%s", figures[i])), number(p, value_get_int(counts, figures[i], 0)));
    http_page_put(p, "has_none", value_bool(value_get_int(counts, "none", 0) > 0));
    http_page_str(p, "free", http_page_say(p, "board.free", "n", number(p, value_get_int(counts, "free", 0)), NULL));
    http_page_str(p, "in_time", http_page_say(p, "board.in_time", "n", number(p, value_get_int(counts, "in_time", 0)), NULL));
    if (!value_is_null(oldest)) http_page_str(p, "oldest", http_page_say(p, "board.oldest", "day", http_word_date(p, oldest), NULL));
    if (!value_is_null(nearest)) http_page_str(p, "nearest", http_page_say(p, "board.nearest", "day", http_word_date(p, nearest), NULL));
}

static void put_head(HttpPage *p, Value board) {
    Value offices = value_get(board, "offices");
    Str office = http_life_office(p, p->r->who.office), below = number(p, (int64_t)offices.size - 1);
    http_page_str(p, "title", http_page_text(p, "board.title"));
    http_page_str(p, "page_keys", STR("board"));
    http_page_put(p, "on_board", value_bool(true));
    http_page_str(p, "covers", offices.size > 1 ? http_page_say(p, "board.offices", "office", office, "n", below, NULL) : office);
    http_page_str(p, "at", http_page_say(p, "board.at", "time", http_word_time(p, value_get(board, "at")), NULL));
    http_page_str(p, "board_js", http_asset_url(p->r->site, "board.js", p->a));
}

/* ---- what to act on first ---------------------------------------------------------------------------------------------- */

static Str situation(const HttpPage *p, Value c) {
    if (value_get_bool(c, "second", false)) return http_page_text(p, "board.second");
    if (value_get_bool(c, "asked", false)) return http_page_text(p, "board.asked");
    return http_case_state(p, value_get_str(c, "state"));
}

/* The act that comes next: who waits for a second person comes before who has nobody. */
static const char *next_act(Value c) {
    if (value_get_bool(c, "second", false) || value_get_bool(c, "asked", false)) return "review";
    if (value_get_str(c, "assignee").n == 0) return "assign";
    return str_is(value_get_str(c, "lane"), "late") || str_is(value_get_str(c, "lane"), "soon") ? "extend" : "do";
}

static Value row_view(const HttpPage *p, Value c) {
    Str id = value_get_str(c, "id"), who = value_get_str(c, "assignee_name");
    const char *act = next_act(c);
    bool clocks = strcmp(act, "extend") == 0 || (strcmp(act, "review") == 0 && value_get_bool(c, "asked", false));
    ValueBuild b = {.a = p->a};
    build_c(&b, "id", value_str(id));
    build_c(&b, "thing", value_str(str_printf(p->a, STR_FMT ".%" PRId64, STR_ARG(id), value_get_int(c, "version", 0))));
    build_c(&b, "due", http_clock_chip(p, value_get(c, "due")));
    build_c(&b, "code", value_get(c, "tracking_code"));
    build_c(&b, "tick", value_str(http_page_say(p, "board.tick", "code", value_get_str(c, "tracking_code"), NULL)));
    build_c(&b, "service", value_str(http_word_pick(p, value_get(c, "title"))));
    build_c(&b, "who", value_str(who));
    build_c(&b, "tag", value_str(http_word_tag(p, who)));
    build_c(&b, "situation", value_str(situation(p, c)));
    build_c(&b, "act", value_str(http_page_text(p, str_c(p->a, str_printf(p->a, "board.%s", act)))));
    build_c(&b, "ticks", value_bool(strcmp(act, "assign") == 0));
    build_c(&b, "href", value_str(str_printf(p->a, "/staff/cases/" STR_FMT, STR_ARG(id))));
    build_c(&b, "part", value_c(clocks ? "?open=clocks#clocks" : ""));
    return build_ctx(&b);
}

static void put_first(HttpPage *p, Value board) {
    Value first = value_get(board, "first"), next = value_get(board, "next");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < first.size; i++) build_item(&list, row_view(p, first.u.list[i]));
    http_page_put(p, "has_first", value_bool(first.size > 0));
    http_page_put(p, "first", build_list(&list));
    http_page_put(p, "later", value_bool(http_query(p->r, "after").n > 0));
    if (next.kind == VALUE_STRING) http_page_str(p, "next", str_printf(p->a, "/staff/board?after=" STR_FMT, STR_ARG(value_text(next))));
    http_page_put(p, "people", http_assign_people(p, value_get(board, "offices"), http_field(p->r, "to")));
    http_page_str(p, "note", http_field(p->r, "note"));
}

/* ---- bars --------------------------------------------------------------------------------------------------------------- */

static int64_t most_of(Value services) {
    int64_t most = 1;
    for (uint32_t i = 0; i < services.size; i++) {
        int64_t open = value_get_int(services.u.list[i], "open", 0);
        if (open > most) most = open;
    }
    return most;
}

/* Each bar begins at 0 and is as long as its number; a number that does not fit into its part is in the table only. */
static Value bar_parts(const HttpPage *p, Value service, int64_t most, int64_t y) {
    ValueBuild list = {.a = p->a};
    int64_t x = BAR_LEFT;
    for (size_t i = 0; i < LANES; i++) {
        int64_t n = value_get_int(service, lanes[i], 0), wide = n * BAR_WIDTH / most;
        if (n == 0) continue;
        if (wide < 1) wide = 1;
        ValueBuild b = {.a = p->a};
        build_c(&b, "lane", value_c(lanes[i]));
        build_c(&b, "x", value_str(number(p, x)));
        build_c(&b, "y", value_str(number(p, y)));
        build_c(&b, "wide", value_str(number(p, wide)));
        build_c(&b, "mid", value_str(number(p, x + wide / 2)));
        build_c(&b, "base", value_str(number(p, y + 15)));
        build_c(&b, "n", value_str(wide >= 10 * (int64_t)number(p, n).n ? number(p, n) : STR("")));
        build_item(&list, build_ctx(&b));
        x += wide + BAR_GAP;
    }
    return build_list(&list);
}

static Value figures_of(const HttpPage *p, Value counts) {
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < LANES; i++) build_item(&list, value_str(number(p, value_get_int(counts, lanes[i], 0))));
    build_item(&list, value_str(number(p, value_get_int(counts, "open", 0))));
    return build_list(&list);
}

static void put_services(HttpPage *p, Value board) {
    Value services = value_get(board, "services");
    ValueBuild bars = {.a = p->a}, heads = {.a = p->a};
    int64_t most = most_of(services);
    for (uint32_t i = 0; i < services.size; i++) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "name", value_str(http_word_pick(p, value_get(services.u.list[i], "title"))));
        build_c(&b, "base", value_str(number(p, BAR_STEP * (int64_t)i + 29)));
        build_c(&b, "parts", bar_parts(p, services.u.list[i], most, BAR_STEP * (int64_t)i + 14));
        build_c(&b, "figures", figures_of(p, services.u.list[i]));
        build_item(&bars, build_ctx(&b));
    }
    for (size_t i = 0; i < LANES; i++) build_item(&heads, value_str(of_lane(p, i)));
    build_item(&heads, value_str(http_page_text(p, "board.total")));
    http_page_put(p, "has_services", value_bool(services.size > 0));
    http_page_put(p, "services", build_list(&bars));
    http_page_put(p, "heads", build_list(&heads));
    http_page_put(p, "totals", figures_of(p, value_get(board, "counts")));
    http_page_str(p, "tall", number(p, BAR_STEP * (int64_t)services.size + 10));
}

/* ---- low ratings ---------------------------------------------------------------------------------------------------------- */

/* The nearest to be followed up; whose they are is told nowhere. */
static bool put_low(HttpPage *p, Err *err) {
    Value all;
    ValueBuild list = {.a = p->a};
    TRY(case_ratings(p->r->site->house, &p->r->who, p->a, &all, err));
    Value low = value_get(all, "low");
    for (uint32_t i = 0; i < low.size && i < LOW; i++) build_item(&list, http_rate_low(p, low.u.list[i]));
    http_page_put(p, "has_low", value_bool(low.size > 0));
    http_page_put(p, "low", build_list(&list));
    return http_rate_month(p, err);
}

/* ---- the page ------------------------------------------------------------------------------------------------------------ */

static bool board_of(HttpRequest *r, Value *out, Err *err) {
    ValueBuild filter = {.a = r->a};
    build_c(&filter, "after", value_str(http_query(r, "after")));
    build_c(&filter, "limit", value_int(FIRST));
    return case_board(r->site->house, &r->who, build_ctx(&filter), r->now_us, r->offset, r->a, out, err);
}

static bool show(HttpRequest *r, HttpResponse *out, Value report, const char *error, Err *err) {
    HttpPage p;
    Value board;
    Buf key = {.a = r->a};
    TRY(board_of(r, &board, err));
    for (int i = 0; i < 16; i++) buf_printf(&key, "%02x", r->seed[i]);
    http_page_begin(&p, r, true);
    put_head(&p, board);
    put_counts(&p, board);
    put_first(&p, board);
    put_services(&p, board);
    TRY(put_low(&p, err) && http_windows_put(&p, value_get(board, "offices"), err));
    http_page_str(&p, "key", buf_str(&key));
    http_page_put(&p, "report", report);
    if (error) http_page_str(&p, "wrong", http_page_text(&p, error));
    return http_page_send(&p, out, error ? 422 : 200, "clerk/board", err);
}

bool http_board_get(HttpRequest *r, HttpResponse *out, Err *err) { return show(r, out, value_null(), NULL, err); }

/* ---- several given at once ------------------------------------------------------------------------------------------------ */

static bool read_order(Value ticked, CaseOrder *out) {
    Str version, id = ticked.kind == VALUE_STRING ? str_cut(value_text(ticked), '.', &version) : STR("");
    out->id = id;
    return id.n > 0 && str_to_int(version, &out->version);
}

/* Of the boxes that were ticked; one alone comes as a text. */
static size_t read_orders(const HttpRequest *r, CaseOrder *orders) {
    Value ticked = value_get(r->form, "case");
    size_t n = 0;
    if (ticked.kind == VALUE_STRING) return read_order(ticked, &orders[0]);
    for (uint32_t i = 0; ticked.kind == VALUE_LIST && i < ticked.size && n < AT_ONCE; i++) n += read_order(ticked.u.list[i], &orders[n]);
    return n;
}

static const char *why_not(const CaseOrder *o) {
    Str element = str_of(o->trouble.element);
    if (o->trouble.code == ERR_STALE || o->trouble.code == ERR_CONFLICT) return "board.why_stale";
    if (o->trouble.code == ERR_STATE) return str_is(element, "to") ? "board.why_same" : "board.why_stale";
    if (o->trouble.code == ERR_INVALID) return str_is(element, "to") ? "board.why_to" : "board.why_note";
    return "board.why_other";
}

static Value report_of(HttpRequest *r, const CaseOrder *orders, size_t n) {
    HttpPage p;
    AccessWho who = {0};
    Err none = {0};
    ValueBuild failed = {.a = r->a}, b = {.a = r->a};
    int64_t done = 0;
    Str to = http_field(r, "to");
    http_page_begin(&p, r, true);
    for (size_t i = 0; i < n; i++) {
        done += orders[i].done;
        if (orders[i].done) continue;
        ValueBuild one = {.a = r->a};
        build_c(&one, "href", value_str(str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(orders[i].id))));
        build_c(&one, "id", value_str(orders[i].id));
        build_c(&one, "why", value_str(http_page_text(&p, why_not(&orders[i]))));
        build_item(&failed, build_ctx(&one));
    }
    if (to.n > 0 && !access_person(r->site->store, to, r->now_us, r->a, &who, &none)) who.name = to;
    Str count = number(&p, done);
    build_c(&b, "said", value_str(to.n > 0 ? http_page_say(&p, "board.given", "n", count, "to", who.name, NULL) : http_page_say(&p, "board.released", "n", count, NULL)));
    build_c(&b, "any_failed", value_bool(failed.n > 0));
    build_c(&b, "failed", build_list(&failed));
    return build_ctx(&b);
}

bool http_board_assign_post(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseOrder *orders = NEW_ARRAY(r->a, CaseOrder, AT_ONCE);
    size_t n = read_orders(r, orders);
    if (http_page_only_show(r)) return show(r, out, value_null(), NULL, err);
    if (http_field(r, "key").n == 0) return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    if (n == 0) return show(r, out, value_null(), "board.choose", err);
    Command c = {.what = CASE_ASSIGN, .who = r->who, .key = http_field(r, "key"), .args = http_assign_args(r), .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    case_assign_all(r->site->house, &c, orders, n, r->a);
    return show(r, out, report_of(r, orders, n), NULL, err);
}

/* ---- export: the same figures ----------------------------------------------------------------------------------------------- */

/* Quoted; what a spreadsheet would take for a formula is made plain text. */
static void add_cell(Buf *b, Str s) {
    bool formula = s.n > 0 && strchr("=+-@\t\r", s.p[0]) != NULL;
    if (b->n > 0 && b->p[b->n - 1] != '\n') buf_byte(b, ',');
    buf_byte(b, '"');
    if (formula) buf_byte(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_byte(b, '"');
        buf_byte(b, s.p[i]);
    }
    buf_byte(b, '"');
}

static void add_figures(Buf *b, Str name, Value counts) {
    add_cell(b, name);
    for (size_t i = 0; i < LANES; i++) buf_printf(b, ",%" PRId64, value_get_int(counts, lanes[i], 0));
    buf_printf(b, ",%" PRId64, value_get_int(counts, "open", 0));
    buf_c(b, "\r\n");
}

bool http_board_export_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value board;
    Buf b = {.a = r->a};
    TRY(board_of(r, &board, err));
    http_page_begin(&p, r, true);
    Value services = value_get(board, "services"), counts = value_get(board, "counts");
    add_cell(&b, http_word_time(&p, value_get(board, "at")));
    for (size_t i = 0; i < LANES; i++) add_cell(&b, of_lane(&p, i));
    add_cell(&b, http_page_text(&p, "board.total"));
    buf_c(&b, "\r\n");
    for (uint32_t i = 0; i < services.size; i++) add_figures(&b, http_word_pick(&p, value_get(services.u.list[i], "title")), services.u.list[i]);
    add_figures(&b, http_page_text(&p, "board.total"), counts);
    add_cell(&b, http_page_text(&p, "board.closed"));
    buf_printf(&b, ",%" PRId64 "\r\n", value_get_int(counts, "closed", 0));
    add_cell(&b, http_page_say(&p, "board.in_time", "n", STR(""), NULL));
    buf_printf(&b, ",%" PRId64 "\r\n", value_get_int(counts, "in_time", 0));
    out->type = "text/csv; charset=utf-8";
    out->body = buf_str(&b);
    http_header(out, "Content-Disposition", STR("attachment; filename=\"board.csv\""));
    return true;
}
