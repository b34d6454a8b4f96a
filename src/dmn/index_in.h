/* dmn/index_in: the index of a decision table, shared by the file that builds it and the files that
 * read it. For each column and each class of input values it holds the rules (as bits) whose cell
 * may hold: cells made of constants are decided here, all others are left as set bits and run. Finding
 * a value's row is inline: it is most of what a decision costs. */
#ifndef YC_DMN_INDEX_IN_H
#define YC_DMN_INDEX_IN_H

#include "dmn/dmn_in.h"

#include <string.h>

enum {
    DMN_SHORT_TEXT = 8,  /* bytes of a text that fit into its key */
    DMN_MOST_NEAR = 1024 /* integers from the first to the last point for which a class is kept each */
};

/* A row of bits, one per rule. In tables of several words the `heads` words before it say, a bit per
 * word, which of its words are not zero, so that matching looks only at those. */
typedef uint64_t Word;
typedef struct StringClass {
    uint64_t key;    /* dmn_text_key of text */
    Str text;        /* a constant of the column */
    const Word *row; /* NULL: an empty place of the hash table */
} StringClass;
typedef struct Points {  /* sorted constants; class 2i lies before point i, 2i+1 is the point, 2n after the last */
    size_t n;            /* points */
    const Value *values; /* numbers or dates, ascending */
    const int64_t *keys; /* the same as integers × 10^-scale; NULL when some number does not fit */
    int scale;           /* of keys */
    const uint16_t *near; /* class of each integer from `low` to `high`; NULL when the points lie far apart */
    int64_t low, high;    /* just before the first point, just after the last */
    const Word *rows;    /* 2n+1 rows */
} Points;
typedef struct ColumnIndex {
    bool trivial;         /* every cell is irrelevant: the column excludes nothing */
    bool indexed;         /* false: every cell that is not irrelevant must be run */
    const Word *null_row; /* each row: `words` words of the Index */
    const Word *bool_rows[2];
    const Word *other_text; /* a string that is no constant of the column */
    StringClass *texts;     /* open hash table of 2^(64 - text_shift) places */
    int text_shift;         /* which bits of a mixed key number a place */
    Points numbers, dates;
    const Word *residual; /* rules whose cell must be run even though the column is indexed */
} ColumnIndex;
struct Index {
    size_t words;         /* per row */
    size_t heads;         /* words that summarise a row, before it; 0 for rows of one word */
    size_t stride;        /* from row to row: heads + words */
    ColumnIndex *columns; /* one per table column */
    const Word *residual; /* rules with at least one residual cell */
    const Word *all;      /* a bit for every rule */
};

static inline bool dmn_bit(const Word *row, size_t rule) {
    return (row[rule / 64] >> (rule % 64)) & 1;
}
/* ---- from value to row ----------------------------------------------------------------------- */
/* Texts of up to eight bytes and equal length are equal exactly when their keys are. */
static inline uint64_t dmn_text_key(Str text) {
    uint32_t head, tail;
    if (text.n > DMN_SHORT_TEXT) return str_hash(text);
    if (text.n >= 4) {
        memcpy(&head, text.p, 4);
        memcpy(&tail, text.p + text.n - 4, 4);
        return (uint64_t)tail << 32 | head;
    }
    if (text.n == 0) return 0;
    const uint8_t *p = (const uint8_t *)text.p;
    return p[0] | (uint64_t)p[text.n / 2] << 8 | (uint64_t)p[text.n - 1] << 16;
}

static inline size_t dmn_text_place(uint64_t key, int shift) {
    return (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> shift);
}

static inline bool dmn_text_is(const StringClass *place, uint64_t key, Str text) {
    return place->key == key && place->text.n == text.n &&
           (text.n <= DMN_SHORT_TEXT || memcmp(place->text.p, text.p, text.n) == 0);
}

static inline const Word *dmn_text_row(const ColumnIndex *column, Str text) {
    uint64_t key = dmn_text_key(text);
    size_t last = ((size_t)1 << (64 - column->text_shift)) - 1;
    for (size_t i = dmn_text_place(key, column->text_shift);; i = (i + 1) & last) {
        const StringClass *place = &column->texts[i];
        if (place->row == NULL) return column->other_text;
        if (dmn_text_is(place, key, text)) return place->row;
    }
}

/* The class of an integer on the scale of the keys. Without branches that depend on the value: a
 * processor cannot guess them. */
static inline size_t dmn_class_of_key(const Points *points, int64_t key) {
    const int64_t *keys = points->keys;
    if (points->near != NULL) {
        key = key < points->low ? points->low : key;
        key = key > points->high ? points->high : key;
        return points->near[key - points->low];
    }
    const int64_t *base = keys;
    for (size_t n = points->n; n > 1; n -= n / 2) base += (base[n / 2 - 1] < key) * (n / 2);
    size_t below = (size_t)(base - keys) + (*base < key);
    return 2 * below + (below < points->n && keys[below] == key);
}

/* The class of a number or date among the points. */
size_t dmn_index_class(const Points *points, Value v);

static inline size_t dmn_class(const Points *points, Value v) {
    bool direct = points->keys != NULL && v.flags == 0 && v.scale == points->scale;
    return direct ? dmn_class_of_key(points, v.u.i) : dmn_index_class(points, v);
}

static inline const Word *dmn_point_row(const Index *index, const Points *points, Value v) {
    return points->rows + index->stride * dmn_class(points, v);
}

/* Rules whose cell may hold for v; NULL when the index does not speak of its kind. */
static inline const Word *dmn_row(const Index *index, const ColumnIndex *column, Value v) {
    if (!column->indexed) return NULL;
    switch (v.kind) {
    case VALUE_NULL:
        return column->null_row;
    case VALUE_BOOL:
        return column->bool_rows[v.u.i != 0];
    case VALUE_STRING:
        return dmn_text_row(column, (Str){v.u.s, v.size});
    case VALUE_NUMBER:
        return dmn_point_row(index, &column->numbers, v);
    case VALUE_DATE:
        return dmn_point_row(index, &column->dates, v);
    default:
        return NULL;
    }
}

#endif
