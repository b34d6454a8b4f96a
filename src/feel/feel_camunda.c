/* feel_camunda: what dialect `camunda` has besides the standard, for models that were written for that
 * engine. Every row is off in the standard dialect. Random numbers and UUIDs are left out: an
 * evaluation must give the same result everywhere. */
#include "feel/feel_in.h"

#include <string.h>

static bool cause_is(Value v, const char *kind) {
    return v.kind == VALUE_NULL && v.u.cause && strcmp(v.u.cause->kind, kind) == 0;
}

static Value is_defined(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    return value_bool(!cause_is(args[0], "unknown_name") && !cause_is(args[0], "missing"));
}

static Value get_or_else(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    return args[args[0].kind == VALUE_NULL];
}

static Value assert_that(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    if (value_is_true(args[1])) return args[0];
    return feel_because(run, "assertion", "an assertion of the model does not hold", args[0], args[1]);
}

static Value from_json(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Value v;
    if (!feel_spend(run, args[0].size / 16)) return feel_exhausted(run);
    return json_parse(value_text(args[0]), (JsonLimits){0}, run->arena, &v, NULL)
               ? v
               : feel_domain(run, "the text is not JSON");
}

static Value to_json(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    return value_str(json_text(run->arena, args[0]));
}

static bool occurs_before(FeelRun *run, Value list, uint32_t end, Value item) {
    for (uint32_t i = 0; i < end; i++)
        if (feel_alike(run, list.u.list[i], item)) return true;
    return false;
}

static Value duplicate_values(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    ValueBuild out = {.a = run->arena};
    for (uint32_t i = 1; i < args[0].size; i++) {
        Value item = args[0].u.list[i], found = build_list(&out);
        if (occurs_before(run, args[0], i, item) && !occurs_before(run, found, found.size, item))
            build_item(&out, item);
        if (run->fuel <= 0) return feel_exhausted(run);
    }
    return build_list(&out);
}

static Value is_empty(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    return value_bool(args[0].size == 0);
}

static Value partition(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    int64_t size;
    if (!dec_to_int(args[1], &size) || size < 1) return feel_domain(run, "a part needs at least one item");
    ValueBuild out = {.a = run->arena};
    for (int64_t i = 0; i < args[0].size; i += size) {
        int64_t rest = args[0].size - i;
        build_item(&out, value_list(args[0].u.list + i, (size_t)(rest < size ? rest : size)));
    }
    return build_list(&out);
}

static Value extract(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    const char *why;
    Str text = value_text(args[0]);
    const FeelRegex *r = feel_regex(run->arena, value_text(args[1]), STR(""), &why);
    if (!r) return feel_because(run, "pattern", why, value_null(), value_null());
    ValueBuild out = {.a = run->arena};
    FeelMatch m;
    FeelSearch *search = feel_regex_open(run, r, text);
    size_t at = 0;
    for (FeelFound found; (found = feel_regex_find(search, at, &m)) != FEEL_NOT_FOUND;) {
        if (found == FEEL_GAVE_UP) return feel_exhausted(run);
        build_item(&out, value_str(str_sub(text, (size_t)m.at[0], (size_t)(m.at[1] - m.at[0]))));
        at = (size_t)m.at[1];
        if (m.at[1] > m.at[0]) continue;
        if (at >= text.n) break;
        utf8_next(text, &at);
    }
    return build_list(&out);
}

static Value trim(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    return value_str(str_trim(value_text(args[0])));
}

static Value is_blank(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    return value_bool(feel_skip(value_text(args[0]), 0) == args[0].size);
}

static Value last_day_of_month(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    int64_t year;
    int month, day;
    date_civil(args[0].kind == VALUE_DATE ? args[0].u.i : args[0].u.time->days, &year, &month, &day);
    return date_make(year, month, date_month_length(year, month));
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static Value to_base64(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Str s = value_text(args[0]);
    Buf b = {.a = run->arena};
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) bits = bits << 8 | (i + k < s.n ? (uint8_t)s.p[i + k] : 0);
        for (int k = 0; k < 4; k++) buf_byte(&b, i + (size_t)k > s.n ? '=' : digits[bits >> (18 - 6 * k) & 63]);
    }
    return b.over ? feel_exhausted(run) : value_str(buf_str(&b));
}

static Value from_base64(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    Str s = value_text(args[0]);
    Buf b = {.a = run->arena};
    uint32_t bits = 0;
    int have = 0;
    while (s.n && s.p[s.n - 1] == '=') s.n--;
    for (size_t i = 0; i < s.n; i++) {
        const char *at = s.p[i] ? strchr(digits, s.p[i]) : NULL;
        if (!at) return feel_domain(run, "the text is not base64");
        bits = bits << 6 | (uint32_t)(at - digits);
        have += 6;
        if (have >= 8) buf_byte(&b, (char)(bits >> (have -= 8) & 255));
    }
    Str text = buf_str(&b);
    return utf8_valid(text) ? value_str(text) : feel_domain(run, "the bytes are not UTF-8 text");
}

static const FeelBuiltin rows[] = {
    {"is defined", is_defined, 1, 1, FEEL_EXTRA, {{"value", 'a'}}},
    {"get or else", get_or_else, 2, 2, FEEL_EXTRA, {{"value", 'a'}, {"default", 'a'}}},
    {"assert", assert_that, 2, 3, FEEL_EXTRA, {{"value", 'a'}, {"condition", 'a'}, {"cause", 's'}}},
    {"from json", from_json, 1, 1, FEEL_EXTRA, {{"value", 's'}}},
    {"to json", to_json, 1, 1, FEEL_EXTRA, {{"value", 'a'}}},
    {"duplicate values", duplicate_values, 1, 1, FEEL_EXTRA, {{"list", 'l'}}},
    {"is empty", is_empty, 1, 1, FEEL_EXTRA, {{"list", 'l'}}},
    {"partition", partition, 2, 2, FEEL_EXTRA, {{"list", 'l'}, {"size", 'n'}}},
    {"extract", extract, 2, 2, FEEL_EXTRA, {{"string", 's'}, {"pattern", 's'}}},
    {"trim", trim, 1, 1, FEEL_EXTRA, {{"string", 's'}}},
    {"is blank", is_blank, 1, 1, FEEL_EXTRA, {{"string", 's'}}},
    {"last day of month", last_day_of_month, 1, 1, FEEL_EXTRA, {{"date", 'e'}}},
    {"to base64", to_base64, 1, 1, FEEL_EXTRA, {{"value", 's'}}},
    {"from base64", from_base64, 1, 1, FEEL_EXTRA, {{"value", 's'}}},
};
const FeelTable feel_table_camunda = {rows, COUNT_OF(rows)};

Str feel_camunda_name(Str name) {
    if (str_is(name, "put")) return STR("context put");
    if (str_is(name, "put all")) return STR("context merge");
    return name;
}
