/* dmn/probe_in: values of input data that are worth trying, because some cell tells them apart. Shared by
 * the search for the nearest change and the making of cases; what comes of a value is always decided anew. */
#ifndef YC_DMN_PROBE_IN_H
#define YC_DMN_PROBE_IN_H

#include "dmn/complex_in.h"

typedef struct Leaf {         /* what is changed at once: an input, or one member of a structured one */
    int input;                /* slot of the input data */
    Str member;               /* "" = the whole value */
    const FeelType *type;     /* NULL = Any */
    const FeelType *whole;    /* of the input */
    Str text;                 /* as columns name it: "age", "person.age" */
} Leaf;
typedef struct Probe {
    const DmnModel *m;
    FeelRun *run;             /* candidates live in its arena */
    const Complex **complexes; /* by table */
    Leaf *leaves;             /* n_leaves, by input */
    size_t n_leaves;
} Probe;
void dmn_probe(Probe *p, const DmnModel *m, FeelRun *run);
Value dmn_probe_get(const Leaf *leaf, const Value *inputs);
void dmn_probe_set(Arena *a, const Leaf *leaf, Value *inputs, Value v);
bool dmn_probe_needs(const Probe *p, int decision, const Leaf *leaf); /* may the decision depend on it? */
/* Adds the constants that columns naming the leaf compare with, and their neighbours; true and false; what
 * its type allows; with `unnamed` also a text that no cell names. */
void dmn_probe_constants(const Probe *p, const Leaf *leaf, bool unnamed, ValueBuild *out);
/* Does a column's text name the leaf? */
bool dmn_probe_names(const Column *column, const Leaf *leaf);
/* One finest step beside a number, date, time or duration: direction 1 or -1. */
Value dmn_probe_beside(const Probe *p, Value v, int direction);
/* Does the value suit the leaf's type? */
bool dmn_probe_suits(const Probe *p, const Leaf *leaf, Value v);
/* The place of an ordered value on a line of numbers: days, seconds or months; and back to its kind. */
Value dmn_probe_place(const Probe *p, Value v);
Value dmn_probe_at(const Probe *p, Value like, Value place);

#endif
