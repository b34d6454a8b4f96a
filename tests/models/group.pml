/* Group commit without a writer thread, as src/store/writer.c does it: who comes while nobody leads, leads; it commits
 * for as many as a group holds, tells the first of those who came meanwhile to lead, and answers its group, each on
 * a semaphore of its own. When housekeeping is due it answers first, and the next round waits. Nobody is answered
 * before the commit that holds the batch, no two rounds write at once, each batch is written once, and nobody sleeps
 * for ever, nor does who closes the store.
 * mutant NO_WAIT: assertion violated
 * mutant TWO_LEADERS: assertion violated
 * mutant NO_HAND_OVER: invalid end state
 * mutant NO_ANSWER: invalid end state
 * mutant HAND_EARLY: assertion violated
 * mutant LOSE_LEAD: assertion violated */
#define CALLERS 4
#define GROUP 2 /* most batches of one commit */
#define NOBODY 255

chan queue = [CALLERS] of { byte };
bool locked;            /* the mutex */
bool leading;           /* somebody commits, or is told to */
bool writing;           /* a transaction or the housekeeping goes on */
bool durable[CALLERS];  /* the batch is on disk */
bool done[CALLERS];     /* it is answered */
byte posts[CALLERS];    /* the semaphore of its caller */
byte ended;             /* callers that have all their answers */

inline lock() { atomic { !locked -> locked = true } }
inline post(who) { posts[who]++ }
inline wait(me) { atomic { posts[me] > 0 -> posts[me]-- } }

inline take_group() {
    lock();
    d_step {
        n = 0;
        do
        :: n < GROUP && len(queue) > 0 -> queue?group[n]; n++
        :: else -> break
        od
    }
    locked = false
}

inline commit() {
    atomic { assert(!writing); writing = true }
    d_step {
        i = 0;
        do
        :: i < n -> assert(!durable[group[i]]); durable[group[i]] = true; i++
        :: else -> break
        od;
        i = 0
    }
    writing = false
}

inline tidy() {
    atomic { assert(!writing); writing = true }
    writing = false
}

inline answer_group(me) {
    done[me] = true;
    i = 0;
    do
    :: i < n && group[i] != me -> done[group[i]] = true;
#ifndef NO_ANSWER
       post(group[i]);
#endif
       i++
    :: i < n && group[i] == me -> i++
    :: i == n -> break
    od;
    i = 0
}

inline hand_over() {
    lock();
    next = NOBODY;
    if
    :: queue?[next] -> queue?<next>
    :: else
    fi;
#ifdef LOSE_LEAD
    leading = false;
#else
    leading = (next != NOBODY);
#endif
    locked = false;
#ifndef NO_HAND_OVER
    if
    :: next != NOBODY -> post(next)
    :: else
    fi
#endif
}

/* The caller is the first in the queue and nobody else leads. */
inline lead(me) {
    take_group();
    assert(group[0] == me);
#ifdef HAND_EARLY
    hand_over();
    commit();
    answer_group(me)
#elif defined(NO_WAIT)
    answer_group(me);
    commit();
    hand_over()
#else
    commit();
    if
    :: true -> hand_over(); answer_group(me)
    :: true -> answer_group(me); tidy(); hand_over() /* the housekeeping is due */
    fi
#endif
}

#ifdef TWO_LEADERS
#define MAY_LEAD true
#else
#define MAY_LEAD !leading
#endif

proctype Caller(byte me) {
    byte commits, i, n, next;
    byte group[GROUP];
    bool leads;
    do
    :: commits < (me == 0 -> 2 : 1) -> /* one caller comes back */
        commits++;
        lock();
        d_step { durable[me] = false; done[me] = false; queue!me; leads = MAY_LEAD; leading = leading || leads }
        locked = false;
        if
        :: leads
        :: else -> wait(me)
        fi;
        if
        :: done[me]
        :: else -> lead(me)
        fi;
        assert(durable[me] && posts[me] == 0)
    :: else -> break
    od;
    ended++
}

/* The store is closed once no new batches come: when nobody leads, nothing waits. */
proctype Closer() {
    ended == CALLERS;
    !leading;
    assert(!writing && len(queue) == 0)
}

init { atomic { run Caller(0); run Caller(1); run Caller(2); run Caller(3); run Closer() } }
