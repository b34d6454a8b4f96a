/* dmn/flip: the nearest change: the smallest change of a single input that changes a decision. Candidates
 * come from the constants of the tables and from walking along each number and time; each one is decided
 * again, nearest first, so that what is told is always true, though a nearer change may be missed. */
#include "dmn/probe_in.h"

#include <math.h>
#include <string.h>

enum { MOST_CANDIDATES = 4096, SCRATCH = 64 << 20, MOST_UNITS = 1 << 20, DAY = 86400, YEAR = 365 };
/* Distances of what does not lie on a line: a truth value is nearer than a number that changes beyond
 * recognition (0 → 2, 60 → 20), and farther than one that moves a little (0 → 1, 60 → 59). */
static const double TRUTH = 0.6, OTHER = 2, UNKNOWN = 3;

typedef struct Candidate {
    const Leaf *leaf; /* what changes */
    Value value;     /* instead of what was given */
    double distance; /* see distance_of */
} Candidate;
typedef struct Flip {
    Probe probe;
    int decision;
    const Value *inputs;  /* as given */
    Str member;           /* of the result that counts, "" = all of it */
    FeelRun *run;         /* the caller's */
    Arena *scratch;       /* one trial, then forgotten */
    Value before;         /* what counts of the result as given */
    const DmnTrace *base; /* hits as given */
    Candidate *items;
    size_t n;
} Flip;

/* ---- deciding again ------------------------------------------------------------------------------------------------ */
static Value counting(const Flip *f, Value result) {
    Value member = value_null();
    if (f->member.n == 0) return result;
    (void)value_find(result, f->member, &member);
    return member;
}

/* In: trace or NULL. */
static Value decide_with(const Flip *f, Arena *a, int64_t *fuel, const Leaf *leaf, Value value, DmnTrace *trace) {
    size_t n = f->probe.m->n_kind[DMN_INPUT];
    Value *inputs = arena_alloc(a, (n + 1) * sizeof(Value));
    memcpy(inputs, f->inputs, n * sizeof(Value));
    dmn_probe_set(a, leaf, inputs, value);
    FeelRun run = *f->run;
    run.arena = a;
    run.fuel = *fuel;
    Value result = dmn_decide(f->probe.m, f->decision, inputs, &run, trace);
    *fuel = run.fuel;
    return result;
}

/* To have no result is not another result. */
static bool changes(const Flip *f, const Leaf *leaf, Value value, int64_t *fuel) {
    Value after = counting(f, decide_with(f, f->scratch, fuel, leaf, value, NULL));
    bool differs = after.kind != VALUE_NULL && !value_same(after, f->before);
    arena_reset(f->scratch);
    return differs;
}

/* ---- distance -------------------------------------------------------------------------------------------------------- */
/* Numbers by how far they move in proportion, times in years, both below 1, and 1 more for a sign that turns;
 * another text is farther, and what was unknown farthest. */
static double distance_of(const Flip *f, Value from, Value to) {
    if (from.kind == VALUE_NULL) return UNKNOWN;
    if (from.kind == VALUE_BOOL) return TRUTH;
    if (from.kind != to.kind || !dmn_is_ordered(from.kind)) return OTHER;
    Value x = dmn_probe_place(&f->probe, from), y = dmn_probe_place(&f->probe, to);
    if (x.kind != VALUE_NUMBER || y.kind != VALUE_NUMBER) return OTHER;
    double a = dec_to_double(x), b = dec_to_double(y), moved = fabs(a - b);
    if (from.kind == VALUE_NUMBER) return moved / (1 + fmax(fabs(a), fabs(b))) + (b < 0 && a >= 0 ? 1 : 0);
    double days = from.kind == VALUE_DATE ? moved : moved / DAY;
    return days / (days + YEAR);
}

static void offer(Flip *f, const Leaf *leaf, Value v) {
    Value given = dmn_probe_get(leaf, f->inputs);
    if (f->n == MOST_CANDIDATES || value_same(v, given) || !dmn_probe_suits(&f->probe, leaf, v)) return;
    f->items[f->n++] = (Candidate){leaf, v, distance_of(f, given, v)};
}

