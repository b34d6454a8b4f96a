/* Group commit without a writer thread, as src/store/writer.c does it: the first in the queue leads a round, commits
 * for as many as a group holds and answers them; who waits sleeps on `turn` when first in the queue, else on the
 * condition of the round to come. Nobody is answered before the commit that holds the batch, no two rounds write at
 * once, each batch is written once, and nobody sleeps for ever, nor does who closes the store.
 * mutant NO_WAIT: assertion violated
 * mutant TWO_LEADERS: assertion violated
 * mutant NO_TURN: invalid end state
 * mutant NO_ANSWER: invalid end state
 * mutant ROUND_NOW: invalid end state
 * mutant NO_MARK: invalid end state
 * mutant SLEEP_UNLOCKED: invalid end state */
#define CALLERS 4
#define GROUP 2   /* most batches of one commit */
#define TURN 2    /* the third condition; 0 and 1 are those of the rounds */
#define AWAKE 3

chan queue = [CALLERS] of { byte };
bool locked;                           /* the mutex */
bool leading, writing;                 /* a round goes on; a transaction is open */
bit round;                             /* of the last group, modulo 2 */
bool durable[CALLERS];                 /* the batch is on disk */
bool taken[CALLERS];                   /* in the round that goes on, or done */
bool done[CALLERS];                    /* it is answered */
byte sleeps[CALLERS + 1] = AWAKE;      /* on which condition; the last one is who closes the store */
byte ended;                            /* callers that have all their answers */

inline lock() { atomic { !locked -> locked = true } }

/* Gives the lock away and sleeps in one step, as a condition variable does; then takes the lock again. */
inline wait(me, condition) {
#ifdef SLEEP_UNLOCKED
    locked = false;
    sleeps[me] = condition;
#else
    atomic { sleeps[me] = condition; locked = false }
#endif
    atomic { sleeps[me] == AWAKE && !locked -> locked = true }
}

inline wake(condition) {
    d_step {
        i = 0;
        do
        :: i <= CALLERS && sleeps[i] == (condition) -> sleeps[i] = AWAKE; i++
        :: i <= CALLERS && sleeps[i] != (condition) -> i++
        :: else -> break
        od;
        i = 0
    }
}

inline take_group() {
    d_step {
        n = 0;
        do
        :: n < GROUP && len(queue) > 0 -> queue?group[n]; taken[group[n]] = true; n++
        :: else -> break
        od;
        round = 1 - round
    }
}

inline commit() {
    atomic { assert(!writing); writing = true }
    d_step {
        i = 0;
        do
        :: i < n -> assert(!durable[group[i]]); durable[group[i]] = true; i++
        :: else -> break
        od;
        i = 0;
        writing = false
    }
}

inline answer_group() {
    lock();
    d_step {
        i = 0;
        do
        :: i < n -> done[group[i]] = true; i++
        :: else -> break
        od;
        i = 0;
        answered = round
    }
    locked = false;
#ifndef NO_ANSWER
    if
    :: n > 1 -> wake(answered)
    :: else
    fi
#endif
}

/* The caller holds the lock, is the first in the queue, and nobody else leads. */
inline lead() {
    leading = true;
    take_group();
    locked = false;
#ifdef NO_WAIT
    answer_group();
    commit();
#else
    commit();
    answer_group();
#endif
    lock();
    leading = false;
#ifndef NO_TURN
    wake(TURN)
#endif
}

#ifdef TWO_LEADERS
#define MAY_LEAD true
#else
#define MAY_LEAD !leading
#endif
#ifdef ROUND_NOW
#define OWN_ROUND(me) round
#elif defined(NO_MARK)
#define OWN_ROUND(me) (1 - round)
#else
#define OWN_ROUND(me) ((round + 1 + taken[me]) % 2)
#endif

proctype Caller(byte me) {
    byte commits, i, n;
    byte group[GROUP];
    bit answered;
    do
    :: commits < (me == 0 -> 2 : 1) -> /* one caller comes back */
        commits++;
        lock();
        d_step { durable[me] = false; done[me] = false; taken[me] = false; queue!me }
        do
        :: done[me] -> break
        :: !done[me] && queue?[eval(me)] && MAY_LEAD -> lead()
        :: !done[me] && queue?[eval(me)] && !(MAY_LEAD) -> wait(me, TURN)
        :: !done[me] && !queue?[eval(me)] -> wait(me, OWN_ROUND(me))
        od;
        locked = false;
        assert(durable[me])
    :: else -> break
    od;
    ended++
}

/* The store is closed once no new batches come. */
proctype Closer() {
    ended == CALLERS;
    lock();
    do
    :: leading || len(queue) > 0 -> wait(CALLERS, TURN)
    :: else -> break
    od;
    locked = false;
    assert(!writing)
}

init { atomic { run Caller(0); run Caller(1); run Caller(2); run Caller(3); run Closer() } }
