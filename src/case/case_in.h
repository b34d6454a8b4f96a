/* What the files of room case share: a loaded record, the outcome of the pure middle, and row readers.
 * case_decide is pure: it sees a record, a command and a pack, never the store. */
#ifndef YC_CASE_IN_H
#define YC_CASE_IN_H

#include "case/case.h"

struct CaseHouse {
    Store *store;               /* the one database */
    const CasePackSource *packs; /* services in force */
    size_t n_packs;
    AccessRules *rules;         /* what is asked of staff */
    struct CaseRecent *recent;  /* records written a moment ago; NULL: none are kept */
    const Pack **versions;      /* those in force and all that decided here before */
    size_t n_versions, cap_versions;
    int get, get_by_code, insert, update, update_state, update_place, repack, term_add; /* statements */
    int provisional, timer_add, timer_drop, timer_due; /* statements */
    int term_drop, prior_add, prior_drop, priors, answer_get, answer_add, answer_expire;
    int worklist, worklist_all, worklist_free, worklist_mine, find, counts, counts_taken;
    int board_open, board_closed, board_free, board_first, of_assignee, versions_open;
    int outbox_add, outbox_drop, outbox_turn, outbox_get, outbox_list, outbox_of, stuck_set, stuck_clear, stuck_list, stuck_of;
    int draft_get, draft_add, draft_set, draft_spend, draft_due, draft_empty, draft_forget, draft_drop;
    int upload_add, upload_get, upload_list, upload_type, upload_done, upload_drop, upload_due;
    int receipt_add, receipt_last, receipt_get, receipts_day, drawer_add, drawer_open, drawer_still, drawer_close, drawer_day, drawer_get, drawer_next, drawer_sums;
    int delivery_add, delivery_drop, delivery_mend, delivery_waits, delivery_claim, delivery_claimed, delivery_later;
};

void case_statements(CaseHouse *h); /* looks up its numbers of statements */

typedef struct CaseMoney { /* where what is taken next belongs */
    Str office;            /* whose receipts are numbered */
    int64_t year, receipt; /* the next number of the year */
    int64_t day;           /* of the drawer: today, or the first that is not closed */
    Str counter;           /* where; "" = none */
} CaseMoney;
typedef struct CaseRecord { /* a case as its events have made it: a row of case_instance; zero = a case to be */
    Str id, service, pack_hash, office, state, code, subject, proposed, outcome;
    int64_t version;            /* = number of its last event */
    int64_t created_us, updated_us;
    int64_t decisions, letters, notices; /* how many there are */
    int64_t answered;           /* number of the event that tells the answers as they are now */
    Str assignee;               /* login of who has it; "" nobody */
    int64_t board;              /* a day or a CASE_BOARD_… */
    int64_t second;             /* number of the event that asks for a second person; 0 = none does */
    Value asked;                /* what it tells, once case_second_read has read it */
    Value process;              /* what is kept of its process's state (case_state.c); null once it has ended */
    Value clocks;               /* rows of case_clock.c */
    Value answers;              /* complete; kept by the event `answered` alone */
    Value proposal;             /* set by case_read_story: kept by its event alone */
    Value said;                 /* while folding: {proposed (values), decided} since the process moved last */
    Value aside;                /* while folding: timers that are set aside: {token, element, text, at} */
    Value standing;             /* while folding: tokens that stand since the last incident event, each as in aside; null = none told */
    Value outbox;               /* while folding: {kind, at, payload} of what changes the outbox */
    Value payments;             /* set by case_read_money, for acts that touch money: as case_payments_tell makes them */
    CaseMoney money;            /* set with them */
    Value receipts;             /* while folding: {kind, at, payload} of what was taken and given back */
    int64_t occurred_us;        /* while folding "created": when it happened, office time; 0 = when recorded */
} CaseRecord;
#define CASE_JSON ((JsonLimits){.depth = 100}) /* of what we wrote ourselves */
/* statement case_get with case_id_arg, or case_get_by_code */
bool case_read(CaseHouse *h, int statement, StoreArg key, Arena *a, CaseRecord *out, Err *err) MUST_USE; /* ERR_NOT_FOUND */
bool case_read_row(CaseHouse *h, const StoreArg *c, Arena *a, CaseRecord *out, Err *err) MUST_USE; /* a row as case_get gives it */
/* The answers that one event tells. */
bool case_read_answers(CaseHouse *h, Str id, int64_t seq, Arena *a, Value *out, Err *err) MUST_USE;
/* The record if this person may use `right` on it; else ERR_NOT_FOUND (it tells nobody that it exists). */
bool case_read_for(CaseHouse *h, const AccessWho *who, AccessRight right, Str id, Arena *a, CaseRecord *out, Err *err) MUST_USE;

