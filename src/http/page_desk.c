/* page_desk: the desk of who sits at a counter: the ticket that is served, the acts on it, and who waits. One screen, keys
 * for every act, and the same without a script. What may be done is room desk's to say: an act that came too late is told,
 * and the page shows how things stand now. */
#include "http/page_desk.h"

#include <inttypes.h>
#include <string.h>

enum { LISTED = 8 }; /* most who wait that are shown; the rest is a number */
static const int64_t MINUTE_US = 60000000;

Str http_desk_key(const HttpRequest *r) {
    Str kept = http_field(r, "key");
    Buf b = {.a = r->a};
    if (kept.n > 0) return kept;
    for (int i = 0; i < 16; i++) buf_printf(&b, "%02x", r->seed[i]);
    return buf_str(&b);
}

Str http_desk_back(const HttpRequest *r) {
    Str ticket = http_field(r, "ticket");
    return ticket.n > 0 ? str_printf(r->a, "/staff/desk/" STR_FMT, STR_ARG(ticket)) : STR("");
}

/* ---- the left column ------------------------------------------------------------------------------------------------ */

static Value named(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "id"), id)) return list.u.list[i];
    return value_null();
}

static Str minutes_since(const HttpPage *p, int64_t us) {
    int64_t n = us > 0 && p->r->now_us > us ? (p->r->now_us - us) / MINUTE_US : 0;
    return http_page_say(p, "desk.minutes", "n", str_printf(p->a, "%" PRId64, n), NULL);
}

static Str queue_name(const HttpDesk *d, Value ticket) {
    return http_word_pick(&d->p, value_get(named(value_get(d->hall, "queues"), value_get_str(ticket, "queue")), "name"));
}

/* What somebody comes for: the services that he chose, else the name of the queue. */
static Str wish_of(const HttpDesk *d, Value ticket) {
    Value services = value_get(ticket, "services");
    const Pack *pack = services.kind == VALUE_LIST && services.size > 0 ? case_pack(d->p.r->site->house, value_text(services.u.list[0])) : NULL;
    return pack ? http_word_pick(&d->p, value_get(pack->json, "title")) : queue_name(d, ticket);
}

static Value line_of(HttpDesk *d, Value ticket) {
    ValueBuild b = {.a = d->p.a};
    build_c(&b, "id", value_get(ticket, "id"));
    build_c(&b, "label", value_get(ticket, "label"));
    build_c(&b, "wish", value_str(wish_of(d, ticket)));
    build_c(&b, "waited", value_str(minutes_since(&d->p, value_get_int(ticket, "issued_us", 0))));
    build_c(&b, "note", value_get(ticket, "note"));
    build_c(&b, "row_version", value_get(ticket, "version"));
    return build_ctx(&b);
}

static void put_lines(HttpDesk *d, const char *from, const char *key, size_t most) {
    Value tickets = value_get(d->hall, from);
    ValueBuild list = {.a = d->p.a};
    for (uint32_t i = 0; tickets.kind == VALUE_LIST && i < tickets.size && i < most; i++) build_item(&list, line_of(d, tickets.u.list[i]));
    http_page_put(&d->p, key, build_list(&list));
}

