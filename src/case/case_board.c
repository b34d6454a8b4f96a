/* The supervisor's board: how many cases are late, due today, in time or stand still, by service; which to act on first; how
 * many ended today, and in time. Everything is counted over one index of the rows as they are now: the page and the
 * export show what one call gives. It counts cases and names those to act on; it opens none. */
#include "case/case_in.h"

#include <string.h>

enum { DEFAULT_LIMIT = 20, MAX_LIMIT = 200, FIRST_COLUMNS = CASE_ROW_COLUMNS + 2 };

/* ---- what a case counts as ------------------------------------------------------------------------------------------ */

bool case_board_is_day(int64_t board) { return board >= 0 && board < CASE_BOARD_NONE; }

int64_t case_board_of(const Pack *pack, const CaseRecord *r) {
    CaseDeadline due = case_deadline(r->clocks);
    if (due.runs) return due.day;
    if (due.held) return CASE_BOARD_HELD;
    if (!value_is_null(r->process)) return CASE_BOARD_NONE;
    if (r->board <= CASE_BOARD_ENDED) return r->board; /* it ended before; what comes later is no new end */
    return CASE_BOARD_ENDED - 2 * case_day(r->updated_us, case_office_offset(pack)) - case_clock_was_late(r->clocks);
}

typedef enum Lane { LATE, SOON, OK, HELD, NONE, LANES } Lane;
static const char *const lanes[LANES] = {"late", "soon", "ok", "held", "none"};

/* A last day ends at midnight: within 24 hours is today. */
static Lane lane_of(int64_t board, int64_t today) {
    if (board == CASE_BOARD_HELD) return HELD;
    if (!case_board_is_day(board)) return NONE;
    return board < today ? LATE : board == today ? SOON : OK;
}

/* ---- counting -------------------------------------------------------------------------------------------------------- */

typedef struct Sum { /* open cases of one service */
    Str service;
    int64_t n[LANES];
} Sum;

typedef struct Board { /* a board on its way */
    CaseHouse *h;             /* whose */
    Arena *a;                 /* of the answer */
    int64_t today;            /* office time */
    Sum *sums;                /* one a service */
    size_t n_sums, cap;       /* of them */
    int64_t total[LANES];     /* of all services */
    int64_t oldest, nearest;  /* the first last day that is past, the next to come; 0 and CASE_BOARD_NONE = none */
    int64_t free;             /* due today, and nobody has it */
    int64_t closed, in_time;  /* today */
    const StoreArg **first;   /* rows to act on first, the least time left first */
    size_t n_first, limit;    /* of them, one more than asked for */
} Board;

static Sum *sum_of(Board *b, Str service) {
    for (size_t i = 0; i < b->n_sums; i++)
        if (str_eq(b->sums[i].service, service)) return &b->sums[i];
    if (b->n_sums == b->cap) {
        Sum *more = NEW_ARRAY(b->a, Sum, 2 * b->cap + 16);
        if (b->n_sums > 0) memcpy(more, b->sums, b->n_sums * sizeof *more);
        b->sums = more;
        b->cap = 2 * b->cap + 16;
    }
    b->sums[b->n_sums] = (Sum){.service = service};
    return &b->sums[b->n_sums++];
}

static void count_day(Board *b, int64_t board, Str service, int64_t n) {
    Lane lane = lane_of(board, b->today);
    sum_of(b, service)->n[lane] += n;
    b->total[lane] += n;
    if (lane == LATE && (b->oldest == 0 || board < b->oldest)) b->oldest = board;
    if (lane == OK && board < b->nearest) b->nearest = board;
}