/* ERR_NOT_FOUND and ERR_DENIED as case_read_for. */
bool case_may(CaseHouse *h, const AccessWho *who, AccessRight right, const CaseRecord *r, Err *err) MUST_USE;

/* ---- case_recent.c: records written a moment ago ----------------------------------------------------------------- */
typedef struct CaseRecent CaseRecent;
CaseRecent *case_recent_new(Arena *house);
/* In: a record as it was committed. */
void case_recent_keep(CaseRecent *recent, const CaseRecord *r);
/* As case_read gave it then: it may be outdated, so that only what its commit accepts is true. */
bool case_recent_get(CaseRecent *recent, Str id, Arena *a, CaseRecord *out) MUST_USE;

bool case_office_fits(const Pack *pack, const char *key, Str office); /* its kind is in pack.json `key`, or nothing is */
bool case_is_staff_key(const Pack *pack, Str key); /* an answer that the counter finds out */
bool case_is_decision(Str element); /* a task of the process that a decision completes (case_life.c) */
typedef struct CaseEvent {
    const char *kind;           /* "created" "answered" "accepted" "refused_filing" "notice" "withdrawn" "proposed" "decided" "letter" "clock" "timer" "timer_stopped" "by_hand"
                                   "assigned" "second_asked" "second_refused" "effect" "effect_done" "effect_dead" "incident" "retried" "migrated" "paid" "refunded" "payment_asked" "payment_ended" "seen" "noted" */
    Value payload;              /* what folding the log needs to make it true again; the last of a command has the
                                   member `moved`: {entered, left, and the change of case_state_tell} */
} CaseEvent;
enum { CASE_EFFECTS = 48, CASE_EVENTS = CASE_EFFECTS + 16 + PACK_CLOCKS_MAX }; /* most events of one command, and of them effects */
typedef struct CaseChange { /* what the pure middle wants to become true */
    Arena *a;
    const Pack *pack;           /* of the case */
    int64_t now_us;             /* when the events happen */
    CaseRecord after;           /* the record after the events so far: folded, never set by hand */
    CaseEvent events[CASE_EVENTS];       /* in order */
    size_t n_events;
    PaperFaults faults;         /* n > 0: refused answers, nothing else is set */
} CaseChange;
/* Adds an event and folds it into `after`. */
void case_change_event(CaseChange *out, const char *kind, Value payload);
/* The pure middle. In: before (NULL for CREATE), the pack, the command, priors counted by the pack's history
 * (-1 = not counted). Out: the change. Err: ERR_STATE, ERR_INVALID, ERR_STALE. */
bool case_decide(const Pack *pack, const CaseRecord *before, int64_t priors, const Command *c, CaseChange *out, Err *err) MUST_USE;

/* ---- case_fold.c: events to rows --------------------------------------------------------------------------------- */
/* What one event makes of a record. In: r after the events before it, with its id. */
void case_fold(const Pack *pack, Str kind, Value payload, int64_t at_us, Arena *a, CaseRecord *r);
void case_fold_move(const Pack *pack, Value moved, CaseRecord *r, Arena *a); /* the member `moved` of a command's last event */
Value case_event_fact(Value payload, Arena *a);            /* a payload without it */
/* Adds the rows that change from one record (NULL: none) to a later one. The batch holds only while nobody else changes it. */
void case_project(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *before, const CaseRecord *after);

