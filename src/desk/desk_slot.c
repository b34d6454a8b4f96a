/* The arithmetic of slots: opening hours of a day become moments, moments become slots at counters, and slots that are wanted
 * are compared with those that there are. Pure: it reads no store and no clock, and takes nothing away that somebody has. */
#include "desk/book_in.h"

#include <stdlib.h>

static const int64_t SECOND_US = 1000000, MINUTE_US = 60000000;
enum { DAY_S = 86400 };

/* ---- local times ------------------------------------------------------------------------------------------------------ */

static int32_t offset_at(DeskZone zone, int64_t unix_s) {
    int32_t offset = zone.offset;
    if (zone.name.n > 0 && !date_zone_offset(zone.name, unix_s, false, &offset)) offset = zone.offset;
    return offset;
}

/* A local time is told by the offset before a change of the clock, by the one after it, by both or by none. */
int64_t desk_local_us(DeskZone zone, int64_t day, int minute, bool end) {
    int64_t local = day * DAY_S + minute * 60;
    int64_t before = local - offset_at(zone, local - DAY_S), after = local - offset_at(zone, local + DAY_S);
    bool by_before = before + offset_at(zone, before) == local, by_after = after + offset_at(zone, after) == local;
    int64_t early = before < after ? before : after, late = before < after ? after : before;
    int64_t moment = by_before ? before : after;
    if (by_before && by_after) moment = end ? late : early;   /* told twice */
    if (!by_before && !by_after) moment = end ? early : late; /* left out */
    return moment * SECOND_US;
}

static int by_from(const void *x, const void *y) {
    const DeskPiece *p = x, *q = y;
    return p->from_us < q->from_us ? -1 : p->from_us > q->from_us;
}

static size_t joined(DeskPiece *pieces, size_t n) {
    size_t kept = 0;
    qsort(pieces, n, sizeof *pieces, by_from);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || pieces[i].from_us > pieces[kept - 1].to_us) pieces[kept++] = pieces[i];
        else if (pieces[i].to_us > pieces[kept - 1].to_us) pieces[kept - 1].to_us = pieces[i].to_us;
    }
    return kept;
}

size_t desk_pieces(DeskZone zone, int64_t day, Value hours, DeskPiece out[DESK_PIECES]) {
    size_t n = 0;
    for (uint32_t i = 0; hours.kind == VALUE_LIST && i < hours.size && n < DESK_PIECES; i++) {
        int from = desk_minutes(value_get_str(hours.u.list[i], "from")), to = desk_minutes(value_get_str(hours.u.list[i], "to"));
        if (from < 0 || to <= from) continue;
        DeskPiece p = {desk_local_us(zone, day, from, false), desk_local_us(zone, day, to, true)};
        if (p.from_us < p.to_us) out[n++] = p;
    }
    return joined(out, n);
}

bool desk_inside(const DeskPiece *pieces, size_t n, int64_t start_us, int64_t minutes) {
    bool inside = false;
    for (size_t i = 0; i < n; i++) inside |= pieces[i].from_us <= start_us && start_us + minutes * MINUTE_US <= pieces[i].to_us;
    return inside;
}

/* ---- slots ------------------------------------------------------------------------------------------------------------ */

static int64_t end_of(const DeskSlot *s) { return s->start_us + s->minutes * MINUTE_US; }

static int by_place(const void *x, const void *y) {
    const DeskSlot *p = x, *q = y;
    int counter = str_cmp(p->counter, q->counter);
    return counter != 0 ? counter : p->start_us < q->start_us ? -1 : p->start_us > q->start_us;
}

static size_t slots_in(const DeskPiece *p, int64_t minutes) { return (size_t)((p->to_us - p->from_us) / (minutes * MINUTE_US)); }

void desk_slots_wanted(const DeskPiece *pieces, size_t n, Value counters, int64_t minutes, Arena *a, DeskSlots *out) {
    assert(minutes > 0);
    size_t most = 0, lanes = counters.kind == VALUE_LIST ? counters.size : 0;
    for (size_t i = 0; i < n; i++) most += slots_in(&pieces[i], minutes) * lanes;
    if (most > DESK_DAY_SLOTS) most = DESK_DAY_SLOTS;
    DeskSlots made = {.items = NEW_ARRAY(a, DeskSlot, most + 1)};
    for (size_t lane = 0; lane < lanes; lane++)
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < slots_in(&pieces[i], minutes) && made.n < most; k++)
                made.items[made.n++] = (DeskSlot){.counter = value_text(counters.u.list[lane]), .start_us = pieces[i].from_us + (int64_t)k * minutes * MINUTE_US,
                                                  .minutes = minutes};
    qsort(made.items, made.n, sizeof *made.items, by_place);
    *out = made;
}

/* Is it wholly before the other, at this counter or an earlier one? */
static bool is_before(const DeskSlot *x, const DeskSlot *y) {
    int counter = str_cmp(x->counter, y->counter);
    return counter < 0 || (counter == 0 && end_of(x) <= y->start_us);
}

static bool is_wanted(const DeskSlots *wanted, const DeskSlot *s) {
    const DeskSlot *hit = wanted->n > 0 ? bsearch(s, wanted->items, wanted->n, sizeof *s, by_place) : NULL;
    return hit && hit->minutes == s->minutes;
}

DeskSlotChange desk_slots_change(const DeskSlots *have, const DeskSlots *wanted, Arena *a) {
    DeskSlots kept = {.items = NEW_ARRAY(a, DeskSlot, have->n + 1)};
    DeskSlotChange c = {.open.items = NEW_ARRAY(a, DeskSlot, wanted->n + 1), .shut.items = NEW_ARRAY(a, DeskSlot, have->n + 1)};
    for (size_t i = 0; i < have->n; i++) {
        const DeskSlot *s = &have->items[i];
        DeskSlots *to = s->appointment != 0 || is_wanted(wanted, s) ? &kept : &c.shut;
        to->items[to->n++] = *s;
    }
    qsort(kept.items, kept.n, sizeof *kept.items, by_place);
    for (size_t i = 0, k = 0; i < wanted->n; i++) {
        const DeskSlot *s = &wanted->items[i];
        while (k < kept.n && is_before(&kept.items[k], s)) k++;
        bool clear = k == kept.n || is_before(s, &kept.items[k]);
        if (clear) c.open.items[c.open.n++] = *s;
    }
    return c;
}

size_t desk_slots_run(const DeskSlots *s, size_t i, int64_t minutes, int64_t now_us) {
    size_t n = 0;
    int64_t at = s->items[i].start_us, until = at + minutes * MINUTE_US;
    for (size_t k = i; k < s->n && n < DESK_SPAN && at < until; k++, n++) {
        const DeskSlot *next = &s->items[k];
        if (!str_eq(next->counter, s->items[i].counter) || next->start_us != at || next->appointment != 0 || next->free_us > now_us) return 0;
        at = end_of(next);
    }
    return at >= until ? n : 0;
}
