/* page_decide: the officer's acts from the case page: adopt, depart, correct. Whatever fails, the typed reason
 * comes back: beside its field, next to a colleague's newer decision, or with our own trouble. */
#include "http/page_desk.h"

#include <string.h>

typedef struct Act { /* what a button asks for */
    CaseDo what;        /* the command */
    const char *name;   /* last part of the path, and of its texts */
    bool own;           /* the officer's own outcome, with a reason */
} Act;

static HttpTyped typed_of(const HttpRequest *r) {
    return (HttpTyped){.outcome = http_field(r, "outcome"), .reason = http_field(r, "reason"), .external = http_field(r, "external")};
}

static bool read_command(HttpRequest *r, const Act *act, Command *c, Err *err) {
    int64_t version;
    if (!str_to_int(http_field(r, "version"), &version) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    ValueBuild args = {.a = r->a};
    if (act->own) {
        build_c(&args, "outcome", value_str(http_field(r, "outcome")));
        build_c(&args, "reason", value_str(http_field(r, "reason")));
    }
    if (str_trim(http_field(r, "external")).n > 0) build_c(&args, "external", value_str(http_field(r, "external")));
    *c = (Command){.what = act->what, .case_id = http_param(r, "id"), .who = r->who, .key = http_field(r, "key"),
                   .version = version, .args = build_ctx(&args), .now_us = r->now_us, .offset = r->offset};
    memcpy(c->seed, r->seed, sizeof c->seed);
    return true;
}

/* ---- somebody was faster ------------------------------------------------------------------------------------ */

static void put_mine(HttpPage *p, const Pack *pack, const Act *act) {
    const HttpTyped typed = typed_of(p->r);
    http_page_str(p, "act", http_page_text(p, str_c(p->a, str_printf(p->a, "stale.act_%s", act->name))));
    http_page_str(p, "outcome_code", typed.outcome);
    http_page_str(p, "outcome", pack && typed.outcome.n ? http_word_outcome(p, pack, typed.outcome) : STR(""));
    http_page_str(p, "reason", typed.reason);
    http_page_str(p, "your_version", http_page_say(p, "stale.version", "n", http_field(p->r, "version"), NULL));
    http_page_str(p, "self", p->r->path);
    http_page_str(p, "lang_form", STR("form"));
}

/* 412: both side by side, nothing overwritten. */
static bool show_stale(HttpRequest *r, HttpResponse *out, const Act *act, Err *err) {
    HttpPage p;
    Value view;
    TRY(case_view(r->site->house, &r->who, http_param(r, "id"), str_of(r->route->purpose), r->now_us, r->a, &view, err));
    http_page_begin(&p, r, true);
    const Pack *pack = case_view_pack(r->site->house, view);
    Str now = json_text(r->a, value_get(view, "version"));
    http_page_str(&p, "title", http_page_text(&p, "stale.title"));
    http_page_put(&p, "on_cases", value_bool(true));
    http_page_str(&p, "their_version", http_page_say(&p, "stale.version", "n", now, NULL));
    http_page_str(&p, "state", http_case_state(&p, value_get_str(view, "state")));
    http_page_put(&p, "decisions", http_case_decisions(&p, value_get(view, "decisions")));
    put_mine(&p, pack, act);
    return http_page_send(&p, out, 412, "clerk/stale", err);
}

/* ---- carried out ---------------------------------------------------------------------------------------------- */

/* The next open case comes up; its notice says what was done and links to the letter. */
static bool go_on(HttpRequest *r, HttpResponse *out, const Act *act, Err *err) {
    Str id = http_param(r, "id"), next = STR("");
    bool stay = act->what == CASE_CORRECT;
    if (http_desk_back(r).n > 0) {
        http_redirect(out, str_printf(r->a, STR_FMT "?case=" STR_FMT "&step=decided", STR_ARG(http_desk_back(r)), STR_ARG(id)));
        return true;
    }
    if (!stay) TRY(case_next(r->site->house, &r->who, id, r->a, &next, err));
    Str to = stay ? str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(id))
             : next.n ? str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(next)) : STR("/staff/cases");
    http_redirect(out, str_printf(r->a, STR_FMT "?done=" STR_FMT, STR_ARG(to), STR_ARG(id)));
    return true;
}

static bool refused(HttpRequest *r, HttpResponse *out, const Act *act, const Err *trouble, Err *err) {
    HttpTyped typed = typed_of(r);
    bool reason = str_is(str_of(trouble->element), "reason"), external = str_is(str_of(trouble->element), "external");
    if (str_is(str_of(trouble->element), "assignee")) {
        typed.assign_error = "assign.first";
        return http_case_show(r, out, &typed, err);
    }
    if (trouble->code == ERR_STALE) return show_stale(r, out, act, err);
    if (trouble->code == ERR_INVALID && external) {
        typed.external_error = "view.external_missing";
        return http_desk_back(r).n > 0 ? http_desk_show(r, out, http_param(r, "id"), &typed, err) : http_case_show(r, out, &typed, err);
    }
    if (trouble->code != ERR_INVALID || !act->own) {
        *err = *trouble;
        return false;
    }
    if (reason)
        typed.reason_error = "view.reason_long";
    else
        typed.outcome_error = "view.outcome_unknown";
    return http_case_show(r, out, &typed, err);
}

/* What the officer left out is said before anything is asked of the rooms. */
static bool incomplete(const HttpRequest *r, HttpTyped *typed) {
    *typed = typed_of(r);
    if (typed->outcome.n == 0) typed->outcome_error = "view.outcome_missing";
    if (str_trim(typed->reason).n == 0) typed->reason_error = "view.reason_missing";
    return typed->outcome_error || typed->reason_error;
}

static bool carry_out(HttpRequest *r, HttpResponse *out, const Act *act, Err *err) {
    HttpTyped typed = typed_of(r);
    Command c;
    CaseReply reply;
    Err trouble = {0};
    if (http_page_only_show(r)) return http_case_show(r, out, &typed, err);
    if (act->own && incomplete(r, &typed)) return http_case_show(r, out, &typed, err);
    TRY(read_command(r, act, &c, err));
    if (!case_handle(r->site->house, &c, r->a, &reply, &trouble)) return refused(r, out, act, &trouble, err);
    return go_on(r, out, act, err);
}

bool http_case_adopt_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return carry_out(r, out, &(Act){CASE_ADOPT, "adopt", false}, err);
}

bool http_case_depart_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return carry_out(r, out, &(Act){CASE_DEPART, "depart", true}, err);
}

bool http_case_correct_post(HttpRequest *r, HttpResponse *out, Err *err) {
    return carry_out(r, out, &(Act){CASE_CORRECT, "correct", true}, err);
}