/* ---- case_state.c: what is kept of a process's state ---------------------------------------------------------------- */
/* A state of room bpmn without what answers (null: none) tell already, and back; null for one that has ended. */
Value case_state_keep(const Pack *pack, Value state, Value answers, Arena *a);
Value case_state_whole(const Pack *pack, Value kept, Value answers, Arena *a);
/* Adds the members that tell the change between two kept states. `said`: variables that are the same need not be told. */
void case_state_tell(Value before, Value after, Value said, ValueBuild *b);
Value case_state_apply(Value before, Value delta, Value said, Arena *a);

/* ---- case_story.c: what events tell -------------------------------------------------------------------------------- */
typedef struct CaseStory { /* the events of one case, read once */
    StoreEvents events;  /* all of them, in order */
    Value *payloads;     /* theirs */
    Value decided, sent; /* facts of its decisions and letters, each with `at` */
    Value notices;       /* of its notices: `answered_at` too, null before */
    Value accepted;      /* of its acceptance, or of the refusal to accept; null before */
    Value withdrawn;     /* of its withdrawal, or null */
    Value files;         /* what was handed in: list */
    Value payments;      /* asked for, made, given back: list */
    const Pack *proposed_by; /* the version that made the proposal; NULL when this program cannot read it */
} CaseStory;
/* Out: the story; r->proposal. Err: ERR_LIMIT. */
bool case_read_story(CaseHouse *h, const Pack *pack, Arena *a, CaseRecord *r, CaseStory *out, Err *err) MUST_USE;
typedef struct CaseMoment { /* what was in force when something happened */
    const Pack *pack; /* the version; NULL when this program cannot read it */
    Value answers;    /* as they were */
} CaseMoment;
CaseMoment case_letter_moment(const CaseHouse *h, const CaseStory *story, int64_t no); /* when a letter was written */
/* answers → checked and complete (defaults, derived ones, counted priors; -1 = not counted), or faults. given: as for
 * paper_check. */
bool case_complete(const Pack *pack, Value given, Value answers, int64_t priors, FeelRun *run, Value *complete, PaperFaults *faults, Err *err) MUST_USE;
/* Kept answers (JSON) with their form's types again: a kept time is a time. */
Value case_typed(const Pack *pack, Value answers, FeelRun *run);
/* The same data as JSON would give it back: what events and process variables hold. */
bool case_plain(Arena *a, Value v, Value *out, Err *err) MUST_USE;
/* How many earlier records of the same key count for these answers, -1 when the pack counts none. */
bool case_count_priors(CaseHouse *h, const Pack *pack, Value answers, FeelRun *run, int64_t *out, Err *err) MUST_USE;

