/* Inside access: deriving secrets from a seed, hashing passwords with bounded memory, and the
 * bundles of rights. No other room includes this; no secret is ever printed or stored in the clear, except the
 * demonstration passwords that exist to be shown. */
#ifndef YC_ACCESS_IN_H
#define YC_ACCESS_IN_H

#include "access/access.h"

enum {
    ACCESS_SECRET = 32,         /* bytes of a token, a key, a password's hash */
    ACCESS_SALT = 16,           /* bytes of a password's salt */
    ACCESS_LOGIN_MAX = 64,      /* bytes of a login */
    ACCESS_PASSWORD_MAX = 1024, /* bytes of a password */
    ACCESS_DEEP = 15,           /* offices below a root, at most */
};
#define ACCESS_MINUTE_US (60 * (int64_t)1000000)
#define ACCESS_IDLE_US (30 * ACCESS_MINUTE_US)          /* a session that nobody uses ends */
#define ACCESS_ABSOLUTE_US (12 * 60 * ACCESS_MINUTE_US) /* and every session */

typedef struct AccessHash {
    uint8_t salt[ACCESS_SALT];   /* its own for each user */
    uint8_t hash[ACCESS_SECRET]; /* Argon2id of the password */
    int64_t passes;              /* Argon2id's time cost */
    int64_t memory_kib;          /* Argon2id's memory cost */
} AccessHash;

/* A secret of its own for each label and subject: BLAKE2b keyed with the seed. */
void access_derive(const uint8_t seed[ACCESS_SECRET], const char *label, Str subject, uint8_t out[ACCESS_SECRET]);
/* 43 characters of URL-safe base64 of 32 bytes, and back (false unless exactly that). */
Str access_encode(Arena *a, const uint8_t secret[ACCESS_SECRET]);
bool access_decode(Str text, uint8_t secret[ACCESS_SECRET]);

/* At most two passwords are hashed at once in a process: each takes 19 MiB. Err: ERR_BUSY, too many wait. */
bool access_hash_enter(Err *err) MUST_USE;
void access_hash_leave(void);
/* Fills h->hash from the password, h->salt and today's costs. In: between enter and leave. */
bool access_hash_make(Str password, AccessHash *h, Err *err) MUST_USE;
/* Out: *same, in constant time, with the costs kept in h. */
bool access_hash_check(Str password, const AccessHash *h, bool *same, Err *err) MUST_USE;

/* XXXX-XXXX-XXXX of Crockford's alphabet: no letter that is taken for another when read aloud or copied by hand. */
Str access_readable(const uint8_t secret[ACCESS_SECRET], Arena *a);
/* Such a password, made from the seed for a login, and its hash; then the hash into a batch. */
bool access_password_make(const uint8_t seed[ACCESS_SECRET], Str login, Arena *a, Str *password, AccessHash *h, Err *err) MUST_USE;
bool access_hash_in_turn(Str password, AccessHash *h, Err *err) MUST_USE;
void access_password_keep(Store *s, StoreBatch *b, Str login, const AccessHash *h);

/* ---- role.c: what can be granted ---- */
typedef enum AccessReach { ACCESS_REACH_OWN, ACCESS_REACH_BELOW, ACCESS_REACH_ALL } AccessReach;
typedef struct AccessRole { /* a bundle of rights */
    const char *name, *zh, *en; /* name: as in access_user.role */
    unsigned rights;            /* bits of AccessRight */
    AccessReach reach;          /* over which offices' records, where a grant does not say */
} AccessRole;
const AccessRole *access_role(Str name); /* NULL: no such role */
/* Bits of a scope or a role; false: it is neither. */
bool access_rights_of(Str what, unsigned *rights) MUST_USE;

/* Reads a person's grants that have not run out. In: rows of columns no, what, office, below, service, until_us at `from`. */
void access_grants_read(const StoreRows *rows, size_t from, int64_t now_us, Arena *a, AccessWho *who);

extern const char access_sql[]; /* access.sql, NUL-ended */

#endif
