/* page_stuck: what stands still, in groups, each with why and since when, and a form to have it tried again with a
 * reason. It shows where a case stands, never what it says: an administrator may see it. */
#include "http/page_in.h"

#include <inttypes.h>
#include <string.h>

typedef struct Shown { /* what was typed and could not be carried out; zero when nothing */
    Str thing, reason;  /* which one; the reason as typed */
    const char *error;  /* path of the text that says why */
} Shown;

static Str kind_of(Value one) {
    bool effect = str_is(value_get_str(one, "what"), "effect");
    return !effect ? value_get_str(one, "what") : value_get_bool(one, "dead", false) ? STR("dead") : STR("overdue");
}

/* "text message, tried 3 times"; a dead letter's reason tells its tries. */
static Str effect_words(const HttpPage *p, Value one) {
    Str kind = value_get_str(one, "kind"), n = str_printf(p->a, "%" PRId64, value_get_int(one, "attempts", 0));
    Str name = http_word(p->t, "effect", kind, kind);
    if (!kind.n || value_get_bool(one, "dead", false)) return name;
    return http_page_say(p, "stuck.effect", "kind", name, "n", n, NULL);
}

/* The sentence for an incident's code; what has none is told as it was noted, in English. */
static Str why_of(const HttpPage *p, Value one, bool *foreign) {
    Str reason = value_get_str(one, "reason");
    Str words = http_word(value_get(p->t, "stuck"), "because", value_get_str(one, "code"), STR(""));
    *foreign = words.n == 0 && reason.n > 0 && str_is(p->r->lang, "zh");
    if (words.n == 0) return reason.n ? reason : http_page_text(p, "stuck.no_why");
    return http_page_say(p, str_c(p->a, str_printf(p->a, "stuck.because." STR_FMT, STR_ARG(value_get_str(one, "code")))), "about", value_get_str(one, "about"), NULL);
}

static Value item_view(const HttpPage *p, Value one, size_t no, const Shown *shown, bool reads) {
    bool foreign;
    Str why = why_of(p, one, &foreign);
    Str name = http_word_step(p, case_view_pack(p->r->site->house, one), value_get_str(one, "element"), value_get_str(one, "name"));
    Str thing = str_printf(p->a, STR_FMT ":" STR_FMT, STR_ARG(value_get_str(one, "case")), STR_ARG(value_get_str(one, "key")));
    bool typed = str_eq(thing, shown->thing);
    ValueBuild b = {.a = p->a};
    build_c(&b, "no", value_int((int64_t)no));
    build_c(&b, "code", value_get(one, "tracking_code"));
    build_c(&b, "service", value_str(http_word_pick(p, value_get(one, "title"))));
    build_c(&b, "step", value_str(name));
    build_c(&b, "step_tag", value_str(http_word_tag(p, name)));
    build_c(&b, "since", value_str(http_word_time(p, value_get(one, "at"))));
    build_c(&b, "effect", value_str(effect_words(p, one)));
    build_c(&b, "why", value_str(why));
    build_c(&b, "why_tag", value_str(foreign ? STR("en") : STR("")));
    build_c(&b, "href", value_str(reads ? str_printf(p->a, "/staff/cases/" STR_FMT, STR_ARG(value_get_str(one, "case"))) : STR("")));
    build_c(&b, "may", value_bool(!str_is(kind_of(one), "overdue"))); /* that one is still tried */
    build_c(&b, "case", value_get(one, "case"));
    build_c(&b, "version", value_get(one, "version"));
    build_c(&b, "what", value_get(one, "what"));
    build_c(&b, "thing", value_get(one, "key"));
    build_c(&b, "typed", value_str(typed ? shown->reason : STR("")));
    build_c(&b, "error", value_str(typed && shown->error ? http_page_text(p, shown->error) : STR("")));
    build_c(&b, "open", value_bool(typed));
    return build_ctx(&b);
}

static Value group_view(const HttpPage *p, const char *kind, Value all, const Shown *shown, bool reads) {
    ValueBuild items = {.a = p->a}, b = {.a = p->a};
    for (uint32_t i = 0; i < all.size; i++)
        if (str_is(kind_of(all.u.list[i]), kind)) build_item(&items, item_view(p, all.u.list[i], i, shown, reads));
    build_c(&b, "id", value_c(kind));
    build_c(&b, "title", value_str(http_word(value_get(p->t, "stuck"), "groups", str_of(kind), STR(""))));
    build_c(&b, "note", value_str(http_word(value_get(p->t, "stuck"), "notes", str_of(kind), STR(""))));
    build_c(&b, "count", value_int((int64_t)items.n));
    build_c(&b, "any", value_bool(items.n > 0));
    build_c(&b, "items", build_list(&items));
    return build_ctx(&b);
}

