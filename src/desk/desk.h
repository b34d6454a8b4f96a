/* desk: the window itself: queues and their tickets, counters and who sits at them, opening hours, appointments. A
 * ticket, a case and an appointment are three things that are linked, never one. It knows no name of who waits. */
#ifndef YC_DESK_H
#define YC_DESK_H

#include "access/access.h"
#include "base/base.h"
#include "case/case.h"
#include "store/store.h"

extern const StoreSchema desk_schema;

typedef struct DeskHouse DeskHouse; /* store + calendars + cases, from start to stop; shared between threads */
/* Opens the room. Offices of authority.json that have a `desk` and are not set up yet get it; what is there stays.
 * Err: ERR_INVALID with office and member of a `desk` that cannot be used. */
bool desk_house(Store *store, CaseHouse *cases, Value authority, int64_t now_us, Arena *house, DeskHouse **out, Err *err) MUST_USE;

typedef enum DeskDo {
    DESK_CONFIGURE,    /* args: {config: the office's whole desk (docs/formats/desk.md), bookings: of each appointment that would lie
                          outside, by its id: {do: "move", start} or {do: "cancel", reason}}; administrators */
    DESK_SIT,          /* who sits down at `counter` */
    DESK_LEAVE,        /* who gets up; nobody may be at the counter then */
    DESK_ISSUE,        /* a ticket of `queue`; args: {services (ids, may be left out)}; anybody */
    DESK_CALL_NEXT,    /* the first who waits for who's counter, of `queue` or, "", of all that it serves; reply.id "" = nobody */
    DESK_CALL,         /* `ticket` out of turn: of one that is parked or waits; args: {reason}; supervisors */
    DESK_RECALL,       /* the called one again */
    DESK_ARRIVE,       /* he is there: serving begins */
    DESK_PARK,         /* aside, and never called by itself; args: {reason} */
    DESK_RESUME,       /* a parked one goes on at who's counter */
    DESK_TRANSFER,     /* waits again, for another queue; keeps its turn; args: {queue, reason, note} */
    DESK_MISS,         /* did not come */
    DESK_RESTORE,      /* a missed one waits again, with the turn it had; the same day only */
    DESK_FINISH,       /* done */
    DESK_CANCEL,       /* by whoever has its `code`, or by staff with args: {reason} */
    DESK_REPRINT,      /* its paper again; staff */
    DESK_LINK,         /* a case of this visit; args: {case} */
    DESK_CLOSE_QUEUE,  /* `queue` for today; args: {waiting: "serve" | "away", reason, text{zh,en} (told to who waits)} */
    DESK_REOPEN_QUEUE, /* `queue` again */
    DESK_HOLD,         /* a time for ten minutes; args: {service, start (microseconds)}; anybody. reply.code is its code */
    DESK_TELL,         /* by `code`: who it is for; args: {name, person (identity number), phone, lang}; a message with a code goes there */
    DESK_CONFIRM,      /* by `code`; args: {confirm: the six digits} */
    DESK_MOVE,         /* by `code`, or by staff with `ticket` = its id; args: {start} */
    DESK_CALL_OFF,     /* by `code`, or by staff with `ticket` = its id; args: {reason (staff)}; until it begins */
    DESK_CHECK_IN,     /* by `code` at the office, or by staff with `ticket` = its id or args: {person}; becomes a ticket (reply as ISSUE) */
    DESK_NIGHT,        /* desk_tick only */
} DeskDo;
typedef struct DeskCommand {
    DeskDo what;
    Str office;      /* whose hall */
    AccessWho who;   /* zero for who takes or cancels a ticket himself */
    Str code;        /* CANCEL by its holder: the ticket's code; else "" */
    Str ticket;      /* id, where one is meant; "" = the one at who's counter */
    Str queue;       /* ISSUE, CLOSE_QUEUE, REOPEN_QUEUE */
    Str counter;     /* SIT */
    Str key;         /* idempotency key: the same one with the same wish is done once */
    int64_t version; /* of the ticket or configuration that a person has seen; -1 = whatever it is */
    Value args;      /* see DeskDo; null when it has none */
    int64_t now_us;
    uint8_t seed[32];
} DeskCommand;
typedef struct DeskReply {
    Str id;          /* of the ticket or other record; CALL_NEXT: "" when nobody waits */
    int64_t version; /* of it */
    Str state;       /* of it */
    Str code;        /* ISSUE: opens the page of this ticket */
    Value view;      /* the record as desk_ticket_view shows it to staff, without office and cases; null where there is none */
    bool again;      /* the same key and wish came before: this is the kept answer */
} DeskReply;
/* Blocks until durable. Err: ERR_NO_SESSION, ERR_DENIED, ERR_NOT_FOUND, ERR_STALE, ERR_KEY_REUSED, ERR_STATE,
 * ERR_INVALID, ERR_LIMIT, ERR_DISK_FULL, ERR_BUSY. */
