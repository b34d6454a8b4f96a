/* dmn/cover: counts what a set of decided cases shows of each table: which rules produced a result, and
 * which cells were once the only one of their rule to fail (MC/DC: the cell alone kept the rule out). */
#include "dmn/dmn_in.h"

DmnCover *dmn_cover(const DmnModel *m, Arena *a) {
    assert(m != NULL && a != NULL);
    DmnCover *cover = NEW(a, DmnCover);
    cover->m = m;
    cover->tables = NEW_ARRAY(a, DmnTableCover, m->n_tables);
    for (size_t i = 0; i < m->n_tables; i++) {
        const Table *t = m->tables[i];
        cover->tables[i].rules = NEW_ARRAY(a, size_t, t->n_rules);
        cover->tables[i].cells = NEW_ARRAY(a, bool, t->n_rules * t->n_columns);
    }
    return cover;
}

/* The only cell of a rule that fails, or -1 when none or several do. */
static int only_failed(FeelRun *run, const Table *t, const DmnHit *hit, size_t rule) {
    const FeelFrame *frame = hit->frame != NULL ? hit->frame : t->blank;
    int failed = -1;
    for (size_t c = 0; c < t->n_columns; c++) {
        if (dmn_cell_holds(run, &t->cells[rule * t->n_columns + c], frame, hit->inputs[c])) continue;
        if (failed >= 0) return -1;
        failed = (int)c;
    }
    return failed;
}

void dmn_cover_add(DmnCover *cover, const DmnTrace *trace, FeelRun *run) {
    assert(cover != NULL && trace != NULL && run != NULL);
    for (size_t i = 0; i < trace->n; i++) {
        const DmnHit *hit = &trace->hits[i];
        const Table *t = cover->m->tables[hit->table];
        DmnTableCover *seen = &cover->tables[hit->table];
        seen->n_hits++;
        seen->no_rule += hit->n_rules == 0;
        for (size_t r = 0; r < hit->n_rules; r++) seen->rules[hit->rules[r]]++;
        for (size_t r = 0; r < t->n_rules; r++) {
            int cell = only_failed(run, t, hit, r);
            if (cell >= 0) seen->cells[r * t->n_columns + (size_t)cell] = true;
        }
    }
}

bool dmn_cell_matters(const DmnModel *m, int table, int rule, int input) {
    assert(m != NULL && table >= 0 && (size_t)table < m->n_tables);
    const Table *t = m->tables[table];
    assert(rule >= 0 && (size_t)rule < t->n_rules && input >= 0 && (size_t)input < t->n_columns);
    return t->cells[(size_t)rule * t->n_columns + (size_t)input].code != NULL;
}
