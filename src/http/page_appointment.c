/* page_appointment: an appointment by its code, from the hold to the day itself. It shows what the hall says may be done and
 * does nothing by looking; whose it is stands nowhere. The code is in the address and nowhere else on the device. */
#include "http/page_in.h"

#include <inttypes.h>

/* ---- opening -------------------------------------------------------------------------------------------------------------- */

bool http_appointment_form(HttpRequest *r, HttpResponse *out, Str typed, bool wrong, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "book.find_title"));
    http_page_str(&p, "code", typed);
    if (wrong) {
        Str text = http_page_text(&p, "book.find_unknown");
        ValueEntry members[] = {{STR("key"), value_c("code")}, {STR("text"), value_str(text)}};
        Value line = value_ctx(members, COUNT_OF(members));
        http_page_str(&p, "code_error", text);
        http_page_errors(&p, http_page_text(&p, "book.error_head"), value_list(&line, 1));
    }
    return http_page_send(&p, out, wrong ? 404 : 200, "resident/appointment_find", err);
}

bool http_appointment_open(HttpAppointment *x, HttpRequest *r, HttpResponse *out, bool *found, Err *err) {
    Err trouble = {0};
    Str typed = http_param(r, "code");
    *found = desk_appointment(r->site->desk, typed, r->now_us, r->a, &x->view, &trouble);
    if (!*found && (trouble.code == ERR_NOT_FOUND || trouble.code == ERR_INPUT)) return http_appointment_form(r, out, typed, true, err);
    if (!*found) {
        *err = trouble;
        return false;
    }
    Str service = value_get_str(x->view, "service"), office = value_get_str(x->view, "office");
    const Pack *pack = case_pack(r->site->house, service);
    http_page_begin(&x->p, r, false);
    x->code = value_get_str(x->view, "code");
    x->office = http_life_office(&x->p, office);
    x->service = pack ? http_word_pick(&x->p, value_get(pack->json, "title")) : service;
    x->when = str_printf(r->a, STR_FMT " " STR_FMT, STR_ARG(http_word_day(&x->p, value_get(x->view, "at"))), STR_ARG(http_word_clock(&x->p, value_get(x->view, "at"))));
    http_page_str(&x->p, "code", x->code);
    http_page_str(&x->p, "self", str_printf(r->a, "/appointments/" STR_FMT, STR_ARG(x->code)));
    http_page_str(&x->p, "office", x->office);
    http_page_str(&x->p, "service", x->service);
    http_page_str(&x->p, "service_id", service);
    http_page_str(&x->p, "when", x->when);
    http_page_str(&x->p, "key", http_book_key(r));
    return true;
}

bool http_appointments_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view;
    Err none = {0};
    Str typed = http_query(r, "code");
    if (typed.n == 0) return http_appointment_form(r, out, typed, false, err);
    if (!desk_appointment(r->site->desk, typed, r->now_us, r->a, &view, &none)) return http_appointment_form(r, out, typed, true, err);
    http_redirect(out, str_printf(r->a, "/appointments/" STR_FMT, STR_ARG(value_get_str(view, "code"))));
    return true;
}

/* ---- the page ------------------------------------------------------------------------------------------------------------- */

typedef struct Wrong { /* a field and what is wrong with it */
    const char *field; /* its key; NULL: nothing */
    const char *text;  /* path of the text */
} Wrong;

static void put_wrong(HttpPage *p, Wrong w) {
    if (!w.field) return;
    Str text = http_page_text(p, w.text);
    ValueEntry members[] = {{STR("key"), value_c(w.field)}, {STR("text"), value_str(text)}};
    Value *line = NEW(p->a, Value);
    ValueEntry *kept = NEW_ARRAY(p->a, ValueEntry, COUNT_OF(members));
    for (size_t i = 0; i < COUNT_OF(members); i++) kept[i] = members[i];
    *line = value_ctx(kept, COUNT_OF(members));
    http_page_str(p, str_c(p->a, str_printf(p->a, "%s_error", w.field)), text);
    http_page_errors(p, http_page_text(p, "book.error_head"), value_list(line, 1));
}

static void put_typed(HttpPage *p) {
    static const char *const fields[] = {"name", "person", "phone"};
    for (size_t i = 0; i < COUNT_OF(fields); i++) http_page_str(p, fields[i], http_field(p->r, fields[i]));
    http_page_str(p, "name_tag", http_word_tag(p, http_field(p->r, "name")));
}

