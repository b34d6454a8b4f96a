/* What is kept of a process's state, and how one kept state becomes the next. A case's row leaves out the variables
 * that still are what was answered; an event tells only what changed, so that the log holds each fact once. Pure, and
 * exact: a change that does not lead where it must is told whole. */
#include "case/case_in.h"

static Value member(Value v, Str key) {
    Value found;
    return value_find(v, key, &found) ? found : value_null();
}

static bool has(Value v, Str key) {
    Value found;
    return value_find(v, key, &found);
}

/* ---- a state and what is kept of it: {process (unless the pack's first), next, variables (unless none), whole
 * (variables are all there), tokens} ------------------------------------------------------------------------------ */

/* Every answer is a variable, as it is when a process starts with them. */
static bool covers(Value variables, Value answers) {
    for (uint32_t i = 0; i < answers.size; i++)
        if (!has(variables, answers.u.ctx[i].key)) return false;
    return true;
}

static Value own_variables(Arena *a, Value variables, Value answers) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; i < variables.size; i++) {
        ValueEntry e = variables.u.ctx[i];
        if (!has(answers, e.key) || !value_same(member(answers, e.key), e.value)) build_entry(&b, e.key, e.value);
    }
    return build_ctx(&b);
}

Value case_state_keep(const Pack *pack, Value state, Value answers, Arena *a) {
    ValueBuild b = {.a = a};
    Value variables = value_get(state, "variables");
    Str process = value_get_str(state, "process");
    if (value_is_null(state) || value_get_bool(state, "ended", false)) return value_null();
    bool whole = answers.kind != VALUE_CONTEXT || !covers(variables, answers);
    Value own = whole ? variables : own_variables(a, variables, answers);
    if (!str_eq(process, bpmn_id(pack->process))) build_c(&b, "process", value_str(process));
    build_c(&b, "next", value_get(state, "next"));
    if (own.size > 0) build_c(&b, "variables", own);
    if (whole) build_c(&b, "whole", value_bool(true));
    build_c(&b, "tokens", value_get(state, "tokens"));
    return build_ctx(&b);
}

Value case_state_whole(const Pack *pack, Value kept, Value answers, Arena *a) {
    if (value_is_null(kept)) return kept;
    ValueBuild b = {.a = a};
    Str process = value_get_str(kept, "process");
    Value own = value_get(kept, "variables");
    Value variables = answers.kind == VALUE_CONTEXT && !value_get_bool(kept, "whole", false) ? answers : value_ctx(NULL, 0);
    for (uint32_t i = 0; own.kind == VALUE_CONTEXT && i < own.size; i++)
        variables = value_with(a, variables, own.u.ctx[i].key, own.u.ctx[i].value);
    build_c(&b, "process", value_str(process.n ? process : bpmn_id(pack->process)));
    build_c(&b, "variables", variables);
    build_c(&b, "next", value_get(kept, "next"));
    build_c(&b, "ended", value_bool(false));
    build_c(&b, "tokens", value_get(kept, "tokens"));
    return build_ctx(&b);
}

/* ---- from one kept state to the next: {ended} or {state} or {process, next, whole, gone (tokens), tokens (new or changed),
 * set (variables), same (variables that are what an earlier event said), unset (names)} -------------------------------- */

static Value token_of(Value tokens, int64_t id) {
    for (uint32_t i = 0; tokens.kind == VALUE_LIST && i < tokens.size; i++)
        if (value_get_int(tokens.u.list[i], "id", 0) == id) return tokens.u.list[i];
    return value_null();
}

static int64_t id_of(Value token) { return value_get_int(token, "id", 0); }

static void tell_tokens(Value before, Value after, ValueBuild *b) {
    ValueBuild gone = {.a = b->a}, changed = {.a = b->a};
    for (uint32_t i = 0; before.kind == VALUE_LIST && i < before.size; i++)
        if (value_is_null(token_of(after, id_of(before.u.list[i])))) build_item(&gone, value_get(before.u.list[i], "id"));
    for (uint32_t i = 0; after.kind == VALUE_LIST && i < after.size; i++)
        if (!value_same(token_of(before, id_of(after.u.list[i])), after.u.list[i])) build_item(&changed, after.u.list[i]);
    if (gone.n) build_c(b, "gone", build_list(&gone));
    if (changed.n) build_c(b, "tokens", build_list(&changed));
}

static Value apply_tokens(Arena *a, Value before, Value delta) {
    ValueBuild b = {.a = a};
    Value gone = value_get(delta, "gone"), changed = value_get(delta, "tokens");
    for (uint32_t i = 0; before.kind == VALUE_LIST && i < before.size; i++) {
        Value token = before.u.list[i], now = token_of(changed, id_of(token));
        bool left = false;
        for (uint32_t k = 0; gone.kind == VALUE_LIST && k < gone.size; k++) {
            int64_t id;
            left |= value_to_int(gone.u.list[k], &id) && id == id_of(token);
        }
        if (!left) build_item(&b, value_is_null(now) ? token : now);
    }
    for (uint32_t i = 0; changed.kind == VALUE_LIST && i < changed.size; i++)
        if (value_is_null(token_of(before, id_of(changed.u.list[i])))) build_item(&b, changed.u.list[i]);
    return build_list(&b);
}

