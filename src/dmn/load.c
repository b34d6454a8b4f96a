/* dmn/load: from the bytes of one or more files to a model: finds the modules an import names, runs
 * the stages (types, nodes, requirements, order, logic) and gathers all faults on the way. It never
 * stops at the first fault, and it never hands out a model with one unless the caller is lenient. */
#include "dmn/dmn_in.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *ns; /* namespace of the elements */
    bool is_1_1;    /* typeRefs are QNames there */
} versions[] = {
    {"https://www.omg.org/spec/DMN/20230324/MODEL/", false}, {"https://www.omg.org/spec/DMN/20211108/MODEL/", false},
    {"https://www.omg.org/spec/DMN/20191111/MODEL/", false}, {"http://www.omg.org/spec/DMN/20180521/MODEL/", false},
    {"http://www.omg.org/spec/DMN/20151101/dmn.xsd", true},
};

static int version_of(Str ns) {
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        if (str_is(ns, versions[i].ns)) return (int)i;
    }
    return -1;
}

/* ---- faults ---------------------------------------------------------------------------------- */
static Str element_of(const XmlNode *at) {
    for (; at != NULL; at = at->parent) {
        if (xml_attr(at, "id").n > 0) return xml_attr(at, "id");
        if (xml_attr(at, "name").n > 0) return xml_attr(at, "name");
    }
    return STR("");
}

static void place(Err *err, const Module *mod, const XmlNode *at, const char *cell) {
    err_file(err, mod->file);
    if (at != NULL) {
        err_element(err, element_of(at));
        err_at(err, at->line, at->column, -1);
    }
    snprintf(err->cell, sizeof err->cell, "%s", cell);
}

