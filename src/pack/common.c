/* What the services of an authority share: files under common/, taken where a pack names them. A text in a list of
 * pack.json names an entry; a group of the form, a letter and an import name a file; articles and texts are looked up
 * when the pack has none of its own. It must never take what the pack does not name: the hash covers what is used. */
#include "pack/pack_in.h"

#define MANIFEST STR("pack.json")
enum { PARTIALS_MAX = 50, INCLUDES_MAX = 4 };

/* ---- files ------------------------------------------------------------------------------------------- */
Value pack_shared(PackCompile *c, Str name) {
    Value json = value_null();
    Err err = {0};
    for (size_t i = 0; i < c->n_shared; i++)
        if (str_eq(c->shared[i].name, name)) return c->shared[i].json;
    const PackFile *file = pack_file(c, name);
    if (file && !json_parse(file->bytes, (JsonLimits){0}, c->a, &json, &err)) {
        err_file(&err, name);
        errlist_push(c->faults, &err);
    }
    if (c->n_shared < PACK_COMMON_MAX) c->shared[c->n_shared++] = (PackShared){name, json};
    return json;
}

/* ---- entries of lists --------------------------------------------------------------------------------- */
typedef struct Shelf { /* where the entries of one list come from */
    const char *key;  /* of pack.json */
    const char *id;   /* member that names an entry */
    const char *file; /* that holds the shared ones */
} Shelf;
static const Shelf SHELVES[] = {
    {"parameters", "name", PACK_COMMON "parameters.json"},
    {"evidence", "id", PACK_COMMON "evidence.json"},
    {"life_events", "id", PACK_COMMON "life_events.json"},
    {"audience", "id", PACK_COMMON "audiences.json"},
    {"checks", "id", PACK_COMMON "checks.json"},
};
static const Shelf FEES = {"items", "id", PACK_COMMON "fees.json"};

/* Every entry of that name: a dated one has several periods. */
static void take(PackCompile *c, const Shelf *shelf, Str at, Str name, ValueBuild *out) {
    size_t before = out->n;
    Value all = pack_shared(c, str_of(shelf->file));
    for (uint32_t i = 0; all.kind == VALUE_LIST && i < all.size; i++)
        if (str_eq(value_get_str(all.u.list[i], shelf->id), name)) build_item(out, all.u.list[i]);
    if (out->n == before) pack_fault(c, MANIFEST, at, "%s has no entry " STR_FMT ".", shelf->file, STR_ARG(name));
}

static Value with_entries(PackCompile *c, const Shelf *shelf, Str at, Value list) {
    ValueBuild out = {.a = c->a};
    for (uint32_t i = 0; i < list.size; i++) {
        if (list.u.list[i].kind == VALUE_STRING)
            take(c, shelf, pack_at_item(c->a, at, i), value_text(list.u.list[i]), &out);
        else
            build_item(&out, list.u.list[i]);
    }
    return build_list(&out);
}

Value pack_with_entries(PackCompile *c, Value json) {
    for (size_t i = 0; i < COUNT_OF(SHELVES); i++) {
        Value list = value_get(json, SHELVES[i].key);
        Str key = str_of(SHELVES[i].key);
        if (list.kind == VALUE_LIST)
            json = value_with(c->a, json, key, with_entries(c, &SHELVES[i], pack_at(c->a, STR(""), key), list));
    }
    Value fees = value_get(json, "fees"), items = value_get(fees, FEES.key);
    if (items.kind != VALUE_LIST) return json;
    items = with_entries(c, &FEES, STR("/fees/items"), items);
    return value_with(c->a, json, STR("fees"), value_with(c->a, fees, STR("items"), items));
}

/* ---- law ------------------------------------------------------------------------------------------------ */
bool pack_take_article(PackCompile *c, Str ref) {
    Str rest, instrument = str_cut(ref, ':', &rest);
    if (c->pack->n_articles == c->law_room) return false;
    Value all = pack_shared(c, str_printf(c->a, PACK_COMMON "law/" STR_FMT ".json", STR_ARG(instrument)));
    for (uint32_t i = 0; all.kind == VALUE_LIST && i < all.size; i++)
        if (str_eq(value_get_str(all.u.list[i], "ref"), ref))
            return pack_add_article(c, str_printf(c->a, PACK_COMMON "law/" STR_FMT ".json", STR_ARG(instrument)),
                                    pack_at_item(c->a, STR(""), i), all.u.list[i]);
    return false;
}

/* ---- forms ------------------------------------------------------------------------------------------------ */
static Value with_components(PackCompile *c, Value form, int depth);

/* A group with the components of the form that it names; any other component as it is. */
static Value with_include(PackCompile *c, Value component, int depth) {
    Str name = value_get_str(value_get(component, "properties"), "include");
    if (name.n == 0) return with_components(c, component, depth);
    Value included = pack_shared(c, name);
    if (included.kind == VALUE_CONTEXT)
        return with_components(c, value_with(c->a, component, STR("components"), value_get(included, "components")), depth + 1);
    pack_fault(c, pack_named(c, "form", STR("form.json")), value_get_str(component, "id"), "The form " STR_FMT " is missing.", STR_ARG(name));
    return component;
}

