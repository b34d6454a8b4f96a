/* One case and three sites that hand it over: a site releases it to another under the next epoch, in its own log,
 * and the other accepts it. Messages are lost, doubled and reordered: what a site has durably sent may arrive at any
 * time, any number of times or not at all. A command made where the case is not stays in that site's log until the
 * owner has done it, and what was done travels with the case. A crash takes back what is not synced, so nothing is sent
 * before. Never two owners, never two in one epoch; once all has arrived the command was done, and once only.
 * mutant NO_EPOCH: assertion violated
 * mutant SEND_BEFORE_SYNC: assertion violated
 * mutant FORGET_DONE: assertion violated
 * mutant DROP_AT_STRANGER: assertion violated */
#define SITES 3
#define EPOCHS 4
#define CRASHES 2
#define NOBODY 255

byte sent_to[EPOCHS + 1] = NOBODY;  /* release of epoch e: to whom; as it travels */
bool sent_done[EPOCHS + 1];         /* and whether the command was done before */
byte owned[SITES];                  /* durable: epoch in which the site owns the case, 0 = it does not */
byte heard[SITES];                  /* durable: newest epoch the site has accepted */
bool knows[SITES];                  /* durable with the case: the command was done */
byte writers[EPOCHS + 1] = NOBODY;  /* who accepted an epoch */
bool command_kept = true;           /* in the log of its maker, site 2, until the owner has done it */
byte times_done;
byte crashes;

inline one_owner() {
    assert(!(owned[0] && owned[1]) && !(owned[0] && owned[2]) && !(owned[1] && owned[2]))
}

inline accept(me, e) {
    owned[me] = e;
    heard[me] = e;
    knows[me] = sent_done[e];
    assert(writers[e] == NOBODY || writers[e] == me);
    writers[e] = me;
    one_owner()
}

#ifdef NO_EPOCH
#define FRESH(me, e) (owned[me] == 0)
#else
#define FRESH(me, e) (owned[me] == 0 && heard[me] < e)
#endif

/* The release of epoch e arrives. */
inline arrival(me, e) {
    atomic { sent_to[e] == me && FRESH(me, e) -> accept(me, e) }
}

/* Only what changes something is a step: what arrives again unseen changes nothing, what is lost has not arrived yet. */
proctype Site(byte me) {
    byte e, to;
end:
    do
    :: atomic { /* release to a neighbour: one commit, and only then is it sent */
           owned[me] != 0 && owned[me] < EPOCHS ->
           e = owned[me] + 1;
           if
           :: to = (me + 1) % SITES
           :: to = (me + 2) % SITES
           fi;
#ifndef SEND_BEFORE_SYNC
           owned[me] = 0;
#endif
#ifndef FORGET_DONE
           sent_done[e] = knows[me];
#endif
           sent_to[e] = to
       }
#ifdef SEND_BEFORE_SYNC
       if
       :: atomic { owned[me] == e - 1 -> owned[me] = 0 }   /* synced at last */
       :: atomic { crashes < CRASHES -> crashes++ }        /* the unsynced tail is gone: it owns the case again */
       fi
#endif
    :: arrival(me, 2)
    :: arrival(me, 3)
    :: arrival(me, 4)
    :: atomic { /* the command arrives at the owner */
           command_kept && owned[me] != 0 && !knows[me] -> knows[me] = true; times_done++; assert(times_done == 1)
       }
    :: atomic { command_kept && owned[me] != 0 && knows[me] -> command_kept = false } /* the receipt arrives */
#ifdef DROP_AT_STRANGER
    :: atomic { command_kept && owned[me] == 0 -> command_kept = false }
#endif
    od
}

init {
    atomic {
        owned[0] = 1; heard[0] = 1; writers[1] = 0;
        run Site(0); run Site(1); run Site(2)
    }
    timeout; /* all that was sent has arrived */
    assert(times_done == 1 && !command_kept);
    assert(owned[0] == EPOCHS || owned[1] == EPOCHS || owned[2] == EPOCHS)
}
