/* What is shown of an application's life: acceptance, notices with every item in words, what was handed in, withdrawal;
 * and the proof by which the applicant acts himself. Staff are named to staff alone. */
#include "case/case_in.h"

#include <sodium.h>

enum { PROOF = 4 }; /* last characters of a telephone or identity number */

/* ---- the applicant's proof ----------------------------------------------------------------------------------------- */

/* The last characters in capitals, without blanks and hyphens; false when there are fewer. */
static bool tail_of(Str s, char out[PROOF]) {
    size_t n = PROOF;
    for (size_t i = s.n; i > 0 && n > 0; i--) {
        char c = s.p[i - 1];
        if (c == ' ' || c == '-') continue;
        out[--n] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return n == 0;
}

/* Adds to what was found so far: was something told, and is it this? In constant time for each. */
static void compare(Value keys, Value answers, const char typed[PROOF], bool *asked, bool *right, Arena *a) {
    char told[PROOF] = {0};
    for (uint32_t i = 0; keys.kind == VALUE_LIST && i < keys.size; i++) {
        if (!tail_of(value_get_str(answers, str_c(a, value_text(keys.u.list[i]))), told)) continue;
        *asked = true;
        *right |= sodium_memcmp(typed, told, PROOF) == 0;
    }
}

/* What the application told at first counts as well as what it tells now: who has corrected a number knows both. */
bool case_prove(CaseHouse *h, const Pack *pack, const CaseRecord *r, Str proof, int64_t now_us, Arena *a, Err *err) {
    Value keys = pack ? value_get(pack->json, "proof") : value_null(), first;
    char typed[PROOF] = {0};
    bool readable = tail_of(proof, typed), right = false, asked = false;
    TRY(case_read_answers(h, r->id, 1, a, &first, err));
    compare(keys, first, typed, &asked, &right, a);
    compare(keys, r->answers, typed, &asked, &right, a);
    if (!asked) return err_set(err, ERR_STATE, "case", "the application told nothing by which you could be known here: please come to a window");
    return access_prove(h->store, str_printf(a, "case:" STR_FMT, STR_ARG(r->id)), readable && right, now_us, a, err);
}

/* ---- notices ---------------------------------------------------------------------------------------------------------- */

static Value entry_of(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "id"), id)) return list.u.list[i];
    return value_null();
}

static Value member(Value v, const char *group, Str key) {
    Value found;
    return value_find(value_get(v, group), key, &found) ? found : value_null();
}

static Str word(Value v) { return v.kind == VALUE_STRING ? value_text(v) : STR(""); }

/* The form's labels are Chinese, those of the texts in both languages. */
static Value field_name(const Pack *pack, Str key, Arena *a) {
    Str zh = word(member(pack->texts_zh, "fields", key)), en = word(member(pack->texts_en, "fields", key));
    for (size_t i = 0; zh.n == 0 && i < paper_fields(pack->form); i++)
        if (str_eq(paper_key(pack->form, i), key)) zh = paper_label(pack->form, i);
    return case_bilingual(a, zh.n ? zh : key, en.n ? en : key);
}

Value case_notice_item(const Pack *pack, Value item, Arena *a) {
    Str evidence = value_get_str(item, "evidence"), field = value_get_str(item, "field"), fault = value_get_str(item, "fault");
    Value type = entry_of(value_get(pack->json, "evidence"), evidence);
    bool paper = evidence.n > 0;
    ValueBuild b = {.a = a};
    build_c(&b, "kind", value_c(paper ? "evidence" : "field"));
    build_c(&b, "id", value_str(paper ? evidence : field));
    build_c(&b, "name", paper ? case_bilingual(a, value_get_str(type, "zh"), value_get_str(type, "en")) : field_name(pack, field, a));
    build_c(&b, "what", fault.n ? case_bilingual(a, word(member(pack->texts_zh, "faults", fault)), word(member(pack->texts_en, "faults", fault))) : value_null());
    build_c(&b, "text", value_get(item, "text"));
    return build_ctx(&b);
}

static Value notice_row(const Pack *pack, Value notice, bool staff, Arena *a) {
    Value items = value_get(notice, "items");
    ValueBuild list = {.a = a}, b = {.a = a};
    for (uint32_t i = 0; i < items.size; i++) build_item(&list, case_notice_item(pack, items.u.list[i], a));
    build_c(&b, "no", value_get(notice, "no"));
    build_c(&b, "at", value_get(notice, "at"));
    if (staff) build_c(&b, "by", value_get(notice, "by_name"));
    build_c(&b, "office", value_get(notice, "office"));
    build_c(&b, "items", build_list(&list));
    build_c(&b, "until", (Value){.kind = VALUE_DATE, .u.i = value_get_int(notice, "until", 0)});
    build_c(&b, "provisional", value_get(notice, "provisional"));
    build_c(&b, "reason", value_get(notice, "reason"));
    build_c(&b, "answered_at", value_get(notice, "answered_at"));
    return build_ctx(&b);
}

/* ---- the rest ------------------------------------------------------------------------------------------------------------ */

static Value accepted_row(Value accepted, bool staff, Arena *a) {
    if (value_is_null(accepted)) return accepted;
    ValueBuild b = {.a = a};
    build_c(&b, "at", value_get(accepted, "at"));
    build_c(&b, "how", value_get(accepted, "how"));
    build_c(&b, "office", value_get(accepted, "office"));
    if (staff) build_c(&b, "by", value_get(accepted, "by_name"));
    build_c(&b, "reason", value_get(accepted, "reason"));
    return build_ctx(&b);
}

static Value withdrawn_row(Value withdrawn, bool staff, Arena *a) {
    if (value_is_null(withdrawn)) return withdrawn;
    ValueBuild b = {.a = a};
    build_c(&b, "at", value_get(withdrawn, "at"));
    build_c(&b, "applicant", value_bool(str_is(value_get_str(withdrawn, "by"), "applicant")));
    build_c(&b, "office", value_get(withdrawn, "office"));
    if (staff) build_c(&b, "by", value_get(withdrawn, "by_name"));
    build_c(&b, "reason", value_get(withdrawn, "reason"));
    return build_ctx(&b);
}

/* A code alone shows that papers are there, and no more of them. */
static Value files_told(Value files, Arena *a) {
    static const char *const members[] = {"evidence", "type", "bytes", "at"};
    ValueBuild list = {.a = a};
    for (uint32_t i = 0; i < files.size; i++) {
        ValueBuild b = {.a = a};
        for (size_t k = 0; k < COUNT_OF(members); k++) build_c(&b, members[k], value_get(files.u.list[i], members[k]));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

void case_life_put(const Pack *pack, const CaseRecord *r, const CaseStory *story, bool staff, ValueBuild *b) {
    ValueBuild notices = {.a = b->a};
    for (uint32_t i = 0; pack && i < story->notices.size; i++) build_item(&notices, notice_row(pack, story->notices.u.list[i], staff, b->a));
    build_c(b, "accepted", accepted_row(story->accepted, staff, b->a));
    build_c(b, "notices", build_list(&notices));
    build_c(b, "files", staff ? story->files : files_told(story->files, b->a));
    build_c(b, "withdrawn", withdrawn_row(story->withdrawn, staff, b->a));
    build_c(b, "acts", case_acts(pack, r, b->a));
}
