/* case: the life of one application: command in, events out. Fulfils what processes want.
 * The pure middle (case_decide) is the same for the server, the tests and the author's try-out. */
#ifndef YC_CASE_H
#define YC_CASE_H

#include "access/access.h"
#include "base/base.h"
#include "pack/pack.h"
#include "store/store.h"

extern const StoreSchema case_schema;

typedef struct CaseHouse CaseHouse; /* store + compiled packs, from start to stop; shared between threads */
typedef struct CasePackSource { /* a compiled pack and the files it was made of */
    const Pack *pack;
    const PackFile *files;
    size_t n_files;
} CasePackSource;
/* Opens the room. Versions of packs that decided here before are kept in the event log and compiled again,
 * since a case keeps to the version it began with. */
bool case_house(Store *store, const CasePackSource *sources, size_t n, int64_t now_us, Arena *house, CaseHouse **out, Err *err) MUST_USE;
const Pack *case_pack(const CaseHouse *h, Str service); /* NULL when none */
/* The version that a view's case began with (its members `service` and `pack`); NULL when this program cannot read it. */
const Pack *case_view_pack(const CaseHouse *h, Value view);
size_t case_pack_count(const CaseHouse *h);
const Pack *case_pack_at(const CaseHouse *h, size_t i);

typedef enum CaseDo { CASE_CREATE, CASE_ADOPT, CASE_DEPART, CASE_CORRECT, CASE_CLOCK, CASE_TIMER, CASE_MOVE } CaseDo; /* TIMER: case_tick only */
typedef struct Command {
    CaseDo what;
    Str service;             /* CREATE */
    Str case_id;             /* the others */
    AccessWho who;
    Str key;                 /* idempotency key; "" allowed for CREATE only */
    int64_t version;         /* expected version; -1 for CREATE */
    Value args;              /* CREATE: answers; DEPART, CORRECT: {outcome, reason}; MOVE: {cancel, begin (ids of process
                                elements, one may be left out), reason}, supervisors only; CLOCK: {clock, do: "suspend"
                                "resume" "extend" "done", days (extend), reason (suspend, extend)} */
    int64_t now_us;
    int32_t offset;          /* office time zone, seconds east of UTC */
    uint8_t seed[32];
} Command;
typedef struct CaseReply {
    Str id;                  /* case id */
    int64_t version;
    Str state;               /* "draft" "proposed" "decided" "closed" */
    Str tracking_code;
    PaperFaults faults;      /* n > 0: the answers are refused, nothing happened */
    const Pack *pack;        /* for wording the faults */
    bool again;              /* the same key and body came before: this is the kept answer */
} CaseReply;
/* Blocks until durable. Err: ERR_NO_SESSION, ERR_DENIED, ERR_NOT_FOUND (none, or not of your office),
 * ERR_STALE, ERR_KEY_REUSED, ERR_STATE, ERR_INVALID, ERR_DISK_FULL, ERR_BUSY. */
bool case_handle(CaseHouse *h, const Command *c, Arena *a, CaseReply *out, Err *err) MUST_USE;

/* Fires the timers that are due, in due order, each in the commit that takes its row away: never early, never
 * twice; after a downtime late but in order. Call it about once a second, from one thread. */
bool case_tick(CaseHouse *h, int64_t now_us, Err *err) MUST_USE;

/* ---- views: all times are dates and times in office time; outcome values are {code, zh, en} or null -------- */
/* Everything about one case, and the access line in the same commit:
 * {id, version, state ("proposed" "decided"), service, pack (hash of its version), title{zh,en}, sample, office, tracking_code, subject, created_at,
 *  updated_at, outcome, answers (complete, by form key, identity numbers masked), proposal (pack_proposal_record), proposed (outcome),
 *  trace (pack_explain), decisions:[{no, at, by, office, how ("adopted" "departed" "corrected" "silence": the law decides when
 *  a time has passed), outcome, reason,
 *  proposal_outcome}], letters:[{no, letter, at, decision, appeal_day, appeal_provisional}], appeal (what one may do against it), clocks:[{id, name{zh,en}, law (refs), state
 *  ("running" "suspended" "stopped"), start, stopped, statutory:{n, unit, due, provisional}, promised (the same, or null),
 *  extended (days), holds:[{from, to, reason}], by_hand (stops when somebody says done)}], others (how many colleagues looked within 10 minutes), may_decide} */
bool case_view(CaseHouse *h, const AccessWho *who, Str id, Str purpose, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* Where a case stands in its process, and the access line in the same commit: {id, the members of case_view from version
 * to outcome, steps:[{id, name, type, here (tokens)}] of the drawing's activities, events and gateways, in its order}. */
bool case_process(CaseHouse *h, const AccessWho *who, Str id, Str purpose, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* The drawing of a service's process in one version (a hash, as a view's member `pack` names it). Err: ERR_NOT_FOUND. */
bool case_drawing(const CaseHouse *h, Str pack_hash, Str *out, Err *err) MUST_USE;
/* Cases the person may read, oldest first. filter: {state, find (plate, name, number, tracking code, id), after, limit ≤ 200}.
 * Out: {cases:[{id, service, title, version, state, tracking_code, subject, created_at, proposed, outcome, office,
 *  due (the nearest last day of a running clock, or null)}], next (for `after`, or null), counts:{proposed, decided}} */
bool case_list(CaseHouse *h, const AccessWho *who, Value filter, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* Next open case after this one in the person's worklist; "" when none. */
bool case_next(CaseHouse *h, const AccessWho *who, Str after_id, Arena *a, Str *id, Err *err) MUST_USE;
/* The resident's view by tracking code: {version, state, service, pack, title, sample, office, tracking_code, subject, created_at,
 *  updated_at, outcome, answers, clocks, decisions (without `by`), rules, trace and appeal (once decided), letters,
 *  lookers:[{at, office, role, purpose}]}. Never staff names. ERR_NOT_FOUND; ERR_INPUT when it is no tracking code. */
bool case_track(CaseHouse *h, Str code, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* A letter's HTML. Staff: who set and the access line written, and no 0 is what adopting now would send; resident:
 * by tracking code (who NULL). */
bool case_letter(CaseHouse *h, const AccessWho *who, Str id_or_code, int64_t no, Str lang, int64_t now_us, Arena *a, Str *html, Err *err) MUST_USE;
/* Decide without a case, nothing stored: {outcome (code), title{code,zh,en}, rules, inputs, trace} or faults. */
bool case_precheck(CaseHouse *h, Str service, Value answers, int64_t now_us, int32_t offset, Arena *a, Value *out, PaperFaults *faults, Err *err) MUST_USE;

/* Tracking codes: 12 random symbols of 0-9 A-Z without I L O U and a check symbol (GF(32)): XXXX-XXXX-XXXX-C. */
Str case_code_make(const uint8_t random[8], Arena *a);
bool case_code_read(Str typed, char out[14]);            /* lenient spelling; false when the check fails */

#endif
