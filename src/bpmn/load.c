/* load: BPMN bytes become a definition. Finds the one executable process, reads it, links it and
 * reports every fault at once. Also the plain questions about a definition. It never accepts an
 * element that would then do nothing. */
#include "bpmn/bpmn_in.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BPMN_NS "http://www.omg.org/spec/BPMN/20100524/MODEL"

void bpmn_fault(BpmnLoad *l, const XmlNode *xml, const char *format, ...) {
    Err *err = errlist_add(l->faults, ERR_INVALID, "bpmn", "%s", "");
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err_file(err, l->p->file);
    if (xml == NULL) return;
    const XmlNode *named = xml;
    while (named != NULL && !xml_has(named, "id")) named = named->parent;
    if (named != NULL) err_element(err, xml_attr(named, "id"));
    err_at(err, xml->line, xml->column, -1);
}

bool bpmn_is(const XmlNode *xml, const char *name) {
    return str_is(xml->ns, BPMN_NS) && str_is(xml->name, name);
}

int bpmn_find(const BpmnProcess *p, Str id) {
    for (size_t i = str_hash(id) & (p->n_index - 1);; i = (i + 1) & (p->n_index - 1)) {
        if (p->index[i] < 0) return -1;
        if (str_eq(p->nodes[p->index[i]].seen.id, id)) return p->index[i];
    }
}

static const XmlNode *only_process(BpmnLoad *l, const XmlNode *definitions) {
    const XmlNode *found = NULL;
    for (const XmlNode *x = definitions->first; x != NULL; x = x->next) {
        if (!bpmn_is(x, "process") || !str_is(xml_attr(x, "isExecutable"), "true")) continue;
        if (found != NULL)
            bpmn_fault(l, x, "a second executable process in one file");
        else
            found = x;
    }
    if (found == NULL) bpmn_fault(l, definitions, "no process with isExecutable=\"true\"");
    return found;
}

static Str hash_of(Arena *a, Str bytes) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const unsigned char *)bytes.p, bytes.n);
    char *hex = arena_alloc(a, 2 * sizeof digest + 1);
    sodium_bin2hex(hex, 2 * sizeof digest + 1, digest, sizeof digest);
    return str_of(hex);
}

bool bpmn_load(Str file, Str bytes, Arena *a, ErrList *faults, BpmnProcess **out) {
    assert(a != NULL && faults != NULL && out != NULL);
    size_t before = faults->n + faults->more;
    XmlNode *root;
    Err err = {0};
    if (!xml_parse(bytes, a, &root, &err)) {
        err_file(&err, file);
        errlist_push(faults, &err);
        return false;
    }
    BpmnProcess *p = NEW(a, BpmnProcess);
    BpmnLoad l = {.p = p, .root = feel_scope_root(a, FEEL_CAMUNDA, NULL, NULL), .a = a, .faults = faults};
    p->file = file;
    p->hash = hash_of(a, bytes);
    const XmlNode *process = NULL;
    if (!bpmn_is(root, "definitions"))
        bpmn_fault(&l, root, "this is no BPMN 2.0 file: its first element is \"" STR_FMT "\"",
                   STR_ARG(str_sub(root->name, 0, 60)));
    else
        process = only_process(&l, root);
    if (process == NULL) return false;
    p->id = xml_attr(process, "id");
    bpmn_read(&l, process);
    bpmn_link(&l);
    if (faults->n + faults->more > before) return false;
    *out = p;
    return true;
}

Str bpmn_id(const BpmnProcess *p) {
    return p->id;
}

Str bpmn_hash(const BpmnProcess *p) {
    return p->hash;
}

size_t bpmn_nodes(const BpmnProcess *p) {
    return p->n_nodes;
}

const BpmnNode *bpmn_node(const BpmnProcess *p, int node) {
    assert(node >= 0 && (size_t)node < p->n_nodes);
    return &p->nodes[node].seen;
}
