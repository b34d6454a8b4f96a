/* Compiles replay.json: which column says what, and how columns become inputs of the model. The reading
 * of rows is study's; here every name is checked so that a replay cannot fail on its pack. */
#include "pack/pack_in.h"

#define FILE_NAME STR("replay.json")

static const PackKey REPLAY[] = {
    {"columns", PACK_CONTEXT, false}, {"vehicle", PACK_CONTEXT, false}, {"minor", PACK_NAME, false},
    {"not_minor", PACK_NAME, false},  {"revoked", PACK_NAME, false},    {"valid", PACK_NAME, false},
    {"answers", PACK_CONTEXT, false},
};
static const PackKey VEHICLE[] = {{"prefix", PACK_TEXT, false}, {"digits", PACK_FLAG, false}};
static const PackKey CONSTANT[] = {{"value", PACK_ANY, false}};
static const PackKey COLUMN[] = {
    {"column", PACK_NAME, false}, {"map", PACK_CONTEXT, true}, {"otherwise", PACK_ANY, true}};
static const PackKey DAYS[] = {{"days_from", PACK_NAME, false}, {"days_to", PACK_NAME, false}};
static const char *const ROLES[PACK_ROLES] = {"id", "vehicle", "occurred", "recorded", "minor", "status"};

static int column_named(const PackReplay *r, Str name) {
    for (size_t i = 0; i < r->n_columns; i++)
        if (str_eq(r->names[i], name)) return (int)i;
    return -1;
}

static void add_column(PackCompile *c, PackReplay *r, Str name, Value csv) {
    Str at = pack_at(c->a, STR("/columns"), name);
    if (csv.kind != VALUE_STRING || csv.size == 0)
        pack_fault(c, FILE_NAME, at, "This must be the name of a CSV column.");
    else if (r->n_columns == PACK_COLUMNS_MAX)
        pack_fault(c, FILE_NAME, at, "There are more than %d columns.", PACK_COLUMNS_MAX);
    else {
        r->names[r->n_columns] = name;
        r->columns[r->n_columns++] = value_text(csv);
    }
}

/* Roles first, so that a role is its own index. Out: false when one is missing. */
static bool load_columns(PackCompile *c, PackReplay *r, Value columns) {
    for (size_t i = 0; i < PACK_ROLES; i++) add_column(c, r, str_of(ROLES[i]), value_get(columns, ROLES[i]));
    if (r->n_columns < PACK_ROLES) return false;
    for (uint32_t i = 0; i < columns.size; i++)
        if (column_named(r, columns.u.ctx[i].key) < 0) add_column(c, r, columns.u.ctx[i].key, columns.u.ctx[i].value);
    return true;
}

static bool answer_column(PackCompile *c, const PackReplay *r, Str at, Value v, PackAnswer *out) {
    if (!pack_shape(c, FILE_NAME, at, v, COLUMN, COUNT_OF(COLUMN))) return false;
    Str name = value_get_str(v, "column");
    *out = (PackAnswer){.kind = PACK_ANSWER_COLUMN,
                        .column = column_named(r, name),
                        .map = value_get(v, "map"),
                        .value = value_get(v, "otherwise")};
    /* Times and keys differ in nearly every row: an answer made of them would decide each row alone. */
    if (out->column < PACK_MINOR)
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("column")), STR_FMT " is no column that an answer may show.",
                   STR_ARG(name));
    return out->column >= PACK_MINOR;
}

