/* Letters: gathers the values that a pack's letter may name (docs/formats/pack.md) from the kept record and
 * fills the letter. A letter tells the officer's outcome; its appeal paragraph is computed, never fixed text. */
#include "case/case_in.h"

typedef struct Sheet { /* one letter being filled */
    CaseHouse *h;          /* the house */
    const Pack *pack;      /* its service */
    const CaseRecord *r;   /* its case */
    Value letter;          /* its row of case_letter; null for a preview */
    Value decision;        /* the row of case_decision it tells of */
    const CaseStory *story; /* the case's */
    Value proposal;        /* value of the proposing decision, computed with the officer's outcome */
    Str lang;              /* "zh" or "en" */
    Arena *a;              /* request */
} Sheet;

static bool zh(const Sheet *s) { return str_is(s->lang, "zh"); }

/* A date in words (design: letters): 2026 年 11 月 23 日 · 23 November 2026. */
static Value date_words(const Sheet *s, int64_t days) {
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    int64_t year;
    int month, day;
    date_civil(days, &year, &month, &day);
    if (zh(s)) return value_str(str_printf(s->a, "%lld 年 %d 月 %d 日", (long long)year, month, day));
    return value_str(str_printf(s->a, "%d %s %lld", day, months[month - 1], (long long)year));
}

/* The day of the decision in office time. */
static int64_t decided_on(const Sheet *s) {
    Value at = value_get(s->decision, "at");
    assert(at.kind == VALUE_DATETIME);
    return at.u.time->days;
}

static Value text_at(const Sheet *s, const char *group, Str key) {
    Value found;
    return value_find(value_get(pack_texts(s->pack, s->lang), group), key, &found) ? found : value_null();
}

/* An answer as people read it: option labels, dates in words, the rest as it is. */
static Value answer_words(const Sheet *s, Str key, Value answer) {
    Value label, when;
    if (answer.kind != VALUE_STRING) return answer;
    if (value_find(text_at(s, "options", key), value_text(answer), &label)) return label;
    if (date_parse(value_text(answer), &when)) return date_words(s, when.u.i);
    if (date_parse_datetime(s->a, value_text(answer), &when) && when.kind == VALUE_DATETIME && value_text(answer).n > 10) {
        const ValueTime *t = when.u.time;
        int hour = (int)(t->nanos / 3600000000000), minute = (int)(t->nanos / 60000000000 % 60);
        Str day = value_text(date_words(s, t->days));
        return value_str(str_printf(s->a, zh(s) ? STR_FMT " %d 时 %02d 分" : STR_FMT " at %02d:%02d", STR_ARG(day), hour, minute));
    }
    return answer;
}

static Value answers_words(const Sheet *s) {
    ValueBuild b = {.a = s->a};
    Value answers = case_masked(s->pack, s->r->answers, s->a);
    for (uint32_t i = 0; answers.kind == VALUE_CONTEXT && i < answers.size; i++) {
        const ValueEntry *e = &answers.u.ctx[i];
        if (!value_is_null(e->value)) build_entry(&b, e->key, answer_words(s, e->key, e->value));
    }
    return build_ctx(&b);
}

static Value outcome_value(const Sheet *s, Str code) {
    const PackOutcome *o = pack_outcome(s->pack, code);
    ValueBuild b = {.a = s->a};
    build_c(&b, "code", value_str(code));
    build_c(&b, "name", value_str(!o ? code : zh(s) ? o->zh : o->en));
    return build_ctx(&b);
}

static bool by_silence(const Sheet *s) { return str_is(value_get_str(s->decision, "how"), "silence"); }

static bool departed(const Sheet *s) { return !by_silence(s) && !str_is(value_get_str(s->decision, "how"), "adopted"); }

/* Sentences for the rules that matched, the deciding one first; none when the officer departed from them. */
static Value reasons(const Sheet *s) {
    ValueBuild b = {.a = s->a};
    Value rules = value_get(s->r->proposal, "rules");
    for (uint32_t i = 0; !departed(s) && !by_silence(s) && rules.kind == VALUE_LIST && i < rules.size; i++) {
        Value sentence = text_at(s, "reasons", value_get_str(rules.u.list[i], "rule"));
        if (!value_is_null(sentence)) build_item(&b, sentence);
    }
    return build_list(&b);
}