/* ---- case_clock.c: deadlines -------------------------------------------------------------------------------- */
/* Starts the clocks that start at this moment ("created", "decided") and stops those that stop at it. */
bool case_clock_turn(const Pack *pack, const char *moment, Value answers, FeelRun *run, CaseChange *out, Err *err) MUST_USE;
/* The rows with the one that a "clock" event tells. */
Value case_clock_fold(Value clocks, Value payload, Arena *a);
/* CASE_CLOCK. Err: ERR_INVALID, ERR_STATE, ERR_LIMIT with the element. */
bool case_clock_act(const Pack *pack, const Command *c, CaseChange *out, Err *err) MUST_USE;
/* Reckons the running clocks again: an event for each whose last day the calendar has moved or settled. */
bool case_clock_renew(const Pack *pack, CaseChange *out, Err *err) MUST_USE;
/* Every clock that runs stands still for a notice; those that do go on; every clock ends with the case. */
bool case_clock_hold(const Pack *pack, int64_t notice, int64_t today, CaseChange *out, Err *err) MUST_USE;
bool case_clock_release(const Pack *pack, int64_t today, CaseChange *out, Err *err) MUST_USE;
bool case_clock_end(int64_t today, CaseChange *out, Err *err) MUST_USE;
bool case_clock_stopped(Value row);
bool case_clock_held(Value row); /* stands still */
typedef struct CaseDeadline { /* of all clocks of a case */
    bool runs;        /* some clock runs */
    bool held;        /* some clock stands still */
    int64_t day;      /* the nearest last day then */
    bool provisional; /* some clock that has not stopped rests on a calendar to come */
} CaseDeadline;
CaseDeadline case_deadline(Value clocks);
bool case_clock_was_late(Value clocks); /* one that has stopped stopped after its nearest last day */
/* The statutory last day of a clock that runs and rests on published days only; false otherwise. */
bool case_clock_final_day(Value clocks, Str id, int64_t *day);
bool case_clock_asked(Value row); /* somebody has asked for an extension */
bool case_clock_leads(Value args); /* is it an act of a CASE_CLOCK that only who leads may do? */
/* {clock{zh,en}, days, reason, until (a day), provisional}: the clock's last granted extension, which must be there. */
Value case_clock_extension(const Pack *pack, Value clocks, Str id, Arena *a);
/* As case.h shows them; to staff with what is asked for. */
Value case_clock_views(const Pack *pack, Str office, Value clocks, bool staff, Arena *a);

/* ---- case_second.c ------------------------------------------------------------------------------------------- */
bool case_second_ends(Str kind); /* an event after which nothing waits for a second person any more */
bool case_second_read(CaseHouse *h, Arena *a, CaseRecord *r, Err *err) MUST_USE; /* sets r->asked */
Value case_second_view(const Pack *pack, const CaseRecord *r, Arena *a); /* as case.h shows it */

/* ---- case_board.c, case_assign.c ------------------------------------------------------------------------------ */
/* What the board counts a case under instead of the day that comes next. */
enum { CASE_BOARD_NONE = 10000000, CASE_BOARD_HELD = -1, CASE_BOARD_ENDED = -2 };
/* That of a record after an event. In: its own before. */
int64_t case_board_of(const Pack *pack, const CaseRecord *r);
bool case_board_is_day(int64_t board); /* the nearest last day of a running clock */
/* Columns of case_worklist and its like. */
enum { CASE_ROW_COLUMNS = 11 };
Value case_row_value(CaseHouse *h, const StoreArg *c, Arena *a);
/* Whom ASSIGN means; zero: nobody. Err: ERR_INVALID with the element `to`. */
bool case_assign_whom(CaseHouse *h, const Command *c, Arena *a, AccessWho *whom, Err *err) MUST_USE;
/* May who acts give him this case? Err: ERR_INVALID with the element `to`, ERR_DENIED. */
bool case_assign_may(CaseHouse *h, const Command *c, const CaseRecord *before, Err *err) MUST_USE;
/* Has who leaves still got it? Err: ERR_STALE. */
bool case_assign_left(const Command *c, const CaseRecord *before, Err *err) MUST_USE;
/* {user, name} of a login; null for "". */
Value case_assignee(CaseHouse *h, Str login, Arena *a);
Value case_assign_rows(const Pack *pack, const CaseStory *story, Arena *a); /* as case.h shows them */

/* case_renew.c: every case whose deadlines rest on a calendar to come, reckoned with the calendars at hand. */
bool case_renew_clocks(CaseHouse *h, int64_t now_us, Err *err) MUST_USE;
/* The events of a change and the rows that follow from them. */
void case_add_change(CaseHouse *h, StoreBatch *b, const CaseRecord *before, Str actor, const CaseChange *change);

/* ---- case_timer.c ------------------------------------------------------------------------------------------- */
typedef struct CaseTimer { /* a timer that a process waits for */
    int64_t token;  /* of the process */
    int node;       /* its element */
    int64_t due_us; /* first moment at which it may fire */
} CaseTimer;
size_t case_timers(const Pack *pack, const CaseRecord *r, Arena *a, CaseTimer **out);

