/* A form of 60 fields with 40 conditions: what it costs to check a person's answers and to render them as HTML, in CPU
 * time. Prints name=value; the least of some rounds counts, for others share the machine. Usage: forms [ROUNDS]. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "paper/paper.h"

enum { FIELDS = 60, CONDITIONS = 40 };

static const char *const types[] = {"textfield", "number", "checkbox", "select", "datetime", "radio"};

static void add_field(Buf *b, int i) {
    const char *type = types[i % (int)COUNT_OF(types)];
    buf_printf(b, "%s{\"type\":\"%s\",\"id\":\"f%d\",\"key\":\"k%d\",\"label\":\"Field %d\",\"description\":\"Hint {{k1}}\"", i ? "," : "", type,
               i, i, i);
    if (i % 6 == 3 || i % 6 == 5) buf_c(b, ",\"values\":[{\"value\":\"a\",\"label\":\"A\"},{\"value\":\"b\",\"label\":\"B\"}]");
    if (i % 6 == 0) buf_c(b, ",\"validate\":{\"required\":true,\"maxLength\":40,\"pattern\":\"^[a-z0-9 ]+$\"}");
    if (i % 6 == 1) buf_c(b, ",\"validate\":{\"min\":0,\"max\":\"=k1 + 100\"}");
    if (i >= FIELDS - CONDITIONS)
        buf_printf(b, ",\"conditional\":{\"hide\":\"=k%d = \\\"hide\\\" or k1 > 90 and not(k2)\"}", i % 18 / 6 * 6);
    buf_byte(b, '}');
}

static Str make_form(Arena *a) {
    Buf b = {.a = a};
    buf_c(&b, "{\"type\":\"default\",\"schemaVersion\":19,\"components\":[");
    for (int i = 0; i < FIELDS; i++) add_field(&b, i);
    buf_c(&b, "]}");
    return buf_str(&b);
}

static Value make_answers(Arena *a) {
    ValueBuild b = {.a = a};
    for (int i = 0; i < FIELDS; i++) {
        Value v = i % 6 == 0 ? value_c("some words") : i % 6 == 1 ? value_int(7) : i % 6 == 2 ? value_bool(true) : value_c("a");
        build_entry(&b, str_printf(a, "k%d", i), i % 6 == 4 ? value_c("2026-11-16") : v);
    }
    return build_ctx(&b);
}

/* A page's own template is larger, not deeper: the same blocks per field. */
static const char page[] =
    "{{#fields}}<div class=\"govuk-form-group{{#error}} govuk-form-group--error{{/error}}\"><label class=\"govuk-label\" for=\"{{key}}\">"
    "{{label}}</label>{{#description}}<div class=\"govuk-hint\" id=\"{{key}}-hint\">{{description}}</div>{{/description}}{{#is_select}}"
    "<select id=\"{{key}}\" name=\"{{key}}\">{{#options}}<option value=\"{{value}}\"{{#selected}} selected{{/selected}}>{{label}}</option>"
    "{{/options}}</select>{{/is_select}}{{^is_select}}<input id=\"{{key}}\" name=\"{{key}}\" value=\"{{value}}\">{{/is_select}}</div>{{/fields}}";

static double cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

typedef struct Times { /* least of all rounds, in ms */
    double check, view, html;
} Times;

static void one_round(const Paper *p, const Template *t, Arena *a, Times *least) {
    FeelRun run = {.arena = a, .fuel = FEEL_FUEL, .now_us = INT64_C(1795000000000000)};
    Value answers = make_answers(a), clean = value_null();
    PaperFaults faults = {0};
    Buf html = {.a = a};
    double start = cpu_ms();
    paper_check(p, value_null(), answers, &run, &clean, &faults);
    double checked = cpu_ms();
    Value view = paper_view(p, value_null(), answers, &faults, value_null(), &run);
    double viewed = cpu_ms();
    bool good = template_render(t, view, NULL, &html, NULL);
    double done = cpu_ms();
    if (!good || faults.n > 0 || html.n < 5000) abort();
    if (checked - start < least->check) least->check = checked - start;
    if (viewed - checked < least->view) least->view = viewed - checked;
    if (done - viewed < least->html) least->html = done - viewed;
}

int main(int argc, char **argv) {
    Arena *house = arena_new(0);
    ErrList faults = {.a = house};
    const Template *t;
    Paper *p;
    if (!paper_load(STR("form.json"), make_form(house), house, &faults, &p) || !template_parse(STR(page), house, &t, NULL)) return 2;
    Times least = {1e9, 1e9, 1e9};
    for (int i = 0, n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 500; i < n; i++) {
        Arena *a = arena_new(0);
        one_round(p, t, a, &least);
        arena_free(a);
    }
    printf("form_fields=%d\nform_conditions=%d\nform_check_ms=%.4f\nform_view_ms=%.4f\nform_html_ms=%.4f\nform_ms=%.4f\n", FIELDS,
           CONDITIONS, least.check, least.view, least.html, least.check + least.view + least.html);
    arena_free(house);
    return 0;
}