bool desk_handle(DeskHouse *h, const DeskCommand *c, Arena *a, DeskReply *out, Err *err) MUST_USE;

/* Grows with every command of this process that changed something: who shows a hall looks again then. */
uint64_t desk_changes(const DeskHouse *h);
/* What time brings: days that are over are closed. About once a second, from one thread. */
bool desk_tick(DeskHouse *h, int64_t now_us, Err *err) MUST_USE;

/* Adds the rows that follow from an event, if it is one of this room's; the counter and the folding of a log do it alike. */
bool desk_fold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err) MUST_USE;

/* ---- what is set up ------------------------------------------------------------------------------------------ */
typedef struct DeskConfig {
    Str office;
    int64_t version; /* of the configuration */
    Value json;      /* docs/formats/desk.md */
} DeskConfig;
bool desk_config(DeskHouse *h, Str office, Arena *a, DeskConfig *out, Err *err) MUST_USE; /* ERR_NOT_FOUND */
/* Is a configuration one that can be used? Err: ERR_INVALID with the member. */
bool desk_config_check(Value json, Err *err) MUST_USE;
typedef struct DeskMoment { /* a moment in an office's own time */
    int64_t day;     /* since 1970-01-01 */
    int32_t minute;  /* of that day, 0 … 1439 */
    int32_t offset;  /* seconds east of UTC then */
} DeskMoment;
DeskMoment desk_moment(const DeskHouse *h, const DeskConfig *c, int64_t now_us);
/* The opening hours of a day: [{from, to}] "HH:MM", empty when closed; *why "" "weekday" "exception" "holiday". A public
 * holiday closes, whatever a week or an exception says, unless the exception says on_holiday. */
bool desk_hours(const DeskHouse *h, const DeskConfig *c, int64_t day, Arena *a, Value *out, const char **why, Err *err) MUST_USE;
/* Are tickets given at this moment? */
bool desk_is_open(const DeskHouse *h, const DeskConfig *c, int64_t now_us, Arena *a, bool *out, Err *err) MUST_USE;
Value desk_queue_of(const DeskConfig *c, Str id);   /* null when none */
Value desk_counter_of(const DeskConfig *c, Str id); /* null when none */

/* ---- what the hall shows. Only desk_ticket_view and desk_hall are for staff; the others know no case and no clerk ------ */
/* {office, name{zh,en}, open, hours[{from, to}], why, queues[{id, letter, name, services, booked, waiting, counters, minutes{from,
 * to} or null, closed{zh,en} or null, away}]}. Err: ERR_NOT_FOUND. */
