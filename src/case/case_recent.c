/* Records as this program has just written them: the next step of a case need not read what was known a moment ago.
 * A hint and no more: a commit holds only while the record is at the version that it was told from, and whoever is
 * refused with a recalled record reads the store and asks again. Keeps only what reading would give in the same way,
 * and never grows. */
#include "case/case_in.h"

#include <pthread.h>
#include <string.h>

enum { SLOT_BITS = 11, SLOTS = 1 << SLOT_BITS, LOCKS = 64, ROOM = 6144, DEPTH = 20 };

typedef struct Slot {   /* one case; memory that is touched when it is used */
    size_t used;        /* bytes of `room` */
    CaseRecord record;  /* points into `room` */
    char room[ROOM] __attribute__((aligned(16)));
} Slot;
struct CaseRecent {
    pthread_mutex_t locks[LOCKS]; /* each guards every LOCKS-th slot */
    int64_t *ids;                 /* of the case in each slot; 0 = free */
    Slot *slots;                  /* SLOTS; a case has its place by its identifier */
};
typedef struct Room { /* memory into which a record is copied */
    char *at;         /* free from here on */
    size_t left;      /* bytes */
} Room;

CaseRecent *case_recent_new(Arena *house) {
    CaseRecent *recent = NEW(house, CaseRecent);
    recent->ids = NEW_ARRAY(house, int64_t, SLOTS);
    recent->slots = arena_alloc(house, SLOTS * sizeof(Slot));
    for (size_t i = 0; i < LOCKS; i++) pthread_mutex_init(&recent->locks[i], NULL);
    return recent;
}

/* ---- copies ------------------------------------------------------------------------------------------------------- */

/* Out: a copy of the bytes; NULL when there is no room. */
static void *copy(Room *r, const void *bytes, size_t n) {
    size_t need = (n + 7) & ~(size_t)7;
    void *p = r->at;
    if (need > r->left) return NULL;
    if (n > 0) memcpy(p, bytes, n);
    r->at += need;
    r->left -= need;
    return p;
}

static bool copy_text(Room *r, Str *s) {
    s->p = copy(r, s->p, s->n);
    return s->p;
}

static bool copy_value(Room *r, Value *v, int depth);

static bool copy_list(Room *r, Value *v, int depth) {
    Value *items = copy(r, v->u.list, v->size * sizeof *items);
    bool ok = items;
    for (uint32_t i = 0; ok && i < v->size; i++) ok = copy_value(r, &items[i], depth);
    v->u.list = items;
    return ok;
}

static bool copy_context(Room *r, Value *v, int depth) {
    ValueEntry *entries = copy(r, v->u.ctx, v->size * sizeof *entries);
    bool ok = entries;
    for (uint32_t i = 0; ok && i < v->size; i++) ok = copy_text(r, &entries[i].key) && copy_value(r, &entries[i].value, depth);
    v->u.ctx = entries;
    return ok;
}

/* False for what JSON would give back otherwise (as case_plain tells), and when there is no room. */
static bool copy_value(Room *r, Value *v, int depth) {
    if (depth == 0) return false;
    switch ((ValueKind)v->kind) {
    case VALUE_NULL: return v->u.cause == NULL;
    case VALUE_BOOL: return true;
    case VALUE_NUMBER: return v->flags == 0 && v->scale == 0;
    case VALUE_STRING: v->u.s = copy(r, v->u.s, v->size); return v->u.s;
    case VALUE_LIST: return copy_list(r, v, depth - 1);
    case VALUE_CONTEXT: return copy_context(r, v, depth - 1);
    default: return false;
    }
}

_Static_assert(sizeof(CaseRecord) == 472, "copy_record copies each member that case_read_row sets");

/* A copy with what reading sets, and nothing else. */
static bool copy_record(Room *r, const CaseRecord *from, CaseRecord *out) {
    CaseRecord c = {.id = from->id, .service = from->service, .pack_hash = from->pack_hash, .office = from->office, .state = from->state,
                    .code = from->code, .subject = from->subject, .proposed = from->proposed, .outcome = from->outcome,
                    .version = from->version, .created_us = from->created_us, .updated_us = from->updated_us, .decisions = from->decisions,
                    .letters = from->letters, .notices = from->notices, .answered = from->answered, .assignee = from->assignee,
                    .board = from->board, .second = from->second, .process = from->process, .clocks = from->clocks, .answers = from->answers};
    Str *texts[] = {&c.id, &c.service, &c.pack_hash, &c.office, &c.state, &c.code, &c.subject, &c.proposed, &c.outcome, &c.assignee};
    Value *values[] = {&c.process, &c.clocks, &c.answers};
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT_OF(texts); i++) ok = copy_text(r, texts[i]);
    for (size_t i = 0; ok && i < COUNT_OF(values); i++) ok = copy_value(r, values[i], DEPTH);
    *out = c;
    return ok;
}

/* ---- keeping and recalling ------------------------------------------------------------------------------------------ */

static size_t place_of(int64_t id) { return (uint64_t)id * 0x9e3779b97f4a7c15u >> (64 - SLOT_BITS); }

void case_recent_keep(CaseRecent *recent, const CaseRecord *r) {
    int64_t id;
    if (!recent || !store_id_read(r->id, &id)) return;
    size_t place = place_of(id);
    Slot *slot = &recent->slots[place];
    pthread_mutex_lock(&recent->locks[place % LOCKS]);
    bool late = recent->ids[place] == id && slot->record.version >= r->version; /* somebody has gone on */
    if (!late) {
        Room room = {slot->room, ROOM};
        bool open = !value_is_null(r->process); /* one that has ended rests */
        recent->ids[place] = open && copy_record(&room, r, &slot->record) ? id : 0;
        slot->used = ROOM - room.left;
    }
    pthread_mutex_unlock(&recent->locks[place % LOCKS]);
}

bool case_recent_get(CaseRecent *recent, Str text, Arena *a, CaseRecord *out) {
    int64_t id;
    if (!recent || !store_id_read(text, &id)) return false;
    size_t place = place_of(id);
    Slot *slot = &recent->slots[place];
    pthread_mutex_lock(&recent->locks[place % LOCKS]);
    bool found = recent->ids[place] == id;
    Room room = {found ? arena_alloc(a, slot->used) : NULL, found ? slot->used : 0};
    found = found && copy_record(&room, &slot->record, out);
    pthread_mutex_unlock(&recent->locks[place % LOCKS]);
    return found;
}
