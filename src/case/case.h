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
/* The same for a store that is only read: writes neither versions nor clocks. */
bool case_house_look(Store *store, const CasePackSource *sources, size_t n, Arena *house, CaseHouse **out, Err *err) MUST_USE;
/* Whether the store answers. Err: ERR_BUSY. */
bool case_ready(CaseHouse *h, Err *err) MUST_USE;
const Pack *case_pack(const CaseHouse *h, Str service); /* NULL when none */
/* The version that a view's case began with (its members `service` and `pack`); NULL when this program cannot read it. */
const Pack *case_view_pack(const CaseHouse *h, Value view);
/* The same of a case that this person may read; it tells nothing of the case. Err: ERR_NOT_FOUND, ERR_STATE. */
bool case_pack_for(CaseHouse *h, const AccessWho *who, Str id, Arena *a, const Pack **out, Err *err) MUST_USE;
size_t case_pack_count(const CaseHouse *h);
const Pack *case_pack_at(const CaseHouse *h, size_t i);

typedef enum CaseDo {
    CASE_CREATE, CASE_ADOPT, CASE_DEPART, CASE_CORRECT, CASE_CLOCK, CASE_MOVE,
    CASE_RETRY,  /* what stands still is tried again */
    CASE_SECOND, /* a second person agrees to a decision, or does not */
    CASE_ASSIGN, /* who has it from now on: taken, given to somebody, handed over, released */
    CASE_CHECK, CASE_ACCEPT, CASE_NOTICE, CASE_SUPPLY, CASE_WITHDRAW, /* an application's life, case_life.c */
    CASE_SEE, CASE_NOTE,   /* at the window, case_window.c */
    CASE_PAY, CASE_REFUND, /* fees, case_pay.c */
    CASE_APPLY,  /* case_draft_submit only */
    CASE_TIMER,  /* case_tick only */
    CASE_REPORT, /* case_report only */
} CaseDo;
typedef struct Command {
    CaseDo what;
    Str service;             /* CREATE */
    Str case_id;             /* the others */
    int64_t draft;           /* APPLY: what is handed in */
    int64_t draft_version;   /* and in which version */
    Value files;             /* with which papers (case_upload_files), or null; SUPPLY: case_handle's own to set */
    Value agent;             /* CREATE: who acts for the applicant: {name, id_kind ("id-card" "residence-permit" "passport" "other"), id_number,
                                basis (of his authority), paper}, or null */
    Str identified;          /* CREATE: how the one who came was known: "card-seen" "card-read" "checked-online" "known-by-papers", or "" */
    AccessWho who;           /* zero when the applicant acts himself; APPLY: only the office that receives it */
    Str code, proof;         /* SUPPLY, WITHDRAW by the applicant: tracking code, and the last four characters of what the
                                pack's `proof` names; else "" */
    AccessWho cosigner;      /* who answers for an act that `who` is not qualified for (access_cosign), with the reason; zero = nobody */
    Str cosign_reason;
    Str key;                 /* idempotency key; "" allowed for CREATE only */
    int64_t version;         /* expected version; -1 for CREATE */
    Value args;              /* CREATE: answers; DEPART, CORRECT: {outcome, reason}; MOVE: {cancel, begin (ids of process
                                elements, one may be left out), reason}, supervisors only; CLOCK: {clock, do: "suspend"
                                "resume" "extend" "done", days (extend), reason (suspend, extend)}; RETRY: {what, key (as
                                case_stuck tells them), reason, variables: of an incident, corrected ones, supervisors only};
                                ADOPT, DEPART, CORRECT take `external` too: the reference in the system that issues the
                                document. CHECK: {answers: what the counter found out; null takes one back}; ACCEPT: {accept, reason (when not)};
                                NOTICE: {items: [{evidence or field, fault, text}], days, reason (a second one)}; SUPPLY:
                                {answers: those that change, note}, and with it whatever lies complete under its key (CaseOwn);
                                WITHDRAW: {reason}; SEE: {seen: ids of all originals that were seen}; NOTE: {text}, to the next
                                desk, read by the applicant too; PAY: {method ("cash" "card" "qr"; "online": a provider is asked, by the
                                applicant's code too and without a proof), fen (what was seen to be due), reference, counter};
                                REFUND: {payment (its number), reason, reference, counter}, supervisors only; SECOND: {agree, reason (when not)};
                                ASSIGN: {to: a login, ""
                                releases it; note: needed where another one has it, and with what is handed over} */
    AccessWho whom;          /* ASSIGN: set by case_handle */
    Str leaver;              /* ASSIGN: who has it and can sign in no more; case_release_all only */
    int64_t now_us;
    int32_t offset;          /* office time zone, seconds east of UTC */
    uint8_t seed[32];
} Command;
typedef struct CaseReply {
    Str id;                  /* case id */
    int64_t version;
    Str state;               /* of the pack's `states`; "proposed" and "decided" where it names none */
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

/* ---- the outbox: what processes want done outside ------------------------------------------------------------ */
/* One thing to be done. It may be tried more than once, always with the same key: who is asked does it once per key. */
typedef struct CaseEffect {
    Str key;          /* CASE/TOKEN/NUMBER of the event that wanted it */
    Str kind;         /* "sms" "mail" "webhook" "print" "payment-check" */
    int64_t at_us;    /* wanted since */
    int64_t attempts; /* tries that failed */
    int64_t retries;  /* tries after which it is a dead letter */
    Value inputs;     /* what the process gives along */
    Value headers;    /* what its drawing says */
} CaseEffect;
typedef struct CaseEffects {
    CaseEffect *items;
    size_t n; /* of items */
} CaseEffects;
typedef struct CaseClaim { /* a courier's request for work */
    Str owner;         /* of this claim alone */
    int64_t now_us;
    int64_t until_us;  /* the lease: from then on others may claim what was not reported */
    int64_t beyond_us; /* what waits for a later moment than this was set so by a clock that ran ahead: it is due */
    size_t limit;      /* most effects */
} CaseClaim;
/* Gives every open effect its place in the queue, also one whose place was lost. Once, before the first claim. */
bool case_outbox_mend(CaseHouse *h, Err *err) MUST_USE;
/* Leases due effects, oldest first. */
bool case_claim(CaseHouse *h, const CaseClaim *claim, Arena *a, CaseEffects *out, Err *err) MUST_USE;
/* A try failed: another one from next_us on. Nothing when the lease is somebody else's by now. */
bool case_later(CaseHouse *h, Str key, Str owner, int64_t next_us, Str reason, Err *err) MUST_USE;
typedef enum CaseHow {
    CASE_DONE,    /* done; a job that the process waits for is complete, with its variables */
    CASE_REFUSED, /* the other side said no: a business error with its code for the process */
    CASE_DEAD,    /* nobody will try again by himself */
} CaseHow;
typedef struct CaseReport { /* what became of an effect */
    Str key;
    CaseHow how;
    Value variables; /* DONE: a context or null */
    Str code;        /* REFUSED */
    Str reason;      /* DEAD: why; kept and shown */
    int64_t now_us;
} CaseReport;
/* Blocks until durable. A second report of the same effect changes nothing. When the process cannot go on with the
 * answer, the effect is a dead letter with that reason. */
bool case_report(CaseHouse *h, const CaseReport *report, Arena *a, Err *err) MUST_USE;
enum { CASE_OVERDUE_S = 900 }; /* an effect that is open longer is shown */
/* [{key, kind, case, element, state ("open" "dead"), at (in this state since), attempts, reason}], oldest first, at most 1,000; needs no packs. */
bool case_outbox_list(Store *s, bool dead, Arena *a, Value *out, Err *err) MUST_USE;
/* The operator's hand on a dead letter. Err: ERR_NOT_FOUND, ERR_STATE (not dead), ERR_INVALID (no reason). */
bool case_outbox_retry(CaseHouse *h, Str key, Str reason, int64_t now_us, Arena *a, Err *err) MUST_USE;
typedef struct CaseHealth { /* what a doctor asks: numbers */
    int64_t overdue, dead;         /* effects */
    int64_t incidents, set_aside;  /* tokens that stand still; timers that could not fire */
    int64_t late_timers;           /* due for more than a minute */
    int64_t provisional;           /* cases whose deadline rests on a calendar to come */
} CaseHealth;
bool case_health(Store *s, int64_t now_us, Arena *a, CaseHealth *out, Err *err) MUST_USE;
/* What stands still in the cases this person may have tried again, oldest first, at most 100 of each kind: [{what ("incident"
 * "timer" "effect"), key (for CASE_RETRY), case, version, tracking_code, pack (hash of its version), title{zh,en}, element, name, at, reason, code and about (incident: bpmn_incidents), kind (effect),
 * attempts (effect), dead (effect: else it is overdue)}]. */
bool case_stuck(CaseHouse *h, const AccessWho *who, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;

/* ---- messages that are no case's: they go by the same couriers, and are in no event ------------------------------- */
enum { CASE_MESSAGE_DAYS = 3, CASE_MESSAGE_TEXT = 500 }; /* kept so long, whatever became of them; most characters */
typedef struct CaseMessage { /* something to be told */
    Str key;     /* names it: small letters, digits, slashes; whoever delivers does it once per key */
    Str kind;    /* "sms" */
    Str about;   /* the record that it is about */
    Str to;      /* a telephone number */
    Str text;    /* what is told */
    Str lang;    /* in which language */
} CaseMessage;
/* Adds it to a batch, with what it is about. */
void case_message_add(CaseHouse *h, StoreBatch *b, const CaseMessage *m, int64_t now_us);
/* Whatever was to be told about this record and has not left yet stays here. */
void case_message_stop(CaseHouse *h, StoreBatch *b, Str about);
/* The newest first, at most 100: [{key, kind, about, state ("open" "dead" "sent"), at, to, text, lang}]. For demonstrations. */
bool case_messages(CaseHouse *h, Arena *a, Value *out, Err *err) MUST_USE;

/* ---- drafts: an application before it is handed in. Whoever has its code has it; nobody else reads it --------------- */
enum { CASE_DRAFT_BYTES = 256 * 1024 };
typedef struct CaseDraft {
    Str code;            /* as printed; kept by whoever made it, here only its hash */
    Str service;         /* of which it is an application */
    const Pack *pack;    /* the version in force; NULL: the service has been withdrawn */
    const Pack *kept;    /* the version that it was saved with; NULL when it cannot be read any more */
    Value answers;       /* as typed, by form key; right or wrong */
    Str office;          /* chosen, "" not yet */
    int64_t version;     /* of the draft */
    int64_t created_us, updated_us, expires_us;
    bool expired;        /* it was too old: its answers are deleted */
    Str tracking_code;   /* of the case that it has become; "" */
} CaseDraft;
/* Begins one. In: code "" = a new code from the seed; pack_hash = the version in which it was filled in, "" = in force.
 * Err: ERR_NOT_FOUND (no such service), ERR_LIMIT. */
bool case_draft_open(CaseHouse *h, Str service, Str pack_hash, Value answers, const uint8_t seed[32], int64_t now_us, Arena *a, CaseDraft *out, Err *err) MUST_USE;
/* Err: ERR_INPUT (no code), ERR_NOT_FOUND. */
bool case_draft_get(CaseHouse *h, Str code, int64_t now_us, Arena *a, CaseDraft *out, Err *err) MUST_USE;
/* Keeps its answers and office, under the version in force: what that form does not ask goes. Sets d->version.
 * Err: ERR_CONFLICT (somebody else saved it meanwhile, or it is expired or handed in), ERR_LIMIT. */
bool case_draft_save(CaseHouse *h, CaseDraft *d, int64_t now_us, Arena *a, Err *err) MUST_USE;
bool case_draft_drop(CaseHouse *h, const CaseDraft *d, Arena *a, Err *err) MUST_USE;
typedef struct CaseLook { /* a draft against the form in force */
    PaperFaults faults; /* what is wrong or missing; staff's own fields are unknown to it */
    Value fitting;      /* the answers without those that the form does not ask any more */
    Value guide;        /* pack_guide, once nothing is wrong; else null */
    bool changed;       /* saved with another version than the one in force */
    Value gone, added;  /* then: keys that were answered and are asked no more; keys that are new */
} CaseLook;
bool case_draft_look(CaseHouse *h, const CaseDraft *d, int64_t now_us, int32_t offset, Arena *a, CaseLook *out, Err *err) MUST_USE;
/* Offices that accept the service: [{id, zh, en}]. */
Value case_draft_offices(const Pack *pack, Arena *a);
/* Hands it in: the case and the draft's end in one commit. Again: the same reply. Out: faults.n > 0 = nothing happened.
 * Err: ERR_STATE (expired, withdrawn), ERR_INVALID (office). */
bool case_draft_submit(CaseHouse *h, const CaseDraft *d, int64_t now_us, int32_t offset, const uint8_t seed[32], Arena *a, CaseReply *out, Err *err) MUST_USE;

/* ---- uploads: papers handed over in pieces. They belong to a code: of a draft, or the key of a case that waits for papers
 * (CaseOwn). Whoever calls has made sure that the code is the caller's. --------------------------------------------------------- */
enum {
    CASE_UPLOAD_MAX = 10 * 1024 * 1024, /* most bytes of one */
    CASE_PIECE_MAX = 512 * 1024,        /* most bytes of a piece */
    CASE_PIECE_MIN = 64 * 1024,         /* least, but for the last */
    CASE_UPLOAD_DAYS = 30,              /* for those of a case: until they are handed in with an answer */
};
typedef struct CaseUpload {
    Str id;        /* among those of its code */
    Str evidence;  /* kind of paper, of the pack's */
    Str name;      /* as its owner calls it, made harmless */
    Str type;      /* "image/jpeg" "image/png" "application/pdf", by content; "" not known yet */
    Str blob;      /* once complete: SHA-256, 64 hexadecimal digits; begin: as announced, or "" */
    int64_t size;  /* bytes announced */
    int64_t have;  /* bytes here */
    int64_t place; /* of its bytes in the store */
} CaseUpload;
typedef struct CaseUploads {
    CaseUpload *items;
    size_t n; /* of items */
} CaseUploads;
int64_t case_upload_most(const Pack *pack, Str evidence); /* most bytes of one paper of this kind */
/* In: wanted = evidence, name, type ("" = by content alone), size, blob. Err: ERR_INVALID with "evidence" "type" "size";
 * ERR_LIMIT, too many or too much under this code. */
bool case_upload_begin(CaseHouse *h, const Pack *pack, Str code, const CaseUpload *wanted, const uint8_t seed[32], int64_t now_us, Arena *a, CaseUpload *out, Err *err) MUST_USE;
/* Adds bytes at `at`; the last piece completes it. "" completes one whose last piece came while the line was lost.
 * Err: ERR_CONFLICT (at is not what is here), ERR_INVALID with "size" "type" (content is not of the kind, or a picture
 * is larger than any camera's) "blob" (not what was announced): then it is gone. */
bool case_upload_piece(CaseHouse *h, const Pack *pack, Str code, Str id, int64_t at, Str bytes, Arena *a, CaseUpload *out, Err *err) MUST_USE;
bool case_upload_get(CaseHouse *h, Str code, Str id, Arena *a, CaseUpload *out, Err *err) MUST_USE; /* ERR_NOT_FOUND */
bool case_upload_list(CaseHouse *h, Str code, Arena *a, CaseUploads *out, Err *err) MUST_USE; /* complete or not, oldest first */
bool case_upload_drop(CaseHouse *h, Str code, Str id, Arena *a, Err *err) MUST_USE;
/* The complete ones as a command takes them: [{evidence, blob, name, type, bytes, upload}]. */
bool case_upload_files(CaseHouse *h, Str code, Arena *a, Value *out, Err *err) MUST_USE;
/* All bytes of a paper, by its blob. */
bool case_file_read(CaseHouse *h, Str blob, Arena *a, Str *bytes, Err *err) MUST_USE;
typedef struct CaseFile { /* a paper of a case */
    Str evidence, type;   /* as in CaseUpload */
    Str bytes;            /* all of them */
} CaseFile;
/* The n-th paper of a case (from 1) for staff, and the access line in a commit before it is handed out. */
bool case_file(CaseHouse *h, const AccessWho *who, Str case_id, int64_t no, Str purpose, int64_t now_us, Arena *a, CaseFile *out, Err *err) MUST_USE;
typedef struct CaseOwn { /* a case in the hands of somebody who may hand over papers to it */
    Str key;          /* under which they lie until they are part of the case: for case_upload_* */
    const Pack *pack; /* its version of the service */
    bool asked;       /* a notice is open: papers may be handed over now */
    Value files;      /* what is part of it: [{evidence, name, type, bytes, at}] */
} CaseOwn;
/* The applicant: he knows the code and proves it as in Command. Err: as case_handle for his acts. */
bool case_own(CaseHouse *h, Str code, Str proof, int64_t now_us, Arena *a, CaseOwn *out, Err *err) MUST_USE;
/* Staff who may decide the case, for him; under a key of their own, so that nothing is handed in that he has not sent. */
bool case_own_staff(CaseHouse *h, const AccessWho *who, Str id, Arena *a, CaseOwn *out, Err *err) MUST_USE;
/* The applicant's n-th paper, with a line that tells that he himself read it. */
bool case_own_file(CaseHouse *h, Str code, Str proof, int64_t no, int64_t now_us, Arena *a, CaseFile *out, Err *err) MUST_USE;

/* ---- views: all times are dates and times in office time; outcome values are {code, zh, en} or null -------- */
bool case_decided_at(const Pack *pack, Str office); /* may an office of this kind decide it? */
/* Everything about one case, and the access line in the same commit:
 * {id, version, state ("proposed" "decided"), service, pack (hash of its version), title{zh,en}, sample, office, tracking_code, subject, created_at,
 *  updated_at, outcome, answers (complete, by form key, identity numbers masked), proposal (pack_proposal_record), proposed (outcome),
 *  trace (pack_explain), decisions:[{no, at, by, second (who agreed, or null), office, how ("adopted" "departed" "corrected" "silence": the law decides when
 *  a time has passed), outcome, reason, external,
 *  proposal_outcome}], letters:[{no, letter, at, decision, appeal_day, appeal_provisional}], appeal (what one may do against it), clocks:[{id, name{zh,en}, law (refs), state
 *  ("running" "suspended" "stopped"), start, stopped, statutory:{n, unit, due, provisional, calendar{zh,en} (not for the nation's)}, promised (the same, or null),
 *  extended (days), extensions:[{on, days, reason}], asked {on, days, reason, by, by_name} (staff only, null: nobody asks), holds:[{from, to, reason}], by_hand (stops when somebody says done)}], stuck (as case_stuck), moves:[{at, by, office, from, to (names of elements, "" none),
 *  reason}] (by a supervisor's hand), open (its process has not ended), accepted:{at, how ("accepted" "refused" "silence"), office, by,
 *  reason} or null, notices:[{no, at, by, office, items:[{kind ("evidence" "field"), id, name, what (both {zh, en}; what may be null), text}],
 *  until, provisional, reason, answered_at}], files:[{evidence, blob, name, type, bytes, at}], withdrawn:{at, applicant, office, by, reason} or
 *  null, acts:{check, accept, notice, supply, withdraw, decide} (what may be done now), guide (pack_guide, or null), may_ask_again, others (how many colleagues looked within 10 minutes), wants_decision (the process waits for one), may_decide, may_extend,
 *  agent (as the command's, its number masked) or null, identified, seen (ids of papers), notes:[{at_us, text, office, by}],
 *  fees: {due (fen; null: not known), items:[{id, name, fen, checked_by, payment (number, or null)}], payments:[{no, state ("created" "success" "failed"
 *  "cancelled" "error"), at, method, fen, items, receipt, reference, by, office, refund:{at, receipt, reason, by} or null}]}, may_pay, may_refund,
 *  second {how, outcome, reason, external, by, by_name} or null: what was decided and waits for a second person;
 *  assignee {user, name} or null: who has it; assignable (it has not ended), may_assign (the reader may give it to anybody), assignments:[{at, by, to (a name, "" released), note, disabled (who had it was disabled)}]} */
bool case_view(CaseHouse *h, const AccessWho *who, Str id, Str purpose, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* Where a case stands in its process, and the access line in the same commit: {id, the members of case_view from version
 * to outcome, may_move, steps:[{id, name, type, here (tokens), waits, begins (may be begun by
 * hand)}] of the drawing's activities, events and gateways, in its order}. */
bool case_process(CaseHouse *h, const AccessWho *who, Str id, Str purpose, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* The versions of services that are kept here, by service, oldest first: [{service, title{zh,en}, hash, version (as its pack.json says),
 * since (first installed), in_force, open (cases that go by it)}]. Cost: reads every version once, linear in open cases. */
bool case_versions(CaseHouse *h, Arena *a, Value *out, Err *err) MUST_USE;
/* The files of one: name → text. In: its hash, or the first eight signs of it or more. Err: ERR_NOT_FOUND; ERR_INVALID when several begin so. */
bool case_version_files(Store *store, Str service, Str hash, Arena *a, Value *out, Err *err) MUST_USE;
/* The drawing of a service's process in one version (a hash, as a view's member `pack` names it). Err: ERR_NOT_FOUND. */
bool case_drawing(const CaseHouse *h, Str pack_hash, Str *out, Err *err) MUST_USE;
/* Cases the person may read, oldest first. filter: {state, whose ("mine" "nobody"), find (plate, name, number, tracking code, id), after, limit ≤ 200}.
 * Out: {cases:[{id, service, title, version, state, tracking_code, subject, created_at, proposed, outcome, office,
 *  due (the nearest last day of a running clock, or null), held (it stands still), assignee (login, ""), assignee_name}], next (for `after`, or null), counts: {open, ended,
 *  mine, nobody, and each state that some case is in}}. state may be "open" (somebody has something to do) or "ended" too */
bool case_list(CaseHouse *h, const AccessWho *who, Value filter, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* ---- the supervisor's board: live, over the offices that the person covers ---------------------------------------- */
/* filter: {after, limit ≤ 200, office (one of them)}. Out: {at, offices, counts:{late, soon (its last day is today), ok, held (its clock stands
 * still), none (no clock runs), free (of soon: nobody has it), closed (today), in_time (of closed), open}, oldest, nearest (the first last day
 * that is past, and the next one to come; or null), first:[what case_list gives, and lane ("late" …), asked (somebody wants more
 * time), second (it waits for a second person)], next, services:[{service, title, late, soon, ok, held, none, open}]}.
 * Err: ERR_DENIED, ERR_INVALID. Cost: linear in the open cases' index. */
bool case_board(CaseHouse *h, const AccessWho *who, Value filter, int64_t now_us, int32_t offset, Arena *a, Value *out, Err *err) MUST_USE;
typedef struct CaseOrder { /* one case of several that are given away at once */
    Str id;          /* which */
    int64_t version; /* as whoever gives it has seen it */
    bool done;       /* it was given */
    Err trouble;     /* else why not */
} CaseOrder;
/* Gives each of them, in a commit of its own. In: c = ASSIGN without a case; its key is the first half of theirs. */
void case_assign_all(CaseHouse *h, const Command *c, CaseOrder *orders, size_t n, Arena *a);
/* Whoever is disabled has nothing any more: releases what they had in every office, in the name of who disabled them (who
 * was asked for that right, and for none over these cases). Out: released = how many. Err: ERR_STATE, they can still sign in. */
bool case_release_all(CaseHouse *h, const AccessWho *who, Str login, Str note, int64_t now_us, int32_t offset, Arena *a, int64_t *released, Err *err) MUST_USE;

/* Next open case after this one in the person's worklist; "" when none. */
bool case_next(CaseHouse *h, const AccessWho *who, Str after_id, Arena *a, Str *id, Err *err) MUST_USE;
/* The resident's view by tracking code: {version, state, service, pack, title, sample, office, tracking_code, subject, created_at,
 *  updated_at, outcome, answers, clocks, decisions (without `by`), rules, trace and appeal (once decided), letters,
 *  lookers:[{at, office, role ("applicant": himself), purpose}]; accepted, notices, files (neither names nor bytes), withdrawn, acts as case_view, without `by`; provable (the
 *  applicant can show that he is), channel ("window" "online": where it was handed in), may_rate,
 *  agent, identified, seen, notes and fees as case_view, without `by`}. Never staff names. ERR_NOT_FOUND; ERR_INPUT when it is no tracking code. */
bool case_track(CaseHouse *h, Str code, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* A letter's HTML. Staff: who set and the access line written, and no 0 is what adopting now would send; resident:
 * by tracking code (who NULL). */
bool case_letter(CaseHouse *h, const AccessWho *who, Str id_or_code, int64_t no, Str lang, int64_t now_us, Arena *a, Str *html, Err *err) MUST_USE;
/* Answers of a case that the form of another service asks too, as they were given: nobody says them twice in one visit
 * (WCAG 2.2, 3.3.7). The access line is written. Err: ERR_NOT_FOUND. */
bool case_carry(CaseHouse *h, const AccessWho *who, Str from, Str service, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;

/* ---- fees and the drawer -------------------------------------------------------------------------------------------- */
/* What somebody took and gave back at one counter on one day, and, once closed, what was counted. */
typedef struct CaseDrawer {
    Str office, clerk, counter; /* whose, where; counter "" = none */
    int64_t day;                /* days since 1970, of the office */
} CaseDrawer;
/* Drawers of a day that this person may see (his own; a supervisor's offices'), by office, clerk and counter: [{office, clerk,
 * counter, day (a date), payments, expected: {cash, card, qr} (fen), closed, counted (as expected, or null), difference (fen,
 * or null), reason, closed_by, closed_at}]. */
bool case_cash(CaseHouse *h, const AccessWho *who, int64_t day, Arena *a, Value *out, Err *err) MUST_USE;
/* Closes one: what is paid from then on lies in the next day's. In: counted: {cash, card, qr}; reason: of a difference.
 * Closed again with the same counts: nothing happens. Err: ERR_DENIED, ERR_NOT_FOUND, ERR_STATE, ERR_INVALID with the element. */
bool case_cash_close(CaseHouse *h, const AccessWho *who, const CaseDrawer *drawer, Value counted, Str reason, int64_t now_us, int32_t offset, Arena *a, Err *err) MUST_USE;
/* Payments and refunds of a drawer's day in one's offices, newest first, at most 1,000: [{receipt ("OFFICE-YEAR-NUMBER"), case, kind ("paid" "refunded"), no
 * (payment of the case), clerk, counter, method, fen, at}]; receipt not "": that one alone. */
bool case_receipts(CaseHouse *h, const AccessWho *who, int64_t day, Str receipt, Arena *a, Value *out, Err *err) MUST_USE;

/* ---- ratings ---------------------------------------------------------------------------------------------------- */
/* By the tracking code, once, when the case has ended: {level 1…5, aspects: [of case_rating_aspects], remark, contact (kept with a low
 * one until it was followed up)}. Kept without
 * the case, the person, the clerk and the moment. Err: ERR_NOT_FOUND, ERR_STATE, ERR_INVALID with the element. */
bool case_rate(CaseHouse *h, Str code, Value rating, const uint8_t seed[32], int64_t now_us, Arena *a, Err *err) MUST_USE;
Value case_rating_aspects(Str channel, Arena *a); /* list of codes; channel: "window" "online" */
/* Of the offices whose ratings this person may see: {sums:[{office, service, month, channel, level, n}], low:[{id, office, service,
 * month, channel, level, aspects, remark, due, contact, disputed, disputed_by}]: matters to follow up, the nearest first, thanks:[{office, service,
 * month, remark}]: good words}. service "": of a visit to the hall. */
bool case_ratings(CaseHouse *h, const AccessWho *who, Arena *a, Value *out, Err *err) MUST_USE;
/* This month in those offices: {month, ratings, cases (of them, of cases: the others are of visits), satisfied (level 3 and more), closed (cases
 * that ended: how many might have been rated)}. */
bool case_rating_month(CaseHouse *h, const AccessWho *who, int64_t now_us, int32_t offset, Arena *a, Value *out, Err *err) MUST_USE;
/* A visit to the hall, once, by its ticket: kept like that of a case, without a service. Whoever calls knows that it is over. */
bool case_rate_visit(CaseHouse *h, Str office, Str ticket, Value rating, const uint8_t seed[32], int64_t now_us, Arena *a, Err *err) MUST_USE;
bool case_may_rate_visit(CaseHouse *h, Str ticket, Arena *a, bool *out, Err *err) MUST_USE; /* nobody did */
typedef enum CaseFollow {
    CASE_FOLLOW_DONE,    /* put right */
    CASE_FOLLOW_CALLED,  /* put right, and who left a number was called back; either way the number is deleted */
    CASE_FOLLOW_DISPUTE, /* held to be mistaken or malicious: a second person settles it, and the time runs on */
    CASE_FOLLOW_EXCLUDE, /* it was: it counts no more */
    CASE_FOLLOW_KEEP,    /* it was not */
} CaseFollow;
/* What follows a low rating; the note is kept, beside the office. Err: ERR_DENIED, ERR_NOT_FOUND, ERR_INVALID. */
bool case_rating_follow(CaseHouse *h, const AccessWho *who, Str id, Str office, CaseFollow what, Str note, int64_t now_us, Arena *a, Err *err) MUST_USE;

/* Ask without a case, nothing stored. Of a service with questions: what pack_guide gives. Of another: {outcome (code), title{code,zh,en}, rules, inputs, trace} or faults. */
bool case_precheck(CaseHouse *h, Str service, Value answers, int64_t now_us, int32_t offset, Arena *a, Value *out, PaperFaults *faults, Err *err) MUST_USE;

/* ---- open cases go on under another version ---------------------------------------------------------------------- */
typedef struct CaseMigration { /* an order: docs/migration.md */
    Str service;      /* to its version in force */
    Str from;         /* hash of the version left, or how it begins; "" = every other one */
    Value changes;    /* {elements: {old: new}, restart: [timer], drop: [form key], clocks: "keep" or "recompute"}, or null */
    AccessWho who;    /* RUN: a supervisor or a lawyer; their offices' cases alone */
    Str reason, law;  /* RUN: why, and on what legal basis ("" = none is named); kept in every case */
    int64_t now_us;
    size_t examples;  /* most cases named for each reason */
} CaseMigration;
typedef void CaseProgress(void *who, int64_t done, int64_t total);
/* What fits and what does not, and why; writes nothing. Out: {service, to, version, from:[{hash, version, cases, fits}], cases,
 * fits, migrated, changed (by somebody else meanwhile: ask again), misfits:[{code, element, text, from, n, cases:[id]}]}.
 * Err: ERR_NOT_FOUND (service, version), ERR_INVALID with the element (changes). */
bool case_migrate_plan(CaseHouse *h, const CaseMigration *order, CaseProgress *told, void *who, Arena *a, Value *report, Err *err) MUST_USE;
/* Moves what fits, each case whole or not at all; those that are moved already are not asked for again. Err: also ERR_DENIED. */
bool case_migrate_run(CaseHouse *h, const CaseMigration *order, CaseProgress *told, void *who, Arena *a, Value *report, Err *err) MUST_USE;

typedef struct CasePapers { /* what became of all that was handed over */
    int64_t papers, bytes; /* complete ones that were read */
    int64_t damaged;       /* of them, and those that are missing */
    Value list;            /* at most 1,000: [{case ("" none has it yet), evidence, name, blob (hash), what ("changed" "missing")}] */
} CasePapers;
/* Reads every paper and compares it with the hash it came with; is each that the log names there? told, unless NULL, hears
 * how many bytes are read. Cost: all bytes. */
bool case_papers_check(Store *s, CaseProgress *told, void *who, Arena *a, CasePapers *out, Err *err) MUST_USE;

/* Folds the whole log of a store anew into an empty one with the same schemas: what its projections must hold (store_compare).
 * told, unless NULL, hears how many events are folded. Err: ERR_STATE, a version of a service cannot be read any more. */
typedef void CaseTold(void *who, int64_t events);
/* The fold of another room, for its own events; NULL: none. */
typedef bool CaseFold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err);
bool case_refold(Store *log, Store *into, CaseFold *further, CaseTold *told, void *who, Err *err) MUST_USE;

/* Tracking codes: 12 random symbols of 0-9 A-Z without I L O U and a check symbol (GF(32)): XXXX-XXXX-XXXX-C. */
Str case_code_make(const uint8_t random[8], Arena *a);
bool case_code_read(Str typed, char out[14]);            /* lenient spelling; false when the check fails */

#endif