static bool load_answer(PackCompile *c, const PackReplay *r, Str at, Value v, PackAnswer *out) {
    Value member;
    if (value_find(v, STR("column"), &member)) return answer_column(c, r, at, v, out);
    if (value_find(v, STR("days_from"), &member)) {
        if (!pack_shape(c, FILE_NAME, at, v, DAYS, COUNT_OF(DAYS))) return false;
        *out = (PackAnswer){.kind = PACK_ANSWER_DAYS};
        bool order =
            str_is(value_get_str(v, "days_from"), "occurred") && str_is(value_get_str(v, "days_to"), "recorded");
        if (!order) pack_fault(c, FILE_NAME, at, "Days are counted from occurred to recorded only.");
        return order;
    }
    if (!pack_shape(c, FILE_NAME, at, v, CONSTANT, COUNT_OF(CONSTANT))) return false;
    *out = (PackAnswer){.kind = PACK_ANSWER_VALUE, .value = value_get(v, "value")};
    return true;
}

/* A constant of another type would be null in the model, and every row would be decided without it. */
static void check_type(PackCompile *c, Str at, const PackAnswer *answer, const FeelType *type) {
    FeelRun run = {.arena = c->a, .fuel = FEEL_FUEL};
    if (answer->kind != PACK_ANSWER_VALUE || feel_conforms(&run, answer->value, type)) return;
    pack_fault(c, FILE_NAME, at, "The value is not of the type that the model's input has.");
}

static void load_answers(PackCompile *c, PackReplay *r, Value answers) {
    const DmnModel *m = c->pack->model;
    r->answers = NEW_ARRAY(c->a, PackAnswer, dmn_input_count(m) + 1);
    for (uint32_t i = 0; i < answers.size; i++) {
        Str at = pack_at(c->a, STR("/answers"), answers.u.ctx[i].key);
        int input = dmn_find(m, DMN_INPUT, answers.u.ctx[i].key);
        PackAnswer answer;
        if (input < 0)
            pack_fault(c, FILE_NAME, at, "The model has no input of this name.");
        else if (load_answer(c, r, at, answers.u.ctx[i].value, &answer)) {
            answer.value = pack_typed(c->a, answer.value, dmn_input_type(m, input));
            check_type(c, at, &answer, dmn_input_type(m, input));
            r->answers[input] = answer;
        }
    }
    int calendar = pack_given(c->pack, STR("calendar")) ? dmn_find(m, DMN_INPUT, STR("calendar")) : -1;
    if (calendar >= 0) r->answers[calendar] = (PackAnswer){.kind = PACK_ANSWER_VALUE, .value = pack_list_of(c->pack->authority, "calendars")};
    int into = c->pack->has_history ? dmn_find(m, DMN_INPUT, c->pack->history.into) : -1;
    if (into >= 0) r->answers[into] = (PackAnswer){.kind = PACK_ANSWER_PRIORS};
}

void pack_load_replay(PackCompile *c) {
    Pack *p = c->pack;
    if (!pack_file(c, FILE_NAME) || !pack_json(c, FILE_NAME, &p->replay)) return;
    if (!pack_shape(c, FILE_NAME, STR(""), p->replay, REPLAY, COUNT_OF(REPLAY))) return;
    Value vehicle = value_get(p->replay, "vehicle");
    PackReplay *r = NEW(c->a, PackReplay);
    *r = (PackReplay){.minor = value_get_str(p->replay, "minor"),
                      .not_minor = value_get_str(p->replay, "not_minor"),
                      .revoked = value_get_str(p->replay, "revoked"),
                      .valid = value_get_str(p->replay, "valid"),
                      .prefix = value_get_str(vehicle, "prefix")};
    if (pack_shape(c, FILE_NAME, STR("/vehicle"), vehicle, VEHICLE, COUNT_OF(VEHICLE)) &&
        !value_get_bool(vehicle, "digits", false))
        pack_fault(c, FILE_NAME, STR("/vehicle/digits"), "This must be true: a key is its prefix and then digits.");
    Value history;
    if (!value_find(p->json, STR("history"), &history))
        pack_fault(c, FILE_NAME, STR(""), "A replay counts history, and pack.json declares none.");
    if (load_columns(c, r, value_get(p->replay, "columns")) && p->model)
        load_answers(c, r, value_get(p->replay, "answers"));
    p->columns = r;
}
