/* base/xml: XML text → a tree of elements, by expat. For the files of a pack (DMN, BPMN) and for
 * test kits. Never expands entities or follows references: a DOCTYPE is refused, so nothing outside
 * the bytes is ever read. Depth, size and number of elements are limited; line and column are kept.
 * Namespace declarations stay visible as attributes of the namespace XMLNS, as in DOM. */
#include "base/base.h"

#include <expat.h>
#include <string.h>

enum { XML_DEPTH = 64, XML_BYTES = 8 << 20, XML_NODES = 500000, XML_ATTRS = 1000 };
#define XMLNS "http://www.w3.org/2000/xmlns/"
/* No XML document can hold a form feed, so no namespace URI can either. */
#define SEPARATOR '\f'

typedef struct Open { /* an element whose end has not been seen */
    XmlNode *node;    /* in the tree already */
    XmlNode *last;    /* its last child so far, or NULL */
    size_t cap;       /* bytes allocated for its text */
} Open;

typedef struct Reader {
    Arena *a;                    /* owner of the tree */
    XML_Parser expat;            /* freed before xml_parse returns */
    Open open[XML_DEPTH];        /* the path from the root */
    int depth;                   /* entries of `open` in use */
    size_t n_nodes;              /* elements so far */
    XmlNode *root;               /* NULL until the first element */
    XmlAttr declared[XML_ATTRS]; /* namespaces declared for the element to come */
    size_t n_declared;           /* entries of `declared` in use */
    const char *refused;         /* why reading was stopped, or NULL */
    ErrCode code;                /* goes with `refused` */
} Reader;

static void refuse(Reader *r, ErrCode code, const char *why) {
    if (r->refused == NULL) {
        r->refused = why;
        r->code = code;
        XML_StopParser(r->expat, XML_FALSE);
    }
}

/* "uri\flocal" → two texts. */
static Str split_name(Arena *a, const char *expanded, Str *ns) {
    const char *cut = strchr(expanded, SEPARATOR);
    if (cut == NULL) {
        *ns = STR("");
        return str_copy(a, str_of(expanded));
    }
    *ns = str_copy(a, (Str){expanded, (size_t)(cut - expanded)});
    return str_copy(a, str_of(cut + 1));
}

static void copy_attrs(Reader *r, XmlNode *node, const char **pairs) {
    size_t given = 0;
    while (pairs[2 * given] != NULL) given++;
    node->n_attrs = given + r->n_declared;
    node->attrs = NEW_ARRAY(r->a, XmlAttr, node->n_attrs);
    for (size_t i = 0; i < given; i++) {
        XmlAttr *attr = &node->attrs[i];
        attr->name = split_name(r->a, pairs[2 * i], &attr->ns);
        attr->value = str_copy(r->a, str_of(pairs[2 * i + 1]));
    }
    if (r->n_declared > 0) memcpy(node->attrs + given, r->declared, r->n_declared * sizeof(XmlAttr));
    r->n_declared = 0;
}

static void XMLCALL on_namespace(void *user, const char *prefix, const char *uri) {
    Reader *r = user;
    if (r->n_declared == XML_ATTRS) {
        refuse(r, ERR_LIMIT, "too many namespaces are declared on one element");
        return;
    }
    r->declared[r->n_declared++] = (XmlAttr){
        .ns = STR(XMLNS),
        .name = str_copy(r->a, str_of(prefix)),
        .value = str_copy(r->a, str_of(uri)),
    };
}

static void XMLCALL on_start(void *user, const char *name, const char **pairs) {
    Reader *r = user;
    if (r->refused != NULL) return;
    if (r->depth == XML_DEPTH) {
        refuse(r, ERR_LIMIT, "elements are nested more than 64 deep");
        return;
    }
    if (++r->n_nodes > XML_NODES) {
        refuse(r, ERR_LIMIT, "more than 500,000 elements");
        return;
    }
    XmlNode *node = NEW(r->a, XmlNode);
    node->name = split_name(r->a, name, &node->ns);
    node->line = (int)XML_GetCurrentLineNumber(r->expat);
    node->column = (int)XML_GetCurrentColumnNumber(r->expat) + 1;
    copy_attrs(r, node, pairs);
    if (r->depth == 0) {
        r->root = node;
    } else {
        Open *above = &r->open[r->depth - 1];
        node->parent = above->node;
        if (above->last == NULL)
            above->node->first = node;
        else
            above->last->next = node;
        above->last = node;
    }
    r->open[r->depth++] = (Open){.node = node};
}

