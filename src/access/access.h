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
typedef struct AccessGrant { /* what somebody may do, and where */
    int64_t no;       /* of the event that granted it */
    Str what;         /* a scope or a role */
    unsigned rights;  /* bits of AccessRight that it gives */
    Str office;       /* over records of this office; "" = of every one */
    bool below;       /* and of the offices below it */
    Str service;      /* "" = every one */
    int64_t until_us; /* INT64_MAX: without end */
} AccessGrant;
typedef struct AccessWho { /* the person behind a request; zero = nobody */
    Str user, name;   /* login and display name */
    Str office;       /* office id */
    Str role;         /* "clerk" "officer" "legal" "supervisor" "admin" */
    Str session;      /* public half of the session, for form tokens */
    Str name_en;      /* display name in English; name is Chinese */
    const AccessGrant *grants; /* all that he may, as it is now; NULL: what his role gives at his office, and no more */
    size_t n_grants;  /* of them */
    bool first_password; /* somebody else knows it: he may do nothing before he has chosen one of his own */
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

/* A person of the counter by login, without a session: for who has the machine itself. Err: ERR_NOT_FOUND (or disabled). */
bool access_person(Store *s, Str login, int64_t now_us, Arena *a, AccessWho *out, Err *err) MUST_USE;

typedef struct AccessPeople {
    size_t n;
    AccessWho *items; /* without a session */
} AccessPeople;
/* Those of an office who have the right there, by login, at most 500. */
bool access_people(Store *s, Str office, AccessRight right, int64_t now_us, Arena *a, AccessPeople *out, Err *err) MUST_USE;

/* Argon2id check; same time for unknown users. ERR_DENIED when wrong; ERR_BUSY after 10 failures in 15 min.
 * Out: a token (43 characters) for the cookie; only its hash is stored. */
bool access_sign_in(Store *s, Str user, Str password, const uint8_t seed[32], int64_t now_us, Arena *a, Str *token, AccessWho *who, Err *err) MUST_USE;
/* Takes or refuses another proof than a password, given by whoever the subject (no login: it has a colon) names; wrong ones
 * count and are throttled as above. In: right = the answer of a comparison in constant time. Err: as access_sign_in. */
bool access_prove(Store *s, Str subject, bool right, int64_t now_us, Arena *a, Err *err) MUST_USE;
/* The same proof without a session: somebody stands beside the desk and answers for what another does. */
bool access_cosign(Store *s, Str user, Str password, int64_t now_us, Arena *a, AccessWho *who, Err *err) MUST_USE;
/* Another password, chosen by himself: at least 10 bytes, neither the old one nor his login. Ends all his sessions.
 * Err: as access_sign_in; ERR_INVALID with "fresh". */
bool access_password_change(Store *s, const AccessWho *who, Str old, Str fresh, const uint8_t seed[32], int64_t now_us, Arena *a, Err *err) MUST_USE;
bool access_sign_out(Store *s, Str token, Err *err) MUST_USE;
/* ERR_NO_SESSION when unknown or older than 30 min idle / 12 h. Touches the session at most once a minute. */
bool access_session(Store *s, Str token, int64_t now_us, Arena *a, AccessWho *who, Err *err) MUST_USE;
/* Form token bound to a session (HMAC); and its check in constant time. */
Str access_form_token(Arena *a, const AccessWho *who);
bool access_form_token_ok(const AccessWho *who, Str token);

/* May this person use the right at all (office = "") or on a record of that office, for some service? Offices above see
 * the offices below them where a grant says so; legal reads everything and decides nothing. */
bool access_may(Store *s, const AccessWho *who, AccessRight right, Str office);
/* The same on a record of that service; "" = some service. */
bool access_may_for(Store *s, const AccessWho *who, AccessRight right, Str office, Str service);
/* Office ids this person's reading covers for some service, for lists; sorted. */
bool access_offices(Store *s, const AccessWho *who, Arena *a, StoreRows *out, Err *err) MUST_USE;
typedef struct AccessPlace { /* where a right reaches */
    Str office, service; /* service "": all of that office */
} AccessPlace;
typedef struct AccessPlaces {
    size_t n;
    AccessPlace *items;
} AccessPlaces;
/* The same with the services, for worklists: no two name the same record. */
bool access_places(Store *s, const AccessWho *who, AccessRight right, Arena *a, AccessPlaces *out, Err *err) MUST_USE;

/* True where the authority asks for no qualification for that service, or the person's has not run out. */
bool access_qualified(Store *s, const AccessWho *who, Str service, int64_t now_us);
/* Whether the authority asks for a qualification for this service at all, as it was a second ago at most. In: rules of this
 * process, of house lifetime. */
typedef struct AccessRules AccessRules;
AccessRules *access_rules_new(Arena *house);
bool access_asks(Store *s, AccessRules *r, Str service, int64_t now_us);

/* What can be granted: scopes [{id, zh, en}]; roles, bundles of them: [{id, zh, en, reach ("own" "below" "all"), scopes}]. */
const char *access_right_name(AccessRight right); /* the scope's id; "public", "signed-in" */
Value access_scope_list(Arena *a);
Value access_role_list(Arena *a);

/* ---- orders: an administrator changes offices and users ---------------------------------------------------------- */
typedef enum AccessDo {
    ACCESS_USER_ADD,      /* {name {zh, en}, office, role} */
    ACCESS_USER_DISABLE,  /* {reason}; ends his sessions */
    ACCESS_USER_ENABLE,   /* {reason} */
    ACCESS_USER_GRANT,    /* {what (scope or role), office ("" = every one), below, service ("" = every one), until_us (absent: no end)} */
    ACCESS_USER_REVOKE,   /* {no} */
    ACCESS_USER_MOVE,     /* {office}: with what he may do at the old one */
    ACCESS_USER_QUALIFY,  /* {service, until_us}; 0 takes it back */
    ACCESS_USER_PASSWORD, /* {}: a new one for the first time; ends his sessions */
    ACCESS_USER_SESSIONS, /* {}: ends them all */
    ACCESS_OFFICE_ADD,    /* {parent ("" none), name {zh, en}, government {zh, en}} */
    ACCESS_OFFICE_MOVE,   /* {parent} */
    ACCESS_OFFICE_RENAME, /* {name {zh, en}} */
} AccessDo;
typedef struct AccessOrder {
    AccessDo what;
    Str subject;     /* login or office */
    int64_t version; /* of it, as seen; -1: whichever it is */
    Value args;      /* as above */
    AccessWho who;   /* zero: who has the machine itself */
    bool dry_run;    /* everything is checked, nothing is written */
    int64_t now_us;  /* when */
    uint8_t seed[32]; /* chance: for a password */
} AccessOrder;
typedef struct AccessOrdered {
    int64_t version; /* of the subject afterwards */
    Str password;    /* made for it: shown once, known to nobody else; "" */
} AccessOrdered;
/* Err: ERR_INVALID with the element, ERR_NOT_FOUND, ERR_DENIED, ERR_STALE, ERR_LIMIT. */
bool access_order(Store *s, const AccessOrder *o, Arena *a, AccessOrdered *out, Err *err) MUST_USE;

/* Offices as a tree, from the roots down: [{id, parent, name {zh, en}, depth}]. */
bool access_office_list(Store *s, Arena *a, Value *out, Err *err) MUST_USE;
/* The users whom this person manages (zero: who has the machine itself manages all), by login: [{login, name {zh, en}, office, role,
 * disabled, first_password}]. */
bool access_user_list(Store *s, const AccessWho *who, Arena *a, Value *out, Err *err) MUST_USE;
/* One of them, and version, grants: [{no, what, office, below, service, until_us (or null), expired}], qualifications: [{service,
 * until_us, expired}], sessions: [{since_us, seen_us}]. Err: ERR_NOT_FOUND. */
bool access_user_view(Store *s, const AccessWho *who, Str login, int64_t now_us, Arena *a, Value *out, Err *err) MUST_USE;

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
