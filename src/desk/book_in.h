/* What the files of appointments share: slots as values, and rows as structs. The arithmetic of slots is pure: hours, zone and
 * counters in, slots out. A row knows no name; whom a message reaches is kept apart (desk_contact) and goes when the day is over. */
#ifndef YC_DESK_BOOK_IN_H
#define YC_DESK_BOOK_IN_H

#include "desk/desk_in.h"

enum {
    DESK_PIECES = 24,        /* most open intervals of a day */
    DESK_DAY_SLOTS = 4000,   /* most slots of an office's day */
    DESK_WINDOW = 60,        /* most days ahead */
    DESK_SPAN = 16,          /* most slots of one appointment */
    DESK_MOVES = 3,          /* most times that one is moved by its holder */
    DESK_TOLD = 3,           /* most messages with a code for one hold */
    DESK_HOLD_S = 600,       /* a hold lasts so long */
};

/* ---- desk_slot.c: pure ---------------------------------------------------------------------------------------------- */
typedef struct DeskZone { /* how an office tells the time */
    Str name;       /* IANA; "" = always `offset` */
    int32_t offset; /* seconds east of UTC */
} DeskZone;
typedef struct DeskPiece { /* open without a break */
    int64_t from_us, to_us; /* moments */
} DeskPiece;
typedef struct DeskSlot { /* a row of desk_slot */
    Str counter;         /* at which */
    int64_t start_us;    /* when it begins */
    int64_t minutes;     /* how long it is */
    int64_t appointment; /* whose it is; 0 = nobody's */
    int64_t free_us;     /* nobody may take it before */
} DeskSlot;
typedef struct DeskSlots { /* by counter, then by start */
    DeskSlot *items; /* n of them */
    size_t n;
} DeskSlots;
/* The moment of a local time, in minutes of a day. A time that a clock change leaves out or says twice: the later one for
 * an end that comes twice and a beginning that is left out, else the earlier one. */
int64_t desk_local_us(DeskZone zone, int64_t day, int minute, bool end);
/* Opening hours of a day as moments, in order, those that touch or overlap joined. In: [{from, to}]. */
size_t desk_pieces(DeskZone zone, int64_t day, Value hours, DeskPiece out[DESK_PIECES]);
/* The slots of a day: at each counter, one after the other from the beginning of each piece. In: ids. */
void desk_slots_wanted(const DeskPiece *pieces, size_t n, Value counters, int64_t minutes, Arena *a, DeskSlots *out);
typedef struct DeskSlotChange { /* from the slots that there are to those that are wanted */
    DeskSlots open; /* to be made */
    DeskSlots shut; /* free and not wanted any more */
} DeskSlotChange;
/* What is taken stays, whatever is wanted, and nothing is opened across it. In: both of one office and day. */
DeskSlotChange desk_slots_change(const DeskSlots *have, const DeskSlots *wanted, Arena *a);
/* Free slots of one counter that follow one another without a gap, for so many minutes, from items[i] on: how many; 0 = they do
 * not. In: now_us: free by then. */
size_t desk_slots_run(const DeskSlots *s, size_t i, int64_t minutes, int64_t now_us);
bool desk_inside(const DeskPiece *pieces, size_t n, int64_t start_us, int64_t minutes);

/* ---- desk_plan.c: what an office gives ------------------------------------------------------------------------------- */
typedef struct DeskPlan { /* member `slots` of a desk */
    bool set;             /* the office gives appointments */
    int64_t minutes;      /* length of a slot */
    int64_t days;         /* ahead, today included */
    int64_t lead;         /* minutes before a slot until which it may be taken */
    int64_t most;         /* appointments that may be open at once */
    int64_t late;         /* minutes after which who does not come has missed it */
    int64_t back_from, back_to; /* minutes after which what is given back may be taken again: by chance between them */
    Value counters;       /* at which */
} DeskPlan;
/* Err: ERR_INVALID with the member. */
bool desk_plan(Value config, DeskPlan *out, Err *err) MUST_USE;
DeskZone desk_zone(const DeskHouse *h, const DeskConfig *c);
int64_t desk_day_of(DeskZone zone, int64_t us); /* since 1970-01-01, in the office's time */
Value desk_time(DeskZone zone, int64_t us, Arena *a); /* a date and time with the offset in force then */
typedef struct DeskDay { /* a day of an office's slots */
    int64_t day;                    /* since 1970-01-01 */
    int64_t from_us, to_us;         /* from midnight to midnight */
    DeskPiece pieces[DESK_PIECES];  /* open */
    size_t n_pieces;                /* of them */
    DeskSlots slots;                /* that there are */
} DeskDay;
bool desk_day(const DeskHouse *h, const DeskConfig *c, int64_t day, Arena *a, DeskDay *out, Err *err) MUST_USE;
/* Its slots alone. */
bool desk_day_slots(const DeskHouse *h, const DeskConfig *c, int64_t day, Arena *a, DeskSlots *out, Err *err) MUST_USE;
/* The queue that serves it; null when none does. */
Value desk_queue_for(const DeskConfig *c, Str service);
/* Is the counter one of the plan's, and does it serve the queue? */
bool desk_lane(const DeskConfig *c, const DeskPlan *plan, Str counter, Str queue);