static void XMLCALL on_end(void *user, const char *name) {
    Reader *r = user;
    (void)name;
    if (r->refused == NULL) r->depth--;
}

static void XMLCALL on_text(void *user, const char *bytes, int n) {
    Reader *r = user;
    if (r->refused != NULL || r->depth == 0) return;
    Open *open = &r->open[r->depth - 1];
    Str *text = &open->node->text;
    size_t wanted = text->n + (size_t)n;
    if (wanted > open->cap) {
        size_t cap = open->cap * 2 > wanted ? open->cap * 2 : wanted;
        text->p = arena_grow(r->a, (void *)text->p, open->cap, cap);
        open->cap = cap;
    }
    memcpy((char *)text->p + text->n, bytes, (size_t)n);
    text->n = wanted;
}

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public_id, int internal) {
    (void)name, (void)system, (void)public_id, (void)internal;
    refuse(user, ERR_INPUT, "a DOCTYPE is not accepted");
}

static bool read_all(Reader *r, Str bytes, Err *err) {
    XML_SetUserData(r->expat, r);
    XML_SetElementHandler(r->expat, on_start, on_end);
    XML_SetNamespaceDeclHandler(r->expat, on_namespace, NULL);
    XML_SetCharacterDataHandler(r->expat, on_text);
    XML_SetStartDoctypeDeclHandler(r->expat, on_doctype);
    if (XML_Parse(r->expat, bytes.p, (int)bytes.n, XML_TRUE) == XML_STATUS_OK) return true;
    if (r->refused != NULL) {
        err_set(err, r->code, "xml", "The XML is refused: %s.", r->refused);
    } else {
        err_set(err, ERR_INPUT, "xml", "The XML is not well formed: %s.", XML_ErrorString(XML_GetErrorCode(r->expat)));
    }
    err_at(err, (int)XML_GetCurrentLineNumber(r->expat), (int)XML_GetCurrentColumnNumber(r->expat) + 1,
           XML_GetCurrentByteIndex(r->expat));
    return false;
}

bool xml_parse(Str bytes, Arena *a, XmlNode **root, Err *err) {
    assert(a != NULL && root != NULL);
    assert(bytes.p != NULL || bytes.n == 0);
    if (bytes.n > XML_BYTES) return err_set(err, ERR_LIMIT, "xml", "The XML is larger than 8 MiB.");
    if (bytes.n == 0) return err_set(err, ERR_INPUT, "xml", "The XML is empty.");
    Reader *r = NEW(a, Reader);
    r->a = a;
    r->expat = XML_ParserCreateNS(NULL, SEPARATOR);
    assert(r->expat != NULL);
    bool ok = read_all(r, bytes, err);
    XML_ParserFree(r->expat);
    TRY(ok);
    *root = r->root;
    return true;
}

Str xml_attr_ns(const XmlNode *node, const char *ns, const char *name) {
    assert(node != NULL && ns != NULL && name != NULL);
    for (size_t i = 0; i < node->n_attrs; i++) {
        if (str_is(node->attrs[i].name, name) && str_is(node->attrs[i].ns, ns)) return node->attrs[i].value;
    }
    return STR("");
}

Str xml_attr(const XmlNode *node, const char *name) {
    return xml_attr_ns(node, "", name);
}

bool xml_has(const XmlNode *node, const char *name) {
    assert(node != NULL && name != NULL);
    for (size_t i = 0; i < node->n_attrs; i++) {
        if (node->attrs[i].ns.n == 0 && str_is(node->attrs[i].name, name)) return true;
    }
    return false;
}

static const XmlNode *find_from(const XmlNode *node, const char *name) {
    while (node != NULL && !str_is(node->name, name)) node = node->next;
    return node;
}

const XmlNode *xml_child(const XmlNode *node, const char *name) {
    assert(node != NULL && name != NULL);
    return find_from(node->first, name);
}

const XmlNode *xml_next(const XmlNode *node, const char *name) {
    assert(node != NULL && name != NULL);
    return find_from(node->next, name);
}
