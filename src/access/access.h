/* access: users, offices, sessions and rights: who may do what to which record, and the line in the
 * log that says they did. */
#ifndef YC_ACCESS_H
#define YC_ACCESS_H

#include "base/base.h"
#include "store/store.h"

extern const StoreSchema access_schema;

typedef enum AccessRight {
    ACCESS_PUBLIC,        /* anybody */
    ACCESS_SIGNED_IN,
    ACCESS_CASE_CREATE,
    ACCESS_CASE_READ,
    ACCESS_CASE_DECIDE,
    ACCESS_CASE_MOVE,     /* put a case at another place of its process */
    ACCESS_CASE_MIGRATE,  /* let open cases go on under another version of their service */
    ACCESS_STUCK,         /* see what stands still and have it tried again */
    ACCESS_RATINGS,       /* what people think of an office, and follow it up; never those who serve them */
    ACCESS_TICKET_SERVE,  /* sit at a counter, call and serve who waits */
    ACCESS_CASH,          /* take fees; giving them back and counting the drawer is the supervisor's, ACCESS_BOARD */
    ACCESS_BOARD,         /* see who does what, give it to somebody else, undo what a counter did */
    ACCESS_DESK_ADMIN,    /* queues, counters, opening hours, slots */
    ACCESS_USER_ADMIN,    /* offices, users and what they may do */
    ACCESS_PACK_ADMIN,    /* versions of services, calendars */
    ACCESS_ADMIN,
} AccessRight;
typedef struct AccessWho { /* the person behind a request; zero = nobody */
    Str user, name;   /* login and display name */
    Str office;       /* office id */
    Str role;         /* "clerk" "officer" "legal" "supervisor" "admin" */
    Str session;      /* public half of the session, for form tokens */
    Str name_en;      /* display name in English; name is Chinese */
} AccessWho;
typedef struct AccessOffice {
    Str id, parent, name_zh, name_en, government_zh, government_en; /* government: appeal body */
} AccessOffice;

/* Creates the offices and demonstration users of authority.json that are missing; never changes what is there.
 * In: authority = its parsed JSON; seed 32 bytes for generated passwords and salts.
 * Out: logins = every demonstration user, new or kept: list of {name, password, role}.
 * Err: ERR_INVALID with the office or user that is wrong; demo_users without "sample": true. */
bool access_install(Store *s, Value authority, const uint8_t seed[32], int64_t now_us, Arena *a, Value *logins, Err *err) MUST_USE;
bool access_office(Store *s, Str id, Arena *a, AccessOffice *out, Err *err) MUST_USE; /* ERR_NOT_FOUND */

/* A person of the counter by login, without a session: for who has the machine itself. Err: ERR_NOT_FOUND. */
bool access_person(Store *s, Str login, Arena *a, AccessWho *out, Err *err) MUST_USE;

/* Argon2id check; same time for unknown users. ERR_DENIED when wrong; ERR_BUSY after 10 failures in 15 min.
 * Out: a token (43 characters) for the cookie; only its hash is stored. */
bool access_sign_in(Store *s, Str user, Str password, const uint8_t seed[32], int64_t now_us, Arena *a, Str *token, AccessWho *who, Err *err) MUST_USE;
/* Takes or refuses another proof than a password, given by whoever the subject (no login: it has a colon) names; wrong ones
 * count and are throttled as above. In: right = the answer of a comparison in constant time. Err: as access_sign_in. */
bool access_prove(Store *s, Str subject, bool right, int64_t now_us, Arena *a, Err *err) MUST_USE;
bool access_sign_out(Store *s, Str token, Err *err) MUST_USE;
/* ERR_NO_SESSION when unknown or older than 30 min idle / 12 h. Touches the session at most once a minute. */
bool access_session(Store *s, Str token, int64_t now_us, Arena *a, AccessWho *who, Err *err) MUST_USE;
/* Form token bound to a session (HMAC); and its check in constant time. */
Str access_form_token(Arena *a, const AccessWho *who);
bool access_form_token_ok(const AccessWho *who, Str token);

/* May this person use the right at all (office = "") or on a record of that office? Offices above see
 * the offices below them; legal reads everything and decides nothing. */
bool access_may(Store *s, const AccessWho *who, AccessRight right, Str office);
/* Office ids this person's reading covers (own and below), for worklists. */
bool access_offices(Store *s, const AccessWho *who, Arena *a, StoreRows *out, Err *err) MUST_USE;

/* Adds to a batch the line that says who read which record and why. */
void access_line(StoreBatch *b, const AccessWho *who, Str record, Str purpose, int64_t now_us);
typedef struct AccessLook { /* somebody saw or changed a record */
    int64_t at_us;                    /* when */
    Str login, office, role, purpose; /* who, as what, why */
} AccessLook;
typedef struct AccessLooks {
    size_t n;
    AccessLook *items;
} AccessLooks;
/* The lines about a record, newest first, at most 1000. */
bool access_looks(Store *s, Str record, Arena *a, AccessLooks *out, Err *err) MUST_USE;
/* A person as the log names the one who acted, and back: login, office and role. False: no person of the counter. */
Str access_actor(Arena *a, const AccessWho *who);
bool access_actor_read(Str actor, AccessWho *out) MUST_USE;

/* Adds the rows that follow from an event, if it is one of this room's; the counter and the folding of a log do it alike. */
bool access_fold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err) MUST_USE;

#endif