static void add_article(const Sheet *s, ValueBuild *list, Str ref) {
    const PackArticle *article = pack_article(s->pack, ref);
    if (!article) return;
    ValueBuild b = {.a = s->a};
    build_c(&b, "instrument", value_str(zh(s) ? article->instrument_zh : article->instrument_en));
    build_c(&b, "number", value_str(zh(s) ? article->number_zh : article->number_en));
    build_c(&b, "ref", value_str(ref));
    build_item(list, build_ctx(&b));
}

static Str ref_of(Value v) { return v.kind == VALUE_STRING ? value_text(v) : value_get_str(v, "ref"); }

static void add_refs(const Sheet *s, ValueBuild *list, Value refs, bool lists_only) {
    for (uint32_t i = 0; refs.kind == VALUE_LIST && i < refs.size; i++) {
        Str ref = ref_of(refs.u.list[i]);
        bool seen = lists_only && !str_starts(ref, STR("list:"));
        for (size_t k = 0; k < list->n; k++) seen |= str_eq(value_get_str(list->u.items[k], "ref"), ref);
        if (!seen) add_article(s, list, ref);
    }
}

/* The deciding rule's articles and the lists that the others rest on; the outcome's own when departed. */
static Value articles(const Sheet *s) {
    ValueBuild list = {.a = s->a};
    Value rules = value_get(s->r->proposal, "rules"), outcomes = value_get(s->pack->json, "outcomes");
    Str code = value_get_str(s->decision, "outcome_code");
    if (departed(s) || by_silence(s)) {
        for (uint32_t i = 0; outcomes.kind == VALUE_LIST && i < outcomes.size; i++)
            if (str_eq(value_get_str(outcomes.u.list[i], "code"), code)) add_refs(s, &list, value_get(outcomes.u.list[i], "articles"), false);
        return build_list(&list);
    }
    for (uint32_t i = 0; rules.kind == VALUE_LIST && i < rules.size; i++)
        add_refs(s, &list, value_get(rules.u.list[i], "articles"), i > 0);
    return build_list(&list);
}

/* `told` with the last day of the time to ask for reconsideration, which counts calendar days, and whether it
 * rests on days off that are not announced yet (Source: arl:20, arl:88). Unchanged when no such time runs. */
static Value with_last_day(const Sheet *s, Value told, bool words) {
    int64_t days = value_get_int(told, "reconsideration_days", 0);
    if (days < 1 || days > CALENDAR_PERIOD_MAX) return told;
    CalendarDue last = calendar_due(&s->pack->calendar, decided_on(s), days, CALENDAR_ALL);
    Value told_day = value_get(s->letter, "appeal_day");
    if (told_day.kind == VALUE_DATE) /* as it was told when the letter went out */
        last = (CalendarDue){.day = told_day.u.i, .provisional = value_get_bool(s->letter, "appeal_provisional", false)};
    Value day = words ? date_words(s, last.day) : (Value){.kind = VALUE_DATE, .u.i = last.day};
    told = value_with(s->a, told, STR("reconsideration_until"), day);
    return value_with(s->a, told, STR("reconsideration_provisional"), value_bool(last.provisional));
}

static Value with_order(const Sheet *s, Value told) {
    bool first = str_is(value_get_str(told, "route"), "reconsideration_first");
    return value_with(s->a, told, STR("first_reconsideration"), value_bool(first));
}

static Value appeal(const Sheet *s, Str government) {
    Value told = value_get(s->proposal, "appeal");
    if (told.kind != VALUE_CONTEXT) return value_null();
    return with_last_day(s, value_with(s->a, with_order(s, told), STR("government"), value_str(government)), true);
}

/* A letter that came before any decision, such as a receipt: it tells no outcome. */
static Value undecided(Value letter, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "at", value_get(letter, "at"));
    build_c(&b, "how", value_c("adopted"));
    build_c(&b, "outcome_code", value_str(STR("")));
    return build_ctx(&b);
}

bool case_was_refused(const CaseStory *story) { return str_is(value_get_str(story->accepted, "how"), "refused"); }

