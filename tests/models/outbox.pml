/* One effect in the outbox and two servers that deliver: a row is leased, sent to a sink that knows keys, and
 * reported done. Servers crash at any step, a lease may end while its owner still works, the sink may fail or its
 * answer get lost. The effect happens at most once, and in the end it has happened and the row says so.
 * mutant NO_KEY: assertion violated
 * mutant REPORT_FIRST: assertion violated
 * mutant NO_EXPIRY: invalid end state
 * mutant KEY_OF_ATTEMPT: assertion violated */
#define SERVERS 2
#define TROUBLES 3 /* crashes, failures and lost answers, all together */
#define FREE 255

mtype = { waiting, delivered };

mtype row = waiting;     /* durable */
byte lease = FREE;       /* durable: who works on it */
byte attempt;            /* durable: number of the lease */
byte effects;            /* what the world has seen */
bool known[8];           /* keys that the sink has taken */
byte troubles;

#ifdef KEY_OF_ATTEMPT
#define KEY attempt
#else
#define KEY 0
#endif

inline trouble() { troubles < TROUBLES -> troubles++ }

/* The sink takes each key once and says yes to the others too. */
inline send() {
    atomic {
#ifndef NO_KEY
        if
        :: known[KEY]
        :: else -> known[KEY] = true; effects++
        fi;
#else
        effects++;
#endif
        assert(effects <= 1)
    }
}

/* A report is a command: whoever comes second changes nothing. */
inline report() {
    atomic {
        row = delivered;
        lease = FREE
    }
}

active [SERVERS] proctype Server() {
start:
    if
    :: row == delivered -> goto end
    :: atomic { row == waiting && lease == FREE -> lease = _pid; attempt++ }
    fi;
    if
    :: atomic { trouble(); goto start }     /* crashed with the lease in hand */
    :: skip
    fi;
#ifdef REPORT_FIRST
    report();
    if
    :: atomic { trouble(); goto start }
    :: send()
    fi;
#else
    if
    :: atomic { trouble(); lease = (lease == _pid -> FREE : lease); goto start } /* the sink refuses: try again later */
    :: send()
    fi;
    if
    :: atomic { trouble(); goto start }     /* sent, not reported: crashed, or the answer is lost */
    :: report()
    fi;
#endif
    goto start;
end:
    assert(effects == 1)
}

/* A lease ends by the clock, whether its owner is dead or only slow. Bounded, since a clock that ends every lease
 * at once for ever delivers nothing. */
active proctype Clock() {
    do
#ifndef NO_EXPIRY
    :: atomic { lease != FREE && attempt < 6 -> lease = FREE }
#endif
    :: row == delivered -> break
    od
}

ltl once { <> (row == delivered && effects == 1) }
