/* Token buckets, one for each client address, in a table of fixed size: a set of places for each hash, in which the one
 * longest untouched makes room. Keeps no address and nothing on disk. */
#include "http/pace.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

enum { SETS = 1024, WAYS = 8, BURST_MINUTES = 2, LONGEST_ADDRESS = 45 };
static const int64_t MINUTE_US = 60 * 1000000, SECOND_US = 1000000;

typedef struct Bucket { /* of one client */
    uint64_t who;       /* keyed hash of the address */
    int64_t full_us;    /* when it will be full again; 0 = the place is empty */
    int64_t touched_us; /* last used */
} Bucket;
struct HttpPace {
    pthread_mutex_t lock;                    /* guards the buckets */
    uint8_t key[crypto_shorthash_KEYBYTES];  /* of the hash */
    int64_t price_us;                        /* how long it takes to earn one */
    int64_t burst_us;                        /* how long it takes to earn all that a full bucket holds */
    Bucket sets[SETS][WAYS];                 /* see there */
};

HttpPace *http_pace_open(int a_minute, const uint8_t key[16], Arena *house) {
    assert(a_minute > 0 && a_minute <= MINUTE_US && key && house);
    HttpPace *p = NEW(house, HttpPace);
    pthread_mutex_init(&p->lock, NULL);
    memcpy(p->key, key, sizeof p->key);
    p->price_us = MINUTE_US / a_minute;
    p->burst_us = BURST_MINUTES * MINUTE_US;
    if (p->burst_us < HTTP_COST_DRAFT * p->price_us) p->burst_us = HTTP_COST_DRAFT * p->price_us;
    return p;
}

void http_pace_close(HttpPace *p) {
    pthread_mutex_destroy(&p->lock);
}

/* The client's bucket; a full one when it has none yet. */
static Bucket *bucket_of(HttpPace *p, uint64_t who, int64_t now_us) {
    Bucket *set = p->sets[who % SETS], *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].full_us && set[i].who == who) return &set[i];
        if (set[i].touched_us < oldest->touched_us) oldest = &set[i];
    }
    *oldest = (Bucket){.who = who, .full_us = now_us};
    return oldest;
}

int http_pace_take(HttpPace *p, const uint8_t client[HTTP_CLIENT], int cost, int64_t now_us) {
    assert(p && client && cost > 0 && now_us > 0);
    uint64_t who;
    crypto_shorthash((uint8_t *)&who, client, HTTP_CLIENT, p->key);
    pthread_mutex_lock(&p->lock);
    Bucket *b = bucket_of(p, who, now_us);
    int64_t latest = now_us + p->burst_us;
    if (b->full_us < now_us) b->full_us = now_us;
    if (b->full_us > latest) b->full_us = latest; /* the clock was set back */
    int64_t full_us = b->full_us + cost * p->price_us;
    b->touched_us = now_us;
    bool may = full_us <= latest;
    if (may) b->full_us = full_us;
    pthread_mutex_unlock(&p->lock);
    return may ? 0 : (int)((full_us - latest + SECOND_US - 1) / SECOND_US);
}

/* ---- whose request it is ------------------------------------------------------------------------------------ */

/* The first half of an IPv6 address is the network; an IPv4 address in it stands for itself. */
static void keep_network(const struct in6_addr *six, uint8_t out[HTTP_CLIENT]) {
    memset(out, 0, HTTP_CLIENT);
    memcpy(out, six, IN6_IS_ADDR_V4MAPPED(six) ? 16 : 8);
}

static void keep_four(const struct in_addr *four, uint8_t out[HTTP_CLIENT]) {
    memset(out, 0, HTTP_CLIENT);
    out[10] = out[11] = 0xff;
    memcpy(out + 12, four, 4);
}

static bool read_address(Str text, uint8_t out[HTTP_CLIENT]) {
    char address[LONGEST_ADDRESS + 1] = {0};
    struct in6_addr six;
    struct in_addr four;
    if (text.n == 0 || text.n > LONGEST_ADDRESS) return false;
    memcpy(address, text.p, text.n);
    if (inet_pton(AF_INET, address, &four) == 1) {
        keep_four(&four, out);
        return true;
    }
    if (inet_pton(AF_INET6, address, &six) != 1) return false;
    keep_network(&six, out);
    return true;
}

static bool is_this_machine(const uint8_t client[HTTP_CLIENT]) {
    static const uint8_t four[13] = {[10] = 0xff, 0xff, 127};
    static const uint8_t none[HTTP_CLIENT]; /* of ::1 the network is zero */
    return memcmp(client, four, sizeof four) == 0 || memcmp(client, none, sizeof none) == 0;
}

/* A proxy appends whom it sees; what stands before came from the client and proves nothing. */
static Str last_of(Str list) {
    Str last = list;
    for (Str rest = list; rest.n > 0;) last = str_cut(rest, ',', &rest);
    return str_trim(last);
}

void http_client_of(const struct sockaddr *peer, Str header, uint8_t out[HTTP_CLIENT]) {
    assert(peer && out);
    if (read_address(last_of(header), out)) return;
    memset(out, 0, HTTP_CLIENT);
    if (peer->sa_family == AF_INET) keep_four(&((const struct sockaddr_in *)(const void *)peer)->sin_addr, out);
    if (peer->sa_family == AF_INET6) keep_network(&((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr, out);
    if (is_this_machine(out)) memset(out, 0, HTTP_CLIENT);
}
