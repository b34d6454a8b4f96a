/* page_apply: an application without an account, one page per group of the form. Whatever is posted is kept in the
 * draft first and judged afterwards: nothing typed is lost by a fault, another language, a new version of the service
 * or the end of a draft. */
#include "http/page_apply.h"

#include <inttypes.h>

/* ---- this device's draft ------------------------------------------------------------------------------------ */

enum { DAY_S = 24 * 3600 };

static const char *cookie_name(const HttpRequest *r, Str service) {
    return str_c(r->a, str_printf(r->a, "%sdraft-" STR_FMT, r->site->secure ? "__Host-" : "", STR_ARG(service)));
}

Str http_draft_cookie(const HttpRequest *r, Str service) { return http_cookie(r->headers.cookie, cookie_name(r, service)); }

/* For a day: a borrowed device forgets; the code opens the draft again. */
void http_draft_cookie_set(const HttpRequest *r, HttpResponse *out, Str service, Str code) {
    http_set_cookie(r, out, cookie_name(r, service), code, code.n > 0 ? DAY_S : -1, true);
}

Str http_apply_path(const HttpApply *x, const char *rest) {
    return str_printf(x->p.a, "/apply/" STR_FMT "%s%s", STR_ARG(x->draft.service), rest[0] ? "/" : "", rest);
}

Str http_apply_other(const HttpApply *x, Str path) {
    return str_printf(x->p.a, STR_FMT "?lang=%s", STR_ARG(path), str_is(x->p.r->lang, "zh") ? "en" : "zh");
}

static Str step_path(const HttpApply *x, size_t step) {
    return http_apply_path(x, str_c(x->p.a, str_printf(x->p.a, "%zu", step)));
}

/* Is `name` this field, or inside it? */
static bool covers(Str key, Str name) {
    return str_eq(key, name) || (str_starts(name, key) && name.n > key.n && (name.p[key.n] == '[' || name.p[key.n] == '.'));
}

bool http_apply_is_staff(const Pack *pack, Str key) {
    for (uint32_t i = 0; i < pack->staff.size; i++)
        if (str_eq(value_text(pack->staff.u.list[i]), key)) return true;
    return false;
}

/* What was posted under the names of the form, staff's own left out: before a page there are no answers. */
Value http_apply_answers(const Pack *pack, Value posted, Arena *a) {
    Value answers = paper_from_post(pack->form, posted, a);
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; i < answers.size; i++) {
        ValueEntry e = answers.u.ctx[i];
        bool said = false;
        for (uint32_t k = 0; posted.kind == VALUE_CONTEXT && k < posted.size && !said; k++) said = covers(e.key, posted.u.ctx[k].key);
        if (said && !http_apply_is_staff(pack, e.key)) build_entry(&b, e.key, e.value);
    }
    return build_ctx(&b);
}

static bool begin(HttpRequest *r, HttpResponse *out, const Pack *pack, const char *said, Err *err) {
    CaseDraft d;
    TRY(case_draft_open(r->site->house, pack->id, STR(""), http_apply_answers(pack, r->form, r->a), r->seed, r->now_us, r->a, &d, err));
    http_draft_cookie_set(r, out, pack->id, d.code);
    http_redirect(out, str_printf(r->a, "/apply/" STR_FMT "/1%s", STR_ARG(pack->id), said));
    return true;
}

/* ---- steps -------------------------------------------------------------------------------------------------- */

static bool is_type(Value part, const char *type) { return str_is(value_get_str(part, "type"), type); }

static void add_keys(const Pack *pack, Value part, ValueBuild *keys) {
    Str key = value_get_str(part, "key");
    Value fields = value_get(part, "fields");
    if (key.n > 0 && !is_type(part, "group")) build_item(keys, value_str(key));
    for (uint32_t i = 0; is_type(part, "group") && i < fields.size; i++) add_keys(pack, fields.u.list[i], keys);
}

static void add_step(HttpApply *x, Str title, Value parts) {
    ValueBuild seen = {.a = x->p.a}, keys = {.a = x->p.a};
    for (uint32_t i = 0; parts.kind == VALUE_LIST && i < parts.size; i++) {
        if (http_apply_is_staff(x->pack, value_get_str(parts.u.list[i], "key"))) continue;
        add_keys(x->pack, parts.u.list[i], &keys);
        build_item(&seen, parts.u.list[i]);
    }
    if (keys.n == 0 || x->n_steps == HTTP_STEPS) return;
    x->steps[x->n_steps++] = (HttpStep){title, build_list(&seen), build_list(&keys)};
}

