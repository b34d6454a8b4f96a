/* What the files of room desk share: the house, one act on its way, rows as structs. A handler adds events to an act; the
 * fold alone makes rows of them. Nothing here may know who waits. */
#ifndef YC_DESK_IN_H
#define YC_DESK_IN_H

#include "desk/desk.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    DESK_QUEUES = 24,        /* most queues of an office: as many letters as nobody mistakes */
    DESK_COUNTERS = 99,      /* most counters of an office */
    DESK_HOURS = 21,         /* most intervals of a week */
    DESK_EXCEPTIONS = 400,   /* most days that differ */
    DESK_LIMIT = 500,        /* most who wait in a queue, unless it says less */
    DESK_LOCKS = 64,         /* offices share so many locks */
    DESK_KEPT_DAYS = 7,      /* most days that a ticket kept at night lives */
    DESK_REASON = 500,       /* most characters of a reason or a note */
};

struct DeskHouse {
    Store *store;       /* the one database */
    CaseHouse *cases;   /* services, their names and calendars */
    Value authority;    /* authority.json: which calendar an office counts by */
    int32_t offset;     /* the authority's time zone, for offices that name none */
    pthread_mutex_t locks[DESK_LOCKS]; /* by office: spares useless conflicts within a process; what is true, the store says */
    _Atomic uint64_t changes; /* commits of this process */
    int64_t today, minute; /* of desk_tick: the last ones that it has looked at */
    uint64_t slots_from; /* of desk_tick: day and configurations that the slots were last made from */
};

typedef struct DeskTicket { /* a row of desk_ticket */
    Str id, office, queue, letter, code, state, counter, clerk, note; /* as in the row */
    int64_t number;    /* of id */
    int64_t day, no, version, turn_us, issued_us, called_us, served_us, ended_us, calls, appointment; /* as in the row; times 0 = not yet */
    Value services;    /* ids */
} DeskTicket;
enum { DESK_TICKET_COLUMNS = 20 };
bool desk_ticket_row(const StoreArg *c, Arena *a, DeskTicket *out, Err *err) MUST_USE;
/* In: statement desk_ticket_get or desk_ticket_by_code. Err: ERR_NOT_FOUND. */
bool desk_ticket_read(Store *s, const char *statement, StoreArg key, Arena *a, DeskTicket *out, Err *err) MUST_USE;
Str desk_ticket_label(const DeskTicket *t, Arena *a); /* "B07" */
typedef struct DeskGiven { /* a ticket to be given */
    Value queue, services; /* the office's queue; ids */
    int64_t turn_us;       /* with an appointment: the time of its slot */
    int64_t appointment;   /* number of its id; 0 = none */
} DeskGiven;

typedef struct DeskSeat { /* a row of desk_counter; counter "" = the clerk sits nowhere */
    Str office, counter, clerk; /* as in the row */
    int64_t since_us, ticket;   /* ticket: number of its id, 0 = none */
} DeskSeat;
bool desk_seat_of(Store *s, Str clerk, Arena *a, DeskSeat *out, Err *err) MUST_USE;

typedef struct DeskAct { /* one command on its way */
    DeskHouse *h;        /* the room */
    const DeskCommand *c; /* what is wished */
    Arena *a;            /* of the request */
    StoreBatch *b;       /* what becomes true together */
    DeskConfig config;   /* of the office */
    DeskMoment now;      /* in its time */
    int64_t at_us;       /* when its events happen */
    unsigned turn;       /* how often it was tried before */
    bool idle;           /* nothing is to be written */
    DeskReply reply;     /* what will be answered */
} DeskAct;
typedef bool DeskHandler(DeskAct *act, Err *err);
Str desk_new_id(const DeskAct *act); /* of a ticket or an appointment; grows with time */
/* Adds a ticket to an act, without asking whether the office is open. */
bool desk_ticket_give(DeskAct *act, const DeskGiven *g, DeskTicket *out, Err *err) MUST_USE;
/* Adds an event and, by the fold, its rows. seq: STORE_NEXT where it depends on no event before it. */
bool desk_event(DeskAct *act, Str stream, int64_t seq, const char *kind, Value payload, Err *err) MUST_USE;
/* A ticket's next event. */
bool desk_ticket_event(DeskAct *act, const DeskTicket *t, const char *kind, Value payload, Err *err) MUST_USE;
/* The office's hall stream. */
bool desk_hall_event(DeskAct *act, const char *kind, Value payload, Err *err) MUST_USE;
/* {member: text} */
Value desk_one(Arena *a, const char *member, Str text);
/* The act's reason or note: trimmed. Err: ERR_INVALID when it is longer than DESK_REASON, or wanted and not there. */
bool desk_words(DeskAct *act, const char *member, bool wanted, Str *out, Err *err) MUST_USE;
/* ERR_INVALID with an element. */
bool desk_refuse(Err *err, const char *element, const char *text);

DeskHandler desk_configure, desk_issue, desk_call_next, desk_sit, desk_leave;
/* desk_serve.c */
DeskHandler desk_recall, desk_arrive, desk_park, desk_resume, desk_call, desk_transfer, desk_miss, desk_restore, desk_finish, desk_cancel, desk_reprint, desk_link;
DeskHandler desk_close_queue, desk_reopen_queue; /* desk_queue.c */
Value desk_called_payload(const DeskAct *act, const DeskSeat *seat); /* {office, counter, clerk} */
Value desk_ticket_brief(const DeskTicket *t, Arena *a);              /* as staff see it, without its code */
/* A code as it is kept, from one that was typed. False: it is none. */
bool desk_code_read(Str typed, Arena *a, Str *out) MUST_USE;
/* {waiting, zh, en} when the queue is closed on that day; else no row. */
bool desk_closed_row(Store *s, Str office, int64_t day, Str queue, Arena *a, StoreRows *out, Err *err) MUST_USE;
/* The days off that an office counts by. */
bool desk_calendar(const DeskHouse *h, Str office, Arena *a, const Calendar **out, Err *err) MUST_USE;
int desk_minutes(Str text); /* "08:30" → 510; "24:00" is the end of a day; -1: no time of day */

extern const char desk_sql[]; /* desk.sql, NUL-ended */

#endif
