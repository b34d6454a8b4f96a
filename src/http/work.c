/* The worker threads: they take waiting jobs, call the handlers (which block until their commit is durable)
 * and hand the jobs back to the loop. Never touches a connection. */
#include "http/work.h"
#include "http/answer.h"
#include "http/reply.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { MOST_THREADS = 64 };

struct HttpWork {
    pthread_mutex_t lock;            /* guards everything below */
    pthread_cond_t waiting;          /* signalled when a job waits or stop is set */
    HttpJob *first, *last;           /* waiting jobs, oldest first */
    size_t n, limit;                 /* how many wait; most that may */
    HttpJob *finished;               /* done jobs, newest first */
    bool stop;                       /* no new jobs; threads end when none waits */
    int wake_fd;                     /* tells the loop */
    int n_threads;                   /* running */
    pthread_t threads[MOST_THREADS]; /* n_threads of them */
};

/* Out: NULL when the threads shall end. */
static HttpJob *take(HttpWork *w) {
    pthread_mutex_lock(&w->lock);
    while (!w->first && !w->stop) pthread_cond_wait(&w->waiting, &w->lock);
    HttpJob *job = w->first;
    if (job) {
        w->first = job->next;
        w->n--;
    }
    pthread_mutex_unlock(&w->lock);
    return job;
}

static void give_back(HttpWork *w, HttpJob *job) {
    uint64_t one = 1;
    pthread_mutex_lock(&w->lock);
    bool told = w->finished; /* the loop has not yet taken those before */
    job->next = w->finished;
    w->finished = job;
    pthread_mutex_unlock(&w->lock);
    if (told) return;
    ssize_t written = write(w->wake_fd, &one, sizeof one);
    assert(written == sizeof one);
}

static void *work(void *arg) {
    HttpWork *w = arg;
    for (HttpJob *job; (job = take(w));) {
        http_answer(&job->request, &job->response);
        http_finish(&job->request, &job->response);
        give_back(w, job);
    }
    return NULL;
}

bool http_work_start(int threads, size_t limit, int wake_fd, Arena *house, HttpWork **out, Err *err) {
    assert(threads > 0 && limit > 0);
    HttpWork *w = NEW(house, HttpWork);
    w->limit = limit;
    w->wake_fd = wake_fd;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->waiting, NULL);
    for (; w->n_threads < threads && w->n_threads < MOST_THREADS; w->n_threads++) {
        int trouble = pthread_create(&w->threads[w->n_threads], NULL, work, w);
        if (trouble == 0) continue;
        http_work_free(w);
        return err_set(err, ERR_IO, "http", "Cannot start a worker thread: %s.", strerror(trouble));
    }
    *out = w;
    return true;
}

bool http_work_give(HttpWork *w, HttpJob *job) {
    pthread_mutex_lock(&w->lock);
    bool taken = w->n < w->limit && !w->stop;
    if (taken) {
        job->next = NULL;
        if (w->first)
            w->last->next = job;
        else
            w->first = job;
        w->last = job;
        w->n++;
    }
    pthread_mutex_unlock(&w->lock);
    if (taken) pthread_cond_signal(&w->waiting); /* not under the lock: who wakes wants it at once */
    return taken;
}

HttpJob *http_work_done(HttpWork *w) {
    pthread_mutex_lock(&w->lock);
    HttpJob *list = w->finished;
    w->finished = NULL;
    pthread_mutex_unlock(&w->lock);
    return list;
}

void http_work_stop(HttpWork *w) {
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->waiting);
    pthread_mutex_unlock(&w->lock);
    for (; w->n_threads > 0; w->n_threads--) pthread_join(w->threads[w->n_threads - 1], NULL);
}

void http_work_free(HttpWork *w) {
    if (!w) return;
    http_work_stop(w);
    pthread_cond_destroy(&w->waiting);
    pthread_mutex_destroy(&w->lock);
}
