/* dmn/index_in: the index of a decision table, shared by the file that builds it and the file that
 * reads it. For each column and each class of input values it holds the rules (as bits) whose cell
 * may hold: cells made of constants are decided here, all others are left as set bits and run. */
#ifndef YC_DMN_INDEX_IN_H
#define YC_DMN_INDEX_IN_H

#include "dmn/dmn_in.h"

typedef uint64_t Word;
typedef struct StringClass {
    uint64_t hash;   /* of text */
    Str text;        /* a constant of the column */
    const Word *row; /* NULL: an empty place of the hash table */
} StringClass;
typedef struct Points {  /* sorted constants; class 2i lies before point i, 2i+1 is the point, 2n after the last */
    size_t n;            /* points */
    const Value *values; /* numbers or dates, ascending */
    const int64_t *keys; /* the same as integers × 10^-scale; NULL when some number does not fit */
    int scale;           /* of keys */
    const Word *rows;    /* 2n+1 rows */
} Points;
typedef struct ColumnIndex {
    bool trivial;         /* every cell is irrelevant: the column excludes nothing */
    bool indexed;         /* false: every cell that is not irrelevant must be run */
    const Word *null_row; /* each row: `words` words of the Index */
    const Word *bool_rows[2];
    const Word *other_text; /* a string that is no constant of the column */
    StringClass *texts;     /* open hash table of text_cap places, a power of two */
    size_t text_cap;
    Points numbers, dates;
    const Word *residual; /* rules whose cell must be run even though the column is indexed */
} ColumnIndex;
struct Index {
    size_t words;         /* per row */
    ColumnIndex *columns; /* one per table column */
    const Word *residual; /* rules with at least one residual cell */
    const Word *all;      /* a bit for every rule */
};

static inline bool dmn_bit(const Word *row, size_t rule) {
    return (row[rule / 64] >> (rule % 64)) & 1;
}
/* The class of a number or date among the points. */
size_t dmn_index_class(const Points *points, Value v);

#endif