bool desk_kiosk(DeskHouse *h, Str office, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* {calls[{label, counter (its number), name{zh,en}, calls (how often), at (unix seconds), now (called, not there yet)}], queues[{id,
 * letter, name, waiting, closed, away}]}, newest call first. */
bool desk_display(DeskHouse *h, Str office, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* A ticket by its code: {label, code, office, office_name, queue, queue_name, state, version, counter (number or null), ahead,
 * minutes{from, to} or null, closed{zh,en} or null, issued_us, today}. Err: ERR_NOT_FOUND. */
bool desk_ticket_look(DeskHouse *h, Str code, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* {id, label, queue, state, version, counter, clerk, services, note, issued_us, called_us, calls, appointment (if any), office,
 * cases[ids]}. Err: ERR_NOT_FOUND. */
bool desk_ticket_view(DeskHouse *h, const AccessWho *who, Str id, Arena *a, Value *out, Err *err) MUST_USE;
/* {office, config_version, queues as in desk_kiosk, counters[{id, no, name, queues, clerk, since_us, ticket}], waiting[], called[],
 * serving[], parked[], missed[] (tickets as above without cases, in turn, at most 200), mine (who's counter or ""), ticket (id at
 * it, or null)}. Err: ERR_DENIED, ERR_NOT_FOUND. */
bool desk_hall(DeskHouse *h, const AccessWho *who, Str office, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;

/* ---- appointments ---------------------------------------------------------------------------------------------- */
typedef struct DeskMakeSlots { /* an order */
    Str office;
    int64_t days;   /* from today on; 0 = as the plan says */
    bool dry_run;   /* nothing is written */
    Str actor;      /* who wants it, for the log */
    int64_t now_us;
} DeskMakeSlots;
/* Makes the slots that the hours want and shuts free ones that they do not: {office, opened, shut, days:[{date, opened, shut, taken}]}.
 * Made again, it changes nothing. Err: ERR_NOT_FOUND (office), ERR_INVALID. */
bool desk_slots_make(DeskHouse *h, const DeskMakeSlots *order, Arena *a, Value *out, Err *err) MUST_USE;
/* [{date, counter, no, from, to, slots, taken}] by day and counter. Err: ERR_NOT_FOUND, ERR_INVALID. */
bool desk_slots_show(DeskHouse *h, Str office, int64_t from_day, int64_t days, Arena *a, Value *out, Err *err) MUST_USE;
/* Appointments still to come that would lie outside another configuration: [{id, state, service, counter, start, minutes}]. */
bool desk_affected_view(DeskHouse *h, Str office, Value config, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;

/* Where and when one may book. Offices that give appointments for a service: [{office, name{zh,en}}]. */
bool desk_bookable(DeskHouse *h, Str service, Arena *a, Value *out, Err *err) MUST_USE;
/* Of each day that can be booked, today first: [{date, day (since 1970-01-01), free (beginnings)}]; minutes: what it lasts.
 * Err: ERR_NOT_FOUND, the office gives none for this service. */
bool desk_free_days(DeskHouse *h, Str office, Str service, int64_t now_us, Arena *a, Value *out, int64_t *minutes, Err *err) MUST_USE;
/* Of a day: [{at (date and time), start (microseconds), free (counters)}]. */
bool desk_free_times(DeskHouse *h, Str office, Str service, int64_t day, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* An appointment by its code: {id, code, office, service, state ("held" of one that has lapsed: "cancelled"), version, at, until (held),
 * minutes, told (its holder has said who he is), to (the end of the telephone number), ticket {label, code} or null, today, moves (left),
 * may{tell, confirm, move, cancel, check_in}}; who it is for is not told. Err: ERR_INPUT, ERR_NOT_FOUND. */
bool desk_appointment(DeskHouse *h, Str code, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
/* Of an office's day, for staff: [{id, end (the code's last group and check symbol), service, queue, counter, state, at, minutes, ticket}]. Err: ERR_DENIED. */
bool desk_appointments(DeskHouse *h, const AccessWho *who, Str office, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;
typedef struct DeskIcs { /* an appointment for a calendar program */
    Str id, host;         /* of the appointment; whose it is: together its UID */
    int64_t version;      /* of it */
    int64_t start_us, minutes, now_us;
    Str title, place, text; /* what, where, and what else to know */
    bool cancelled;
} DeskIcs;
/* Source: RFC 5545. One event, in UTC; of a cancelled one the cancellation. */
Str desk_ics(const DeskIcs *e, Arena *a);

#endif
