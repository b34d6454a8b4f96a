/* page_desk_act: what is done on the desk with a case of the visit: begun, checked and accepted in one press, paid, noted.
 * Several commands of room case may follow from one press; each has a key of its own, so that pressing again does each
 * of them once. What was typed always comes back. */
#include "http/page_desk.h"

#include <inttypes.h>
#include <string.h>

static Command command(HttpRequest *r, CaseDo what, const char *half, Value args) {
    Command c = {.what = what, .who = r->who, .key = str_printf(r->a, STR_FMT "-%s", STR_ARG(http_desk_key(r)), half), .version = -1,
                 .args = args, .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    return c;
}

static Value with(Arena *a, const char *name, Value v) {
    ValueBuild b = {.a = a};
    build_c(&b, name, v);
    return build_ctx(&b);
}

/* ---- a new case of the visit ---------------------------------------------------------------------------------------------- */

/* Who acts for the applicant, as typed; null when nobody does. */
static Value agent_of(const HttpRequest *r) {
    static const char *const names[] = {"name", "id_kind", "id_number", "basis", "paper"};
    ValueBuild b = {.a = r->a};
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        Str typed = str_trim(http_field(r, str_c(r->a, str_printf(r->a, "agent:%s", names[i]))));
        any |= typed.n > 0 && !str_is(str_of(names[i]), "id_kind");
        build_c(&b, names[i], value_str(typed));
    }
    return any ? build_ctx(&b) : value_null();
}

static bool show_form(HttpRequest *r, HttpResponse *out, Value answers, const PaperFaults *faults, const char *agent_error, Err *err) {
    HttpDesk d;
    TRY(http_desk_begin(&d, r, http_param(r, "ticket"), &(HttpTyped){0}, err));
    d.service = http_param(r, "service");
    TRY(http_desk_form_put(&d, answers, faults, agent_error, err));
    return http_desk_send(&d, out, faults || agent_error ? 422 : 200, err);
}

static bool link_case(HttpRequest *r, Str case_id, Err *err) {
    DeskReply reply;
    DeskCommand c = {.what = DESK_LINK, .office = r->who.office, .who = r->who, .ticket = http_param(r, "ticket"), .version = -1, .now_us = r->now_us,
                     .key = str_printf(r->a, STR_FMT "-l", STR_ARG(http_desk_key(r))), .args = with(r->a, "case", value_str(case_id))};
    memcpy(c.seed, r->seed, sizeof c.seed);
    return desk_handle(r->site->desk, &c, r->a, &reply, err);
}

static const char *agent_word(const Err *trouble) {
    Str element = str_of(trouble->element);
    if (trouble->code != ERR_INVALID || !str_starts(element, STR("agent"))) return NULL;
    return str_is(element, "agent") ? "desk.in_person" : "desk.agent_missing";
}

bool http_desk_register_post(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack = case_pack(r->site->house, http_param(r, "service"));
    CaseReply reply = {0};
    Err trouble = {0};
    if (!pack) return err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
    Value answers = paper_from_post(pack->form, r->form, r->a);
    bool row = paper_post_rows(pack->form, r->form, answers, r->a, &answers);
    if (row || http_page_only_show(r)) return show_form(r, out, answers, NULL, NULL, err);
    Command c = command(r, CASE_CREATE, "c", answers);
    c.service = pack->id;
    c.agent = agent_of(r);
    c.identified = http_field(r, "identified");
    if (!case_handle(r->site->house, &c, r->a, &reply, &trouble)) {
        if (agent_word(&trouble)) return show_form(r, out, answers, NULL, agent_word(&trouble), err);
        *err = trouble;
        return false;
    }
    if (reply.faults.n > 0) return show_form(r, out, answers, &reply.faults, NULL, err);
    TRY(link_case(r, reply.id, err));
    http_redirect(out, str_printf(r->a, "/staff/desk/" STR_FMT "?case=" STR_FMT "&registered=" STR_FMT, STR_ARG(http_param(r, "ticket")), STR_ARG(reply.id), STR_ARG(reply.tracking_code)));
    return true;
}

/* ---- the case in hand --------------------------------------------------------------------------------------------------------- */

typedef struct Press { /* one press of a button */
    HttpRequest *r;     /* of it */
    const Pack *pack;   /* the case's version */
    Value view;         /* the case before */
    int64_t version;    /* as it was seen; then as each command leaves it */
    CaseReply reply;    /* of the last command */
} Press;

static bool does(Press *x, CaseDo what, const char *half, Value args, Err *err) {
    Command c = command(x->r, what, half, args);
    CaseReply reply = {0};
    c.case_id = http_param(x->r, "id");
    c.version = x->version;
    TRY(case_handle(x->r->site->house, &c, x->r->a, &reply, err));
    x->reply = reply;
    if (reply.faults.n == 0) x->version = reply.version;
    return true;
}

static bool listed(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), id)) return true;
    return false;
}

