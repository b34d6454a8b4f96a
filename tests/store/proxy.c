/* See proxy.h. One thread for each connection; it ends with it, or with the program. */
#include "proxy.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK = 1 << 16, TICK_MS = 5 };

static atomic_int mode; /* ProxyMode */
static atomic_int cuts;
static int door; /* listens */
static struct sockaddr_un server;

static bool hand_on(int to, const char *bytes, ssize_t n) {
    for (ssize_t done = 0; done < n;) {
        ssize_t sent = send(to, bytes + done, (size_t)(n - done), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        done += sent;
    }
    return true;
}

/* Takes the order to cut, if there is one, so that it is carried out once. */
static bool take_order(ProxyMode order) {
    int expected = order;
    return atomic_compare_exchange_strong(&mode, &expected, PROXY_OPEN);
}

/* A Bind message that runs the store's prepared "commit": B, its length, an unnamed portal, the name. */
static bool holds_commit(const char *bytes, ssize_t n) {
    static const char name[] = "\0commit";
    for (ssize_t i = 5; i + (ssize_t)sizeof name <= n; i++)
        if (bytes[i - 5] == 'B' && memcmp(bytes + i, name, sizeof name) == 0) return true;
    return false;
}

/* Client to server. False when the connection ends here. */
static bool forward(int client, int upstream, char *bytes) {
    ssize_t n = recv(client, bytes, CHUNK, 0);
    if (n <= 0) return false;
    bool commits = holds_commit(bytes, n);
    if (commits && take_order(PROXY_CUT_BEFORE)) {
        atomic_fetch_add(&cuts, 1);
        return false;
    }
    bool cut = commits && take_order(PROXY_CUT_AFTER);
    if (!hand_on(upstream, bytes, n)) return false;
    if (!cut) return true;
    atomic_fetch_add(&cuts, 1);
    while (recv(upstream, bytes, CHUNK, 0) > 0 && !memmem(bytes, CHUNK, "COMMIT", 7)) continue;
    return false;
}

static void *connection_main(void *socket_number) {
    int client = (int)(long)socket_number, upstream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char *bytes = calloc(1, CHUNK);
    bool ok = connect(upstream, (struct sockaddr *)&server, sizeof server) == 0;
    while (ok && atomic_load(&mode) != PROXY_SHUT) {
        struct pollfd fds[] = {{client, POLLIN, 0}, {upstream, POLLIN, 0}};
        poll(fds, 2, TICK_MS);
        if (fds[0].revents) ok = forward(client, upstream, bytes);
        if (!ok || !fds[1].revents) continue;
        ssize_t n = recv(upstream, bytes, CHUNK, 0);
        ok = n > 0 && hand_on(client, bytes, n);
    }
    close(client);
    close(upstream);
    free(bytes);
    return NULL;
}

static void *door_main(void *unused) {
    for (int client; (client = accept(door, NULL, NULL)) >= 0;) {
        pthread_t thread;
        if (atomic_load(&mode) == PROXY_SHUT ||
            pthread_create(&thread, NULL, connection_main, (void *)(long)client) != 0)
            close(client);
        else
            pthread_detach(thread);
    }
    return unused;
}

void proxy_start(const char *dir) {
    struct sockaddr_un here = {.sun_family = AF_UNIX};
    char url[300];
    pthread_t thread;
    server.sun_family = AF_UNIX;
    snprintf(server.sun_path, sizeof server.sun_path, "%s/.s.PGSQL.5432", getenv("YC_POSTGRES_DIR"));
    snprintf(here.sun_path, sizeof here.sun_path, "%s/.s.PGSQL.5432", dir);
    door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int made = bind(door, (struct sockaddr *)&here, sizeof here) == 0 && listen(door, 50) == 0 &&
               pthread_create(&thread, NULL, door_main, NULL) == 0;
    assert(made);
    snprintf(url, sizeof url, "postgres://postgres@/postgres?host=%s&port=5432", dir);
    setenv("YC_POSTGRES", url, 1);
}

void proxy_mode(ProxyMode wanted) {
    atomic_store(&mode, wanted);
}

int proxy_cuts(void) {
    return atomic_load(&cuts);
}
