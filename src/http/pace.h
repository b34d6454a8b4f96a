/* pace: how fast one client may look things up and write without an account (ASVS 2.4.1). A bucket for each network
 * address, in memory only; of an address it keeps a keyed hash, which nobody can read back. It must never
 * stop a hall full of people behind one address. */
#ifndef YC_HTTP_PACE_H
#define YC_HTTP_PACE_H

#include "base/base.h"

struct sockaddr;
enum { HTTP_CLIENT = 16 }; /* bytes of a client's address */
/* What a look-up or a small write costs, what takes a file, what begins a draft. */
enum { HTTP_COST = 1, HTTP_COST_FILE = 4, HTTP_COST_DRAFT = 10 };
typedef struct HttpPace HttpPace;
/* In: a_minute = what one client may spend a minute, twice as much at once; key = fresh randomness. */
HttpPace *http_pace_open(int a_minute, const uint8_t key[16], Arena *house);
/* Spends `cost` of the client's. Out: 0, or the seconds to wait, and nothing is spent. Any thread. */
int http_pace_take(HttpPace *p, const uint8_t client[HTTP_CLIENT], int cost, int64_t now_us);
void http_pace_close(HttpPace *p);
/* Who asks: the last address in the header that a proxy of ours sets, else the connection's own. Of an IPv6 address only
 * the network counts (64 bits), the rest is the client's to choose. In: header "" = there is no such proxy. Out: zero when
 * this machine itself asks: a proxy here that nobody told us of would else be one client, and all its visitors with it. */
void http_client_of(const struct sockaddr *peer, Str header, uint8_t out[HTTP_CLIENT]);

#endif
