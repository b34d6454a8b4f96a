/* feel_match: runs a compiled pattern by backtracking that remembers where it failed, so its time is
 * linear in text times pattern. With back-references no memory helps; then a budget of steps ends a
 * search that grows without bound. Must never recurse with the text. */
#include "feel/feel_regex_in.h"

#include <string.h>

typedef struct Job {
    int32_t pc;   /* instruction to try, or -1 - slot to restore */
    ptrdiff_t at; /* byte in the text, or the slot's old value */
} Job;

struct FeelSearch {
    FeelRun *run;       /* budget */
    const FeelRegex *r; /* the program */
    Str text;           /* searched */
    uint64_t *visited;  /* one bit a (place, instruction), or NULL */
    ptrdiff_t *slots;   /* captures, then one per loop */
    Job *jobs;          /* stack of n */
    size_t n, cap;      /* used, allocated */
    int64_t steps;      /* taken since the last payment of fuel */
    bool too_large;     /* text times pattern passes the limit */
};
typedef struct FeelSearch Search;

static void push(Search *s, int32_t pc, ptrdiff_t at) {
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        s->jobs = arena_grow(s->run->arena, s->jobs, s->cap * sizeof(Job), cap * sizeof(Job));
        s->cap = cap;
    }
    s->jobs[s->n++] = (Job){pc, at};
}

static void set_slot(Search *s, size_t slot, ptrdiff_t value) {
    push(s, -1 - (int32_t)slot, s->slots[slot]);
    s->slots[slot] = value;
}

static bool seen(Search *s, int32_t pc, size_t at) {
    if (!s->visited) return false;
    size_t bit = at * s->r->n + (size_t)pc;
    uint64_t mask = UINT64_C(1) << bit % 64;
    if (s->visited[bit / 64] & mask) return true;
    s->visited[bit / 64] |= mask;
    return false;
}

/* In lines mode also after a newline, unless that one ends the text (XPath F&O §7.6.1.1). */
static bool at_start(const Search *s, size_t at) {
    return at == 0 || (s->r->lines && at < s->text.n && s->text.p[at - 1] == '\n');
}

static bool at_end(const Search *s, size_t at) {
    return at == s->text.n || (s->r->lines && s->text.p[at] == '\n');
}

static bool same_char(const Search *s, uint32_t x, uint32_t y) {
    return x == y || (s->r->caseless && feel_fold_case(x) == feel_fold_case(y));
}

/* Does the text of a group come again at *at? An unset group matches nothing of length 0. */
static bool repeats(const Search *s, size_t group, size_t *at) {
    ptrdiff_t from = s->slots[2 * group], to = s->slots[2 * group + 1];
    if (from < 0 || to < 0) return true;
    size_t here = *at;
    for (size_t i = (size_t)from; i < (size_t)to;) {
        if (here >= s->text.n || !same_char(s, utf8_next(s->text, &i), utf8_next(s->text, &here))) return false;
    }
    *at = here;
    return true;
}

/* Consumes one character if the instruction takes it. */
static bool takes(const Search *s, const FeelInst *inst, size_t *at) {
    if (*at >= s->text.n) return false;
    uint32_t cp = utf8_next(s->text, at);
    return inst->op == OP_CHAR ? cp == (uint32_t)inst->x : feel_set_has(&s->r->sets[inst->x], cp);
}

static bool guard(Search *s, size_t loop, size_t at) {
    size_t slot = 2 * (s->r->groups + 1) + loop;
    if (s->slots[slot] == (ptrdiff_t)at) return false;
    set_slot(s, slot, (ptrdiff_t)at);
    return true;
}

/* One instruction that is not a jump. Out: may the thread go on to the next one? */
static bool advance(Search *s, const FeelInst *inst, size_t *at) {
    switch ((FeelOp)inst->op) {
    case OP_CHAR:
    case OP_SET:
        return takes(s, inst, at);
    case OP_SAVE:
        set_slot(s, (size_t)inst->x, (ptrdiff_t)*at);
        return true;
    case OP_BACK:
        return repeats(s, (size_t)inst->x, at);
    case OP_GUARD:
        return s->visited || guard(s, (size_t)inst->x, *at);
    case OP_START:
        return at_start(s, *at);
    case OP_END:
        return at_end(s, *at);
    default:
        assert(!"a jump");
        return false;
    }
}

/* Follows one thread until it matches or fails; alternatives go on the stack. */
static bool follow(Search *s, int32_t pc, size_t at) {
    while (!seen(s, pc, at)) {
        const FeelInst *inst = &s->r->code[pc];
        s->steps++;
        if (inst->op == OP_MATCH) return true;
        if (inst->op == OP_JUMP)
            pc += inst->x;
        else if (inst->op == OP_SPLIT) {
            push(s, pc + inst->y, (ptrdiff_t)at);
            pc += inst->x;
        } else {
            if (!advance(s, inst, &at)) return false;
            pc++;
        }
        if (s->steps > 10000000) return false;
    }
    return false;
}

static FeelFound try_at(Search *s, size_t at) {
    push(s, 0, (ptrdiff_t)at);
    while (s->n) {
        Job job = s->jobs[--s->n];
        if (job.pc < 0)
            s->slots[-1 - job.pc] = job.at;
        else if (follow(s, job.pc, (size_t)job.at))
            return FEEL_FOUND;
        if (s->steps < 4096) continue;
        if (!feel_spend(s->run, s->steps / 4)) return FEEL_GAVE_UP;
        s->steps = 0;
    }
    return FEEL_NOT_FOUND;
}

/* What failed once fails again, so one memory serves all searches of a text; only the end of the last
 * match, where this search starts, may have been marked by its success. */
static void start_at(Search *s, size_t from) {
    size_t slots = 2 * (s->r->groups + 1) + s->r->loops;
    for (size_t i = 0; i < slots; i++) s->slots[i] = -1;
    s->n = 0;
    if (!s->visited) return;
    for (size_t bit = from * s->r->n; bit < (from + 1) * s->r->n; bit++)
        s->visited[bit / 64] &= ~(UINT64_C(1) << bit % 64);
}

FeelSearch *feel_regex_open(FeelRun *run, const FeelRegex *r, Str text) {
    Search *s = NEW(run->arena, Search);
    size_t slots = 2 * (r->groups + 1) + r->loops, bits = (text.n + 1) * r->n;
    *s = (Search){.run = run, .r = r, .text = text, .slots = NEW_ARRAY(run->arena, ptrdiff_t, slots)};
    s->too_large = !r->back && (bits > FEEL_VISITED_MAX || !feel_spend(run, (int64_t)(bits / 512)));
    if (!r->back && !s->too_large) s->visited = NEW_ARRAY(run->arena, uint64_t, bits / 64 + 1);
    return s;
}

FeelFound feel_regex_find(FeelSearch *s, size_t from, FeelMatch *out) {
    if (s->too_large) return FEEL_GAVE_UP;
    start_at(s, from);
    FeelFound found = FEEL_NOT_FOUND;
    for (size_t at = from; found == FEEL_NOT_FOUND; utf8_next(s->text, &at)) {
        found = try_at(s, at);
        if (at >= s->text.n) break;
    }
    for (size_t i = 0; found == FEEL_FOUND && i < 2 * (s->r->groups + 1); i++) out->at[i] = s->slots[i];
    return found;
}
