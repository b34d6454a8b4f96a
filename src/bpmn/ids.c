/* ids: what each id of a file names. An id given twice is refused: a reference to it would be a guess. */
#include "bpmn/bpmn_in.h"

#include <stdlib.h>

static bool has_id(const BpmnLoad *l, const XmlNode *xml) {
    return str_eq(xml->ns, l->definitions->ns) && xml_attr(xml, "id").n > 0;
}

static size_t collect(const BpmnLoad *l, const XmlNode *xml, const XmlNode **out, size_t n) {
    if (has_id(l, xml)) out[n++] = xml;
    for (const XmlNode *x = xml->first; x != NULL; x = x->next) n = collect(l, x, out, n);
    return n;
}

static int by_id(const void *x, const void *y) {
    const XmlNode *a = *(const XmlNode *const *)x, *b = *(const XmlNode *const *)y;
    int order = str_cmp(xml_attr(a, "id"), xml_attr(b, "id"));
    if (order == 0) order = (a->line > b->line) - (a->line < b->line);
    return order != 0 ? order : (a->column > b->column) - (a->column < b->column);
}

void bpmn_read_ids(BpmnLoad *l, size_t most) {
    l->ids = NEW_ARRAY(l->a, const XmlNode *, most);
    l->n_ids = collect(l, l->definitions, l->ids, 0);
    qsort(l->ids, l->n_ids, sizeof *l->ids, by_id);
    for (size_t i = 1; i < l->n_ids; i++)
        if (str_eq(xml_attr(l->ids[i], "id"), xml_attr(l->ids[i - 1], "id")))
            bpmn_fault(l, l->ids[i], "the id \"" STR_FMT "\" is given twice", STR_ARG(str_head(xml_attr(l->ids[i], "id"), 60)));
}

const XmlNode *bpmn_named(const BpmnLoad *l, Str id) {
    size_t low = 0, high = l->n_ids;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(xml_attr(l->ids[middle], "id"), id) < 0) low = middle + 1;
        else high = middle;
    }
    return low < l->n_ids && str_eq(xml_attr(l->ids[low], "id"), id) ? l->ids[low] : NULL;
}