/* ---- case_outbox.c, case_stuck.c: effects and what stands still --------------------------------------------- */
/* Adds the event that wants an effect. more: inputs beside those of the job, or null. Err: ERR_LIMIT. */
bool case_want_effect(CaseChange *out, Str kind, const BpmnNode *node, const BpmnWant *want, bool waits, Value more, Err *err) MUST_USE;
/* Notes in the record what an event makes of the outbox; nothing for other events. */
void case_outbox_fold(Str kind, Value payload, int64_t at_us, Arena *a, CaseRecord *r);
/* {token, element, text} of a payload, with the time. */
Value case_stuck_entry(Value payload, int64_t at_us, Arena *a);
/* The rows of what was noted while folding: effects, incidents, timers set aside. had_timers: the record before had some. */
void case_outbox_project(CaseHouse *h, StoreBatch *b, bool had_timers, const CaseRecord *r);
/* The courier's queue as a change alters it: scratch, beside the fold. */
void case_outbox_queue(CaseHouse *h, StoreBatch *b, const CaseChange *change);
void case_outbox_statements(CaseHouse *h);
/* case_message.c: the courier's report on a message; nothing when there is none of this key. */
bool case_message_report(CaseHouse *h, const CaseReport *r, Arena *a, Err *err) MUST_USE;
bool case_message_retry(CaseHouse *h, Str key, int64_t now_us, Arena *a, Err *err) MUST_USE; /* ERR_NOT_FOUND: none is dead */
/* Rows as case_outbox_list has them: those that wait, or are dead. */
bool case_message_rows(Store *s, bool dead, Arena *a, StoreRows *out, Err *err) MUST_USE;
bool case_message_expire(CaseHouse *h, int64_t now_us, Err *err) MUST_USE;
/* The case of an effect's key. */
Str case_of_key(Str key);
/* RETRY: what it names must stand still. Err: ERR_STATE. */
bool case_stuck_still(CaseHouse *h, Str case_id, Value args, Arena *a, Err *err) MUST_USE;
/* The rows of one case, as case_stuck tells them. */
bool case_stuck_rows(CaseHouse *h, const Pack *pack, const CaseRecord *r, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;

/* ---- case_window.c ------------------------------------------------------------------------------------------- */
Value case_agent(const CaseStory *story, Arena *a); /* who acts for the applicant, his number masked; or null */
void case_window_put(const CaseStory *story, bool staff, ValueBuild *b); /* agent, identified, seen, notes */
Str case_mask(Str s, Arena *a); /* first and last characters of an identity number */

/* ---- case_pay.c, case_cash.c: fees ---------------------------------------------------------------------------- */
void case_cash_statements(CaseHouse *h);
bool case_payment_holds(Value payment); /* paid and not given back, or on its way */
/* {due, items} as case.h shows them. In: answers as kept. */
bool case_fees_due(const Pack *pack, Value answers, Value payments, FeelRun *run, Value *out, Err *err) MUST_USE;
/* Payments after one more event. In: fact: its payload, with whatever belongs to it. */
Value case_payments_tell(Value payments, Str kind, Value fact, Arena *a);
/* Does the act look at money? Then its record is read with case_read_money. */
bool case_touches_money(const Pack *pack, CaseDo what);
bool case_read_money(CaseHouse *h, const Pack *pack, const Command *c, Arena *a, CaseRecord *r, Err *err) MUST_USE;
void case_receipt_fold(Str kind, Value payload, int64_t at_us, Arena *a, CaseRecord *r);
void case_receipt_project(CaseHouse *h, StoreBatch *b, const CaseRecord *r);
/* The batch holds only while the drawers that it puts something in are open. */
void case_drawer_guard(CaseHouse *h, StoreBatch *b, const CaseRecord *r);
/* Event "cash_closed" of a stream office/ID; nothing for others. */
bool case_cash_fold(CaseHouse *h, StoreBatch *b, const StoreEvent *e, Err *err) MUST_USE;
/* `fees` as case.h shows it. */
bool case_fees_view(const Pack *pack, const CaseRecord *r, const CaseStory *story, bool staff, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;

/* ---- case_draft.c -------------------------------------------------------------------------------------------- */
void case_draft_statements(CaseHouse *h);
/* The number under which what belongs to a code lies. False: it is no code. */
bool case_draft_id(Str code, int64_t *id) MUST_USE;
/* The reply of a draft that has become a case already. */
bool case_draft_done(CaseHouse *h, int64_t draft, Arena *a, CaseReply *out, bool *found, Err *err) MUST_USE;
/* Its end, in the commit of its case; holds only while nobody else ends or saves it. */
void case_draft_spend(CaseHouse *h, StoreBatch *b, const Command *c, Str case_id);
/* case_upload.c */
void case_upload_statements(CaseHouse *h);
/* Papers that become part of a case: their uploads end, their bytes stay. */
void case_upload_taken(CaseHouse *h, StoreBatch *b, Value files);
Value case_upload_kept(Value files, Arena *a); /* as events keep them: without `upload` */
bool case_upload_drop_all(CaseHouse *h, StoreBatch *b, int64_t owner, Arena *a, Err *err) MUST_USE;
/* The n-th of a case's papers, once the line that says who read it is written. */
bool case_file_handed(CaseHouse *h, const AccessWho *who, const CaseRecord *r, Value files, int64_t no, Str purpose, int64_t now_us, Arena *a, CaseFile *out, Err *err) MUST_USE;
/* The key under which papers of a case lie until they are part of it: the applicant's is the code. */
Str case_own_key(Str id, Str code, Arena *a);
bool case_upload_expire(CaseHouse *h, int64_t now_us, Arena *a, Err *err) MUST_USE;
/* case_sniff.c: what bytes are, whatever they are called. In: the first ones. "" = nothing that we take. */
Str case_sniff(Str head);
/* Is it a picture of a size that cameras make? In: of a picture, up to the first megabyte. */
bool case_sniff_fits(Str type, Str head);
/* Deletes what is too old. */
bool case_draft_expire(CaseHouse *h, int64_t now_us, Err *err) MUST_USE;

/* Compiles what is kept of versions, and writes nothing. */
bool case_know_packs(CaseHouse *h, const CasePackSource *sources, size_t n, Arena *house, Err *err) MUST_USE;
bool case_install_packs(CaseHouse *h, const CasePackSource *sources, size_t n, int64_t now_us, Arena *house, Err *err) MUST_USE;
enum { CASE_VERSIONS = 100 }; /* most versions of one service */
#define CASE_FILES ((JsonLimits){.bytes = (size_t)32 << 20, .depth = 8}) /* of a version's files */
const Pack *case_version(const CaseHouse *h, Str hash); /* NULL when none */
/* Adds a version from the payload of its event, if this program can read it. authority null: what the event tells of it. */
void case_compile_version(CaseHouse *h, Str id, Value payload, Value authority, Arena *house);
/* The version that the case began with; NULL when this program cannot read it any more. */
const Pack *case_pack_of(const CaseHouse *h, const CaseRecord *r);
bool case_by_code(CaseHouse *h, Str code, Arena *a, CaseRecord *out, Err *err) MUST_USE; /* ERR_INPUT, ERR_NOT_FOUND */

/* ---- case_code.c --------------------------------------------------------------------------------------------- */
Str case_code_text(Arena *a, int64_t number);            /* of a kept tracking code */
bool case_code_number(Str typed, int64_t *number) MUST_USE; /* false: it is none */
Str case_id_make(Arena *a, int64_t now_us, const uint8_t random[3]);
int64_t case_id_us(int64_t id); /* when it was made; right to the second */
StoreArg case_id_arg(Str id);   /* of a statement; one that no case has when it is no identifier */

FeelRun case_run(Arena *a, int64_t now_us, int32_t offset);
/* Office time, whole seconds, as a date and time with offset. */
/* The day of a moment in office time. */
int64_t case_day(int64_t us, int32_t offset);
Value case_at(Arena *a, const Pack *pack, int64_t us);
int32_t case_office_offset(const Pack *pack); /* seconds east of UTC */
/* Folded search term: upper case ASCII, without blanks, dots and hyphens. */
Str case_fold_term(Arena *a, Str s);
/* Answers with the middle of identity numbers hidden (pack.json `mask`). */
Value case_masked(const Pack *pack, Value answers, Arena *a);
/* {code, zh, en}; null for "". */
Value case_outcome(const Pack *pack, Str code, Arena *a);
Value case_bilingual(Arena *a, Str zh, Str en);
/* ---- case_looks.c ------------------------------------------------------------------------------------------- */
bool case_looks(CaseHouse *h, Str id, const CaseStory *story, Arena *a, AccessLooks *out, Err *err) MUST_USE; /* newest first */
int64_t case_others(const AccessLooks *looks, Str me, int64_t since_us); /* people but me */
Value case_lookers(const Pack *pack, const AccessLooks *looks, Arena *a); /* as case.h shows them */
/* ---- case_life.c, case_life_view.c --------------------------------------------------------------------------- */
/* Has whoever knows the code shown that he is the applicant? Err: ERR_DENIED, ERR_BUSY, ERR_STATE (the pack asks for
 * nothing that the application told). */
bool case_prove(CaseHouse *h, const Pack *pack, const CaseRecord *r, Str proof, int64_t now_us, Arena *a, Err *err) MUST_USE;
/* Adds acceptance, notices, files, withdrawal as case.h shows them; staff: with names of people and of files. */
void case_life_put(const Pack *pack, const CaseRecord *r, const CaseStory *story, bool staff, ValueBuild *b);
Str case_channel(const CaseStory *story); /* "online" when the applicant handed it in himself, else "window" */
bool case_may_rate(CaseHouse *h, const CaseRecord *r, Arena *a, bool *out, Err *err) MUST_USE; /* it has ended, and nobody did */
/* What may be done now, by where the process waits: {check, accept, notice, supply, withdraw, decide}, booleans. */
Value case_acts(const Pack *pack, const CaseRecord *r, Arena *a);
/* {name{zh,en}, what{zh,en}, kind, id} of an item of a notice. */
Value case_notice_item(const Pack *pack, Value item, Arena *a);
/* Rows as case.h shows them; `by` only for staff. */
Value case_decision_rows(const Pack *pack, const CaseStory *story, bool staff, Arena *a);
Value case_move_rows(const Pack *pack, const CaseStory *story, Arena *a); /* as case.h shows them */
Value case_letter_rows(const CaseStory *story, Arena *a);
/* [{id, name{zh,en}, state ("done" "now" "ahead"), at}] in the order of the pack's texts. */
Value case_steps(const Pack *pack, const CaseRecord *r, const CaseStory *story, Arena *a);
/* What the proposing decision is asked with as the officer's outcome when an application was not accepted: no outcome of any
 * pack, so that what follows is never that of a proposal that nobody has decided. */
#define CASE_NOT_ACCEPTED STR("NOT_ACCEPTED")
bool case_was_refused(const CaseStory *story); /* it was not accepted */
/* Papers that had arrived when a letter was written, in order, each kind once a day: [{evidence, day (a number)}]. Letter 0: all. */
Value case_received(const Pack *pack, const CaseStory *story, int64_t letter, Arena *a);
/* What one may do against the last decision, the refusal to accept, or, before one, against the proposal: the value of the pack's appeal
 * decision, `first_reconsideration`, and once decided the last day as a date and whether it is provisional. Null when the pack tells none. */
bool case_appeal(const Pack *pack, const CaseRecord *r, const CaseStory *story, Value decisions, Value letters, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;

#endif