bool case_appeal(const Pack *pack, const CaseRecord *r, const CaseStory *story, Value decisions, Value letters, int64_t now_us, Arena *a, Value *out, Err *err) {
    *out = value_null();
    if (!pack || value_is_null(r->proposal)) return true;
    Sheet s = {.pack = pack, .r = r, .a = a};
    if (decisions.size > 0) s.decision = decisions.u.list[decisions.size - 1];
    if (letters.size > 0) s.letter = letters.u.list[letters.size - 1];
    bool refused = decisions.size == 0 && letters.size > 0 && case_was_refused(story);
    if (refused) s.decision = undecided(s.letter, a);
    FeelRun run = case_run(a, now_us, case_office_offset(pack));
    PackProposal proposal = {0};
    Str outcome = refused ? CASE_NOT_ACCEPTED : value_get_str(value_get(s.decision, "outcome"), "code");
    TRY(pack_propose(pack, case_typed(pack, r->answers, &run), outcome, &run, &proposal, err));
    Value told = value_get(value_get(proposal.values, str_c(a, value_get_str(pack->json, "decision"))), "appeal");
    if (told.kind != VALUE_CONTEXT) return true;
    *out = with_order(&s, told);
    if (decisions.size > 0 || refused) *out = with_last_day(&s, *out, false);
    return true;
}

static Value named(const Sheet *s, Str zh_name, Str en_name, Str government) {
    ValueBuild b = {.a = s->a};
    build_c(&b, "name", value_str(zh(s) ? zh_name : en_name));
    if (government.n) build_c(&b, "government", value_str(government));
    return build_ctx(&b);
}

static Value case_of(const Sheet *s, int64_t no) {
    ValueBuild b = {.a = s->a};
    Str number = value_get_str(s->r->answers, "caseNo");
    build_c(&b, "id", value_str(s->r->id));
    build_c(&b, "tracking_code", value_str(s->r->code));
    build_c(&b, "no", value_str(number.n ? number : str_printf(s->a, STR_FMT "-%lld", STR_ARG(str_sub(s->r->code, 0, 9)), (long long)no)));
    return build_ctx(&b);
}

static Value flag(const Sheet *s, Str code) {
    ValueBuild b = {.a = s->a};
    build_entry(&b, code, value_bool(true));
    return build_ctx(&b);
}

/* The notice that the letter is, all its items in words. */
static Value notice(const Sheet *s) {
    int64_t no = value_get_int(s->letter, "notice", 0);
    for (uint32_t i = 0; no > 0 && i < s->story->notices.size; i++) {
        Value told = s->story->notices.u.list[i], items = value_get(told, "items");
        if (value_get_int(told, "no", 0) != no) continue;
        ValueBuild list = {.a = s->a}, b = {.a = s->a};
        for (uint32_t k = 0; k < items.size; k++) {
            Value item = case_notice_item(s->pack, items.u.list[k], s->a);
            ValueBuild line = {.a = s->a};
            build_c(&line, "name", value_get(value_get(item, "name"), str_c(s->a, s->lang)));
            build_c(&line, "what", value_get(value_get(item, "what"), str_c(s->a, s->lang)));
            build_c(&line, "text", value_get(item, "text"));
            build_item(&list, build_ctx(&line));
        }
        build_c(&b, "no", value_get(told, "no"));
        build_c(&b, "items", build_list(&list));
        build_c(&b, "until", date_words(s, value_get_int(told, "until", 0)));
        build_c(&b, "reason", value_get(told, "reason"));
        return build_ctx(&b);
    }
    return value_null();
}

/* The extension that the letter tells of. */
static Value extension(const Sheet *s) {
    Value told = value_get(s->letter, "extension");
    if (value_is_null(told)) return told;
    ValueBuild b = {.a = s->a};
    build_c(&b, "clock", value_get(value_get(told, "clock"), str_c(s->a, s->lang)));
    build_c(&b, "days", value_get(told, "days"));
    build_c(&b, "reason", value_get(told, "reason"));
    build_c(&b, "until", date_words(s, value_get_int(told, "until", 0)));
    build_c(&b, "provisional", value_get(told, "provisional"));
    return build_ctx(&b);
}

