/* dmn/probe_in: values of input data that are worth trying, because some cell tells them apart. Shared by
 * the search for the nearest change and the making of cases; what comes of a value is always decided anew. */
#ifndef YC_DMN_PROBE_IN_H
#define YC_DMN_PROBE_IN_H

#include "dmn/complex_in.h"

typedef struct Probe {
    const DmnModel *m;
    FeelRun *run;             /* candidates live in its arena */
    const Complex **complexes; /* by table */
} Probe;
void dmn_probe(Probe *p, const DmnModel *m, FeelRun *run);
/* Adds the constants that columns naming the input compare with, and their neighbours; true and false; what
 * its type allows; with `unnamed` also a text that no cell names. */
void dmn_probe_constants(const Probe *p, int input, bool unnamed, ValueBuild *out);
/* Does a column's text name the input? */
bool dmn_probe_names(const Probe *p, const Column *column, int input);
/* One finest step beside a number, date, time or duration: direction 1 or -1. */
Value dmn_probe_beside(const Probe *p, Value v, int direction);
/* Does the value suit the input's type? */
bool dmn_probe_suits(const Probe *p, int input, Value v);
/* The place of an ordered value on a line of numbers: days, seconds or months; and back to its kind. */
Value dmn_probe_place(const Probe *p, Value v);
Value dmn_probe_at(const Probe *p, Value like, Value place);

#endif
