/* page_assign: who has a case, on the page of the case: taken, handed over with a note, given by a supervisor, released. The
 * people to choose from are those of the case's office who may decide; the room says who may give it to whom. */
#include "http/page_in.h"

#include <string.h>

enum { PEOPLE = 500 };

static void add_person(const HttpPage *p, const AccessWho *who, bool with_office, Str chosen, ValueBuild *list) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "user", value_str(who->user));
    build_c(&b, "name", value_str(who->name));
    build_c(&b, "office", value_str(with_office ? http_life_office(p, who->office) : STR("")));
    build_c(&b, "selected", value_bool(str_eq(who->user, chosen)));
    build_item(list, build_ctx(&b));
}

Value http_assign_people(const HttpPage *p, Value offices, Str chosen) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; offices.kind == VALUE_LIST && i < offices.size; i++) {
        AccessPeople people = {0};
        Err err = {0};
        if (!access_people(p->r->site->store, value_text(offices.u.list[i]), ACCESS_CASE_DECIDE, p->r->now_us, p->a, &people, &err)) continue;
        for (size_t k = 0; k < people.n && list.n < PEOPLE; k++) add_person(p, &people.items[k], offices.size > 1, chosen, &list);
    }
    return build_list(&list);
}

/* Those of the case's office, to whom who reads this may give it. */
static Value choices(const HttpPage *p, Value view, bool any) {
    Value offices[] = {value_get(view, "office"), value_str(p->r->who.office)};
    bool elsewhere = !str_eq(value_text(offices[0]), p->r->who.office);
    if (any) return http_assign_people(p, value_list(offices, elsewhere ? 2 : 1), http_field(p->r, "to"));
    ValueBuild list = {.a = p->a};
    add_person(p, &p->r->who, false, STR(""), &list);
    return build_list(&list);
}

void http_assign_put(HttpPage *p, Value view, const char *error) {
    Value assignee = value_get(view, "assignee");
    bool leads = value_get_bool(view, "may_assign", false), may = value_get_bool(view, "may_decide", false);
    bool nobody = value_is_null(assignee), own = str_eq(value_get_str(assignee, "user"), p->r->who.user);
    Str name = value_get_str(assignee, "name");
    ValueBuild b = {.a = p->a};
    if (!value_get_bool(view, "assignable", false)) return;
    build_c(&b, "nobody", value_bool(nobody));
    build_c(&b, "own", value_bool(own));
    build_c(&b, "others", value_bool(!nobody && !own));
    build_c(&b, "name", value_str(name));
    build_c(&b, "tag", value_str(http_word_tag(p, name)));
    build_c(&b, "may", value_bool(may));
    build_c(&b, "take", value_bool(may && nobody));
    build_c(&b, "me", value_str(p->r->who.user));
    build_c(&b, "may_release", value_bool(may && !nobody && (own || leads)));
    build_c(&b, "people", choices(p, view, leads || own));
    build_c(&b, "note", value_str(error ? http_field(p->r, "note") : STR("")));
    build_c(&b, "error", value_str(error ? http_page_text(p, error) : STR("")));
    build_c(&b, "open", value_bool(error != NULL));
    http_page_put(p, "assign", build_ctx(&b));
}

/* What the page says beside it; NULL when the trouble is not the form's. */
static const char *word_of(const Err *trouble) {
    if (trouble->code == ERR_STALE || trouble->code == ERR_STATE) return "assign.moved";
    if (trouble->code == ERR_DENIED) return "assign.denied";
    if (trouble->code != ERR_INVALID) return NULL;
    return str_is(str_of(trouble->element), "note") ? "assign.note_missing" : "assign.to_missing";
}

Value http_assign_args(const HttpRequest *r) {
    ValueBuild args = {.a = r->a};
    build_c(&args, "to", value_str(str_is(http_field(r, "do"), "release") ? STR("") : http_field(r, "to")));
    build_c(&args, "note", value_str(http_field(r, "note")));
    return build_ctx(&args);
}

bool http_case_assign_post(HttpRequest *r, HttpResponse *out, Err *err) {
    int64_t version;
    CaseReply reply;
    Err trouble = {0};
    if (http_page_only_show(r)) return http_case_show(r, out, &(HttpTyped){0}, err);
    if (!str_to_int(http_field(r, "version"), &version) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    Command c = {.what = CASE_ASSIGN, .case_id = http_param(r, "id"), .who = r->who, .key = http_field(r, "key"), .version = version,
                 .args = http_assign_args(r), .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    if (case_handle(r->site->house, &c, r->a, &reply, &trouble)) {
        http_redirect(out, str_printf(r->a, "/staff/cases/" STR_FMT "#assign", STR_ARG(http_param(r, "id"))));
        return true;
    }
    HttpTyped typed = {.assign_error = word_of(&trouble)};
    if (typed.assign_error) return http_case_show(r, out, &typed, err);
    *err = trouble;
    return false;
}