/* Why the application was not accepted; null when it was. */
static Value not_accepted(const Sheet *s) {
    if (!case_was_refused(s->story)) return value_null();
    ValueBuild b = {.a = s->a};
    build_c(&b, "reason", value_get(s->story->accepted, "reason"));
    return build_ctx(&b);
}

/* What had come when the letter was written, and on which day (Source: all:32). */
static Value papers(const Sheet *s, int64_t no) {
    Value got = case_received(s->pack, s->story, no, s->a), kinds = value_get(s->pack->json, "evidence");
    ValueBuild list = {.a = s->a};
    for (uint32_t i = 0; i < got.size; i++) {
        Str id = value_get_str(got.u.list[i], "evidence");
        ValueBuild b = {.a = s->a};
        for (uint32_t k = 0; kinds.kind == VALUE_LIST && k < kinds.size; k++)
            if (str_eq(value_get_str(kinds.u.list[k], "id"), id)) build_c(&b, "name", value_get(kinds.u.list[k], str_c(s->a, s->lang)));
        build_c(&b, "day", date_words(s, value_get_int(got.u.list[i], "day", 0)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value sheet_values(const Sheet *s, const AccessOffice *office, int64_t no) {
    Str code = value_get_str(s->decision, "outcome_code");
    Str government = zh(s) ? office->government_zh : office->government_en;
    Value authority = s->pack->authority, name = value_get(authority, "name");
    ValueBuild b = {.a = s->a}, now = {.a = s->a};
    build_c(&now, "date", date_words(s, decided_on(s)));
    build_c(&b, "authority", named(s, value_get_str(name, "zh"), value_get_str(name, "en"), STR("")));
    build_c(&b, "office", named(s, office->name_zh, office->name_en, government));
    build_c(&b, "case", case_of(s, no));
    build_c(&b, "now", build_ctx(&now));
    build_c(&b, "answers", answers_words(s));
    build_c(&b, "outcome", outcome_value(s, code));
    build_c(&b, "is", flag(s, code));
    build_c(&b, "reasons", reasons(s));
    build_c(&b, "articles", articles(s));
    if (departed(s)) {
        build_c(&b, "officer_departed", value_bool(true));
        build_c(&b, "reason", value_get(s->decision, "reason"));
        build_c(&b, "proposal_outcome", value_get(outcome_value(s, s->r->proposed), "name"));
        build_c(&b, "corrected", value_bool(str_is(value_get_str(s->decision, "how"), "corrected")));
    }
    build_c(&b, "notice", notice(s));
    build_c(&b, "extension", extension(s));
    build_c(&b, "not_accepted", not_accepted(s));
    build_c(&b, "received", date_words(s, case_day(s->r->created_us, case_office_offset(s->pack))));
    build_c(&b, "papers", papers(s, no));
    build_c(&b, "agent", case_agent(s->story, s->a));
    build_c(&b, "external", value_get(s->decision, "external"));
    build_c(&b, "silence", value_bool(by_silence(s)));
    build_c(&b, "proposal", s->proposal);
    build_c(&b, "appeal", appeal(s, government));
    build_c(&b, "sample", value_bool(str_is(s->pack->status, "sample")));
    return build_ctx(&b);
}

/* The letter's row and the decision it tells of. */
static bool find_rows(const Pack *pack, const CaseStory *story, int64_t no, Arena *a, Value *letter, Value *decision, Err *err) {
    Value letters = case_letter_rows(story, a), decisions = case_decision_rows(pack, story, false, a);
    for (uint32_t i = 0; i < letters.size; i++) {
        if (value_get_int(letters.u.list[i], "no", 0) != no) continue;
        int64_t decision_no = value_get_int(letters.u.list[i], "decision", 0);
        *letter = letters.u.list[i];
        *decision = undecided(*letter, a);
        if (decision_no == 0) return true;
        for (uint32_t k = 0; k < decisions.size; k++) {
            Value d = decisions.u.list[k];
            if (value_get_int(d, "no", 0) != decision_no) continue;
            *decision = value_with(a, d, STR("outcome_code"), value_get(value_get(d, "outcome"), "code"));
            return true;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "case", "no such letter");
}

/* Letter 0, staff only: what adopting the proposal now would send. */
static bool preview_rows(const Pack *pack, const CaseRecord *r, int64_t now_us, Arena *a, Value *letter, Value *decision, Err *err) {
    if (value_is_null(r->process)) return err_set(err, ERR_STATE, "case", "the case is decided: its letter is written");
    ValueBuild b = {.a = a};
    build_c(&b, "at", case_at(a, pack, now_us));
    build_c(&b, "how", value_c("adopted"));
    build_c(&b, "outcome_code", value_str(r->proposed));
    ValueBuild row = {.a = a};
    build_c(&row, "letter", value_str(pack->letters[0].id));
    *letter = build_ctx(&row);
    *decision = build_ctx(&b);
    return true;
}

static const Template *find_letter(const Pack *pack, Str id, Str lang) {
    for (size_t i = 0; i < pack->n_letters; i++)
        if (str_eq(pack->letters[i].id, id) && str_eq(pack->letters[i].lang, lang)) return pack->letters[i].body;
    return NULL;
}

/* Neither a later version of the service nor later answers reword what was sent. */
static bool as_written(CaseHouse *h, const CaseStory *story, int64_t no, const Pack **pack, CaseRecord *r, Err *err) {
    CaseMoment moment = case_letter_moment(h, story, no);
    if (!moment.pack) return err_set(err, ERR_STATE, "case", "this program cannot read the version of the service that wrote it");
    *pack = moment.pack;
    r->answers = moment.answers;
    return true;
}

static bool fill(CaseHouse *h, CaseRecord *r, int64_t no, Str lang, int64_t now_us, Arena *a, Str *html, Err *err) {
    const Pack *pack = case_pack_of(h, r);
    AccessOffice office;
    CaseStory story;
    if (!pack) return err_set(err, ERR_STATE, "case", "this program cannot read the version of the service that decided");
    TRY(case_read_story(h, pack, a, r, &story, err));
    if (no > 0) TRY(as_written(h, &story, no, &pack, r, err));
    Sheet s = {.h = h, .pack = pack, .r = r, .lang = lang, .story = &story, .a = a};
    TRY(no == 0 ? preview_rows(pack, r, now_us, a, &s.letter, &s.decision, err) : find_rows(pack, &story, no, a, &s.letter, &s.decision, err));
    Str letter = value_get_str(s.letter, "letter");
    const Template *body = find_letter(pack, letter, lang);
    if (!body) return err_set(err, ERR_NOT_FOUND, "case", "the pack has no letter " STR_FMT " in " STR_FMT, STR_ARG(letter), STR_ARG(lang));
    FeelRun run = case_run(a, now_us, case_office_offset(pack));
    PackProposal proposal = {0};
    Str outcome = value_get_str(s.decision, "outcome_code");
    if (outcome.n == 0 && case_was_refused(&story)) outcome = CASE_NOT_ACCEPTED;
    TRY(pack_propose(pack, case_typed(pack, r->answers, &run), outcome, &run, &proposal, err));
    s.proposal = value_get(proposal.values, str_c(a, value_get_str(pack->json, "decision")));
    TRY(access_office(h->store, r->office, a, &office, err));
    return paper_fill(body, sheet_values(&s, &office, no), a, html, err);
}

bool case_letter(CaseHouse *h, const AccessWho *who, Str id_or_code, int64_t no, Str lang, int64_t now_us, Arena *a, Str *html, Err *err) {
    CaseRecord r;
    if (no < 0 || (no == 0 && !who)) return err_set(err, ERR_NOT_FOUND, "case", "no such letter");
    if (!who) {
        TRY(case_by_code(h, id_or_code, a, &r, err));
        return fill(h, &r, no, lang, now_us, a, html, err);
    }
    TRY(case_read_for(h, who, ACCESS_CASE_READ, id_or_code, a, &r, err));
    TRY(fill(h, &r, no, lang, now_us, a, html, err));
    StoreBatch *b = store_batch(a);
    access_line(b, who, r.id, STR("letter"), now_us);
    return store_commit(h->store, b, err);
}
