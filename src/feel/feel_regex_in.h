/* feel_regex, inside: the program a pattern is compiled to. Jumps are relative, so that code can
 * be copied for counted repetition. */
#ifndef YC_FEEL_REGEX_IN_H
#define YC_FEEL_REGEX_IN_H

#include "feel/feel_in.h"

enum {
    FEEL_PROGRAM_MAX = 20000,   /* instructions of one pattern */
    FEEL_PATTERN_MAX = 4096,    /* bytes of one pattern */
    FEEL_REPEAT_MAX = 1000,     /* n of {n} */
    FEEL_VISITED_MAX = 1 << 28, /* bits of memory of one search */
};
typedef enum FeelOp {
    OP_CHAR,  /* x: the code point */
    OP_SET,   /* x: index of the set */
    OP_SPLIT, /* first x, else y (relative) */
    OP_JUMP,  /* x */
    OP_SAVE,  /* x: capture slot */
    OP_BACK,  /* x: group */
    OP_GUARD, /* x: loop; fails when the loop made no progress */
    OP_START, /* ^ */
    OP_END,   /* $ */
    OP_MATCH,
} FeelOp;
typedef struct FeelInst {
    uint8_t op;   /* FeelOp */
    int32_t x, y; /* see there */
} FeelInst;
struct FeelRegex {
    FeelInst *code; /* n instructions */
    FeelSet *sets;  /* n_sets */
    size_t n, cap;  /* instructions used, allocated */
    size_t n_sets, cap_sets;
    size_t groups; /* numbered groups */
    size_t loops;  /* guards */
    bool back;     /* has back-references: no memory of failures, a budget instead */
    bool caseless; /* flag i */
    bool lines;    /* flag m */
    bool dot_all;  /* flag s */
    bool literal;  /* flag q */
};

#endif
