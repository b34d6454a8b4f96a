/* courier: takes the outbox outside and reports back by a command. Everything it hands over carries the effect's key,
 * the same on every try, so that whoever knows keys does it once. It never decides anything about a case, and never
 * drops an effect: it is done, tried again later, or a dead letter with its reason. */
#ifndef YC_COURIER_H
#define YC_COURIER_H

#include "base/base.h"
#include "case/case.h"

typedef enum CourierSaid {
    COURIER_DID,     /* it is done */
    COURIER_REFUSED, /* no, for a reason that the process may know by its code */
    COURIER_LATER,   /* not now */
    COURIER_NEVER,   /* another try would not help */
} CourierSaid;
typedef struct CourierAnswer { /* of one try */
    CourierSaid said;
    Value variables; /* DID: for the process, a context or null */
    Str code;        /* REFUSED */
    Str reason;      /* LATER, NEVER */
} CourierAnswer;
enum { COURIER_PATIENCE_S = 10 }; /* longest try */
/* Hands one effect over, with its key. Several threads call it at once. */
typedef CourierAnswer CourierDeliver(void *self, const CaseEffect *e, int64_t now_us, Arena *a);
typedef struct CourierAdapter { /* a way out */
    Str kind;   /* of effects that go by it; "*" = all */
    Str target; /* their header `target`; "" = any */
    CourierDeliver *deliver;
    void *self; /* first argument of deliver */
} CourierAdapter;
typedef struct CourierAdapters { /* the first that fits is taken */
    CourierAdapter *items;
    size_t n; /* of items */
} CourierAdapters;
/* In: list of {kind, target (may be left out)} with `folder`: each effect becomes a file there, or with `url` and
 * `secret_file`: a signed POST (docs/formats/courier.md). Paths are relative to base_dir. Folders are made.
 * Err: ERR_INVALID with the entry, ERR_IO. */
bool courier_adapters(Value config, const char *base_dir, Arena *house, CourierAdapters *out, Err *err) MUST_USE;

typedef struct CourierOptions {
    CaseHouse *house;
    CourierAdapters adapters;
    int64_t (*now_us)(void *clock); /* the wall clock; it may jump */
    void *clock;                    /* its argument */
    uint8_t seed[32];               /* no other courier's: names this one, and spreads its back-off */
} CourierOptions;
typedef struct Courier Courier;
Courier *courier_new(const CourierOptions *options, Arena *house);
/* Leases a few due effects and tries each once. Out: how many it had; 0 = nothing is due. Err: of the store; what was
 * leased and not reported comes again when its lease has ended. One thread at a time. */
bool courier_round(Courier *c, size_t *tried, Err *err) MUST_USE;
void courier_free(Courier *c);

#endif