static void find_steps(HttpApply *x) {
    Value parts = http_form_view(&x->p, &x->form);
    x->n_steps = 0;
    add_step(x, http_page_text(&x->p, "apply.general"), http_form_ungrouped(&x->p, parts));
    for (uint32_t i = 0; i < parts.size; i++)
        if (is_type(parts.u.list[i], "group")) add_step(x, value_get_str(parts.u.list[i], "label"), value_get(parts.u.list[i], "fields"));
}

bool http_apply_look(HttpApply *x, Err *err) {
    HttpRequest *r = x->p.r;
    TRY(case_draft_look(r->site->house, &x->draft, r->now_us, r->offset, r->a, &x->look, err));
    x->form = (HttpForm){.pack = x->pack, .form = x->pack->form, .answers = x->look.fitting};
    find_steps(x);
    return true;
}

PaperFaults http_apply_faults(const HttpApply *x, const HttpStep *step) {
    PaperFaults own = {.items = NEW_ARRAY(x->p.a, PaperFault, x->look.faults.n + 1)};
    for (size_t i = 0; i < x->look.faults.n; i++) {
        bool here = false;
        for (uint32_t k = 0; k < step->keys.size && !here; k++) here = covers(value_text(step->keys.u.list[k]), x->look.faults.items[i].key);
        if (here) own.items[own.n++] = x->look.faults.items[i];
    }
    return own;
}

/* ---- opening ------------------------------------------------------------------------------------------------ */

/* A form was posted and its draft is not there: what was typed begins a new one. */
static bool without_draft(HttpRequest *r, HttpResponse *out, const Pack *pack, const CaseDraft *expired, Err *err) {
    if (r->form.kind == VALUE_CONTEXT && http_apply_answers(pack, r->form, r->a).size > 0) return begin(r, out, pack, "?new=1", err);
    if (expired) return http_apply_ended(r, out, expired, "expired", err);
    http_redirect(out, str_printf(r->a, "/apply/" STR_FMT, STR_ARG(pack->id)));
    return true;
}

static bool find_draft(HttpRequest *r, Str service, CaseDraft *draft, bool *found, Err *err) {
    Err trouble = {0};
    Str code = http_draft_cookie(r, service);
    *found = code.n > 0 && case_draft_get(r->site->house, code, r->now_us, r->a, draft, &trouble);
    if (*found || code.n == 0 || trouble.code == ERR_NOT_FOUND || trouble.code == ERR_INPUT) return true;
    *err = trouble;
    return false;
}

/* The service was withdrawn while its form was open: what was typed on this page is kept with the rest. */
static bool withdrawn(HttpRequest *r, HttpResponse *out, CaseDraft *d, Err *err) {
    if (d->kept && r->form.kind == VALUE_CONTEXT) {
        Value said = http_apply_answers(d->kept, r->form, r->a);
        for (uint32_t i = 0; i < said.size; i++) d->answers = value_with(r->a, d->answers, said.u.ctx[i].key, said.u.ctx[i].value);
        TRY(case_draft_save(r->site->house, d, r->now_us, r->a, err));
    }
    return http_apply_ended(r, out, d, "withdrawn", err);
}

bool http_apply_open(HttpRequest *r, HttpResponse *out, HttpApply *x, bool *go, Err *err) {
    Str service = http_param(r, "service");
    bool found;
    *go = false;
    *x = (HttpApply){.pack = case_pack(r->site->house, service)};
    TRY(find_draft(r, service, &x->draft, &found, err));
    found = found && str_eq(x->draft.service, service);
    if (!x->pack && !found) return err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
    if (!x->pack) return withdrawn(r, out, &x->draft, err);
    if (found && x->draft.tracking_code.n > 0) {
        http_redirect(out, http_apply_path(&(HttpApply){.p = {.a = r->a}, .draft = x->draft}, "receipt"));
        return true;
    }
    if (!found || x->draft.expired) return without_draft(r, out, x->pack, found ? &x->draft : NULL, err);
    http_page_begin(&x->p, r, false);
    *go = true;
    return http_apply_look(x, err);
}

/* ---- keeping -------------------------------------------------------------------------------------------------- */

bool http_apply_keep(HttpApply *x, Value answers, Str office, Err *err) {
    HttpRequest *r = x->p.r;
    x->draft.answers = answers;
    x->draft.office = office;
    TRY(case_draft_save(r->site->house, &x->draft, r->now_us, r->a, err));
    return http_apply_look(x, err);
}

/* Answers with the member at a path of names taken over from others; absent there, it goes. */
static Value take(Arena *a, Value answers, Value from, Str path) {
    Str rest, name = str_cut(path, '.', &rest);
    Value said = value_null(), own = value_null();
    (void)value_find(from, name, &said);
    (void)value_find(answers, name, &own);
    if (rest.n > 0) said = take(a, own.kind == VALUE_CONTEXT ? own : value_ctx(NULL, 0), said.kind == VALUE_CONTEXT ? said : value_ctx(NULL, 0), rest);
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; answers.kind == VALUE_CONTEXT && i < answers.size; i++)
        if (!str_eq(answers.u.ctx[i].key, name)) build_entry(&b, answers.u.ctx[i].key, answers.u.ctx[i].value);
    if (!value_is_null(said)) build_entry(&b, name, said);
    return build_ctx(&b);
}

