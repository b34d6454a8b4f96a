/* Two clerks answer the same task of one case while the timer at its boundary falls due. Every command loads the
 * row, decides, and commits only if nobody changed the row since (case_update compares the version); the answer for
 * a command's key is kept in the same commit. Answers get lost and are asked for again. Exactly one of the three
 * wins, and each clerk is told the truth about the own command.
 * mutant NO_CAS: assertion violated
 * mutant NO_KEY: assertion violated
 * mutant HALF_COMMIT: assertion violated */
#define CLERKS 2
#define LOSSES 2 /* answers that get lost, for each clerk */

mtype = { nothing, done, refused };

byte version = 1;         /* of the row */
bool task_open = true;    /* the task's token waits */
bool timer_row = true;    /* the timer is set */
bool kept[CLERKS];        /* the answer for the clerk's key */
byte winners;             /* commits that took the token away */
byte winner = 255;        /* who; CLERKS = the timer */
mtype told[CLERKS] = nothing;
byte ended;

#ifdef NO_CAS
#define UNCHANGED(seen) true
#else
#define UNCHANGED(seen) (version == seen)
#endif

inline take_token(who) {
    task_open = false;
    timer_row = false;
    version++;
    winners++;
    winner = who
}

proctype Clerk(byte me) {
    byte seen, losses;
    bool open;
again:
    atomic { /* one reading transaction */
        seen = version;
        open = task_open;
#ifndef NO_KEY
        if
        :: kept[me] -> told[me] = done; goto end
        :: else
        fi
#endif
    }
    if
    :: !open -> told[me] = refused; goto end
    :: else
    fi;
    atomic {
        if
        :: UNCHANGED(seen) -> take_token(me)
        :: else -> goto again
        fi;
#ifndef HALF_COMMIT
        kept[me] = true
#endif
    }
#ifdef HALF_COMMIT
    if
    :: kept[me] = true /* in a commit of its own */
    :: losses < LOSSES -> losses++; goto again /* killed before it */
    fi;
#endif
    if
    :: told[me] = done
    :: losses < LOSSES -> losses++; goto again /* the answer is lost: the same command with the same key */
    fi;
end:
    ended++
}

proctype Timer() {
    byte seen;
    bool row;
again:
    atomic { seen = version; row = timer_row }
    if
    :: !row -> goto end
    :: else
    fi;
    atomic {
        if
        :: UNCHANGED(seen) -> take_token(CLERKS)
        :: else -> goto again
        fi
    }
end:
    ended++
}

init {
    atomic { run Clerk(0); run Clerk(1); run Timer() }
    ended == CLERKS + 1;
    assert(winners == 1);
    assert(!task_open && !timer_row);
    assert((told[0] == done) == (winner == 0));
    assert((told[1] == done) == (winner == 1))
}