void dmn_fault(Loader *l, const Module *mod, const XmlNode *at, const char *cell, const char *format, ...) {
    Err err = {0};
    char text[sizeof err.text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set(&err, ERR_INVALID, "dmn", "%s", text);
    place(&err, mod, at, cell);
    errlist_push(l->faults, &err);
}

bool dmn_within(Loader *l, const Module *mod, const XmlNode *at, size_t n, size_t most, const char *what) {
    if (n <= most) return true;
    dmn_fault(l, mod, at, "", "There are more than %zu %s.", most, what);
    return false;
}

static int leading_lines(Str text) {
    int n = 0;
    for (size_t i = 0; i < text.n && strchr(" \t\r\n", text.p[i]) != NULL; i++) n += text.p[i] == '\n';
    return n;
}

/* So much of the first line that it fits a message; no character is cut. */
static int shown(Str text) {
    size_t n = 0;
    while (n < text.n && n < 80 && text.p[n] != '\n') n++;
    while (n < text.n && n > 0 && (text.p[n] & 0xC0) == 0x80) n--;
    return (int)n;
}

/* A fault inside an expression, shown with it. Its line counts from that of the text element; the column is the
 * element's, because what an entity such as &lt; was written with is not known any more. */
static void expression_fault(Loader *l, const Module *mod, const XmlNode *at, const char *cell, const Err *inner) {
    const XmlNode *node = xml_child(at, "text");
    Str text = dmn_child_text(at, "text");
    Err err = *inner;
    if (text.n > 0)
        err_set(&err, inner->code, inner->room, "in `" STR_FMT "%s`: %s", shown(text), text.p,
                (size_t)shown(text) < text.n ? "…" : "", inner->text);
    place(&err, mod, at, cell);
    if (node != NULL) {
        int down = leading_lines(node->text) + (inner->line > 0 ? inner->line - 1 : 0);
        err_at(&err, node->line + down, down == 0 ? node->column : 0, inner->offset);
    }
    errlist_push(l->faults, &err);
}

Str dmn_child_text(const XmlNode *node, const char *name) {
    const XmlNode *child = xml_child(node, name);
    return child == NULL ? STR("") : str_trim(child->text);
}

size_t dmn_count(const XmlNode *node, const char *name) {
    size_t n = 0;
    for (const XmlNode *c = xml_child(node, name); c != NULL; c = xml_next(c, name)) n++;
    return n;
}

static bool is_feel(Str language) {
    return language.n == 0 || str_find(language, STR("FEEL")) >= 0 || str_is(language, "feel");
}

bool dmn_code(Loader *l, const Module *mod, const Scope *scope, FeelEntry entry, const XmlNode *at, const char *cell,
              const FeelCode **out) {
    Str language = xml_attr(at, "expressionLanguage");
    if (language.n == 0) language = xml_attr(mod->root, "expressionLanguage");
    if (!is_feel(language)) {
        dmn_fault(l, mod, at, cell, "The expression language \"" STR_FMT "\" is not FEEL.", STR_ARG(language));
        return false;
    }
    Err err = {0};
    ErrList notes = {.a = l->a};
    if (!feel_compile(scope->feel, entry, dmn_child_text(at, "text"), l->a, out, &notes, &err)) {
        expression_fault(l, mod, at, cell, &err);
        return false;
    }
    for (size_t i = 0; i < notes.n; i++) expression_fault(l, mod, at, cell, &notes.items[i]);
    return true;
}

/* ---- modules and imports --------------------------------------------------------------------- */
static bool read_module(Loader *l, const DmnSource *source, Module *mod) {
    mod->file = str_copy(l->a, source->name);
    mod->loader = l;
    XmlNode *root;
    Err err = {0};
    if (!xml_parse(source->bytes, l->a, &root, &err)) {
        err_file(&err, source->name);
        errlist_push(l->faults, &err);
        return false;
    }
    mod->root = root;
    int version = version_of(root->ns);
    if (!str_is(root->name, "definitions") || version < 0) {
        dmn_fault(l, mod, root, "",
                  "This is not a DMN 1.1 to 1.5 model: the root is \"" STR_FMT "\" in \"" STR_FMT "\".",
                  STR_ARG(root->name), STR_ARG(root->ns));
        return false;
    }
    mod->is_1_1 = versions[version].is_1_1;
    mod->name = xml_attr(root, "name");
    mod->ns = xml_attr(root, "namespace");
    return true;
}

/* files[1…] may be all that lies in a folder: what is wrong with one of them matters only when an import is not found. */
static bool read_files(Loader *l, const DmnSource *files, size_t n) {
    ErrList *faults = l->faults;
    l->files = NEW_ARRAY(l->a, Module, n);
    for (size_t i = 0; i < n; i++) {
        l->faults = i == 0 ? faults : &l->unread;
        bool read = read_module(l, &files[i], &l->files[l->n_files]);
        l->faults = faults;
        if (!read && i == 0) return false;
        l->n_files += read;
    }
    return true;
}

/* The imported file; NULL, with a fault, when there is none or more than one. */
static const Module *file_of(Loader *l, const Module *mod, const XmlNode *import, Str ns) {
    const Module *found = NULL;
    for (size_t i = 0; i < l->n_files; i++) {
        if (!str_eq(l->files[i].ns, ns)) continue;
        if (found != NULL) {
            dmn_fault(l, mod, import, "",
                      "Two files have the imported namespace \"" STR_FMT "\": " STR_FMT " and " STR_FMT ".",
                      STR_ARG(ns), STR_ARG(found->file), STR_ARG(l->files[i].file));
            return NULL;
        }
        found = &l->files[i];
    }
    if (found != NULL) return found;
    dmn_fault(l, mod, import, "", "The imported model \"" STR_FMT "\" is not among the files.", STR_ARG(ns));
    for (size_t i = 0; i < l->unread.n; i++) errlist_push(l->faults, &l->unread.items[i]);
    l->unread.n = 0;
    return NULL;
}

static bool instantiate(Loader *l, const Module *file, const Module *importer, Module **out);

static bool read_import(Loader *l, Module *mod, const XmlNode *x, Import *import) {
    Str type = xml_attr(x, "importType"), ns = xml_attr(x, "namespace");
    import->name = feel_name(l->a, xml_attr(x, "name"));
    if (version_of(type) < 0) {
        dmn_fault(l, mod, x, "", "Only DMN models can be imported, not \"" STR_FMT "\".", STR_ARG(type));
        return true;
    }
    const Module *file = file_of(l, mod, x, ns);
    return file == NULL || instantiate(l, file, mod, &import->module);
}

/* Each importer has its own instance of a file, because each supplies its input data under its own
 * prefix. Source: DMN 1.5 §6.3.3: imports must not be circular. */
static bool instantiate(Loader *l, const Module *file, const Module *importer, Module **out) {
    DmnModel *m = l->m;
    for (const Module *above = importer; above != NULL; above = above->importer) {
        if (!str_eq(above->ns, file->ns)) continue;
        dmn_fault(l, above, above->root, "", "The model imports itself, directly or through another.");
        return false;
    }
    TRY(dmn_within(l, file, file->root, m->n_modules + 1, DMN_MOST_MODULES, "imported models"));
    Module *mod = &m->modules[m->n_modules++];
    *mod = *file;
    mod->importer = importer;
    mod->imports = NEW_ARRAY(l->a, Import, dmn_count(mod->root, "import"));
    for (const XmlNode *x = xml_child(mod->root, "import"); x != NULL; x = xml_next(x, "import")) {
        TRY(read_import(l, mod, x, &mod->imports[mod->n_imports++]));
    }
    if (out != NULL) *out = mod;
    return true;
}

static void hash_sources(DmnModel *m, const DmnSource *files, size_t n) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < n; i++) {
        /* The length goes in first, so that moving bytes between files changes the hash. */
        uint64_t length = files[i].bytes.n;
        unsigned char prefix[8];
        for (int k = 0; k < 8; k++) prefix[k] = (unsigned char)(length >> (8 * k));
        crypto_hash_sha256_update(&state, prefix, sizeof prefix);
        crypto_hash_sha256_update(&state, (const unsigned char *)files[i].bytes.p, files[i].bytes.n);
    }
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(m->hash, sizeof m->hash, digest, sizeof digest);
}

