/* The hall for programs: queues, tickets, counters and displays. Each handler is one command or one picture of room desk. */
#include "http/api.h"

#include <string.h>

static DeskCommand command(const HttpRequest *r, DeskDo what) {
    Str office = value_get_str(r->json, "office");
    DeskCommand c = {.what = what, .office = office.n ? office : r->who.office, .who = r->who, .key = r->headers.key, .version = r->version, .now_us = r->now_us};
    memcpy(c.seed, r->seed, sizeof c.seed);
    return c;
}

static bool carry_out(HttpRequest *r, HttpResponse *out, const DeskCommand *c, int status, Err *err) {
    DeskReply reply;
    ValueBuild b = {.a = r->a};
    TRY(desk_handle(r->site->desk, c, r->a, &reply, err));
    build_c(&b, "id", reply.id.n ? value_str(reply.id) : value_null());
    build_c(&b, "version", value_int(reply.version));
    build_c(&b, "state", value_str(reply.state));
    if (reply.code.n) build_c(&b, "code", value_str(reply.code));
    build_c(&b, "ticket", reply.view);
    http_json(r, out, status, build_ctx(&b));
    return true;
}

/* ---- queues --------------------------------------------------------------------------------------------------------- */

bool http_api_queues(HttpRequest *r, HttpResponse *out, Err *err) {
    Value kiosk;
    TRY(desk_kiosk(r->site->desk, http_query(r, "office"), r->now_us, r->a, &kiosk, err));
    http_json(r, out, 200, kiosk);
    return true;
}

bool http_api_call_next(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskCommand c = command(r, DESK_CALL_NEXT);
    Str queue = http_param(r, "id");
    if (!str_is(queue, "all")) c.queue = queue;
    return carry_out(r, out, &c, 200, err);
}

bool http_api_queue_close(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskCommand c = command(r, DESK_CLOSE_QUEUE);
    c.queue = http_param(r, "id");
    c.args = r->json;
    return carry_out(r, out, &c, 200, err);
}

bool http_api_queue_reopen(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskCommand c = command(r, DESK_REOPEN_QUEUE);
    c.queue = http_param(r, "id");
    return carry_out(r, out, &c, 200, err);
}

/* ---- tickets -------------------------------------------------------------------------------------------------------- */

bool http_api_ticket_issue(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskCommand c = command(r, DESK_ISSUE);
    ValueBuild args = {.a = r->a};
    c.who = (AccessWho){0};
    c.queue = value_get_str(r->json, "queue");
    build_c(&args, "services", value_get(r->json, "services"));
    c.args = build_ctx(&args);
    return carry_out(r, out, &c, 201, err);
}

bool http_api_ticket_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view;
    TRY(desk_ticket_view(r->site->desk, &r->who, http_param(r, "id"), r->a, &view, err));
    http_json(r, out, 200, view);
    http_etag(r, out, value_get_int(view, "version", 0));
    return true;
}

bool http_api_ticket_look(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view;
    TRY(desk_ticket_look(r->site->desk, http_param(r, "code"), r->now_us, r->a, &view, err));
    http_json(r, out, 200, view);
    return true;
}

/* A ticket's office is its own, wherever who acts sits. */
bool http_api_ticket_act(HttpRequest *r, HttpResponse *out, Err *err) {
    static const struct {
        const char *name; /* in the path */
        DeskDo what;      /* the command */
    } acts[] = {
        {"recall", DESK_RECALL}, {"arrive", DESK_ARRIVE},   {"park", DESK_PARK},     {"resume", DESK_RESUME}, {"transfer", DESK_TRANSFER}, {"miss", DESK_MISS},
        {"restore", DESK_RESTORE}, {"finish", DESK_FINISH}, {"cancel", DESK_CANCEL}, {"call", DESK_CALL},     {"reprint", DESK_REPRINT},   {"link", DESK_LINK},
    };
    Str name = http_param(r, "act");
    Value view;
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        if (!str_is(name, acts[i].name)) continue;
        DeskCommand c = command(r, acts[i].what);
        TRY(desk_ticket_view(r->site->desk, &r->who, http_param(r, "id"), r->a, &view, err));
        c.office = value_get_str(view, "office");
        c.ticket = http_param(r, "id");
        c.args = r->json;
        return carry_out(r, out, &c, 200, err);
    }
    return err_set(err, ERR_NOT_FOUND, "http", "there is no such act");
}

/* ---- counters and displays ------------------------------------------------------------------------------------------ */

bool http_api_hall(HttpRequest *r, HttpResponse *out, Err *err) {
    Value hall;
    Str office = http_query(r, "office");
    TRY(desk_hall(r->site->desk, &r->who, office.n ? office : r->who.office, r->now_us, r->a, &hall, err));
    http_json(r, out, 200, hall);
    return true;
}

bool http_api_counter_sit(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskCommand c = command(r, DESK_SIT);
    c.counter = http_param(r, "id");
    return carry_out(r, out, &c, 200, err);
}

bool http_api_counter_leave(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskCommand c = command(r, DESK_LEAVE);
    c.counter = http_param(r, "id");
    return carry_out(r, out, &c, 200, err);
}

bool http_api_display(HttpRequest *r, HttpResponse *out, Err *err) {
    Value picture;
    TRY(desk_display(r->site->desk, http_param(r, "office"), r->now_us, r->a, &picture, err));
    http_json(r, out, 200, picture);
    return true;
}
