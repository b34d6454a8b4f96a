/* The built program as a server of its own on a free port of this machine, and single requests to it. */
#include "processes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* build/bench/processes → build/yichuang */
static void program_path(char out[600]) {
    char self[500];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    bench_check(n > 0, "/proc/self/exe cannot be read", NULL);
    self[n] = '\0';
    for (int up = 0; up < 2; up++) *strrchr(self, '/') = '\0';
    snprintf(out, 600, "%s/yichuang", self);
}

static void read_ready(FILE *from, bool demo, BenchServer *s) {
    char line[300];
    while ((s->port == 0 || (demo && !s->password[0])) && fgets(line, sizeof line, from)) {
        if (sscanf(line, "ready http://127.0.0.1:%d", &s->port) == 1) continue;
        if (demo && sscanf(line, "login bench %63s", s->password) == 1) continue;
    }
    bench_check(s->port > 0 && (!demo || s->password[0]), "the server does not start", NULL);
}

void bench_server_start(const char *data_dir, bool demo, BenchServer *out) {
    char program[600];
    int out_fd[2];
    program_path(program);
    bench_check(pipe(out_fd) == 0, "no pipe", NULL);
    *out = (BenchServer){.started = bench_now()};
    out->pid = fork();
    bench_check(out->pid >= 0, "no process", NULL);
    if (out->pid == 0) {
        dup2(out_fd[1], 1);
        close(out_fd[0]);
        close(out_fd[1]);
        execl(program, "yichuang", "serve", "--dir", data_dir, "--packs", bench_packs(), "--port", "0", demo ? "--demo" : NULL, NULL);
        _exit(127);
    }
    close(out_fd[1]);
    FILE *from = fdopen(out_fd[0], "r");
    bench_check(from != NULL, "no pipe", NULL);
    read_ready(from, demo, out);
    fclose(from);
}

void bench_server_stop(BenchServer *s) {
    int status;
    kill(s->pid, SIGTERM);
    bench_check(waitpid(s->pid, &status, 0) == s->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server did not end well", NULL);
}

long bench_server_rss_kb(const BenchServer *s) {
    char path[64], line[200];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)s->pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %ld", &kb) == 1) break;
    if (f) fclose(f);
    return kb;
}

double bench_server_cpu(const BenchServer *s) {
    char path[64];
    long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)s->pid);
    FILE *f = fopen(path, "r");
    int read = f ? fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system) : 0;
    if (f) fclose(f);
    bench_check(read == 2, "the server's times cannot be read", NULL);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

int bench_server_connect(const BenchServer *s) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bench_check(fd >= 0 && connect(fd, (struct sockaddr *)&where, sizeof where) == 0, "the server cannot be reached", NULL);
    return fd;
}

void bench_server_ask(const BenchServer *s, const char *request, char *answer, size_t n) {
    int fd = bench_server_connect(s);
    size_t got = 0, length = strlen(request);
    bench_check(write(fd, request, length) == (ssize_t)length, "a request cannot be sent", NULL);
    for (ssize_t more; got < n - 1 && (more = read(fd, answer + got, n - 1 - got)) > 0;) got += (size_t)more;
    answer[got] = '\0';
    close(fd);
}

double bench_server_first_answer(const BenchServer *s, const char *code) {
    char request[200], answer[20000];
    snprintf(request, sizeof request, "GET /api/v1/tracking/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", code);
    bench_server_ask(s, request, answer, sizeof answer);
    bench_check(strncmp(answer, "HTTP/1.1 200", 12) == 0, "the case is not found by its code", NULL);
    return (bench_now() - s->started) * 1e3;
}