static Value with_components(PackCompile *c, Value form, int depth) {
    Value list = value_get(form, "components");
    ValueBuild out = {.a = c->a};
    if (list.kind != VALUE_LIST || depth > INCLUDES_MAX) return form;
    for (uint32_t i = 0; i < list.size; i++) build_item(&out, with_include(c, list.u.list[i], depth));
    return value_with(c->a, form, STR("components"), build_list(&out));
}

Value pack_with_includes(PackCompile *c, Value form) {
    return with_components(c, form, 0);
}

/* ---- letters ------------------------------------------------------------------------------------------------ */
static const PackFile *partial(PackCompile *c, Str name, const char *lang) {
    const PackFile *own = pack_file(c, str_printf(c->a, "letters/" STR_FMT ".%s.html", STR_ARG(name), lang));
    return own ? own : pack_file(c, str_printf(c->a, PACK_COMMON "letters/" STR_FMT ".%s.html", STR_ARG(name), lang));
}

Str pack_with_partials(PackCompile *c, Str file, Str text, const char *lang) {
    for (int n = 0; n < PARTIALS_MAX; n++) {
        ptrdiff_t from = str_find(text, STR("{{>"));
        if (from < 0) return text;
        Str rest = str_sub(text, (size_t)from + 3, text.n);
        ptrdiff_t end = str_find(rest, STR("}}"));
        if (end < 0) return text;
        Str name = str_trim(str_sub(rest, 0, (size_t)end));
        const PackFile *found = partial(c, name, lang);
        if (!found) pack_fault(c, file, name, "There is no letters/" STR_FMT ".%s.html, neither here nor in common/.", STR_ARG(name), lang);
        Buf b = {.a = c->a};
        buf_add(&b, str_sub(text, 0, (size_t)from));
        buf_add(&b, found ? found->bytes : STR(""));
        buf_add(&b, str_sub(rest, (size_t)end + 2, rest.n));
        text = buf_str(&b);
    }
    pack_fault(c, file, STR(""), "The letter takes in more than %d partials, or one takes in itself.", PARTIALS_MAX);
    return STR("");
}

/* ---- texts ---------------------------------------------------------------------------------------------------- */
static bool has_table(const Pack *p, Str name) {
    for (size_t t = 0; p->model && t < dmn_tables(p->model); t++)
        if (str_eq(dmn_table_name(p->model, (int)t), name)) return true;
    return false;
}

static bool has_step(const Pack *p, Str id) {
    for (size_t i = 0; p->process && i < bpmn_nodes(p->process); i++)
        if (str_eq(bpmn_node(p->process, (int)i)->id, id)) return true;
    return false;
}

/* Has this pack anything that the shared text is about? */
static bool needed(const Pack *p, Str section, Str key) {
    if (str_is(section, "steps")) return has_step(p, key);
    if (str_is(section, "outcomes")) return pack_outcome(p, key) != NULL;
    if (str_is(section, "tables") || str_is(section, "columns")) return has_table(p, key);
    if (str_is(section, "rules") || str_is(section, "reasons")) return pack_rules_named(p, key) > 0;
    if (str_is(section, "fields") || str_is(section, "hints") || str_is(section, "options")) return pack_field(p, key) >= 0;
    return true;
}

static Value with_section(PackCompile *c, Str section, Value own, Value shared) {
    ValueBuild out = {.a = c->a};
    for (uint32_t i = 0; own.kind == VALUE_CONTEXT && i < own.size; i++) build_entry(&out, own.u.ctx[i].key, own.u.ctx[i].value);
    for (uint32_t i = 0; i < shared.size; i++) {
        Value already;
        Str key = shared.u.ctx[i].key;
        if (!value_find(own, key, &already) && needed(c->pack, section, key)) build_entry(&out, key, shared.u.ctx[i].value);
    }
    return build_ctx(&out);
}

Value pack_with_texts(PackCompile *c, Value own, const char *lang) {
    Str folder = value_get_str(c->pack->json, "texts");
    if (folder.n == 0 || own.kind != VALUE_CONTEXT) return own;
    Str name = str_printf(c->a, STR_FMT "/%s.json", STR_ARG(folder), lang);
    Value shared = pack_shared(c, name);
    if (shared.kind != VALUE_CONTEXT) pack_fault(c, MANIFEST, STR("/texts"), "The file " STR_FMT " is missing, or no object.", STR_ARG(name));
    for (uint32_t i = 0; shared.kind == VALUE_CONTEXT && i < shared.size; i++) {
        Value section = shared.u.ctx[i].value, mine = value_null();
        bool there = value_find(own, shared.u.ctx[i].key, &mine);
        if (section.kind == VALUE_CONTEXT && (!there || mine.kind == VALUE_CONTEXT))
            own = value_with(c->a, own, shared.u.ctx[i].key, with_section(c, shared.u.ctx[i].key, mine, section));
        else if (!there)
            own = value_with(c->a, own, shared.u.ctx[i].key, section);
    }
    return own;
}

/* ---- decisions ---------------------------------------------------------------------------------------------------- */
bool pack_own_table(const Pack *p, size_t table) {
    return !p->inside->shared[table];
}