static void put_held(HttpAppointment *x, Wrong w) {
    HttpPage *p = &x->p;
    Value may = value_get(x->view, "may");
    bool correct = http_query(p->r, "correct").n > 0 || (w.field && !str_is(str_of(w.field), "confirm"));
    bool told = value_get_bool(may, "confirm", false) && !(correct && value_get_bool(may, "tell", false));
    http_page_put(p, "telling", value_bool(!told));
    http_page_put(p, "confirming", value_bool(told));
    http_page_put(p, "may_correct", value_get(may, "tell"));
    http_page_str(p, "title", http_page_text(p, told ? "book.confirm_title" : "book.details_title"));
    http_page_str(p, "until", http_page_say(p, "book.kept_until", "time", http_word_clock(p, value_get(x->view, "until")), NULL));
    http_page_str(p, "sent_to", http_page_say(p, "book.sent_to", "end", value_get_str(x->view, "to"), NULL));
    http_page_str(p, "lang_form", STR("form"));
    put_typed(p);
}

static void put_done(HttpAppointment *x) {
    HttpPage *p = &x->p;
    Str state = value_get_str(x->view, "state"), done = http_query(p->r, "done");
    Value may = value_get(x->view, "may"), ticket = value_get(x->view, "ticket");
    const char *title = str_c(p->a, str_printf(p->a, "book.state_" STR_FMT, STR_ARG(state)));
    http_page_str(p, "title", http_page_text(p, title));
    http_page_str(p, "state_text", http_page_text(p, str_c(p->a, str_printf(p->a, "book.text_" STR_FMT, STR_ARG(state)))));
    http_page_put(p, "booked", value_bool(str_is(state, "booked")));
    http_page_put(p, "may", may);
    http_page_put(p, "has_ticket", value_bool(!value_is_null(ticket)));
    http_page_put(p, "ticket", ticket);
    http_page_put(p, "again", value_bool(str_is(state, "cancelled") || str_is(state, "missed")));
    http_page_put(p, "has_file", value_bool(str_is(state, "booked") || str_is(state, "cancelled")));
    if (str_is(done, "move")) http_page_str(p, "notice", http_page_text(p, "book.done_move"));
}

static bool show(HttpAppointment *x, HttpResponse *out, Wrong w, Err *err) {
    bool held = str_is(value_get_str(x->view, "state"), "held");
    http_page_put(&x->p, "held", value_bool(held));
    if (held) put_held(x, w);
    else put_done(x);
    put_wrong(&x->p, w);
    return http_page_send(&x->p, out, w.field ? 422 : 200, "resident/appointment", err);
}

bool http_appointment_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpAppointment x = {0};
    bool found;
    TRY(http_appointment_open(&x, r, out, &found, err));
    return !found || show(&x, out, (Wrong){0}, err);
}

/* ---- saying who comes, and confirming -------------------------------------------------------------------------------------- */

static Value told_args(const HttpRequest *r) {
    ValueBuild b = {.a = r->a};
    build_c(&b, "name", value_str(http_field(r, "name")));
    build_c(&b, "person", value_str(http_field(r, "person")));
    build_c(&b, "phone", value_str(http_field(r, "phone")));
    build_c(&b, "lang", value_str(r->lang));
    return build_ctx(&b);
}

static Wrong wrong_telling(const Err *e) {
    Str at = str_of(e->element);
    if (e->code == ERR_LIMIT) return (Wrong){"phone", "book.err_many"};
    if (e->code == ERR_STATE && str_is(at, "person")) return (Wrong){"person", "book.err_twice"};
    if (e->code != ERR_INVALID) return (Wrong){0};
    if (str_is(at, "name")) return (Wrong){"name", "book.err_name"};
    return str_is(at, "person") ? (Wrong){"person", "book.err_person"} : (Wrong){"phone", "book.err_phone"};
}

static Wrong wrong_confirming(const Err *e) {
    if (e->code == ERR_DENIED) return (Wrong){"confirm", "book.err_confirm"};
    return e->code == ERR_BUSY ? (Wrong){"confirm", "book.err_tries"} : (Wrong){0};
}

bool http_appointment_post(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpAppointment x = {0};
    DeskReply reply;
    Err trouble = {0};
    bool found, tells = str_is(http_field(r, "do"), "tell");
    TRY(http_appointment_open(&x, r, out, &found, err));
    if (!found) return true;
    if (http_page_only_show(r)) return show(&x, out, (Wrong){0}, err);
    DeskCommand c = http_book_command(r, tells ? DESK_TELL : DESK_CONFIRM, value_get_str(x.view, "office"), x.code);
    c.args = tells ? told_args(r) : http_one(r->a, "confirm", http_field(r, "confirm"));
    bool ok = desk_handle(r->site->desk, &c, r->a, &reply, &trouble);
    Wrong w = tells ? wrong_telling(&trouble) : wrong_confirming(&trouble);
    if (!ok && w.field) return show(&x, out, w, err);
    if (!ok && trouble.code != ERR_STATE && trouble.code != ERR_STALE) {
        *err = trouble;
        return false;
    }
    http_redirect(out, str_printf(r->a, "/appointments/" STR_FMT, STR_ARG(x.code))); /* which says where it stands */
    return true;
}

