/* Compiles a pack from its files and answers simple questions about it. Every part loads as far as it
 * can, so that an author sees all faults at once. It must never let a pack with a fault through. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "pack/pack_in.h"

void pack_fault(PackCompile *c, Str file, Str element, const char *format, ...) {
    char text[320];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Err *err = errlist_add(c->faults, ERR_INVALID, "pack", "%s", text);
    err_file(err, file);
    err_element(err, element);
}

const PackFile *pack_file(const PackCompile *c, Str name) {
    for (size_t i = 0; i < c->n_files; i++) {
        if (!str_eq(c->files[i].name, name)) continue;
        c->used[i] = true;
        return &c->files[i];
    }
    return NULL;
}

bool pack_json(PackCompile *c, Str name, Value *out) {
    const PackFile *file = pack_file(c, name);
    Err err = {0};
    if (!file) {
        pack_fault(c, name, STR(""), "The file is missing.");
        return false;
    }
    if (json_parse(file->bytes, (JsonLimits){0}, c->a, out, &err)) return true;
    err_file(&err, name);
    errlist_push(c->faults, &err);
    return false;
}

const XmlNode *pack_xml(PackCompile *c, const PackFile *file) {
    XmlNode *root = NULL;
    for (size_t i = 0; i < c->n_xml; i++)
        if (c->xml[i].file == file) return c->xml[i].root;
    if (!file || !xml_parse(file->bytes, c->a, &root, NULL)) root = NULL;
    if (c->n_xml < PACK_XML_MAX) c->xml[c->n_xml++] = (PackXml){file, root};
    return root;
}

static int by_name(const void *left, const void *right) {
    const PackFile *const *x = left, *const *y = right;
    return str_cmp((*x)->name, (*y)->name);
}

/* SHA-256 over names and bytes, lengths between them, in the order of names: the same folder has the
 * same hash wherever it was read. */
static Str hash_files(const PackFile *files, size_t n, Arena *a) {
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    const PackFile **sorted = NEW_ARRAY(a, const PackFile *, n + 1);
    for (size_t i = 0; i < n; i++) sorted[i] = &files[i];
    qsort(sorted, n, sizeof *sorted, by_name);
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < n; i++) {
        uint64_t lengths[2] = {sorted[i]->name.n, sorted[i]->bytes.n};
        crypto_hash_sha256_update(&state, (const unsigned char *)lengths, sizeof lengths);
        crypto_hash_sha256_update(&state, (const unsigned char *)sorted[i]->name.p, sorted[i]->name.n);
        crypto_hash_sha256_update(&state, (const unsigned char *)sorted[i]->bytes.p, sorted[i]->bytes.n);
    }
    crypto_hash_sha256_final(&state, hash);
    char *hex = arena_alloc(a, sizeof hash * 2 + 1);
    sodium_bin2hex(hex, sizeof hash * 2 + 1, hash, sizeof hash);
    return str_of(hex);
}

/* The files that this pack is made of, known when every part has been loaded; its version is their hash. */
static void keep_files(PackCompile *c) {
    Pack *p = c->pack;
    p->files = NEW_ARRAY(c->a, PackFile, c->n_files + 1);
    for (size_t i = 0; i < c->n_files; i++)
        if (c->used[i]) p->files[p->n_files++] = c->files[i];
    p->hash = hash_files(p->files, p->n_files, c->a);
}

bool pack_compile(Str id, const PackFile *files, size_t n, Value authority, Arena *pack, ErrList *faults, Pack **out) {
    assert(files && pack && faults && faults->a && out);
    size_t before = faults->n + faults->more;
    PackCompile c = {.files = files,
                     .n_files = n,
                     .used = NEW_ARRAY(pack, bool, n + 1),
                     .a = pack,
                     .faults = faults,
                     .pack = NEW(pack, Pack),
                     .inside = NEW(pack, PackInside)};
    c.pack->id = str_copy(pack, id);
    c.pack->authority = value_copy(pack, authority);
    c.pack->inside = c.inside;
    c.pack->decision = c.pack->eligibility = c.pack->checklist = c.pack->fees = -1;
    for (size_t i = 0; i < n; i++) c.used[i] = !str_starts(files[i].name, STR(PACK_COMMON));
    pack_load_manifest(&c);
    pack_check_authority(&c);
    pack_load_drafts(&c);
    pack_load_law(&c);
    pack_load_parts(&c);
    pack_load_dated(&c);
    pack_load_service(&c);
    pack_load_guide(&c);
    pack_load_clocks(&c);
    pack_load_replay(&c);
    pack_check_names(&c);
    pack_check_outcomes(&c);
    pack_check_texts(&c);
    keep_files(&c);
    *out = faults->n + faults->more == before ? c.pack : NULL;
    return *out != NULL;
}

const PackArticle *pack_article(const Pack *p, Str ref) {
    for (size_t i = 0; i < p->n_articles; i++)
        if (str_eq(p->articles[i].ref, ref)) return &p->articles[i];
    return NULL;
}

const PackOutcome *pack_outcome(const Pack *p, Str code) {
    for (size_t i = 0; i < p->n_outcomes; i++)
        if (str_eq(p->outcomes[i].code, code)) return &p->outcomes[i];
    return NULL;
}

bool pack_decides(const Pack *p, Str key) {
    for (size_t i = 0; i < dmn_input_count(p->model); i++)
        if (str_eq(dmn_input_name(p->model, (int)i), key)) return true;
    return false;
}

Value pack_texts(const Pack *p, Str lang) {
    return str_is(lang, "zh") ? p->texts_zh : p->texts_en;
}

int pack_field(const Pack *p, Str key) {
    for (size_t i = 0; p->form && i < paper_fields(p->form); i++)
        if (str_eq(paper_key(p->form, i), key)) return (int)i;
    return -1;
}

size_t pack_rules_named(const Pack *p, Str rule) {
    size_t n = 0;
    for (size_t t = 0; p->model && t < dmn_tables(p->model); t++)
        for (size_t r = 0; r < dmn_rules(p->model, (int)t); r++)
            n += str_eq(dmn_rule_id(p->model, (int)t, (int)r), rule);
    return n;
}

Str pack_next_ref(Str *citation) {
    *citation = str_trim(*citation);
    size_t n = 0;
    while (n < citation->n && (unsigned char)citation->p[n] > ' ') n++;
    Str ref = str_sub(*citation, 0, n);
    *citation = str_sub(*citation, n, citation->n - n);
    return ref;
}