/* Papers that are ticked; changed: others than before. */
static Value ticked(const Press *x, bool *changed) {
    Value evidence = value_get(x->pack->json, "evidence"), before = value_get(x->view, "seen");
    ValueBuild list = {.a = x->r->a};
    *changed = false;
    for (uint32_t i = 0; evidence.kind == VALUE_LIST && i < evidence.size; i++) {
        Str id = value_get_str(evidence.u.list[i], "id");
        bool now = http_field(x->r, str_c(x->r->a, str_printf(x->r->a, "seen:" STR_FMT, STR_ARG(id)))).n > 0;
        *changed |= now != listed(before, id);
        if (now) build_item(&list, value_str(id));
    }
    return build_list(&list);
}

static bool keep_ticks(Press *x, Err *err) {
    bool changed;
    Value seen = ticked(x, &changed);
    return !changed || does(x, CASE_SEE, "s", with(x->r->a, "seen", seen), err);
}

/* What the counter found out, when it says something else than before. */
static bool keep_checks(Press *x, Err *err) {
    Value args = http_life_checked(x->r, x->pack), answers = value_get(args, "answers"), before = value_get(x->view, "answers");
    bool changed = false;
    if (!value_get_bool(value_get(x->view, "acts"), "check", false)) return true;
    for (uint32_t i = 0; answers.kind == VALUE_CONTEXT && i < answers.size; i++) {
        Value old = value_null();
        bool known = value_find(before, answers.u.ctx[i].key, &old);
        changed |= known ? !value_same(old, answers.u.ctx[i].value) : !value_is_null(answers.u.ctx[i].value);
    }
    return !changed || does(x, CASE_CHECK, "k", args, err);
}

static bool keep(Press *x, Err *err) { return keep_ticks(x, err) && keep_checks(x, err); }

static bool accept(Press *x, Err *err) {
    TRY(keep(x, err));
    return x->reply.faults.n > 0 || does(x, CASE_ACCEPT, "p", with(x->r->a, "accept", value_bool(true)), err);
}

static bool pay(Press *x, Err *err) {
    HttpRequest *r = x->r;
    int64_t fen = -1;
    ValueBuild args = {.a = r->a};
    build_c(&args, "method", value_str(http_field(r, "method")));
    if (str_to_int(http_field(r, "fen"), &fen)) build_c(&args, "fen", value_int(fen));
    if (http_field(r, "reference").n > 0) build_c(&args, "reference", value_str(http_field(r, "reference")));
    build_c(&args, "counter", value_str(http_field(r, "counter")));
    return does(x, CASE_PAY, "m", build_ctx(&args), err);
}

static bool note(Press *x, Err *err) { return does(x, CASE_NOTE, "n", with(x->r->a, "text", value_str(http_field(x->r, "note"))), err); }

static const struct {
    const char *name;
    bool (*act)(Press *x, Err *err); /* of the button */
} buttons[] = {{"save", keep}, {"accept", accept}, {"pay", pay}, {"note", note}};

static const char *word_of(const Err *trouble) {
    Str element = str_of(trouble->element);
    if (str_is(element, "fees")) return "fees.first";
    if (trouble->code == ERR_STALE || trouble->code == ERR_STATE || trouble->code == ERR_CONFLICT) return "life.moved";
    if (trouble->code != ERR_INVALID) return NULL;
    return str_is(element, "text") ? "desk.note_missing" : str_is(element, "method") ? "fees.method_missing" : "life.nothing";
}

static bool show_again(const Press *x, HttpResponse *out, const Err *trouble, Err *err) {
    HttpTyped typed = {.check = value_get(http_life_checked(x->r, x->pack), "answers"), .life_error = trouble ? word_of(trouble) : NULL};
    if (x->reply.faults.n > 0) typed.faults = &x->reply.faults;
    return http_desk_show(x->r, out, http_param(x->r, "id"), &typed, err);
}

bool http_desk_case_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Press x = {.r = r};
    Err trouble = {0};
    Str id = http_param(r, "id"), wanted = http_field(r, "do");
    size_t i = 0;
    TRY(case_view(r->site->house, &r->who, id, str_of(r->route->purpose), r->now_us, r->a, &x.view, err));
    x.pack = case_view_pack(r->site->house, x.view);
    if (!x.pack) return err_set(err, ERR_STATE, "http", "The service of this case is not installed.");
    if (http_page_only_show(r)) return show_again(&x, out, NULL, err);
    while (i < COUNT_OF(buttons) && !str_is(wanted, buttons[i].name)) i++;
    if (i == COUNT_OF(buttons) || !str_to_int(http_field(r, "version"), &x.version) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    bool ok = buttons[i].act(&x, &trouble);
    if ((!ok && word_of(&trouble)) || x.reply.faults.n > 0) return show_again(&x, out, ok ? NULL : &trouble, err);
    if (!ok) {
        *err = trouble;
        return false;
    }
    http_redirect(out, str_printf(r->a, STR_FMT "?case=" STR_FMT "&step=" STR_FMT, STR_ARG(http_desk_back(r)), STR_ARG(id), STR_ARG(wanted)));
    return true;
}
