/* load: BPMN bytes become a definition. Finds the executable processes, reads them, links them and
 * reports every fault at once. Also the plain questions about a definition. It never accepts an
 * element that would then do nothing. */
#include "bpmn/bpmn_in.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BPMN_NS "http://www.omg.org/spec/BPMN/20100524/MODEL"

/* People see an element, not what it is made of, though each part may have an id. */
static bool is_part(const XmlNode *xml) {
    static const char *const ends[] = {"EventDefinition", "LoopCharacteristics", "Expression", "ondition"};
    bool inside = xml->parent != NULL && !bpmn_is(xml->parent, "definitions"), part = str_starts(xml->name, STR("time"));
    for (size_t i = 0; i < COUNT_OF(ends); i++) part = part || str_ends(xml->name, str_of(ends[i]));
    return inside && part;
}

void bpmn_fault(BpmnLoad *l, const XmlNode *xml, const char *format, ...) {
    Err *err = errlist_add(l->faults, ERR_INVALID, "bpmn", "%s", "");
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err_file(err, l->files[l->file].name);
    if (xml == NULL) return;
    const XmlNode *named = xml;
    while (named != NULL && (!xml_has(named, "id") || is_part(named))) named = named->parent;
    if (named != NULL) err_element(err, xml_attr(named, "id"));
    err_at(err, xml->line, xml->column, -1);
}

bool bpmn_is(const XmlNode *xml, const char *name) {
    return str_is(xml->ns, BPMN_NS) && str_is(xml->name, name);
}

int bpmn_find_process(const BpmnProcess *p, Str id) {
    for (size_t i = 0; i < p->n_nodes; i++)
        if (p->nodes[i].kind == NODE_PROCESS && str_eq(p->nodes[i].seen.id, id)) return (int)i;
    return -1;
}

int bpmn_find(const BpmnProcess *p, int file, Str id) {
    for (size_t i = str_hash(id) & (p->n_index - 1);; i = (i + 1) & (p->n_index - 1)) {
        if (p->index[i] < 0) return -1;
        const BpmnElement *node = &p->nodes[p->index[i]];
        if (node->file == file && str_eq(node->seen.id, id)) return p->index[i];
    }
}

bool bpmn_executable(const XmlNode *xml) {
    return bpmn_is(xml, "process") && !str_is(xml_attr(xml, "isExecutable"), "false");
}

static Str hash_of(Arena *a, const BpmnFile *files, size_t n) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state sha;
    crypto_hash_sha256_init(&sha);
    for (size_t i = 0; i < n; i++)
        crypto_hash_sha256_update(&sha, (const unsigned char *)files[i].bytes.p, files[i].bytes.n);
    crypto_hash_sha256_final(&sha, digest);
    char *hex = arena_alloc(a, 2 * sizeof digest + 1);
    sodium_bin2hex(hex, 2 * sizeof digest + 1, digest, sizeof digest);
    return str_of(hex);
}

static XmlNode *parse(BpmnLoad *l, const BpmnFile *file) {
    XmlNode *root;
    Err err = {0};
    if (!xml_parse(file->bytes, l->a, &root, &err)) {
        err_file(&err, file->name);
        errlist_push(l->faults, &err);
        return NULL;
    }
    if (bpmn_is(root, "definitions")) return root;
    bpmn_fault(l, root, "this is no BPMN 2.0 file: its first element is \"" STR_FMT "\"",
               STR_ARG(str_head(root->name, 60)));
    return NULL;
}

static size_t count(const XmlNode *xml) {
    size_t n = 1;
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) n += count(x);
    return n;
}

static void make_room(BpmnLoad *l, size_t most) {
    BpmnProcess *p = l->p;
    p->n_index = 16;
    while (p->n_index < 2 * most) p->n_index *= 2;
    p->nodes = NEW_ARRAY(l->a, BpmnElement, most);
    p->flows = NEW_ARRAY(l->a, BpmnFlow, most);
    p->index = arena_alloc(l->a, p->n_index * sizeof *p->index);
    for (size_t i = 0; i < p->n_index; i++) p->index[i] = -1;
}

static void read_files(BpmnLoad *l, XmlNode *const *roots, size_t n) {
    for (size_t i = 0; i < n; i++) {
        l->file = (int)i;
        l->definitions = roots[i];
        bpmn_read_ids(l, count(roots[i]));
        for (const XmlNode *x = roots[i]->first; x != NULL; x = x->next)
            if (bpmn_executable(x)) bpmn_read(l, x);
        bpmn_check_file(l, roots[i]);
        bpmn_check_refs(l, roots[i]);
        bpmn_check_rules(l, roots[i]);
    }
    if (l->p->n_nodes == 0) bpmn_fault(l, l->definitions, "no process that is executable");
}

bool bpmn_load_files(const BpmnFile *files, size_t n, Arena *a, ErrList *faults, BpmnProcess **out) {
    assert(files != NULL && n > 0 && a != NULL && faults != NULL && out != NULL);
    size_t before = faults->n + faults->more, most = 1;
    BpmnProcess *p = NEW(a, BpmnProcess);
    BpmnLoad l = {
        .p = p, .root = feel_scope_root(a, FEEL_CAMUNDA, NULL, NULL), .a = a, .faults = faults, .files = files};
    XmlNode **roots = NEW_ARRAY(a, XmlNode *, n);
    for (size_t i = 0; i < n; i++) {
        l.file = (int)i;
        roots[i] = parse(&l, &files[i]);
        most += roots[i] == NULL ? 0 : count(roots[i]);
    }
    if (most > 20 * BPMN_NODES) bpmn_fault(&l, NULL, "more than %d elements", BPMN_NODES);
    if (faults->n + faults->more > before) return false;
    make_room(&l, most);
    read_files(&l, roots, n);
    if (p->n_nodes > 0) bpmn_link(&l);
    if (faults->n + faults->more > before) return false;
    p->id = p->nodes[0].seen.id;
    p->hash = hash_of(a, files, n);
    p->xml = str_copy(a, files[0].bytes);
    *out = p;
    return true;
}

bool bpmn_load(Str file, Str bytes, Arena *a, ErrList *faults, BpmnProcess **out) {
    return bpmn_load_files(&(BpmnFile){file, bytes}, 1, a, faults, out);
}

Str bpmn_id(const BpmnProcess *p) {
    return p->id;
}

Str bpmn_hash(const BpmnProcess *p) {
    return p->hash;
}

size_t bpmn_warnings(const BpmnProcess *p, const BpmnWarning **out) {
    *out = p->warnings;
    return p->n_warnings;
}

Str bpmn_xml(const BpmnProcess *p) {
    return p->xml;
}

size_t bpmn_nodes(const BpmnProcess *p) {
    return p->n_nodes;
}

const BpmnNode *bpmn_node(const BpmnProcess *p, int node) {
    assert(node >= 0 && (size_t)node < p->n_nodes);
    return &p->nodes[node].seen;
}

bool bpmn_starts_process(const BpmnProcess *p, int node) {
    assert(node >= 0 && (size_t)node < p->n_nodes);
    const BpmnElement *start = &p->nodes[node];
    return start->kind == NODE_START && p->nodes[start->scope].kind == NODE_PROCESS;
}