/* ---- desk_book.c, desk_arrive.c: appointments ------------------------------------------------------------------------ */
typedef struct DeskBooking { /* a row of desk_appointment */
    int64_t number;      /* of its id */
    Str id, code, office, service, queue, counter, state, person; /* as in the row */
    int64_t start_us, minutes, span, version, until_us, ticket, moves, made_us;
} DeskBooking;
enum { DESK_BOOKING_COLUMNS = 16 };
void desk_booking_row(const StoreArg *c, Arena *a, DeskBooking *out);
/* In: statement desk_appointment_get or desk_appointment_by_code. Err: ERR_NOT_FOUND. */
bool desk_booking_read(Store *s, const char *statement, StoreArg key, Arena *a, DeskBooking *out, Err *err) MUST_USE;
/* The appointment that is meant: by its code, or for staff of its office by its id. */
bool desk_booking_meant(DeskAct *act, DeskBooking *out, Err *err) MUST_USE;
/* The next event of one, and its rows. */
bool desk_booking_event(DeskAct *act, const DeskBooking *b, const char *kind, Value payload, Err *err) MUST_USE;
bool desk_booking_by_code(Store *s, Str typed, Arena *a, DeskBooking *out, Err *err) MUST_USE; /* lenient spelling; ERR_INPUT, ERR_NOT_FOUND */
/* What is kept of an identifier; "" when it is none. */
bool desk_person_hash(DeskHouse *h, Str typed, const uint8_t seed[32], Arena *a, Str *out, Err *err) MUST_USE;
/* {back}: when what it gives back may be taken again. */
bool desk_booking_back(DeskAct *act, const DeskBooking *b, ValueBuild *payload, Err *err) MUST_USE;
bool desk_booking_fold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err) MUST_USE;
/* A counter at which `start` is free for so long; `mine`: an appointment whose own slots count as free. Err: ERR_STATE. */
typedef struct DeskPlace {
    Str counter;   /* at which */
    int64_t span;  /* slots it takes */
} DeskPlace;
bool desk_place(DeskAct *act, const DeskPlan *plan, Str queue, int64_t start_us, int64_t minutes, int64_t mine, DeskPlace *out, Err *err) MUST_USE;
/* Adds `moved` and the message; the rules of who may are the caller's. */
bool desk_booking_move(DeskAct *act, const DeskBooking *b, int64_t start_us, const DeskPlace *place, Err *err) MUST_USE;
bool desk_booking_end(DeskAct *act, const DeskBooking *b, bool by_office, Str reason, Err *err) MUST_USE;

/* What an event of its ticket makes of an appointment that is checked in. */
bool desk_booking_follow(DeskAct *act, const DeskTicket *t, const char *kind, Err *err) MUST_USE;
bool desk_booking_tick(DeskHouse *h, int64_t now_us, Err *err) MUST_USE;

/* ---- desk_told.c: secrets and messages --------------------------------------------------------------------------------- */
/* 16 hexadecimal digits pairs of a keyed hash; made with the store's own key, which the first call makes of the seed. */
bool desk_hash(DeskHouse *h, const char *label, Str text, const uint8_t seed[32], Arena *a, Str *out, Err *err) MUST_USE;
/* Six digits that only who gets the message has. */
bool desk_confirm_code(DeskAct *act, const DeskBooking *b, int64_t sent, Str *out, Err *err) MUST_USE;
typedef struct DeskContact { /* a row of desk_contact */
    bool known;            /* there is one */
    Str name, phone, lang; /* as given */
    int64_t sent;          /* messages with a code */
} DeskContact;
bool desk_contact(DeskHouse *h, int64_t appointment, Arena *a, DeskContact *out, Err *err) MUST_USE;
typedef enum DeskSay { DESK_SAY_CODE, DESK_SAY_BOOKED, DESK_SAY_MOVED, DESK_SAY_CANCELLED, DESK_SAY_OFFICE, DESK_SAY_SOON } DeskSay;
/* Adds a message to who has it; nothing when nobody is known. more: the code, or the reason. */
bool desk_say(DeskAct *act, const DeskBooking *b, const DeskContact *to, DeskSay what, Str more, Err *err) MUST_USE;

/* ---- desk_affected.c --------------------------------------------------------------------------------------------------- */
/* Those still to come that would lie outside another configuration of their office. */
typedef struct DeskBookings {
    DeskBooking *items; /* n of them */
    size_t n;
} DeskBookings;
bool desk_affected(DeskHouse *h, const DeskConfig *then, int64_t now_us, Arena *a, DeskBookings *out, Err *err) MUST_USE;
/* Part of configuring: what args.bookings says becomes of each; refused while one of them is left out. */
bool desk_affected_settle(DeskAct *act, Value config, Err *err) MUST_USE;

DeskHandler desk_hold, desk_tell, desk_confirm, desk_move, desk_call_off, desk_check_in;

#endif
