/* feel_eval: evaluates one FEEL expression with libfeel and prints the value as JSON; why, when it is null.
 * Usage: feel_eval EXPRESSION [JSON]; the members of the JSON object are names the expression may use. */
#include <yichuang/feel.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const feel_expression *compile(feel_arena *a, const char *text, feel_value context) {
    size_t n = feel_value_size(context);
    const char **names = calloc(n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++) {
        feel_string key = feel_value_key(context, i);
        names[i] = strndup(key.p, key.n);
    }
    feel_settings settings = {.names = names, .n_names = n};
    feel_fault fault;
    const feel_expression *e = feel_expression_compile(a, &settings, text, strlen(text), &fault);
    if (e == NULL) fprintf(stderr, "%s\n", fault.line);
    for (size_t i = 0; i < n; i++) free((char *)names[i]);
    free(names);
    return e;
}

int main(int argc, char **argv) {
    feel_arena *a = feel_arena_new(0, 64 << 20);
    feel_value context, value;
    feel_fault fault;
    feel_cause cause;
    const char *json = argc > 2 ? argv[2] : "{}";
    if (argc < 2) return 2;
    if (!feel_value_from_json(a, json, strlen(json), &context, &fault)) {
        fprintf(stderr, "%s\n", fault.line);
        return 1;
    }
    const feel_expression *e = compile(a, argv[1], context);
    if (e == NULL) return 1;
    feel_run run = {.arena = a, .now_us = (int64_t)time(NULL) * 1000000};
    value = feel_expression_eval_context(e, context, &run);
    feel_string text = feel_value_to_json(a, value);
    printf("%.*s\n", (int)text.n, text.p);
    for (bool more = feel_value_cause(value, &cause); more; more = feel_cause_beneath(&cause, &cause))
        printf("because: %.*s\n", (int)cause.text.n, cause.text.p);
    feel_arena_free(a);
    return 0;
}