static bool count_open(Board *b, StoreArg office, Err *err) {
    StoreRows rows;
    TRY(store_query(b->h->store, b->h->board_open, &office, 1, b->a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        count_day(b, c[0].i, c[1].s, c[2].i);
    }
    return true;
}

static bool count_rest(Board *b, StoreArg office, Err *err) {
    StoreRows rows;
    int64_t day = CASE_BOARD_ENDED - 2 * b->today;
    TRY(store_query(b->h->store, b->h->board_closed, (StoreArg[]){office, store_int(day - 1), store_int(day)}, 3, b->a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        b->closed += c[1].i;
        if (c[0].i == day) b->in_time += c[1].i;
    }
    TRY(store_query(b->h->store, b->h->board_free, (StoreArg[]){office, store_int(b->today)}, 2, b->a, &rows, err));
    b->free += rows.cells[0].i;
    return true;
}

/* ---- which to act on first ------------------------------------------------------------------------------------------- */

static bool is_before(const StoreArg *x, const StoreArg *y) { return x[9].i != y[9].i ? x[9].i < y[9].i : x[0].i < y[0].i; }

/* Each office's rows come in order; together they are few. */
static void add_first(Board *b, const StoreRows *rows) {
    for (size_t i = 0; i < rows->n; i++) {
        const StoreArg *c = rows->cells + i * rows->columns;
        size_t at = b->n_first;
        if (at == b->limit && !is_before(c, b->first[at - 1])) return;
        if (at < b->limit) b->n_first++;
        else at--;
        for (; at > 0 && is_before(c, b->first[at - 1]); at--) b->first[at] = b->first[at - 1];
        b->first[at] = c;
    }
}

static bool read_first(Board *b, StoreArg office, int64_t board, int64_t id, Err *err) {
    StoreRows rows;
    StoreArg args[] = {office, store_int(board), store_int(id), store_int((int64_t)b->limit)};
    TRY(store_query(b->h->store, b->h->board_first, args, COUNT_OF(args), b->a, &rows, err));
    add_first(b, &rows);
    return true;
}

/* In: columns of case_board_first. */
static bool first_value(Board *b, const StoreArg *c, Value *out, Err *err) {
    Value row = case_row_value(b->h, c, b->a), clocks = value_null();
    bool asked = false;
    if (c[11].s.n > 0) TRY(json_parse(c[11].s, CASE_JSON, b->a, &clocks, err));
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++) asked |= case_clock_asked(clocks.u.list[i]);
    row = value_with(b->a, row, STR("lane"), value_c(lanes[lane_of(c[9].i, b->today)]));
    row = value_with(b->a, row, STR("asked"), value_bool(asked));
    *out = value_with(b->a, row, STR("second"), value_bool(c[12].kind == STORE_INT));
    return true;
}

/* ---- the answer ------------------------------------------------------------------------------------------------------- */

static void put_lanes(const int64_t n[LANES], ValueBuild *b) {
    int64_t open = 0;
    for (size_t i = 0; i < LANES; i++) {
        build_c(b, lanes[i], value_int(n[i]));
        open += n[i];
    }
    build_c(b, "open", value_int(open));
}

static Value counts_value(const Board *b) {
    ValueBuild v = {.a = b->a};
    put_lanes(b->total, &v);
    build_c(&v, "free", value_int(b->free));
    build_c(&v, "closed", value_int(b->closed));
    build_c(&v, "in_time", value_int(b->in_time));
    return build_ctx(&v);
}

/* In the order of the packs, then those that are in force no more. */
static void add_service(const Board *b, Str id, const Pack *pack, ValueBuild *list) {
    for (size_t i = 0; i < b->n_sums; i++) {
        if (!str_eq(b->sums[i].service, id)) continue;
        ValueBuild v = {.a = b->a};
        build_c(&v, "service", value_str(id));
        build_c(&v, "title", case_bilingual(b->a, pack ? pack->title_zh : id, pack ? pack->title_en : id));
        put_lanes(b->sums[i].n, &v);
        build_item(list, build_ctx(&v));
    }
}

static Value services_value(const Board *b) {
    ValueBuild list = {.a = b->a};
    for (size_t i = 0; i < b->h->n_packs; i++) add_service(b, b->h->packs[i].pack->id, b->h->packs[i].pack, &list);
    for (size_t i = 0; i < b->n_sums; i++)
        if (!case_pack(b->h, b->sums[i].service)) add_service(b, b->sums[i].service, NULL, &list);
    return build_list(&list);
}

static Value day_or_null(int64_t day, bool is) { return is ? (Value){.kind = VALUE_DATE, .u.i = day} : value_null(); }

static bool answer(Board *b, Value offices, int64_t now_us, int32_t offset, Value *out, Err *err) {
    ValueBuild first = {.a = b->a}, v = {.a = b->a};
    size_t asked = b->limit - 1;
    for (size_t i = 0; i < b->n_first && i < asked; i++) {
        Value row;
        TRY(first_value(b, b->first[i], &row, err));
        build_item(&first, row);
    }
    const StoreArg *last = b->n_first > asked ? b->first[asked - 1] : NULL;
    build_c(&v, "at", date_from_unix_us(b->a, now_us - now_us % 1000000, offset));
    build_c(&v, "offices", offices);
    build_c(&v, "counts", counts_value(b));
    build_c(&v, "oldest", day_or_null(b->oldest, b->total[LATE] > 0));
    build_c(&v, "nearest", day_or_null(b->nearest, b->total[OK] > 0));
    build_c(&v, "first", build_list(&first));
    build_c(&v, "next", last ? value_str(str_printf(b->a, "%lld." STR_FMT, (long long)last[9].i, STR_ARG(store_id_text(b->a, last[0].i)))) : value_null());
    build_c(&v, "services", services_value(b));
    *out = build_ctx(&v);
    return true;
}

typedef struct Asked { /* a checked filter */
    Str office;          /* "" = all that the person covers */
    int64_t board, id;   /* begin after this case */
    int64_t limit;
} Asked;

static bool read_filter(Value filter, Asked *out, Err *err) {
    Str after = value_get_str(filter, "after"), id;
    *out = (Asked){.office = value_get_str(filter, "office"), .board = CASE_BOARD_HELD, .id = INT64_MAX, .limit = value_get_int(filter, "limit", DEFAULT_LIMIT)};
    Str board = str_cut(after, '.', &id);
    if (after.n > 0 && (!str_to_int(board, &out->board) || !store_id_read(id, &out->id)))
        return err_set(err, ERR_INVALID, "case", "after must be a value that `next` gave");
    return (out->limit >= 1 && out->limit <= MAX_LIMIT) || err_set(err, ERR_INVALID, "case", "limit must lie between 1 and %d", MAX_LIMIT);
}

bool case_board(CaseHouse *h, const AccessWho *who, Value filter, int64_t now_us, int32_t offset, Arena *a, Value *out, Err *err) {
    assert(h && who && a && out);
    Asked asked;
    StoreRows offices;
    ValueBuild covered = {.a = a};
    TRY(read_filter(filter, &asked, err));
    if (!access_may(h->store, who, ACCESS_BOARD, asked.office)) return err_set(err, ERR_DENIED, "case", "the board is a supervisor's");
    Board b = {.h = h, .a = a, .today = case_day(now_us, offset), .nearest = CASE_BOARD_NONE, .limit = (size_t)asked.limit + 1};
    b.first = NEW_ARRAY(a, const StoreArg *, b.limit);
    TRY(access_offices(h->store, who, a, &offices, err));
    for (size_t i = 0; i < offices.n; i++) {
        Str office = offices.cells[i * offices.columns].s;
        if (asked.office.n > 0 && !str_eq(asked.office, office)) continue;
        build_item(&covered, value_str(office));
        TRY(count_open(&b, store_text(office), err));
        TRY(count_rest(&b, store_text(office), err));
        TRY(read_first(&b, store_text(office), asked.board, asked.id, err));
    }
    return answer(&b, build_list(&covered), now_us, offset, out, err);
}
