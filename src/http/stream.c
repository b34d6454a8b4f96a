/* The thread that looks at watched halls, and what their watchers are sent. A picture is made once for all who watch a hall,
 * when the room says that something changed, else once a second: another process may have changed it. */
#include "http/stream.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    TOPICS = 64,            /* halls watched at once */
    WATCHERS = 1024,        /* of all halls */
    WATCHERS_PER_CLIENT = 64, /* a hall with all its screens may sit behind one address */
    TEXT = 32 * 1024,       /* most bytes of one picture */
    LOOK_MS = 150,          /* how often changes are looked for */
    LOOKS_ANYWAY = 7,       /* a picture is made after so many looks, changed or not: within about a second */
    LOOKS_A_BEAT = 67,      /* a heartbeat about every ten seconds */
};

struct HttpTopic {
    char office[64];  /* its name; n bytes */
    size_t n_office;
    size_t watchers;  /* 0 = the place is free */
    char text[TEXT];  /* newest picture, as an event; n bytes */
    size_t n;
    uint64_t number;  /* of the newest picture */
};

struct HttpStreams {
    DeskHouse *desk;              /* whose halls */
    int wake_fd;                  /* tells the loop */
    pthread_t thread;             /* runs until `over` */
    pthread_mutex_t lock;         /* guards everything below */
    pthread_cond_t stop;          /* signalled by http_streams_end */
    HttpTopic topics[TOPICS];     /* watched halls */
    uint64_t beat;                /* number of the newest heartbeat */
    char beat_text[64];           /* as an event; n bytes */
    size_t n_beat;
    bool over, joined;            /* no more pictures; the thread has ended */
    HttpStream *all;              /* every watcher; only the loop walks it */
    size_t n_all;
};

Str http_stream_event(Arena *a, const char *name, Str data) { return str_printf(a, "event: %s\ndata: " STR_FMT "\n\n", name, STR_ARG(data)); }

static void tell_loop(const HttpStreams *s) {
    uint64_t one = 1;
    ssize_t written = write(s->wake_fd, &one, sizeof one);
    (void)written; /* a full eventfd wakes the loop as well */
}

static int64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- the thread ----------------------------------------------------------------------------------------------------- */

static bool same(const HttpTopic *t, Str text) { return t->n == text.n && memcmp(t->text, text.p, text.n) == 0; }

/* A hall that cannot be looked at now keeps its picture. Out: whether there is a new one. */
static bool look(HttpStreams *s, HttpTopic *t, Arena *a) {
    Value picture;
    Err err = {0};
    pthread_mutex_lock(&s->lock);
    Str office = t->watchers > 0 ? str_copy(a, (Str){t->office, t->n_office}) : (Str){0};
    pthread_mutex_unlock(&s->lock);
    if (office.n == 0 || !desk_display(s->desk, office, now_us(), a, &picture, &err)) return false;
    Str text = http_stream_event(a, "hall", json_text(a, picture));
    pthread_mutex_lock(&s->lock);
    bool changed = text.n <= TEXT && t->watchers > 0 && str_eq(office, (Str){t->office, t->n_office}) && !same(t, text);
    if (changed) {
        memcpy(t->text, text.p, text.n);
        t->n = text.n;
        t->number++;
    }
    pthread_mutex_unlock(&s->lock);
    return changed;
}

static void beat(HttpStreams *s) {
    pthread_mutex_lock(&s->lock);
    s->beat++;
    int n = snprintf(s->beat_text, sizeof s->beat_text, "event: beat\ndata: %lld\n\n", (long long)(now_us() / 1000));
    s->n_beat = (size_t)n;
    pthread_mutex_unlock(&s->lock);
}

/* False when the thread shall end. */
static bool rest(HttpStreams *s) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&s->lock);
    if (!s->over) pthread_cond_timedwait(&s->stop, &s->lock, &until);
    bool goes_on = !s->over;
    pthread_mutex_unlock(&s->lock);
    return goes_on;
}