/* ---- the stages ------------------------------------------------------------------------------ */
static void compile_logic(Loader *l, Node *node) {
    const XmlNode *logic = node->xml;
    Scope *scope = dmn_graph_scope(l, node);
    l->owner = node;
    if (node->kind == DMN_BKM) {
        logic = xml_child(node->xml, "encapsulatedLogic");
        scope = dmn_scope_inner(l, scope);
        for (size_t i = 0; i < node->n_params; i++) dmn_scope_add(l, scope, node->params[i].name, node->params[i].type);
    }
    const XmlNode *xml = logic == NULL ? NULL : dmn_box_in(logic);
    if (xml != NULL) {
        node->body = dmn_box_compile(l, node->module, scope, xml);
        if (!dmn_type_within(node->body->known, node->type)) node->result = node->type;
    } else {
        node->body = dmn_box_null(l, "missing", "It has no logic.");
    }
}

static void compile_all(Loader *l) {
    DmnModel *m = l->m;
    for (size_t i = 0; i < m->n_kind[DMN_BKM]; i++) compile_logic(l, m->by_kind[DMN_BKM][i]);
    for (size_t i = 0; i < m->n_kind[DMN_DECISION]; i++) {
        Node *node = m->by_kind[DMN_DECISION][i];
        compile_logic(l, node);
        node->plan.direct = dmn_direct_build(l->a, m, node);
    }
    l->owner = NULL;
}

static bool load(Loader *l, const DmnSource *files, size_t n) {
    DmnModel *m = l->m;
    hash_sources(m, files, n);
    TRY(read_files(l, files, n));
    m->modules = NEW_ARRAY(l->a, Module, DMN_MOST_MODULES);
    TRY(instantiate(l, &l->files[0], NULL, NULL));
    m->name = m->modules[0].name;
    for (size_t i = 0; i < m->n_modules; i++) {
        Module *mod = &m->modules[i];
        mod->root_scope.feel = feel_scope_root(l->a, l->options.dialect, dmn_type_lookup, mod);
        if (l->options.registry != NULL) feel_scope_registry(mod->root_scope.feel, l->options.registry);
        TRY(dmn_types_collect(l, mod));
    }
    for (size_t i = 0; i < m->n_modules; i++) dmn_types_resolve(l, &m->modules[i]);
    TRY(dmn_graph_nodes(l));
    dmn_graph_requirements(l);
    TRY(dmn_graph_order(l));
    dmn_native_all(l);
    compile_all(l);
    if (arena_full(l->a)) {
        dmn_fault(l, &m->modules[0], NULL, "", "The model takes too much memory.");
        return false;
    }
    for (size_t i = 0; i < m->n_modules; i++) m->modules[i].loader = NULL;
    return true;
}

bool dmn_load(const DmnSource *files, size_t n, DmnOptions options, Arena *a, ErrList *faults, DmnModel **out) {
    assert(files != NULL && n > 0 && a != NULL && faults != NULL && faults->a != NULL && out != NULL);
    size_t before = faults->n + faults->more;
    Loader l = {
        .a = a,
        .faults = faults,
        .unread = {.a = a},
        .options = options,
        .m = NEW(a, DmnModel),
        .run = {.arena = a, .fuel = FEEL_FUEL},
    };
    TRY(load(&l, files, n));
    if (!options.lenient && faults->n + faults->more > before) return false;
    *out = l.m;
    return true;
}

/* ---- what a model says of itself ------------------------------------------------------------- */
Str dmn_hash(const DmnModel *m) {
    assert(m != NULL);
    return (Str){m->hash, 64};
}

Str dmn_name(const DmnModel *m) {
    assert(m != NULL);
    return m->name;
}

int dmn_find(const DmnModel *m, DmnKind kind, Str name_or_id) {
    assert(m != NULL && (unsigned)kind <= DMN_SERVICE);
    for (size_t i = 0; i < m->n_kind[kind]; i++) {
        if (str_eq(m->by_kind[kind][i]->name, name_or_id)) return (int)i;
    }
    for (size_t i = 0; i < m->n_kind[kind]; i++) {
        if (str_eq(m->by_kind[kind][i]->id, name_or_id)) return (int)i;
    }
    return -1;
}

size_t dmn_input_count(const DmnModel *m) {
    assert(m != NULL);
    return m->n_kind[DMN_INPUT];
}

static const Node *input_at(const DmnModel *m, int input) {
    assert(m != NULL && input >= 0 && (size_t)input < m->n_kind[DMN_INPUT]);
    return m->by_kind[DMN_INPUT][input];
}

Str dmn_input_name(const DmnModel *m, int input) {
    return input_at(m, input)->name;
}

const FeelType *dmn_input_type(const DmnModel *m, int input) {
    const FeelType *type = input_at(m, input)->type;
    return type != NULL ? type : feel_type(FEEL_ANY);
}
