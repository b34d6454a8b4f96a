/* dmn/complex_in: a decision table cut into finitely many boxes. Along each column the values fall into
 * classes that no cell tells apart (elementary intervals between sorted constants, the constants
 * themselves, true, false, null), so that questions about all values become questions about few. */
#ifndef YC_DMN_COMPLEX_IN_H
#define YC_DMN_COMPLEX_IN_H

#include "dmn/dmn_in.h"

typedef uint64_t Bits; /* 64 members of a set of rules or of classes */

typedef struct Slice {     /* the classes of one kind of value, in order */
    size_t first;          /* number of its first class */
    size_t n;              /* classes; 0: values of this kind do not come */
    size_t n_points;       /* constants */
    Value *points;         /* ascending; class 2i lies before point i, 2i+1 is it; text: class i is it, the last any other */
} Slice;
typedef struct Axis {      /* one column */
    Slice slices[VALUE_MONTHS + 1]; /* by ValueKind */
    size_t n;              /* classes */
    size_t words;          /* of a set of classes */
    Value *values;         /* by class: one value of it */
    Bits *live;            /* classes that have a value at all, and an allowed one */
    Bits *sets;            /* by rule, `words` each: live classes for which its cell holds; all when it is general */
    bool *general;         /* by rule: its cell is an expression, so it may hold anywhere */
} Axis;
typedef struct Complex {
    const Table *t;        /* what was cut */
    Axis *axes;            /* one per column */
    size_t words;          /* of a set of rules */
    Bits *sure;            /* rules without a general cell */
    Bits *dead;            /* rules with a cell that holds for no class */
} Complex;

static inline bool dmn_set_has(const Bits *set, size_t i) { return (set[i / 64] >> (i % 64)) & 1; }
static inline void dmn_set_add(Bits *set, size_t i) { set[i / 64] |= (Bits)1 << (i % 64); }
static inline bool dmn_set_empty(const Bits *set, size_t words) {
    for (size_t w = 0; w < words; w++)
        if (set[w] != 0) return false;
    return true;
}
static inline bool dmn_set_within(const Bits *small, const Bits *large, size_t words) {
    for (size_t w = 0; w < words; w++)
        if ((small[w] & ~large[w]) != 0) return false;
    return true;
}
static inline bool dmn_set_meets(const Bits *x, const Bits *y, size_t words) {
    for (size_t w = 0; w < words; w++)
        if ((x[w] & y[w]) != 0) return true;
    return false;
}
static inline size_t dmn_set_first(const Bits *set) { /* of a set that is not empty */
    size_t w = 0;
    while (set[w] == 0) w++;
    return w * 64 + (size_t)__builtin_ctzll(set[w]);
}
static inline const Bits *dmn_axis_set(const Axis *axis, size_t rule) { return axis->sets + rule * axis->words; }

/* complex.c. Memory from the run's arena. */
const Complex *dmn_complex(const Table *t, FeelRun *run);
/* Is v an ordered constant that classes can be made around? */
bool dmn_is_ordered(uint8_t kind);
/* The order of two values of one ordered kind: <0, 0, >0. */
int dmn_order(FeelRun *run, Value x, Value y);
/* area.c: the classes of a set as FEEL unary tests, "-" for all of them. */
Str dmn_area(Arena *a, const Axis *axis, const Bits *set);

/* search.c: boxes of the complex that no rule of a set covers. */
typedef struct Search Search;
struct Search {
    const Complex *x;
    Arena *a;
    const Bits **universe; /* by column: the classes to look at */
    const Bits *rules;     /* those that cover; the others do not count */
    /* Called with the box found, by column a set of classes; returns true to go on. */
    bool (*found)(Search *s, const Bits *const *box);
    void *context;         /* of found */
    int64_t budget;        /* steps left; below 0 the search has stopped early */
};
void dmn_search(Search *s);

#endif