/* Everything that the page asks is answered anew; a field of another page is taken when it was sent: steps shift when
 * another version asks in another order. */
static Value merged(const HttpApply *x, const HttpStep *step) {
    Arena *a = x->p.a;
    Value sent = paper_from_post(x->pack->form, x->p.r->form, a), answers = x->look.fitting;
    Value others = http_apply_answers(x->pack, x->p.r->form, a), changed = sent;
    bool rows = paper_post_rows(x->pack->form, x->p.r->form, sent, a, &changed);
    (void)rows; /* the caller asks again, to know whether a button was pressed */
    for (uint32_t i = 0; i < step->keys.size; i++) answers = take(a, answers, changed, value_text(step->keys.u.list[i]));
    for (uint32_t i = 0; i < others.size; i++)
        if (value_is_null(value_get(answers, str_c(a, others.u.ctx[i].key)))) answers = take(a, answers, others, others.u.ctx[i].key);
    return answers;
}

/* Two pages of one draft were sent at once: the slower one looks again and adds its own. */
static bool keep_page(HttpApply *x, size_t n, Err *err) {
    Err trouble = {0};
    for (int turn = 0; turn < 3; turn++) {
        if (http_apply_keep(x, merged(x, &x->steps[n - 1]), x->draft.office, &trouble)) return true;
        if (trouble.code != ERR_CONFLICT) break;
        TRY(case_draft_get(x->p.r->site->house, x->draft.code, x->p.r->now_us, x->p.a, &x->draft, err));
        TRY(http_apply_look(x, err));
        if (n > x->n_steps) n = x->n_steps;
    }
    *err = trouble;
    return false;
}

/* ---- the pages ------------------------------------------------------------------------------------------------ */