static void put_groups(HttpPage *p, Value all, const Shown *shown) {
    static const char *const kinds[] = {"incident", "dead", "timer", "overdue"};
    bool reads = access_may(p->r->site->store, &p->r->who, ACCESS_CASE_READ, STR(""));
    ValueBuild groups = {.a = p->a};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) build_item(&groups, group_view(p, kinds[i], all, shown, reads));
    http_page_put(p, "groups", build_list(&groups));
    http_page_put(p, "nothing", value_bool(all.size == 0));
}

static void put_error(HttpPage *p, Value all, const Shown *shown) {
    if (!shown->error) return;
    ValueBuild errors = {.a = p->a}, b = {.a = p->a};
    Str field = STR("main");
    for (uint32_t i = 0; i < all.size; i++)
        if (str_ends(shown->thing, str_join2(p->a, STR(":"), value_get_str(all.u.list[i], "key")))) field = str_printf(p->a, "reason-%u", i);
    build_c(&b, "key", value_str(field));
    build_c(&b, "text", value_str(http_page_text(p, shown->error)));
    build_item(&errors, build_ctx(&b));
    http_page_errors(p, http_page_text(p, "stuck.error_head"), build_list(&errors));
}

static bool show(HttpRequest *r, HttpResponse *out, const Shown *shown, Err *err) {
    HttpPage p;
    Value all;
    Buf key = {.a = r->a};
    TRY(case_stuck(r->site->house, &r->who, r->now_us, r->a, &all, err));
    http_page_begin(&p, r, true);
    for (int i = 0; i < 16; i++) buf_printf(&key, "%02x", r->seed[i]);
    http_page_str(&p, "title", http_page_text(&p, "stuck.title"));
    http_page_put(&p, "on_stuck", value_bool(true));
    http_page_str(&p, "key", buf_str(&key));
    put_groups(&p, all, shown);
    put_error(&p, all, shown);
    if (str_is(http_query(r, "done"), "1")) {
        ValueBuild notice = {.a = r->a};
        build_c(&notice, "text", value_str(http_page_text(&p, "stuck.done")));
        http_page_put(&p, "notice", build_ctx(&notice));
    }
    return http_page_send(&p, out, shown->error ? 422 : 200, "clerk/stuck", err);
}

bool http_stuck_get(HttpRequest *r, HttpResponse *out, Err *err) { return show(r, out, &(Shown){0}, err); }

static bool read_command(HttpRequest *r, Command *c, Err *err) {
    int64_t version;
    if (!str_to_int(http_field(r, "version"), &version) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    ValueBuild args = {.a = r->a};
    build_c(&args, "what", value_str(http_field(r, "what")));
    build_c(&args, "key", value_str(http_field(r, "thing")));
    build_c(&args, "reason", value_str(http_field(r, "reason")));
    *c = (Command){.what = CASE_RETRY, .case_id = http_field(r, "case"), .who = r->who, .key = http_field(r, "key"), .version = version,
                   .args = build_ctx(&args), .now_us = r->now_us, .offset = r->offset};
    memcpy(c->seed, r->seed, sizeof c->seed);
    return true;
}

bool http_stuck_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Command c;
    CaseReply reply;
    Err trouble = {0};
    Shown shown = {.reason = http_field(r, "reason")};
    shown.thing = str_printf(r->a, STR_FMT ":" STR_FMT, STR_ARG(http_field(r, "case")), STR_ARG(http_field(r, "thing")));
    if (http_page_only_show(r)) return show(r, out, &shown, err);
    TRY(read_command(r, &c, err));
    if (case_handle(r->site->house, &c, r->a, &reply, &trouble)) {
        http_redirect(out, STR("/staff/stuck?done=1"));
        return true;
    }
    bool moved = trouble.code == ERR_STALE || trouble.code == ERR_STATE;
    if (moved || trouble.code == ERR_INVALID) {
        shown.error = moved ? "stuck.moved" : "stuck.reason_missing";
        return show(r, out, &shown, err);
    }
    *err = trouble;
    return false;
}