/* ---- candidates --------------------------------------------------------------------------------------------------------- */
/* Where must x go for a column that moved from f0 to f1 when x moved by `unit` to reach the point? */
static void aim(Flip *f, const Leaf *leaf, Value x, Value unit, Value f0, Value f1, Value point) {
    Arena *a = f->run->arena;
    Value slope = dec_div(a, dec_sub(a, f1, f0), unit);
    if (slope.kind != VALUE_NUMBER || dec_sign(slope) == 0) return;
    Value way = dec_div(a, dec_sub(a, point, f0), slope);
    if (way.kind != VALUE_NUMBER) return;
    Value place = dec_add(a, dmn_probe_place(&f->probe, x), way);
    if (place.kind != VALUE_NUMBER) return;
    offer(f, leaf, dmn_probe_at(&f->probe, x, dec_floor(a, place, 0)));
    offer(f, leaf, dmn_probe_at(&f->probe, x, dec_ceiling(a, place, 0)));
    if (x.kind == VALUE_NUMBER) offer(f, leaf, place);
}

static void aim_at_axis(Flip *f, const Leaf *leaf, Value x, Value unit, Value from, Value to, const Axis *axis) {
    const Slice *s = &axis->slices[from.kind];
    Value f0 = dmn_probe_place(&f->probe, from), f1 = dmn_probe_place(&f->probe, to);
    if (s->n == 0 || f0.kind != VALUE_NUMBER || f1.kind != VALUE_NUMBER || dec_cmp(f0, f1) == 0) return;
    for (size_t i = 0; i < s->n_points; i++)
        for (int side = -1; side <= 1; side++) {
            Value point = side == 0 ? s->points[i] : dmn_probe_beside(&f->probe, s->points[i], side);
            Value place = dmn_probe_place(&f->probe, point);
            if (place.kind == VALUE_NUMBER) aim(f, leaf, x, unit, f0, f1, place);
        }
}

/* Moves an input a little, sees which columns move with it, and aims at their constants: so an input is
 * followed through sums and differences and through other decisions. */
static void offer_moved(Flip *f, const Leaf *leaf, int64_t *fuel) {
    Value x = dmn_probe_get(leaf, f->inputs), place = dmn_probe_place(&f->probe, x);
    if (place.kind != VALUE_NUMBER) return;
    Value unit = value_int(x.kind == VALUE_DATETIME ? DAY : 1);
    DmnTrace trace = {.a = f->scratch};
    Value little = dmn_probe_at(&f->probe, x, dec_add(f->run->arena, place, unit));
    (void)decide_with(f, f->scratch, fuel, leaf, little, &trace);
    for (size_t h = 0; h < trace.n && h < f->base->n; h++) {
        const DmnHit *from = &f->base->hits[h], *to = &trace.hits[h];
        if (from->table != to->table) break;
        for (size_t c = 0; c < from->n_inputs; c++)
            if (from->inputs[c].kind == to->inputs[c].kind && dmn_is_ordered(from->inputs[c].kind))
                aim_at_axis(f, leaf, x, unit, from->inputs[c], to->inputs[c], &f->probe.complexes[from->table]->axes[c]);
    }
    arena_reset(f->scratch);
}

static void gather(Flip *f, int skip, int64_t *fuel) {
    for (size_t i = 0; i < f->probe.n_leaves; i++) {
        const Leaf *leaf = &f->probe.leaves[i];
        if (leaf->input == skip || !dmn_probe_needs(&f->probe, f->decision, leaf)) continue;
        ValueBuild constants = {.a = f->run->arena};
        dmn_probe_constants(&f->probe, leaf, false, &constants);
        for (size_t k = 0; k < constants.n; k++) offer(f, leaf, constants.u.items[k]);
        offer_moved(f, leaf, fuel);
    }
}

/* The nearest of those left, taken out; ties go to the one offered first. */
static Candidate take_nearest(Flip *f) {
    size_t best = 0;
    for (size_t i = 1; i < f->n; i++)
        if (f->items[i].distance < f->items[best].distance) best = i;
    Candidate c = f->items[best];
    memmove(&f->items[best], &f->items[best + 1], (f->n - best - 1) * sizeof(Candidate));
    f->n--;
    return c;
}