static Value labels_of(const HttpApply *x, Value keys, bool with_values) {
    const HttpPage *p = &x->p;
    const Pack *words = with_values && x->draft.kept ? x->draft.kept : x->pack;
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < keys.size; i++) {
        Str key = value_text(keys.u.list[i]), label = http_word(http_word_texts(p, words), "fields", key, key);
        Str value = with_values ? http_word_value(p, words, key, value_get(x->draft.answers, str_c(p->a, key))) : STR("");
        ValueBuild b = {.a = p->a};
        build_c(&b, "label", value_str(label));
        build_c(&b, "value", value_str(value));
        build_c(&b, "tag", value_str(http_word_tag(p, value)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

void http_apply_frame(HttpApply *x, size_t step, Str title) {
    HttpPage *p = &x->p;
    Str service = http_word_pick(p, value_get(x->pack->json, "title"));
    Str n = str_printf(p->a, "%zu", step), all = str_printf(p->a, "%zu", x->n_steps + 1 + http_apply_takes_files(x));
    http_page_str(p, "title", title);
    http_page_str(p, "service", service);
    http_page_str(p, "id", x->pack->id);
    http_page_str(p, "caption", http_page_say(p, "apply.step", "service", service, "n", n, "all", all, NULL));
    http_page_str(p, "saved", http_page_say(p, "apply.saved", "time", http_word_clock(p, date_from_unix_us(p->a, x->draft.updated_us, p->r->offset)), NULL));
    http_page_str(p, "script", http_asset_url(p->r->site, "apply.js", p->a));
    http_page_put(p, "changed", value_bool(x->look.changed));
    http_page_put(p, "gone", labels_of(x, x->look.gone, true));
    http_page_put(p, "has_gone", value_bool(x->look.gone.size > 0));
    http_page_put(p, "added", labels_of(x, x->look.added, false));
    http_page_put(p, "has_added", value_bool(x->look.added.size > 0));
    http_page_put(p, "is_new", value_bool(http_query(p->r, "new").n > 0));
}

static bool show_step(HttpApply *x, HttpResponse *out, size_t n, bool judge, Err *err) {
    HttpPage *p = &x->p;
    const HttpStep *step = &x->steps[n - 1];
    PaperFaults faults = http_apply_faults(x, step);
    if (!judge) faults.n = 0;
    x->form.faults = judge ? &x->look.faults : NULL;
    find_steps(x);
    x->form.action = step_path(x, n);
    http_apply_frame(x, n, step->title);
    http_page_str(p, "lang_form", STR("form"));
    http_page_str(p, "action", x->form.action);
    http_page_str(p, "other_href", http_apply_other(x, x->form.action));
    http_page_str(p, "choose", http_page_text(p, "precheck.choose"));
    http_page_str(p, "change", http_query(p->r, "change").n > 0 ? STR("1") : http_field(p->r, "change"));
    http_page_put(p, "fields", http_form_fields(p, &x->form, step->parts));
    Str count = str_printf(p->a, "%zu", faults.n);
    if (faults.n > 0) http_page_errors(p, http_page_say(p, "precheck.error_head", "n", count, NULL), http_form_errors(p, x->pack, &faults));
    return http_page_send(p, out, faults.n > 0 ? 422 : 200, "resident/apply_form", err);
}

/* The step that the path names; a number beyond the last is the last. */
static bool step_of(const HttpApply *x, size_t *n, Err *err) {
    int64_t number;
    if (!str_to_int(http_param(x->p.r, "step"), &number) || number < 1 || x->n_steps == 0)
        return err_set(err, ERR_NOT_FOUND, "http", "There is no such page.");
    *n = (size_t)number > x->n_steps ? x->n_steps : (size_t)number;
    return true;
}

bool http_apply_page_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    bool go;
    size_t n;
    TRY(http_apply_open(r, out, &x, &go, err));
    if (!go) return true;
    TRY(step_of(&x, &n, err));
    return show_step(&x, out, n, http_query(r, "judge").n > 0, err);
}

bool http_apply_page_post(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    bool go;
    size_t n;
    Value ignored;
    TRY(http_apply_open(r, out, &x, &go, err));
    if (!go) return true;
    TRY(step_of(&x, &n, err));
    TRY(keep_page(&x, n, err));
    if (n > x.n_steps) n = x.n_steps;
    if (n == 0) return err_set(err, ERR_NOT_FOUND, "http", "There is no such page.");
    if (http_page_only_show(r) || paper_post_rows(x.pack->form, r->form, value_ctx(NULL, 0), r->a, &ignored)) return show_step(&x, out, n, false, err);
    if (http_field(r, "later").n > 0) http_redirect(out, http_apply_path(&x, "later"));
    else if (http_field(r, "back").n > 0) http_redirect(out, n > 1 ? step_path(&x, n - 1) : http_apply_path(&x, ""));
    else if (http_apply_faults(&x, &x.steps[n - 1]).n > 0) return show_step(&x, out, n, true, err);
    else http_redirect(out, http_field(r, "change").n > 0 ? http_apply_path(&x, "check") : n < x.n_steps ? step_path(&x, n + 1)
                            : http_apply_path(&x, http_apply_takes_files(&x) ? "files" : "check"));
    return true;
}

/* ---- the start ------------------------------------------------------------------------------------------------ */

static bool is_open(const CaseDraft *d, bool found) { return found && !d->expired && d->tracking_code.n == 0; }

/* In: answers that somebody brings along, to be sent again when a draft lies here already; or null. */
static bool show_start(HttpRequest *r, HttpResponse *out, const Pack *pack, const CaseDraft *open, Value brought, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_word_pick(&p, value_get(pack->json, "title")));
    http_page_str(&p, "id", pack->id);
    http_page_str(&p, "other_href", str_printf(r->a, "/apply/" STR_FMT "?lang=%s", STR_ARG(pack->id), str_is(r->lang, "zh") ? "en" : "zh"));
    http_page_put(&p, "notices", http_word_notices(&p, pack));
    http_page_str(&p, "lead", http_page_say(&p, "apply.lead", "days", str_printf(r->a, "%lld", (long long)pack->drafts.days), NULL));
    http_page_put(&p, "brought", http_typed_fields(r, brought));
    http_page_put(&p, "open", value_bool(open != NULL));
    if (open) http_page_str(&p, "when", http_word_moment(&p, date_from_unix_us(r->a, open->updated_us, r->offset)));
    return http_page_send(&p, out, 200, "resident/apply", err);
}

bool http_apply_get(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft draft;
    bool found;
    Str service = http_param(r, "service");
    const Pack *pack = case_pack(r->site->house, service);
    TRY(find_draft(r, service, &draft, &found, err));
    if (!pack && found) return http_apply_ended(r, out, &draft, "withdrawn", err);
    if (!pack) return err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
    return show_start(r, out, pack, is_open(&draft, found) ? &draft : NULL, value_null(), err);
}

/* Answers of a pre-check come along. They do not put an open draft aside before its owner says so. */
bool http_apply_post(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft draft;
    bool found;
    const Pack *pack = case_pack(r->site->house, http_param(r, "service"));
    if (!pack) return err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
    TRY(find_draft(r, pack->id, &draft, &found, err));
    bool asks = is_open(&draft, found) && draft.answers.size > 0 && http_field(r, "anew").n == 0;
    return asks ? show_start(r, out, pack, &draft, r->form, err) : begin(r, out, pack, "", err);
}