static void *run(void *arg) {
    HttpStreams *s = arg;
    Arena *a = arena_new(0);
    uint64_t seen = 0;
    for (unsigned turn = 1; rest(s); turn++) {
        uint64_t changes = desk_changes(s->desk);
        bool news = false, looks = changes != seen || turn % LOOKS_ANYWAY == 0;
        seen = changes;
        for (size_t i = 0; looks && i < TOPICS; i++) news |= look(s, &s->topics[i], a);
        if (turn % LOOKS_A_BEAT == 0) beat(s);
        if (news || turn % LOOKS_A_BEAT == 0) tell_loop(s);
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

bool http_streams_start(DeskHouse *desk, int wake_fd, Arena *house, HttpStreams **out, Err *err) {
    HttpStreams *s = NEW(house, HttpStreams);
    pthread_condattr_t monotonic;
    s->desk = desk;
    s->wake_fd = wake_fd;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->stop, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int trouble = pthread_create(&s->thread, NULL, run, s);
    if (trouble != 0) return err_set(err, ERR_IO, "http", "Cannot start the thread of the displays: %s.", strerror(trouble));
    *out = s;
    return true;
}

/* ---- watchers ------------------------------------------------------------------------------------------------------- */

static HttpTopic *topic_of(HttpStreams *s, Str office) {
    HttpTopic *empty = NULL;
    for (size_t i = 0; i < TOPICS; i++) {
        HttpTopic *t = &s->topics[i];
        if (t->watchers > 0 && str_eq(office, (Str){t->office, t->n_office})) return t;
        if (t->watchers == 0 && !empty) empty = t;
    }
    if (!empty || office.n > sizeof empty->office) return NULL;
    memcpy(empty->office, office.p, office.n);
    empty->n_office = office.n;
    empty->n = 0;
    empty->number = 0;
    return empty;
}

static bool has_room(const HttpStreams *s, const uint8_t client[HTTP_CLIENT]) {
    size_t own = 0;
    for (const HttpStream *one = s->all; one; one = one->next) own += memcmp(one->client, client, HTTP_CLIENT) == 0;
    return s->n_all < WATCHERS && own < WATCHERS_PER_CLIENT && !s->over;
}

HttpStream *http_stream_open(HttpStreams *s, Str office, const uint8_t client[HTTP_CLIENT], Str first, Arena *a) {
    assert(s && a && first.n <= TEXT);
    HttpStream *one = NULL;
    pthread_mutex_lock(&s->lock);
    HttpTopic *topic = has_room(s, client) ? topic_of(s, office) : NULL;
    if (topic) {
        one = NEW(a, HttpStream);
        *one = (HttpStream){.topic = topic, .seen = topic->number, .beat = s->beat, .text = arena_alloc(a, TEXT), .n = first.n, .next = s->all};
        memcpy(one->text, first.p, first.n);
        memcpy(one->client, client, HTTP_CLIENT);
        topic->watchers++;
        s->all = one;
        s->n_all++;
    }
    pthread_mutex_unlock(&s->lock);
    return one;
}

void http_stream_close(HttpStreams *s, HttpStream *one) {
    pthread_mutex_lock(&s->lock);
    HttpStream **at = &s->all;
    while (*at && *at != one) at = &(*at)->next;
    assert(*at && one->topic->watchers > 0);
    *at = one->next;
    s->n_all--;
    one->topic->watchers--;
    pthread_mutex_unlock(&s->lock);
}

/* The next event that it has not seen; under the lock. */
static void refill(HttpStreams *s, HttpStream *one) {
    const HttpTopic *t = one->topic;
    const char *from = NULL;
    if (t->number != one->seen) {
        one->seen = t->number;
        from = t->text;
        one->n = t->n;
    } else if (s->beat != one->beat) {
        one->beat = s->beat;
        from = s->beat_text;
        one->n = s->n_beat;
    }
    if (!from) return;
    memcpy(one->text, from, one->n);
    one->sent = 0;
}

ptrdiff_t http_stream_read(HttpStreams *s, HttpStream *one, char *out, size_t most) {
    pthread_mutex_lock(&s->lock);
    bool over = s->over;
    if (one->sent == one->n && !over) refill(s, one);
    pthread_mutex_unlock(&s->lock);
    size_t n = one->n - one->sent < most ? one->n - one->sent : most;
    if (n == 0) {
        one->asleep = !over;
        return over ? -1 : 0;
    }
    memcpy(out, one->text + one->sent, n);
    one->sent += n;
    return (ptrdiff_t)n;
}

HttpStream *http_stream_wake(HttpStreams *s) {
    HttpStream *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (HttpStream *one = s->all; one && !found; one = one->next)
        if (one->asleep && (s->over || one->topic->number != one->seen || s->beat != one->beat)) found = one;
    pthread_mutex_unlock(&s->lock);
    if (found) found->asleep = false;
    return found;
}

void http_streams_end(HttpStreams *s) {
    pthread_mutex_lock(&s->lock);
    s->over = true;
    bool join = !s->joined;
    s->joined = true;
    pthread_cond_broadcast(&s->stop);
    pthread_mutex_unlock(&s->lock);
    if (join) pthread_join(s->thread, NULL);
    tell_loop(s);
}

void http_streams_free(HttpStreams *s) {
    if (!s) return;
    http_streams_end(s);
    pthread_cond_destroy(&s->stop);
    pthread_mutex_destroy(&s->lock);
}
