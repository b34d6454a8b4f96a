/* page_second: a decision that waits for a second person, on the page of its case: what the first one decided and why, and
 * the second one's yes or no. Nobody is asked who has decided himself. */
#include "http/page_in.h"

#include <string.h>

void http_second_put(HttpPage *p, const Pack *pack, Value view, const char *error) {
    Value second = value_get(view, "second");
    if (value_is_null(second)) return;
    bool own = str_eq(value_get_str(second, "by"), p->r->who.user);
    Str reason = value_get_str(second, "reason");
    ValueBuild b = {.a = p->a};
    build_c(&b, "outcome", value_str(http_word_outcome(p, pack, value_get_str(value_get(second, "outcome"), "code"))));
    build_c(&b, "by", value_str(http_page_say(p, "second.by", "who", value_get_str(second, "by_name"), NULL)));
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "tag", value_str(http_word_tag(p, reason)));
    build_c(&b, "own", value_bool(own));
    build_c(&b, "may", value_bool(!own && value_get_bool(view, "may_decide", false)));
    build_c(&b, "error", value_str(error ? http_page_text(p, error) : STR("")));
    build_c(&b, "typed", value_str(error ? http_field(p->r, "reason") : STR("")));
    http_page_put(p, "second", build_ctx(&b));
    http_page_put(p, "decide", value_null()); /* nothing is decided meanwhile */
    http_page_put(p, "correct", value_bool(false));
}

static const char *word_of(const Err *trouble) {
    if (trouble->code == ERR_STALE || trouble->code == ERR_STATE) return "second.moved";
    if (trouble->code == ERR_DENIED) return "second.own";
    return trouble->code == ERR_INVALID && str_is(str_of(trouble->element), "reason") ? "second.reason_missing" : NULL;
}

bool http_case_second_post(HttpRequest *r, HttpResponse *out, Err *err) {
    int64_t version;
    CaseReply reply;
    Err trouble = {0};
    ValueBuild args = {.a = r->a};
    if (http_page_only_show(r)) return http_case_show(r, out, &(HttpTyped){0}, err);
    if (!str_to_int(http_field(r, "version"), &version) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    build_c(&args, "agree", value_bool(str_is(http_field(r, "do"), "agree")));
    build_c(&args, "reason", value_str(http_field(r, "reason")));
    Command c = {.what = CASE_SECOND, .case_id = http_param(r, "id"), .who = r->who, .key = http_field(r, "key"), .version = version,
                 .args = build_ctx(&args), .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    if (case_handle(r->site->house, &c, r->a, &reply, &trouble)) {
        http_redirect(out, str_printf(r->a, "/staff/cases/" STR_FMT, STR_ARG(http_param(r, "id"))));
        return true;
    }
    HttpTyped typed = {.second_error = word_of(&trouble)};
    if (typed.second_error) return http_case_show(r, out, &typed, err);
    *err = trouble;
    return false;
}