/* ---- for calendar programs -------------------------------------------------------------------------------------------------- */

bool http_appointment_file_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpAppointment x = {0};
    bool found;
    TRY(http_appointment_open(&x, r, out, &found, err));
    if (!found) return true;
    bool cancelled = str_is(value_get_str(x.view, "state"), "cancelled");
    if (str_is(value_get_str(x.view, "state"), "held")) return err_set(err, ERR_NOT_FOUND, "http", "this appointment is not confirmed");
    DeskIcs e = {.id = value_get_str(x.view, "id"), .host = value_get_str(r->site->authority, "id"), .version = value_get_int(x.view, "version", 0),
                 .start_us = value_get_int(x.view, "start", 0), .minutes = value_get_int(x.view, "minutes", 0), .now_us = r->now_us, .title = x.service,
                 .place = x.office, .text = http_page_say(&x.p, "book.file_text", "code", x.code, NULL), .cancelled = cancelled};
    out->type = "text/calendar; charset=utf-8";
    out->body = desk_ics(&e, r->a);
    http_header(out, "Content-Disposition", STR("attachment; filename=\"appointment.ics\""));
    return true;
}

/* ---- moving and cancelling -------------------------------------------------------------------------------------------------- */

static bool show_move(HttpAppointment *x, HttpResponse *out, const char *error, Err *err) {
    HttpPage *p = &x->p;
    Str base = str_printf(p->a, "/appointments/" STR_FMT "/move?", STR_ARG(x->code));
    http_page_str(p, "title", http_page_text(p, "book.move_title"));
    http_page_str(p, "self", str_printf(p->a, "/appointments/" STR_FMT "/move", STR_ARG(x->code)));
    http_page_str(p, "left", http_page_say(p, "book.moves_left", "n", str_printf(p->a, "%" PRId64, value_get_int(x->view, "moves", 0)), NULL));
    TRY(http_book_put(p, value_get_str(x->view, "office"), value_get_str(x->view, "service"), base, err));
    if (error) {
        http_page_str(p, "gone", http_page_text(p, error));
        http_page_put(p, "error", value_bool(true));
    }
    return http_page_send(p, out, error ? 409 : 200, "resident/appointment_move", err);
}

/* An appointment on which this may be done; else its page, which says why not. */
static bool open_for(HttpAppointment *x, HttpRequest *r, HttpResponse *out, const char *act, bool *goes_on, Err *err) {
    bool found;
    *goes_on = false;
    TRY(http_appointment_open(x, r, out, &found, err));
    if (!found) return true;
    *goes_on = value_get_bool(value_get(x->view, "may"), act, false);
    if (!*goes_on) http_redirect(out, str_printf(r->a, "/appointments/" STR_FMT, STR_ARG(x->code)));
    return true;
}

bool http_appointment_move_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpAppointment x = {0};
    bool goes_on;
    TRY(open_for(&x, r, out, "move", &goes_on, err));
    return !goes_on || show_move(&x, out, NULL, err);
}

bool http_appointment_move_post(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpAppointment x = {0};
    DeskReply reply;
    Err trouble = {0};
    bool goes_on;
    TRY(open_for(&x, r, out, "move", &goes_on, err));
    if (!goes_on) return true;
    if (http_page_only_show(r)) return show_move(&x, out, NULL, err);
    DeskCommand c = http_book_command(r, DESK_MOVE, value_get_str(x.view, "office"), x.code);
    c.args = http_book_start(r, NULL);
    if (desk_handle(r->site->desk, &c, r->a, &reply, &trouble)) {
        http_redirect(out, str_printf(r->a, "/appointments/" STR_FMT "?done=move", STR_ARG(x.code)));
        return true;
    }
    if (trouble.code == ERR_STATE || trouble.code == ERR_STALE) return show_move(&x, out, "book.gone", err);
    *err = trouble;
    return false;
}

bool http_appointment_cancel_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpAppointment x = {0};
    bool goes_on;
    TRY(open_for(&x, r, out, "cancel", &goes_on, err));
    if (!goes_on) return true;
    http_page_str(&x.p, "title", http_page_text(&x.p, "book.cancel_title"));
    return http_page_send(&x.p, out, 200, "resident/appointment_cancel", err);
}

bool http_appointment_cancel_post(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpAppointment x = {0};
    DeskReply reply;
    bool goes_on;
    if (http_page_only_show(r)) return http_appointment_cancel_get(r, out, err);
    TRY(open_for(&x, r, out, "cancel", &goes_on, err));
    if (!goes_on) return true;
    DeskCommand c = http_book_command(r, DESK_CALL_OFF, value_get_str(x.view, "office"), x.code);
    TRY(desk_handle(r->site->desk, &c, r->a, &reply, err));
    http_redirect(out, str_printf(r->a, "/appointments/" STR_FMT, STR_ARG(x.code)));
    return true;
}
