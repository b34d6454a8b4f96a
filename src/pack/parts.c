/* Loads what other rooms understand: form, process, model, letters, and the plain data files. Their faults
 * pass through with file, element and cell; a form or model with faults is kept, so that the names which
 * point into it are checked in the same run. It must never judge what those rooms judge. */
#include "pack/pack_in.h"

Str pack_named(const PackCompile *c, const char *key, Str customary) {
    Str name = value_get_str(c->pack->json, key);
    return name.n > 0 ? name : customary;
}

static const PackFile *named_file(PackCompile *c, const char *key, Str customary) {
    Str name = pack_named(c, key, customary);
    const PackFile *file = pack_file(c, name);
    if (!file)
        pack_fault(c, STR("pack.json"), pack_at(c->a, STR(""), str_of(key)), "The file " STR_FMT " is missing.",
                   STR_ARG(name));
    return file;
}

static void load_form(PackCompile *c) {
    const PackFile *file = named_file(c, "form", STR("form.json"));
    Str bytes = file ? file->bytes : STR("");
    Err err = {0};
    if (!file) return;
    if (json_parse(bytes, (JsonLimits){0}, c->a, &c->form_json, NULL) && str_find(bytes, STR("\"include\"")) >= 0) {
        c->form_json = pack_with_includes(c, c->form_json);
        bytes = json_text(c->a, c->form_json);
    }
    if (!paper_load_lenient(file->name, bytes, c->a, c->faults, &c->pack->form)) return;
    if (!json_parse(bytes, (JsonLimits){0}, c->a, &c->form_json, &err)) errlist_push(c->faults, &err);
    for (size_t i = 0; paper_picture(c->pack->form, i).n > 0; i++) {
        Str name = paper_picture(c->pack->form, i);
        if (!pack_file(c, name)) pack_fault(c, file->name, STR(""), "The file " STR_FMT " is missing.", STR_ARG(name));
    }
}

static void load_process(PackCompile *c) {
    const PackFile *file = named_file(c, "process", STR("process.bpmn"));
    /* Its faults are in the list; without it, names that point into it are not checked. */
    if (file && !bpmn_load(file->name, file->bytes, c->a, c->faults, &c->pack->process)) c->pack->process = NULL;
}

/* The model and the files of common/ that it imports: locationURI="../common/decisions/….dmn", as seen from the pack. */
static size_t model_sources(PackCompile *c, const PackFile *file, DmnSource *out, size_t most) {
    const XmlNode *root = pack_xml(c, file);
    Str up = STR("../");
    size_t n = 0;
    out[n++] = (DmnSource){file->name, file->bytes};
    if (!root) return n; /* room dmn tells */
    for (const XmlNode *x = xml_child(root, "import"); x && n < most; x = xml_next(x, "import")) {
        Str place = xml_attr(x, "locationURI");
        const PackFile *found = pack_file(c, str_starts(place, up) ? str_sub(place, up.n, place.n) : place);
        if (found) out[n++] = (DmnSource){found->name, found->bytes};
    }
    return n;
}

/* Which tables stand in imported files: their rules are tried by the cases of all packs that share them. */
static void mark_shared(PackCompile *c, const DmnSource *sources, size_t n) {
    const DmnModel *m = c->pack->model;
    c->inside->shared = NEW_ARRAY(c->a, bool, dmn_tables(m) + 1);
    for (size_t t = 0; n > 1 && t < dmn_tables(m); t++) c->inside->shared[t] = !str_eq(dmn_table_file(m, (int)t), sources[0].name);
}

static void load_model(PackCompile *c) {
    enum { SOURCES = 8 };
    DmnSource sources[SOURCES];
    const PackFile *file = named_file(c, "decisions", STR("decide.dmn"));
    if (!file) return;
    size_t n = model_sources(c, file, sources, SOURCES);
    if (!dmn_load(sources, n, (DmnOptions){.dialect = FEEL_STANDARD, .lenient = true}, c->a, c->faults, &c->pack->model)) return;
    mark_shared(c, sources, n);
    Str decision = value_get_str(c->pack->json, "decision");
    if (decision.n == 0) return;
    c->pack->decision = dmn_find(c->pack->model, DMN_DECISION, decision);
    if (c->pack->decision < 0)
        pack_fault(c, STR("pack.json"), STR("/decision"), "The model " STR_FMT " has no decision " STR_FMT ".",
                   STR_ARG(file->name), STR_ARG(decision));
}

static void load_letter(PackCompile *c, Str at, Value entry, const char *lang) {
    Str name = value_get_str(entry, lang);
    if (name.n == 0) return;
    const PackFile *file = pack_file(c, name);
    Err err = {0};
    if (!file) {
        pack_fault(c, STR("pack.json"), pack_at(c->a, at, str_of(lang)), "The file " STR_FMT " is missing.",
                   STR_ARG(name));
        return;
    }
    PackLetter letter = {.id = value_get_str(entry, "id"), .lang = str_of(lang)};
    if (paper_letter(name, pack_with_partials(c, name, file->bytes, lang), c->a, &letter.body, &err)) {
        c->pack->letters[c->pack->n_letters++] = letter;
        return;
    }
    err_file(&err, name);
    errlist_push(c->faults, &err);
}

static void load_letters(PackCompile *c) {
    c->pack->letters = NEW_ARRAY(c->a, PackLetter, c->letters.size * 2 + 1);
    for (uint32_t i = 0; i < c->letters.size; i++) {
        Str at = pack_at_item(c->a, STR("/letters"), i);
        load_letter(c, at, c->letters.u.list[i], "zh");
        load_letter(c, at, c->letters.u.list[i], "en");
    }
}

void pack_load_parts(PackCompile *c) {
    load_form(c);
    load_process(c);
    load_model(c);
    load_letters(c);
    if (pack_json(c, STR("texts/zh.json"), &c->pack->texts_zh))
        c->pack->texts_zh = pack_with_texts(c, c->pack->texts_zh, "zh");
    if (pack_json(c, STR("texts/en.json"), &c->pack->texts_en))
        c->pack->texts_en = pack_with_texts(c, c->pack->texts_en, "en");
    Value *cases = &c->pack->cases;
    if (pack_json(c, STR("cases.json"), cases) && (cases->kind != VALUE_LIST || cases->size > PACK_CASES_MAX)) {
        pack_fault(c, STR("cases.json"), STR(""), "This must be a list of at most %d worked cases.", PACK_CASES_MAX);
        *cases = value_null();
    }
}
