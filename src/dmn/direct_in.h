/* dmn/direct_in: the usual decision, one table over input data alone, prepared so that it is decided
 * without frames and memory: for one case (direct.c) or for columns of cases (columns.c). Both give
 * exactly what the general way gives, or leave the case to it. */
#ifndef YC_DMN_DIRECT_IN_H
#define YC_DMN_DIRECT_IN_H

#include "dmn/index_in.h"

enum { DMN_MOST_DIRECT = 24, DMN_ANY_KIND = 255 };

typedef struct DirectColumn {
    const ColumnIndex *index; /* NULL: excludes nothing */
    size_t input;             /* slot of the input data it reads */
    uint8_t kind;             /* ValueKind of values that need no coercion, or DMN_ANY_KIND */
} DirectColumn;
struct Direct {
    const Table *t;
    const Node *node;       /* the decision */
    size_t n;               /* columns, as in the table */
    DirectColumn columns[]; /* in the table's order */
};

enum { DIRECT_NONE = -1, DIRECT_UNSURE = -2 };
/* The one rule among those left in a word; DIRECT_UNSURE when a cell must be run or several are left
 * where that matters. */
static inline int dmn_direct_rule(const Table *t, size_t word, Word left) {
    if (left == 0) return DIRECT_NONE;
    Word first = left & -left;
    if (t->policy == HIT_FIRST) left = first;
    if (left != first || (left & t->index->residual[word]) != 0) return DIRECT_UNSURE;
    return (int)(word * 64) + __builtin_ctzll(first);
}

#endif