static bool first_that_changes(Flip *f, int64_t *fuel, Candidate *out) {
    while (f->n > 0 && *fuel > 0) {
        Candidate c = take_nearest(f);
        if (changes(f, c.leaf, c.value, fuel)) {
            *out = c;
            return true;
        }
    }
    return false;
}

/* ---- walking ------------------------------------------------------------------------------------------------------------ */
static Value moved_by(const Flip *f, Value x, Value unit, int64_t units) {
    Arena *a = f->run->arena;
    return dmn_probe_at(&f->probe, x, dec_add(a, dmn_probe_place(&f->probe, x), dec_mul(a, unit, value_int(units))));
}

/* Ever longer steps until the decision changes, while that is nearer than what is known. 0: it does not. */
static int64_t stride(Flip *f, const Leaf *leaf, Value x, Value unit, int direction, double known, int64_t *fuel) {
    for (int64_t units = 1; units <= MOST_UNITS && *fuel > 0; units *= 2) {
        Value v = moved_by(f, x, unit, direction * units);
        if (!dmn_probe_suits(&f->probe, leaf, v)) return 0;
        if (changes(f, leaf, v, fuel)) return units;
        if (distance_of(f, x, v) >= known) return 0;
    }
    return 0;
}

/* Back from a change to the first unit that makes it. */
static void offer_walked(Flip *f, const Leaf *leaf, double known, int64_t *fuel) {
    Arena *a = f->run->arena;
    Value x = dmn_probe_get(leaf, f->inputs), place = dmn_probe_place(&f->probe, x);
    if (place.kind != VALUE_NUMBER) return;
    Value beside = dmn_probe_place(&f->probe, dmn_probe_beside(&f->probe, x, 1));
    Value unit = x.kind == VALUE_DATETIME || beside.kind != VALUE_NUMBER ? value_int(DAY) : dec_sub(a, beside, place);
    for (int direction = -1; direction <= 1; direction += 2) {
        int64_t other = stride(f, leaf, x, unit, direction, known, fuel), same = other / 2;
        while (other - same > 1) {
            int64_t middle = same + (other - same) / 2;
            if (changes(f, leaf, moved_by(f, x, unit, direction * middle), fuel)) other = middle;
            else same = middle;
        }
        if (other > 0) offer(f, leaf, moved_by(f, x, unit, direction * other));
    }
}

/* Expressions that compare with no constant are found on foot; only what is nearer than `best` is kept. */
static bool walk(Flip *f, int skip, bool found, Candidate *best, int64_t *fuel) {
    double known = found ? best->distance : INFINITY;
    Candidate c;
    f->n = 0;
    for (size_t i = 0; i < f->probe.n_leaves; i++) {
        const Leaf *leaf = &f->probe.leaves[i];
        if (leaf->input != skip && dmn_probe_needs(&f->probe, f->decision, leaf)) offer_walked(f, leaf, known, fuel);
    }
    if (!first_that_changes(f, fuel, &c) || c.distance >= known) return found;
    *best = c;
    return true;
}

bool dmn_flip(const DmnModel *m, int decision, const Value *inputs, Str member, int skip, FeelRun *run, DmnFlip *out) {
    assert(m != NULL && inputs != NULL && run != NULL && run->arena != NULL && out != NULL);
    assert(decision >= 0 && (size_t)decision < m->n_kind[DMN_DECISION]);
    Flip f = {.decision = decision, .inputs = inputs, .member = member, .run = run};
    DmnTrace base = {.a = run->arena};
    dmn_probe(&f.probe, m, run);
    f.before = counting(&f, dmn_decide(m, decision, inputs, run, &base));
    f.base = &base;
    f.items = NEW_ARRAY(run->arena, Candidate, MOST_CANDIDATES);
    f.scratch = arena_new(SCRATCH);
    Candidate best;
    gather(&f, skip, &run->fuel);
    bool found = first_that_changes(&f, &run->fuel, &best);
    found = walk(&f, skip, found, &best, &run->fuel);
    arena_free(f.scratch);
    TRY(found);
    *out = (DmnFlip){.input = best.leaf->input, .member = best.leaf->member, .value = best.value, .trace = {.a = run->arena}};
    out->from = dmn_probe_get(best.leaf, inputs);
    out->result = decide_with(&f, run->arena, &run->fuel, best.leaf, best.value, &out->trace);
    return true;
}
