/* dmn/ask: what a loaded model says of its decisions: their number, names, who needs whom, and the sources
 * of law they name. Reads only. */
#include "dmn/dmn_in.h"

static const Node *decision_at(const DmnModel *m, int decision) {
    assert(m != NULL && decision >= 0 && (size_t)decision < m->n_kind[DMN_DECISION]);
    return m->by_kind[DMN_DECISION][decision];
}

size_t dmn_decision_count(const DmnModel *m) {
    assert(m != NULL);
    return m->n_kind[DMN_DECISION];
}

Str dmn_decision_name(const DmnModel *m, int decision) { return decision_at(m, decision)->name; }

bool dmn_is_top(const DmnModel *m, int decision) {
    const Node *asked = decision_at(m, decision);
    for (size_t d = 0; d < m->n_kind[DMN_DECISION]; d++) {
        const Node *node = m->by_kind[DMN_DECISION][d];
        for (size_t i = 0; i < node->n_required; i++)
            if (node->required[i].node == asked) return false;
    }
    return true;
}

int dmn_table_decision(const DmnModel *m, int table) {
    assert(m != NULL && table >= 0 && (size_t)table < m->n_tables);
    const Node *owner = m->tables[table]->owner;
    return owner->kind == DMN_DECISION ? owner->index : -1;
}

Str dmn_table_file(const DmnModel *m, int table) {
    assert(m != NULL && table >= 0 && (size_t)table < m->n_tables);
    return m->tables[table]->owner->module->file;
}

size_t dmn_notes(const DmnModel *m, int table) {
    assert(m != NULL && table >= 0 && (size_t)table < m->n_tables);
    return m->tables[table]->n_notes;
}

Str dmn_note_name(const DmnModel *m, int table, size_t note) {
    assert(note < dmn_notes(m, table));
    return m->tables[table]->note_names[note];
}

/* ---- sources of law (Source: DMN 1.5 §6.2.4) ---------------------------------------------------------------------- */
/* Where the source lies, or what it is called. */
static Str source_text(const Module *mod, Str href) {
    for (const XmlNode *x = xml_child(mod->root, "knowledgeSource"); x != NULL; x = xml_next(x, "knowledgeSource")) {
        if (!str_eq(xml_attr(x, "id"), str_sub(href, 1, href.n))) continue;
        Str place = xml_attr(x, "locationURI");
        return place.n > 0 ? place : xml_attr(x, "name");
    }
    return STR("");
}

Str dmn_table_authority(const DmnModel *m, int table, size_t n) {
    assert(m != NULL && table >= 0 && (size_t)table < m->n_tables);
    const Node *owner = m->tables[table]->owner;
    for (const XmlNode *x = xml_child(owner->xml, "authorityRequirement"); x != NULL; x = xml_next(x, "authorityRequirement")) {
        const XmlNode *required = xml_child(x, "requiredAuthority");
        Str text = required != NULL ? source_text(owner->module, xml_attr(required, "href")) : STR("");
        if (text.n > 0 && n-- == 0) return text;
    }
    return STR("");
}