static void put_queues(HttpDesk *d) {
    Value queues = value_get(d->hall, "queues");
    ValueBuild list = {.a = d->p.a};
    for (uint32_t i = 0; queues.kind == VALUE_LIST && i < queues.size; i++) {
        ValueBuild b = {.a = d->p.a};
        build_c(&b, "id", value_get(queues.u.list[i], "id"));
        build_c(&b, "name", value_str(http_word_pick(&d->p, value_get(queues.u.list[i], "name"))));
        build_c(&b, "letter", value_get(queues.u.list[i], "letter"));
        build_c(&b, "selected", value_bool(str_eq(value_get_str(queues.u.list[i], "id"), http_field(d->p.r, "queue"))));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(&d->p, "queues", build_list(&list));
}

/* Counters at which nobody sits. */
static void put_free(HttpDesk *d) {
    Value counters = value_get(d->hall, "counters");
    ValueBuild list = {.a = d->p.a};
    for (uint32_t i = 0; counters.kind == VALUE_LIST && i < counters.size; i++) {
        Value counter = counters.u.list[i];
        ValueBuild b = {.a = d->p.a};
        if (value_get_str(counter, "clerk").n > 0) continue;
        build_c(&b, "id", value_get(counter, "id"));
        build_c(&b, "no", value_get(counter, "no"));
        build_c(&b, "name", value_str(http_word_pick(&d->p, value_get(counter, "name"))));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(&d->p, "free", build_list(&list));
}

static void put_serving(HttpDesk *d) {
    HttpPage *p = &d->p;
    Value t = d->ticket;
    Str state = value_get_str(t, "state");
    bool mine = str_eq(value_get_str(t, "clerk"), p->r->who.user) && !value_is_null(d->counter);
    bool called = str_is(state, "called") && mine, serving = str_is(state, "serving") && mine;
    int64_t issued = value_get_int(t, "issued_us", 0), since = value_get_int(t, "called_us", 0);
    ValueBuild b = {.a = p->a};
    if (value_is_null(t)) return;
    build_c(&b, "id", value_str(d->ticket_id));
    build_c(&b, "label", value_get(t, "label"));
    build_c(&b, "state_word", value_str(http_word(value_get(p->t, "desk"), "state", state, state)));
    build_c(&b, "line", value_str(http_page_say(p, "desk.waited", "queue", queue_name(d, t), "n", minutes_since(p, issued + p->r->now_us - since), NULL)));
    build_c(&b, "since", value_str(minutes_since(p, since)));
    build_c(&b, "ticket_version", value_get(t, "version"));
    build_c(&b, "note", value_get(t, "note"));
    build_c(&b, "called", value_bool(called));
    build_c(&b, "serving", value_bool(serving));
    build_c(&b, "held", value_bool(called || serving));
    build_c(&b, "may_resume", value_bool(str_is(state, "parked") && !value_is_null(d->counter) && value_is_null(value_get(d->hall, "ticket"))));
    http_page_put(p, "serving", build_ctx(&b));
    http_page_put(p, "no_ticket", value_bool(false));
}

static void put_left(HttpDesk *d) {
    HttpPage *p = &d->p;
    Value waiting = value_get(d->hall, "waiting");
    put_lines(d, "waiting", "waiting", LISTED);
    put_lines(d, "parked", "parked", LISTED);
    put_lines(d, "missed", "missed", LISTED);
    put_queues(d);
    put_free(d);
    http_page_put(p, "nobody", value_bool(waiting.kind != VALUE_LIST || waiting.size == 0));
    if (waiting.kind == VALUE_LIST && waiting.size > LISTED)
        http_page_str(p, "more_wait", http_page_say(p, "desk.more", "n", str_printf(p->a, "%d", (int)waiting.size - LISTED), NULL));
    http_page_put(p, "no_ticket", value_bool(true));
    http_page_str(p, "park_reason", http_field(p->r, "reason"));
    http_page_str(p, "transfer_note", http_field(p->r, "note"));
    put_serving(d);
}

/* ---- the page -------------------------------------------------------------------------------------------------------------- */

static void put_head(HttpDesk *d) {
    HttpPage *p = &d->p;
    bool seated = !value_is_null(d->counter);
    Str no = seated ? str_printf(p->a, "%" PRId64, value_get_int(d->counter, "no", 0)) : STR("");
    Str label = value_get_str(d->ticket, "label");
    Str title = !seated ? http_page_text(p, "desk.title_away") : label.n == 0 ? http_page_say(p, "desk.title_free", "no", no, NULL)
                                                              : http_page_say(p, "desk.title", "no", no, "label", label, NULL);
    http_page_str(p, "title", title);
    http_page_str(p, "page_keys", STR("desk"));
    http_page_put(p, "on_desk", value_bool(true));
    http_page_put(p, "seated", value_bool(seated));
    http_page_str(p, "window", seated ? http_page_say(p, "desk.window", "no", no, NULL) : STR(""));
    http_page_str(p, "key", http_desk_key(p->r));
    http_page_put(p, "counter_id", value_get(d->counter, "id"));
    http_page_str(p, "desk_js", http_asset_url(p->r->site, "desk.js", p->a));
    http_page_str(p, "trouble", d->trouble ? http_page_text(p, d->trouble) : STR(""));
}

bool http_desk_begin(HttpDesk *d, HttpRequest *r, Str ticket, const HttpTyped *typed, Err *err) {
    *d = (HttpDesk){.typed = typed, .counter = value_null(), .ticket = value_null()};
    http_page_begin(&d->p, r, true);
    TRY(desk_hall(r->site->desk, &r->who, r->who.office, r->now_us, r->a, &d->hall, err));
    Str mine = value_get_str(d->hall, "mine");
    if (mine.n > 0) d->counter = named(value_get(d->hall, "counters"), mine);
    d->ticket_id = ticket.n > 0 ? ticket : value_get_str(d->hall, "ticket");
    if (d->ticket_id.n > 0) TRY(desk_ticket_view(r->site->desk, &r->who, d->ticket_id, r->a, &d->ticket, err));
    d->case_id = http_query(r, "case");
    d->service = http_query(r, "service");
    return true;
}

bool http_desk_send(HttpDesk *d, HttpResponse *out, int status, Err *err) {
    put_head(d);
    put_left(d);
    http_notice_put(&d->p);
    return http_page_send(&d->p, out, status, "clerk/desk", err);
}

static bool show(HttpRequest *r, HttpResponse *out, Str ticket, const char *trouble, Err *err) {
    HttpDesk d;
    TRY(http_desk_begin(&d, r, ticket, &(HttpTyped){0}, err));
    d.trouble = trouble;
    TRY(http_desk_visit_put(&d, err));
    return http_desk_send(&d, out, trouble ? 409 : 200, err);
}

bool http_desk_show(HttpRequest *r, HttpResponse *out, Str case_id, const HttpTyped *typed, Err *err) {
    HttpDesk d;
    TRY(http_desk_begin(&d, r, http_field(r, "ticket"), typed, err));
    d.case_id = case_id;
    d.service = STR("");
    TRY(http_desk_visit_put(&d, err));
    return http_desk_send(&d, out, 422, err);
}

/* Who waits, asked for again and again by the script: without the visit, whose every showing is a look at a case. */
static bool show_waiting(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpDesk d;
    return http_desk_begin(&d, r, STR(""), &(HttpTyped){0}, err) && http_desk_send(&d, out, 200, err);
}

bool http_desk_get(HttpRequest *r, HttpResponse *out, Err *err) {
    return http_query(r, "waiting").n > 0 ? show_waiting(r, out, err) : show(r, out, STR(""), NULL, err);
}
bool http_desk_ticket_get(HttpRequest *r, HttpResponse *out, Err *err) { return show(r, out, http_param(r, "ticket"), NULL, err); }

/* ---- the acts ---------------------------------------------------------------------------------------------------------------- */

static const struct { /* what a button says, and whether room desk wants a reason */
    const char *name;
    DeskDo what;
} acts[] = {
    {"sit", DESK_SIT},       {"leave", DESK_LEAVE},       {"next", DESK_CALL_NEXT}, {"recall", DESK_RECALL}, {"arrive", DESK_ARRIVE},   {"park", DESK_PARK},
    {"resume", DESK_RESUME}, {"transfer", DESK_TRANSFER}, {"miss", DESK_MISS},      {"restore", DESK_RESTORE}, {"finish", DESK_FINISH},
};

/* Why it was not done, as the page says it; NULL when the page cannot help. */
static const char *word_of(const Err *trouble) {
    if (trouble->code == ERR_INVALID) return str_is(str_of(trouble->element), "queue") ? "desk.queue_missing" : str_is(str_of(trouble->element), "counter") ? "desk.counter_missing" : "desk.reason_missing";
    if (trouble->code == ERR_STALE || trouble->code == ERR_STATE || trouble->code == ERR_CONFLICT) return "desk.moved";
    return NULL;
}

static DeskCommand command(HttpRequest *r, DeskDo what, Str ticket, const char *half) {
    DeskCommand c = {.what = what, .office = r->who.office, .who = r->who, .ticket = ticket, .counter = http_field(r, "counter"), .queue = http_field(r, "queue"),
                     .key = str_printf(r->a, STR_FMT "-%s", STR_ARG(http_desk_key(r)), half), .version = -1, .now_us = r->now_us};
    ValueBuild args = {.a = r->a};
    if (what == DESK_PARK || what == DESK_TRANSFER) build_c(&args, "reason", value_str(http_field(r, "reason")));
    if (what == DESK_TRANSFER) build_c(&args, "queue", value_str(http_field(r, "queue")));
    if (what == DESK_TRANSFER && http_field(r, "note").n > 0) build_c(&args, "note", value_str(http_field(r, "note")));
    if (args.n > 0) c.args = build_ctx(&args);
    memcpy(c.seed, r->seed, sizeof c.seed);
    return c;
}

/* Whoever presses "done, call next" ends the visit in front of him first. */
static bool carry_out(HttpRequest *r, DeskDo what, Str ticket, DeskReply *reply, Err *err) {
    int64_t version = -1;
    if (what == DESK_CALL_NEXT && http_field(r, "finish").n > 0) {
        DeskReply done;
        DeskCommand end = command(r, DESK_FINISH, http_field(r, "finish"), "f");
        TRY(desk_handle(r->site->desk, &end, r->a, &done, err));
    }
    DeskCommand c = command(r, what, what == DESK_CALL_NEXT ? STR("") : ticket, "d");
    if (str_to_int(http_field(r, "ticket_version"), &version)) c.version = version;
    return desk_handle(r->site->desk, &c, r->a, reply, err);
}

static bool act(HttpRequest *r, HttpResponse *out, Str ticket, Err *err) {
    DeskReply reply = {0};
    Err trouble = {0};
    size_t i = 0;
    Str wanted = http_field(r, "do");
    while (i < COUNT_OF(acts) && !str_is(wanted, acts[i].name)) i++;
    if (http_page_only_show(r)) return show(r, out, ticket, NULL, err);
    if (i == COUNT_OF(acts) || http_field(r, "key").n == 0) return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    if (!carry_out(r, acts[i].what, ticket, &reply, &trouble)) {
        if (word_of(&trouble)) return show(r, out, ticket, word_of(&trouble), err);
        *err = trouble;
        return false;
    }
    bool nobody = acts[i].what == DESK_CALL_NEXT && reply.id.n == 0;
    bool stays = acts[i].what == DESK_ARRIVE || acts[i].what == DESK_RESUME || acts[i].what == DESK_RECALL;
    if (stays) http_redirect(out, str_printf(r->a, "/staff/desk/" STR_FMT, STR_ARG(ticket)));
    else http_redirect(out, nobody ? STR("/staff/desk?step=nobody") : STR("/staff/desk"));
    return true;
}

bool http_desk_post(HttpRequest *r, HttpResponse *out, Err *err) { return act(r, out, STR(""), err); }
bool http_desk_ticket_post(HttpRequest *r, HttpResponse *out, Err *err) { return act(r, out, http_param(r, "ticket"), err); }