static void tell_variables(Value before, Value after, Value said, ValueBuild *b) {
    ValueBuild set = {.a = b->a}, same = {.a = b->a}, unset = {.a = b->a};
    for (uint32_t i = 0; after.kind == VALUE_CONTEXT && i < after.size; i++) {
        ValueEntry e = after.u.ctx[i];
        if (has(before, e.key) && value_same(member(before, e.key), e.value)) continue;
        const ValueEntry *source = NULL;
        for (uint32_t k = 0; !source && said.kind == VALUE_CONTEXT && k < said.size; k++)
            if (value_same(said.u.ctx[k].value, e.value)) source = &said.u.ctx[k];
        if (source) build_entry(&same, e.key, value_str(source->key));
        else build_entry(&set, e.key, e.value);
    }
    for (uint32_t i = 0; before.kind == VALUE_CONTEXT && i < before.size; i++)
        if (!has(after, before.u.ctx[i].key)) build_item(&unset, value_str(before.u.ctx[i].key));
    if (set.n) build_c(b, "set", build_ctx(&set));
    if (same.n) build_c(b, "same", build_ctx(&same));
    if (unset.n) build_c(b, "unset", build_list(&unset));
}

static bool is_unset(Value names, Str key) {
    for (uint32_t i = 0; names.kind == VALUE_LIST && i < names.size; i++)
        if (names.u.list[i].kind == VALUE_STRING && str_eq(value_text(names.u.list[i]), key)) return true;
    return false;
}

static Value apply_variables(Arena *a, Value before, Value delta, Value said) {
    ValueBuild b = {.a = a};
    Value set = value_get(delta, "set"), same = value_get(delta, "same"), unset = value_get(delta, "unset");
    for (uint32_t i = 0; before.kind == VALUE_CONTEXT && i < before.size; i++)
        if (!is_unset(unset, before.u.ctx[i].key)) build_entry(&b, before.u.ctx[i].key, before.u.ctx[i].value);
    Value variables = build_ctx(&b);
    for (uint32_t i = 0; set.kind == VALUE_CONTEXT && i < set.size; i++)
        variables = value_with(a, variables, set.u.ctx[i].key, set.u.ctx[i].value);
    for (uint32_t i = 0; same.kind == VALUE_CONTEXT && i < same.size; i++)
        if (same.u.ctx[i].value.kind == VALUE_STRING)
            variables = value_with(a, variables, same.u.ctx[i].key, member(said, value_text(same.u.ctx[i].value)));
    return variables;
}

Value case_state_apply(Value before, Value delta, Value said, Arena *a) {
    Value whole = value_get(delta, "state"), process = value_get(delta, "process");
    if (value_get_bool(delta, "ended", false)) return value_null();
    if (!value_is_null(whole)) return whole;
    Value variables = apply_variables(a, value_get(before, "variables"), delta, said);
    bool all = value_get_bool(value_is_null(value_get(delta, "whole")) ? before : delta, "whole", false);
    ValueBuild b = {.a = a};
    if (value_is_null(process)) process = value_get(before, "process");
    if (!value_is_null(process)) build_c(&b, "process", process);
    build_c(&b, "next", value_get(delta, "next"));
    if (variables.size > 0) build_c(&b, "variables", variables);
    if (all) build_c(&b, "whole", value_bool(true));
    build_c(&b, "tokens", apply_tokens(a, value_get(before, "tokens"), delta));
    return build_ctx(&b);
}

void case_state_tell(Value before, Value after, Value said, ValueBuild *b) {
    if (value_is_null(after)) {
        build_c(b, "ended", value_bool(true));
        return;
    }
    ValueBuild d = {.a = b->a};
    Value process = value_get(after, "process"), whole = value_get(after, "whole");
    if (!value_is_null(process) && !value_same(process, value_get(before, "process"))) build_c(&d, "process", process);
    build_c(&d, "next", value_get(after, "next"));
    if (!value_same(whole, value_get(before, "whole"))) build_c(&d, "whole", value_bool(!value_is_null(whole)));
    tell_variables(value_get(before, "variables"), value_get(after, "variables"), said, &d);
    tell_tokens(value_get(before, "tokens"), value_get(after, "tokens"), &d);
    Value delta = build_ctx(&d);
    if (value_same(case_state_apply(before, delta, said, b->a), after))
        for (uint32_t i = 0; i < delta.size; i++) build_entry(b, delta.u.ctx[i].key, delta.u.ctx[i].value);
    else
        build_c(b, "state", after);
}
